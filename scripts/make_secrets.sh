#!/bin/sh
# make_secrets.sh [FOLDER]
#
# Makes what compose.yaml takes as secrets, in FOLDER (default: secrets). What is there already is
# never touched, so it can be run again after an update that needs one more. To change a secret,
# see docs/runbooks/rotate-secrets.md.
#
# The folder can be entered by its owner alone. The files in it can be read by everybody, because
# Compose hands them to containers as they are, and each runs as another user.
set -eu

folder=${1:-secrets}

if ! command -v openssl >/dev/null; then
    echo 'make_secrets.sh: openssl is missing; it makes the password of the dashboard' >&2
    exit 1
fi
umask 077
mkdir -p "$folder"
chmod 0700 "$folder"

# keep NAME: stores the standard input as this secret, whole or not at all, and never over another.
keep() {
    cat > "$folder/.$1.new"
    chmod 0444 "$folder/.$1.new"
    ln "$folder/.$1.new" "$folder/$1"
    rm -f "$folder/.$1.new"
    echo "made $folder/$1"
}

missing() {
    rm -f "$folder/.$1.new"
    [ ! -e "$folder/$1" ]
}

# random BYTES, in hexadecimal digits: no program that a password goes through has to quote them.
random() {
    od -An -v -N "$1" -tx1 /dev/urandom | tr -d ' \n'
}

make_random() {
    if missing "$1"; then random "$2" | keep "$1"; fi
}

make_random secret_key 64
make_random postgres_password 24
make_random database_password 24
make_random redis_password 24
make_random s3_secret_key 32
make_random garage_rpc_secret 32
make_random garage_admin_token 32
make_random dashboard_password 12

# What is made of others.
if missing database_url; then
    printf 'postgresql://talelio:%s@postgres:5432/talelio' "$(cat "$folder/database_password")" |
        keep database_url
fi
if missing redis_url; then
    printf 'redis://:%s@redis:6379/0' "$(cat "$folder/redis_password")" | keep redis_url
fi
if missing redis_users; then
    printf 'user default on sanitize-payload #%s ~* &* +@all\n' \
        "$(tr -d '\n' < "$folder/redis_password" | openssl dgst -sha256 -r | cut -d ' ' -f 1)" |
        keep redis_users
fi
if missing dashboard_users; then
    printf 'admin:%s\n' "$(openssl passwd -apr1 -stdin < "$folder/dashboard_password")" |
        keep dashboard_users
fi
# The mail catcher of the profile `tools`; a server that delivers takes its place in production.
if missing smtp_url; then
    printf 'smtp://mail:1025' | keep smtp_url
fi
