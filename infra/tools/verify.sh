#!/usr/bin/env bash
# Install what the tests need, then run every check: lint, types, unit, contract, integration, end to end, sizes.
set -euo pipefail
cd "$(dirname "$0")/.."

# Program that shows a package is there, and the package. The servers are started by the tests, each in a folder of its own.
needs=(
  chromium:chromium
  /usr/lib/postgresql/15/bin/initdb:postgresql-15
  redis-server:redis-server
  nginx:nginx-light
  promtool:prometheus
  amtool:prometheus-alertmanager
  faketime:faketime
)
missing=()
for need in "${needs[@]}"; do
  PATH="$PATH:/usr/sbin" command -v "${need%%:*}" >/dev/null || missing+=("${need#*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    # RUNLEVEL=1 keeps the packages from starting services of their own.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      "${missing[@]}" fonts-noto-core fonts-noto-color-emoji >/dev/null
  else
    echo "missing: ${missing[*]}; tests that need them are skipped and say so (as root they would be installed)" >&2
  fi
fi

# Judges of the deployment files are built meanwhile; what is not there in time is not waited for.
judges=$(mktemp)
timeout 300 bash infra/tools/checks/install-tools.sh >"$judges" 2>&1 &
installing=$!
trap 'kill "$installing" 2>/dev/null || true; rm -f "$judges"' EXIT

npm ci --no-fund --no-audit
npm run build
npm run lint
npm run types
wait "$installing" || echo "infra/tools/checks/install-tools.sh failed or took too long" >&2
cat "$judges"
npm test
npm run e2e
npm run size
