#!/usr/bin/env bash
# Install what the tests need, then run every check: lint, types, unit, contract, integration, end to end, sizes.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v chromium >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-noto-color-emoji
  else
    echo "Chromium is needed for the end-to-end tests: apt-get install chromium" >&2
    exit 1
  fi
fi

npm ci --no-fund --no-audit
npm run build
npm run lint
npm run types
npm test
npm run e2e
npm run size
