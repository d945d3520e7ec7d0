#!/bin/sh
# Initialise the cluster of three databases, then create the roles. Every step may be repeated.
set -eu
PATH=$PATH:/cockroach
host=${DB_HOST:-db-1}
admin() { cockroach sql --certs-dir=/certs/root --host="$host" "$@"; }

attempt=0
until answer=$(cockroach init --certs-dir=/certs/root --host="$host" 2>&1); do
  case $answer in *'already been initialized'*) break ;; esac
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then
    echo "$answer" >&2
    exit 1
  fi
  sleep 1
done

attempt=0
until admin --execute='SELECT 1' > /dev/null 2>&1; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then
    admin --execute='SELECT 1'
    exit 1
  fi
  sleep 1
done

admin --file=/init/roles.sql
cockroach sql --certs-dir=/certs/migrate --user=repartee_migrate --host="$host" --database=repartee --file=/init/privileges.sql

# Gives connection pools time to notice a draining node. The setting was renamed after 23.1.
admin --execute="SET CLUSTER SETTING server.shutdown.initial_wait = '8s'" ||
  admin --execute="SET CLUSTER SETTING server.shutdown.drain_wait = '8s'"

if [ -n "${COCKROACH_LICENSE:-}" ]; then
  # Passed on standard input, so that it does not appear in the process list.
  printf "SET CLUSTER SETTING cluster.organization = '%s'; SET CLUSTER SETTING enterprise.license = '%s';\n" \
    "${COCKROACH_ORGANIZATION:?the organisation the licence was issued to}" "$COCKROACH_LICENSE" | admin
fi
