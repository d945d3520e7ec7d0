#!/usr/bin/env bash
# The whole check: says what it installs, asks first at a terminal (not with --yes), then runs every step.
set -euo pipefail
cd "$(dirname "$0")/../.."
started=$(date +%s)
source infra/tools/verify/packages.sh

yes=no
more=()
for word in "$@"; do
  case $word in
    --yes) yes=yes ;;
    --strict | --long) more+=("$word") ;;
    *) echo "usage: npm run verify[:long] -- [--yes] [--strict]" >&2; exit 2 ;;
  esac
done

missing=$(missing_packages)
announce "$missing"
agreed "$yes" || { echo "nothing was installed or checked" >&2; exit 1; }
install_missing "$missing"
npm ci --no-fund --no-audit
exec node --import tsx infra/tools/verify/run.ts --started "$started" "${more[@]}"
