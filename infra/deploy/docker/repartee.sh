#!/bin/sh
# The `repartee` command of the image. A variable NAME_FILE sets NAME to the content of that file, so that secrets are
# mounted and not part of the container's definition.
set -eu
for name in REPARTEE_SECRET DATABASE_URL REDIS_URL SMTP_URL; do
  eval "file=\${${name}_FILE:-} given=\${${name}:-}"
  [ -n "$file" ] || continue
  if [ -n "$given" ]; then
    echo "$name and ${name}_FILE are both set; keep one" >&2
    exit 2
  fi
  if ! value=$(cat "$file"); then
    echo "${name}_FILE: cannot read $file" >&2
    exit 2
  fi
  export "$name=$value"
  unset "${name}_FILE"
done
exec node "${REPARTEE_MAIN:-/app/service/dist/repartee.js}" "$@"
