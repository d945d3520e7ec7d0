#!/bin/sh
# First start: create the certificates and passwords of this installation. Each container gets a volume with only its
# own secrets. The key of the certificate authority is mounted in no other container. Later starts change nothing.
set -eu
PATH=$PATH:/cockroach
umask 077
root=${SETUP_ROOT:-}
ca="$root/ca" node="$root/certs-node" admin="$root/certs-root" migrate="$root/certs-migrate" service="$root/certs-service"
watch="$root/certs-watch" secrets="$root/secrets"

# Users of the containers that read the files.
service_uid=1000 redis_uid=999 grafana_uid=472 prometheus_uid=65534 exporter_uid=59000

own() { # uid files...
  uid=$1
  shift
  chmod 0400 "$@"
  chown "$uid" "$@"
}

random() { head -c 48 /dev/urandom | base64 | tr -d '+/=\n' | head -c 48; }

write() { # file uid content: atomic; keeps an existing file
  [ -e "$1" ] && return 0
  printf '%s' "$3" > "$1.new"
  own "$2" "$1.new"
  mv "$1.new" "$1"
}

if [ ! -e "$ca/ca.key" ]; then
  # The key gets its final name only once the authority is complete.
  rm -f "$ca/new.key" "$ca/ca.crt"
  cockroach cert create-ca --certs-dir="$ca" --ca-key="$ca/new.key"
  mv "$ca/new.key" "$ca/ca.key"
fi

issue() { # folder, name of the certificate file, arguments of `cockroach cert`
  folder=$1 name=$2
  shift 2
  [ -e "$folder/$name.key" ] && return 0
  rm -f "$folder/$name.crt"
  cp "$ca/ca.crt" "$folder/ca.crt"
  cockroach cert "$@" --certs-dir="$folder" --ca-key="$ca/ca.key"
}

issue "$node" node create-node localhost 127.0.0.1 db-1 db-2 db-3
issue "$admin" client.root create-client root
issue "$migrate" client.repartee_migrate create-client repartee_migrate
issue "$service" client.repartee create-client repartee
cp "$ca/ca.crt" "$watch/ca.crt"

own 0 "$node/ca.crt" "$node"/node.* "$admin/ca.crt" "$admin"/client.*
own "$service_uid" "$migrate/ca.crt" "$migrate"/client.* "$service/ca.crt" "$service"/client.*
own "$prometheus_uid" "$watch/ca.crt"

if [ ! -e "$secrets/redis/redis.conf" ]; then
  password=$(random)
  mkdir -p "$secrets/redis" "$secrets/service"
  rm -f "$secrets/service/redis-url" "$secrets/exporter/redis.json"
  write "$secrets/service/redis-url" "$service_uid" "redis://:$password@redis:6379"
  # Redis holds no data that is not elsewhere too, so nothing is written to disk and old keys may be evicted.
  write "$secrets/redis/redis.conf" "$redis_uid" "requirepass $password
save \"\"
appendonly no
maxmemory 192mb
maxmemory-policy volatile-lru
"
fi
mkdir -p "$secrets/grafana" "$secrets/exporter"
write "$secrets/exporter/redis.json" "$exporter_uid" \
  "{\"redis://redis:6379\":\"$(sed -n 's/^requirepass //p' "$secrets/redis/redis.conf")\"}"
write "$secrets/service/repartee-secret" "$service_uid" "$(random)"
# Encrypts secrets in the database, so whoever backs that up must not have it: copy it elsewhere.
write "$secrets/service/encryption-keys" "$service_uid" "k1:$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')"
write "$secrets/grafana/admin-password" "$grafana_uid" "$(random)"
# Only its consumer may enter a folder.
chmod 0700 "$ca" "$node" "$admin" "$migrate" "$service" "$watch" "$secrets"/*
chown "$service_uid" "$migrate" "$service" "$secrets/service"
chown "$redis_uid" "$secrets/redis"
chown "$grafana_uid" "$secrets/grafana"
chown "$exporter_uid" "$secrets/exporter"
chown "$prometheus_uid" "$watch"
