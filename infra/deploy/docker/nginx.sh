#!/bin/sh
# The first start creates a self-signed certificate. To use a real one, put tls.crt and tls.key into the volume /tls.
set -eu
if [ ! -e /tls/tls.key ]; then
  host=${PUBLIC_HOST:-localhost}
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj "/CN=$host" \
    -addext "subjectAltName=DNS:$host,IP:127.0.0.1" -keyout /tls/new.key -out /tls/tls.crt
  mv /tls/new.key /tls/tls.key
fi
exec nginx -c /etc/nginx/repartee.conf -g 'daemon off;'
