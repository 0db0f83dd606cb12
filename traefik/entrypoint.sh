#!/bin/sh
# Starts Traefik with the static configuration that this place needs.
#
# LOAD_BALANCERS  networks (10.0.0.0/8,2001:db8::/64) of a load balancer in front of Traefik: it
#                 alone may say who the client is. Unset: nobody may.
# API_UPSTREAM    set: the API is at that address, so there is no ECS to look for it in.
#
# Traefik reads its static configuration from a file or from the environment, never from both,
# so a copy with these two changes is written.
set -eu

shipped=${TRAEFIK_CONFIG:-/etc/traefik/traefik.toml}
written=${TRAEFIK_WRITTEN_CONFIG:-/tmp/traefik.toml}

refuse() {
    printf 'entrypoint.sh: %s\n' "$1" >&2
    exit 78
}

if [ -n "${API_UPSTREAM:-}" ] && [ -z "${API_HOST:-}" ]; then
    refuse 'API_UPSTREAM needs API_HOST'
fi
if [ -n "${DASHBOARD_HOST:-}" ] && [ ! -r "${DASHBOARD_USERS_FILE:-}" ]; then
    refuse 'DASHBOARD_HOST needs a DASHBOARD_USERS_FILE that can be read'
fi

networks=$(printf '%s' "${LOAD_BALANCERS:-}" | tr -d '[:space:]')
case ",$networks," in
    ,,) quoted='' ;;
    *[!0-9A-Fa-f.:/,]* | *,,*) refuse 'LOAD_BALANCERS is not a list of networks as 10.0.0.0/8' ;;
    */0,*) refuse 'LOAD_BALANCERS: a network of all addresses trusts everybody' ;;
    *) quoted="\"$(printf '%s' "$networks" | sed 's/,/", "/g')\"" ;;
esac

if [ -z "$quoted" ] && [ -z "${API_UPSTREAM:-}" ]; then
    exec traefik --configFile="$shipped" "$@"
fi

awk -v networks="$quoted" -v upstream="${API_UPSTREAM:-}" '
    /^\[/ { table = $0 }
    table == "[providers.ecs]" && upstream != "" { next }
    $0 == "trustedIPs = []" { $0 = "trustedIPs = [" networks "]" }
    { print }
' "$shipped" > "$written"
exec traefik --configFile="$written" "$@"
