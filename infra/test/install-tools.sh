#!/usr/bin/env bash
# Install what judges the deployment files: the loader of Docker Compose, the validator of the Kubernetes API server, the
# linter of hosted workflows; and CockroachDB's own parser, which judges our SQL. Built from Go modules; without Go the tests
# name what they did not run.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=${XDG_CACHE_HOME:-$HOME/.cache}/repartee-tools
if ! command -v go > /dev/null; then
  echo "not installed, for want of Go: kubectl-validate, actionlint, compose-spec, cockroach-parser" >&2
  exit 0
fi
mkdir -p "$tools/crds"
GOBIN=$tools go install sigs.k8s.io/kubectl-validate@v0.0.4
GOBIN=$tools go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
GOBIN=$tools go install github.com/compose-spec/compose-go/v2/cmd@v2.16.2
mv "$tools/cmd" "$tools/compose-spec"

# Definitions of the resources that are not Kubernetes' own.
folder() { go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p'; }
operator=$(folder github.com/prometheus-operator/prometheus-operator@v0.79.2)/example/prometheus-operator-crd
install -m 0644 "$operator"/monitoring.coreos.com_{servicemonitors,prometheusrules}.yaml "$tools/crds/"
manager=$(folder github.com/cert-manager/cert-manager@v1.16.2)/deploy/crds
for kind in certificates issuers; do
  # Lines of Helm's, not part of the definition.
  sed '/{{/d' "$manager/crd-$kind.yaml" > "$tools/crds/cert-manager-$kind.yaml"
done

# Of the oldest version we promise and of a recent one. A cold build takes minutes, so it comes last.
cd infra/test/cockroach-parser
go build -o "$tools/cockroach-parser" .
go build -modfile=oldest.mod -o "$tools/cockroach-parser-oldest" .
