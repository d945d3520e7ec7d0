# What the tests drive besides Node: what of it is missing, and what is done about that. Sourced by verify.sh.

# Program that shows a package is there, the package, and the suites that skip tests without it.
needs=(
  "chromium chromium e2e"
  "initdb postgresql integration,chaos,e2e"
  "redis-server redis-server integration,chaos,e2e"
  "nginx nginx-light deployment,chaos,e2e"
  "promtool prometheus deployment"
  "amtool prometheus-alertmanager deployment"
  "prometheus-redis-exporter prometheus-redis-exporter deployment"
  "prometheus-nginx-exporter prometheus-nginx-exporter deployment"
  "faketime faketime integration"
)
# Where Debian keeps daemons, and every version of PostgreSQL.
elsewhere=$(printf ':%s' /usr/sbin /usr/lib/postgresql/*/bin)
fonts=(fonts-noto-core fonts-noto-color-emoji)
judges=${XDG_CACHE_HOME:-$HOME/.cache}/repartee-tools

# Missing packages, one a line, each with the suites that need it.
missing_packages() {
  local need program package suites
  for need in "${needs[@]}"; do
    read -r program package suites <<< "$need"
    PATH="$PATH$elsewhere" command -v "$program" > /dev/null || echo "$package $suites"
  done
}

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; }

builds_judges() { command -v go > /dev/null && [ ! -e "$judges/schemas.version" ]; }

at_terminal() { [ -t 0 ]; }

# Print what the check will install, and which tests are skipped because it cannot install what they need.
announce() { # what missing_packages found
  local names
  names=$(cut -d ' ' -f 1 <<< "$1" | xargs)
  echo "This check installs:"
  echo "  node_modules       the packages in package-lock.json"
  if builds_judges; then echo "  $judges    validators of the deployment files, built with Go"; fi
  if [ -n "$names" ] && may_install; then
    echo "  Debian packages    $names ${fonts[*]}"
  elif [ -n "$names" ]; then
    echo "Missing, and tests that need it are skipped:"
    sed 's/^\([^ ]*\) \(.*\)$/  \1    in \2/' <<< "$1"
    echo "As root on Debian or Ubuntu the check installs it: apt-get install $names"
  fi
}

# Whether to continue: asks at a terminal unless `yes` is given. Without a terminal it does not ask.
agreed() { # yes or no
  local answer
  if [ "$1" = yes ] || ! at_terminal; then return 0; fi
  read -r -p "Continue? [Y/n] " answer
  [[ ! $answer =~ ^[nN] ]]
}

install_missing() { # what missing_packages found
  local names
  mapfile -t names < <(cut -d ' ' -f 1 <<< "$1")
  if [ -z "$1" ] || ! may_install; then return 0; fi
  apt-get update -qq
  # RUNLEVEL=1 keeps the packages from starting services of their own.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    "${names[@]}" "${fonts[@]}" > /dev/null
}
