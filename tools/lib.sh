# Common to the commands in tools/. Source it: . "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${TESSERA_BUILD:-$root/build}

say() { printf '== %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Runs a command, silent unless it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "failed: $*"
  fi
  rm -f "$log"
}

# need_packages KIND...: installs what is missing of these kinds of packages.txt.
need_packages() {
  local kinds=" $* " missing=() name kind as_root=()
  while read -r name kind; do
    [[ -z $name || $name == \#* || $kinds != *" $kind "* ]] && continue
    [[ $(dpkg-query -W -f '${Status}' "$name" 2>/dev/null) == 'install ok installed' ]] || missing+=("$name")
  done <"$root/tools/packages.txt"
  (( ${#missing[@]} )) || return 0

  command -v apt-get >/dev/null || die "these Debian packages or their like are needed: ${missing[*]}"
  if (( EUID != 0 )); then
    command -v sudo >/dev/null || die "as root, please: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  quietly "${as_root[@]}" apt-get update
  quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}

# configure [MESON_OPTION...]: the release build in $build, once.
configure() {
  [[ -f $build/build.ninja ]] || quietly meson setup "$build" "$root" --buildtype=release "$@"
}

# What GStreamer needs to find the element just built, apart from the user's own registry.
use_built_plugin() {
  export GST_PLUGIN_PATH_1_0=$build/gst${GST_PLUGIN_PATH_1_0:+:$GST_PLUGIN_PATH_1_0}
  export GST_REGISTRY=$build/registry.bin
}
