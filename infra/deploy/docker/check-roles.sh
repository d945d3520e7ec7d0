#!/usr/bin/env bash
# Run while the cluster is up. The service's database user may read and write rows, and may not change the schema of
# this or another database.
set -euo pipefail
cd "$(dirname "$0")/../.."

as_service() { # database, statement
  docker compose run --rm --no-deps -T --volume repartee_certs-service:/certs/service:ro --entrypoint /cockroach/cockroach \
    db-init sql --certs-dir=/certs/service --user=repartee --host=db-1 --database="$1" --execute="$2" 2>&1
}

as_service repartee 'SELECT count(*) FROM sites' > /dev/null
as_service repartee "UPDATE sites SET name = name WHERE false" > /dev/null
echo "reads and writes rows"

refused() { # database, statement
  if answer=$(as_service "$1" "$2"); then
    echo "allowed, but must not be: $2 (in $1)" >&2
    exit 1
  fi
  case $answer in
    *privilege* | *permission* | *'must be owner'* | *42501*) echo "refused: $2 (in $1)" ;;
    *)
      echo "failed for another reason: $2 (in $1): $answer" >&2
      exit 1
      ;;
  esac
}
refused repartee 'CREATE TABLE planted (id INT8 PRIMARY KEY)'
refused repartee 'ALTER TABLE sites ADD COLUMN planted INT8'
refused repartee 'DROP TABLE sites'
refused repartee 'CREATE SCHEMA planted'
refused repartee 'GRANT ALL ON TABLE sites TO repartee'
refused defaultdb 'CREATE TABLE planted (id INT8 PRIMARY KEY)'
refused defaultdb 'CREATE DATABASE planted'
refused defaultdb "SET CLUSTER SETTING cluster.organization = 'planted'"
