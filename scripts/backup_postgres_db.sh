#!/bin/sh
# Backs a PostgreSQL database up into S3; for the cron of the machine that the database runs on.
# docs/backup.md says how it gets there, when it runs, and how to restore what it wrote.
#
#   S3_BUCKET, S3_BUCKET_BACKUP_DIR   where backups go
#   S3_URI                            the same, as s3://$S3_BUCKET/$S3_BUCKET_BACKUP_DIR
#   POSTGRES_USER, POSTGRES_DB        the database, in a container
#   POSTGRES_CONTAINER                its name; default: the only one that contains "postgres"
#   DATABASE_URL                      instead of these three: a database that is reached directly
#   BACKUP_AGE_RECIPIENTS             public keys (age1...), by commas; unset: not encrypted
#   BACKUP_STATUS_FILE                a .prom file for node exporter's textfile collector
#   BACKUP_LOCK_DIR                   default: /tmp/talelio-backup.lock
#
# Writes <name>.dump or <name>.dump.age, then <name>.manifest.json: a dump without its manifest is
# not a backup. Rows are counted in the snapshot that is dumped. The dump goes through pipes alone;
# what touches the disk is the lock directory, with messages and the manifest. Prints one line.
# Exit 0 good, 1 failed, 78 not set up.
set -u
umask 077
export LC_ALL=C

me=backup_postgres_db
lock=${BACKUP_LOCK_DIR:-/tmp/talelio-backup.lock}
work='' uploaded='' stages='' missing=''

refuse() {
    printf '%s: %s\n' "$me" "$1" >&2
    exit 78
}

# One line for the operator, after what was begun has been undone.
fail() {
    trap '' HUP INT TERM
    # shellcheck disable=SC2086  # a list of numbers
    [ -z "$stages" ] || kill $stages 2>/dev/null
    wait 2>/dev/null
    left=''
    for file in $uploaded; do
        aws s3 rm --only-show-errors "$file" >/dev/null 2>&1 || left="$left; $file is left behind"
    done
    printf '%s: %s%s\n' "$me" "$1" "$left" >&2
    exit 1
}

# The first line that a program left in its file of errors, else its exit status.
said() {
    line=$(sed -n '/[^[:space:]]/ { p; q; }' "$work/$1.errors" 2>/dev/null | cut -c 1-300)
    printf '%s' "${line:-exit status ${2:-unknown}}"
}

required='S3_URI S3_BUCKET S3_BUCKET_BACKUP_DIR' programs='aws pg_dump psql'
[ -n "${DATABASE_URL:-}" ] || required="POSTGRES_USER POSTGRES_DB $required" programs='aws docker'
for variable in $required; do
    eval "[ -n \"\${$variable:-}\" ]" || missing="$missing $variable"
done
[ -z "$missing" ] || refuse "missing:$missing"

folder=${S3_BUCKET_BACKUP_DIR%/}
[ "${S3_URI%/}" = "s3://$S3_BUCKET/$folder" ] ||
    refuse "S3_URI is not s3://\$S3_BUCKET/\$S3_BUCKET_BACKUP_DIR"
case "$S3_BUCKET/$folder" in
    *[!A-Za-z0-9._/-]* | *//* | */)
        refuse 'S3_BUCKET_BACKUP_DIR is not a path of letters, digits and . _ -' ;;
esac

suffix=dump encrypted=false recipients=''
for recipient in $(printf '%s' "${BACKUP_AGE_RECIPIENTS:-}" | tr ',' ' '); do
    case $recipient in
        *[!a-z0-9]*) refuse 'BACKUP_AGE_RECIPIENTS holds something else than public keys' ;;
        age1?*) recipients="$recipients $recipient" suffix=dump.age encrypted=true ;;
        *) refuse 'BACKUP_AGE_RECIPIENTS holds something else than public keys' ;;
    esac
done

[ -z "$recipients" ] || programs="$programs age"
for program in $programs; do
    command -v "$program" >/dev/null 2>&1 || missing="$missing $program"
done
[ -z "$missing" ] || refuse "not installed:$missing"

status=${BACKUP_STATUS_FILE:-}
if [ -n "$status" ] && ! [ -w "$(dirname "$status")" ]; then
    refuse 'BACKUP_STATUS_FILE is not in a folder that can be written'
fi

# The lock is a directory that holds one named after its owner. A dead owner's is removed by name,
# and the outer one only while it is empty, so that of several who find a stale lock one gets it.
lives() {
    kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ] || return 1
    [ -r "/proc/$1/cmdline" ] || return 0
    # The number may belong to another program by now.
    tr '\0' ' ' <"/proc/$1/cmdline" | grep -q "$me"
}

take_lock() {
    for _ in 1 2 3 4 5; do
        if mkdir "$lock" 2>/dev/null && mkdir "$lock/$$" 2>/dev/null; then
            work=$lock/$$
            return
        fi
        for owner in "$lock"/*; do
            owner=${owner##*/}
            case $owner in *[!0-9]*) continue ;; esac
            ! lives "$owner" || fail "another backup is running (process $owner)"
            rm -rf "${lock:?}/$owner" 2>/dev/null
        done
        rmdir "$lock" 2>/dev/null
    done
    fail "cannot take the lock $lock"
}

let_go() {
    [ -z "$work" ] || { rm -rf "$work" && rmdir "$lock" 2>/dev/null; }
}

trap let_go EXIT
trap 'fail interrupted' HUP INT TERM
take_lock

find_container() {
    container=${POSTGRES_CONTAINER:-}
    [ -z "$container" ] || return 0
    found=$(docker ps --filter name=postgres --format '{{.Names}}' 2>"$work/docker.errors") ||
        fail "docker ps: $(said docker)"
    # shellcheck disable=SC2086  # one word a container
    set -- $found
    [ $# -gt 0 ] || refuse 'no running container has "postgres" in its name'
    [ $# -eq 1 ] || refuse "several containers ($*); one of them goes into POSTGRES_CONTAINER"
    container=$1
}

# The password goes by the environment, since everybody on the machine can read a command line.
read_url() {
    place=${DATABASE_URL#*://}
    server=${place%%[/?]*}
    place=${place#"$server"}
    case $place in *[?\&]password=*) refuse 'DATABASE_URL: the password goes before the @' ;; esac
    case $server in
        *:*@*)
            PGPASSWORD=${server%@*}
            server=${server%%:*}@${server##*@}
            PGPASSWORD=$(printf '%s\n' "${PGPASSWORD#*:}" | awk '{
                while (match($0, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {
                    high = index(digits, tolower(substr($0, RSTART + 1, 1))) - 1
                    low = index(digits, tolower(substr($0, RSTART + 2, 1))) - 1
                    printf "%s%c", substr($0, 1, RSTART - 1), 16 * high + low
                    $0 = substr($0, RSTART + 3)
                }
                print
            }' digits=0123456789abcdef)
            export PGPASSWORD
            ;;
    esac
    place=postgresql://$server$place
    export PGCONNECT_TIMEOUT=10
}

if [ -n "${DATABASE_URL:-}" ]; then read_url; else find_container; fi

# Takes the place of a subshell, so that its number is that of the program.
become() {
    [ -z "${DATABASE_URL:-}" ] || exec "$@" -w -d "$place"
    exec docker exec -i "$container" "$@" -w -U "$POSTGRES_USER" -d "$POSTGRES_DB"
}

# Leaves the size of the object in a file.
exists() {
    aws s3api head-object --bucket "$S3_BUCKET" --key "$folder/$1" --query ContentLength \
        --output text >"$work/size" 2>"$work/aws.errors" && return 0
    grep -q '(404)' "$work/aws.errors" || fail "cannot look into the bucket: $(said aws)"
    return 1
}

# The next second, where a name is taken.
while moment=$(date -u +%Y%m%dT%H%M%SZ) name=talelio-$moment; do
    exists "$name.manifest.json" || exists "$name.$suffix" || break
    sleep 1
done
dump=s3://$S3_BUCKET/$folder/$name.$suffix
manifest=s3://$S3_BUCKET/$folder/$name.manifest.json

# A snapshot, held open by a psql while it is dumped.
mkfifo "$work/asked" "$work/told"
(become psql -XqA --tuples-only -v ON_ERROR_STOP=1) <"$work/asked" >"$work/told" 2>"$work/psql.errors" &
session=$!
stages=$session
exec 3>"$work/asked" 4<"$work/told"
# By a program of its own: writing to a psql that has given up kills the writer.
cat >&3 <<'SQL'
DO $$ BEGIN
    PERFORM set_config(name, '0', false) FROM pg_settings WHERE name IN
        ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout');
END $$;
SET lock_timeout = '60s'; SET client_encoding = 'UTF8';
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot();
SELECT to_json(current_database());
SELECT to_json(split_part(current_setting('server_version'), ' ', 1));
SELECT pg_database_size(current_database());
SELECT to_regclass('public.alembic_version') IS NOT NULL AS migrated \gset
\if :migrated
SELECT coalesce((SELECT to_json(version_num) FROM public.alembic_version LIMIT 1), 'null');
\else
SELECT 'null';
\endif
SELECT count(*) AS number,
       coalesce('SELECT json_object_agg(name, rows ORDER BY name) FROM (' || string_agg(
           format('SELECT %L AS name, count(*) AS rows FROM ONLY %I.%I',
                  schema.nspname || '.' || class.relname, schema.nspname, class.relname),
           ' UNION ALL ') || ') AS counted', 'SELECT json_build_object()') AS counting
FROM pg_class AS class
JOIN pg_namespace AS schema ON schema.oid = class.relnamespace
WHERE class.relkind = 'r' AND class.relpersistence <> 't'
  AND schema.nspname <> 'information_schema' AND schema.nspname NOT LIKE 'pg\_%'
  AND NOT EXISTS (SELECT FROM pg_depend AS owner
                  WHERE owner.classid = 'pg_class'::regclass AND owner.objid = class.oid
                    AND owner.deptype = 'e') \gset
:counting;
SELECT :number;
SQL
{
    read -r snapshot && read -r database && read -r server && read -r bytes &&
        read -r revision && read -r tables && read -r number
} <&4 || fail "psql: $(said psql)"
version=$( (become pg_dump --version) </dev/null 2>"$work/pg_dump.errors") ||
    fail "pg_dump: $(said pg_dump)"
version=${version##*"(PostgreSQL) "}

# Dump, encrypt, hash, count, upload: a process each, joined by pipes with names.
mkfifo "$work/dumped" "$work/hashed" "$work/counted" "$work/sent"
uploaded=$dump sealed=$work/dumped sealing=''
(become pg_dump -Fc --snapshot="$snapshot" --lock-wait-timeout=60000) \
    </dev/null >"$work/dumped" 2>"$work/pg_dump.errors" 3>&- 4<&- &
dumping=$!
if [ -n "$recipients" ]; then
    sealed=$work/sealed
    mkfifo "$sealed"
    set --
    for recipient in $recipients; do set -- "$@" --recipient "$recipient"; done
    age --encrypt "$@" <"$work/dumped" >"$sealed" 2>"$work/age.errors" 3>&- 4<&- &
    sealing=$!
fi
sha256sum <"$work/hashed" >"$work/hash" 2>"$work/sha256sum.errors" 3>&- 4<&- &
hashing=$!
wc -c <"$work/counted" >"$work/count" 2>"$work/wc.errors" 3>&- 4<&- &
counting=$!
tee "$work/hashed" "$work/counted" <"$sealed" >"$work/sent" 2>"$work/tee.errors" 3>&- 4<&- &
sharing=$!
# The expected size, for without it a stream of more than 50 GB has too many parts.
aws s3 cp --only-show-errors --expected-size "$bytes" - "$dump" \
    <"$work/sent" >/dev/null 2>"$work/upload.errors" 3>&- 4<&- &
sending=$!
stages="$session $dumping $sealing $hashing $counting $sharing $sending"

# From the end: whoever stops leaves those before it with a broken pipe.
broken=''
ended() {
    wait "$2" 2>/dev/null || broken=${broken:-"$1: $(said "$1" $?)"}
}
ended upload "$sending"
ended tee "$sharing"
ended sha256sum "$hashing"
ended wc "$counting"
[ -z "$sealing" ] || ended age "$sealing"
ended pg_dump "$dumping"
exec 3>&- 4<&-
ended psql "$session"
stages=''
[ -z "$broken" ] || fail "$broken"

read -r sha256 _ <"$work/hash"
read -r size _ <"$work/count"
[ "$size" -gt 0 ] || fail 'the dump is empty'
exists "${dump##*/}" || fail 'the dump is not in the bucket'
read -r stored <"$work/size"
[ "$stored" = "$size" ] || fail "the bucket holds $stored bytes of $size"

cat >"$work/manifest" <<EOF
{
  "format": 1,
  "name": "$name",
  "note": null,
  "created_at": "$(echo "$moment" | sed 's/\(....\)\(..\)\(..T..\)\(..\)/\1-\2-\3:\4:/')",
  "object": "${dump#"s3://$S3_BUCKET/"}",
  "size": $size,
  "sha256": "$sha256",
  "encrypted": $encrypted,
  "recipients": [$(echo "${recipients# }" | sed 's/ /", "/g; s/..*/"&"/')],
  "alembic_revision": $revision,
  "tables": $tables,
  "media": null,
  "tools": {"talelio": null, "pg_dump": "${version%% *}", "server": $server},
  "database": $database
}
EOF
uploaded="$manifest $dump"
aws s3 cp --only-show-errors --content-type application/json "$work/manifest" "$manifest" \
    >/dev/null 2>"$work/aws.errors" || fail "upload of the manifest: $(said aws)"
uploaded=''

if [ -n "$status" ]; then
    { cat >"$status.$$" && chmod 644 "$status.$$" && mv "$status.$$" "$status"; } 2>/dev/null <<EOF ||
# TYPE talelio_backup_last_success_timestamp_seconds gauge
talelio_backup_last_success_timestamp_seconds $(date -u +%s)
# TYPE talelio_backup_bytes gauge
talelio_backup_bytes $size
EOF
        fail "$name is stored, but BACKUP_STATUS_FILE cannot be written"
fi
printf '%s: %s is stored (%s bytes, %s tables)\n' "$me" "$name" "$size" "$number"
