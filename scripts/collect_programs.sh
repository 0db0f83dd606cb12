#!/bin/sh
# collect_programs.sh FOLDER PROGRAM...
#
# Copies programs of one image into FOLDER, with the libraries that they load, so that FOLDER can
# be copied into another image of the same Debian release. FOLDER/bin has a start script for each:
# the libraries are for these programs alone, and nobody else in that image finds them.
set -eu

if [ $# -lt 2 ]; then
    echo 'usage: collect_programs.sh FOLDER PROGRAM...' >&2
    exit 2
fi
folder=$1
shift
mkdir -p "$folder/bin" "$folder/lib" "$folder/libexec"

for program in "$@"; do
    name=${program##*/}
    libraries=$(ldd "$program")
    case $libraries in
        *'not found'*)
            printf 'collect_programs.sh: %s lacks a library\n%s\n' "$program" "$libraries" >&2
            exit 1
            ;;
    esac
    cp -L "$program" "$folder/libexec/$name"
    printf '%s\n' "$libraries" | awk '$2 == "=>" { print $3 }' | while read -r library; do
        case ${library##*/} in
            # The C library belongs to the loader of the image that it is in.
            libc.so.* | libm.so.* | libdl.so.* | librt.so.* | libpthread.so.* | libresolv.so.*) ;;
            *) cp -L "$library" "$folder/lib/" ;;
        esac
    done
    # shellcheck disable=SC2016  # "$@" is the start script's own
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' \
        "$folder/lib" "$folder/libexec/$name" > "$folder/bin/$name"
    chmod 0755 "$folder/bin/$name" "$folder/libexec/$name"
done
