#!/usr/bin/env bash
# Install what judges the deployment files: the schemas of the Kubernetes API, the loader of Docker Compose, the linter of
# hosted workflows. With --all also what takes minutes to build: Docker Compose, the validator of the Kubernetes API server,
# and CockroachDB's own parser, which judges our SQL. All of it is built from Go modules. What cannot be had is named and fails
# nothing; its tests say that they did not run.
set -uo pipefail
cd "$(dirname "$0")/../.."
tools=${XDG_CACHE_HOME:-$HOME/.cache}/repartee-tools
if ! command -v go > /dev/null; then
  echo "not installed, because Go is missing: schemas of Kubernetes, actionlint, compose-spec, docker-compose, kubectl-validate, cockroach-parser" >&2
  exit 0
fi
mkdir -p "$tools"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

keep() { # name, version, command that makes $work/NAME: unless it is there in this version
  local name=$1 version=$2
  shift 2
  [ -x "$tools/$name" ] && [ "$(cat "$tools/$name.version" 2> /dev/null)" = "$version" ] && return
  if "$@" > "$work/log" 2>&1 && mv "$work/$name" "$tools/$name"; then
    echo "$version" > "$tools/$name.version"
  else
    echo "not installed: $name: $(tail -n 1 "$work/log")" >&2
  fi
}

published() { # name, the command's package, version
  keep "$1" "$3" eval "GOBIN=$work go install $2@$3 && { [ -e $work/$1 ] || mv $work/${2##*/} $work/$1; }"
}

compose() ( # version; in a module of ours, since its own excludes versions, which `go install` refuses
  mkdir "$work/compose" && cd "$work/compose" && echo 'module judge' > go.mod &&
    go get "github.com/docker/compose/v2/cmd@$1" &&
    go build -trimpath -ldflags -s -o "$work/docker-compose" github.com/docker/compose/v2/cmd
)

parser() { # name, its go.mod
  keep "$1" "$(cat infra/tools/checks/cockroach-parser/{main.go,"$2"} | sha256sum)" \
    go build -C infra/tools/checks/cockroach-parser -modfile="$2" -o "$work/$1" .
}

folder() { go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)",*/\1/p'; }

schemas() { # from modules that hold them, which takes no building
  local version=k8s-1.30-1
  [ "$(cat "$tools/schemas.version" 2> /dev/null)" = "$version" ] && return
  local kubernetes operator manager
  if ! kubernetes=$(folder sigs.k8s.io/kubectl-validate@v0.0.4) ||
    ! operator=$(folder github.com/prometheus-operator/prometheus-operator@v0.79.2) ||
    ! manager=$(folder github.com/cert-manager/cert-manager@v1.16.2); then
    echo "not installed: schemas of Kubernetes" >&2
    return
  fi
  rm -rf "$tools/openapi" "$tools/crds" "$tools/schemas.version"
  mkdir "$tools/crds" &&
    cp -R "$kubernetes/pkg/openapiclient/builtins/1.30" "$tools/openapi" &&
    chmod -R u+w "$tools/openapi" &&
    install -m 0644 "$operator"/example/prometheus-operator-crd/monitoring.coreos.com_{servicemonitors,prometheusrules}.yaml "$tools/crds/" &&
    # Lines of Helm's, not part of the definitions.
    for kind in certificates issuers; do
      sed '/{{/d' "$manager/deploy/crds/crd-$kind.yaml" > "$tools/crds/cert-manager-$kind.yaml" || return
    done &&
    echo "$version" > "$tools/schemas.version"
}

schemas
published actionlint github.com/rhysd/actionlint/cmd/actionlint v1.7.12
published compose-spec github.com/compose-spec/compose-go/v2/cmd v2.16.2
if [ "${1:-}" = --all ]; then
  keep docker-compose v2.40.3 compose v2.40.3
  published kubectl-validate sigs.k8s.io/kubectl-validate v0.0.4
  # Of a recent version and of the oldest we promise, as far as it is published.
  parser cockroach-parser go.mod
  parser cockroach-parser-oldest oldest.mod
fi
