#!/bin/sh
# install_test.sh BUILD CXX SMOKE.CPP PLUGINS_DIR DATA_DIR: installs into a directory of its own; a program finds the core by
# pkg-config, GStreamer the plugin and its presets; meson devenv finds those in the build.
set -eu
build=$1 cxx=$2 smoke=$3 plugins=$4 data=$5
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

DESTDIR=$root meson install -C "$build" --no-rebuild >"$root/log" || { cat "$root/log"; exit 1; }

pc=$(find "$root" -name tessera-core.pc)
export PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=${pc%/*}
pkg-config --validate tessera-core
# shellcheck disable=SC2046
"$cxx" -std=c++20 -O1 "$smoke" -o "$root/smoke" $(pkg-config --cflags --libs --static tessera-core)
"$root/smoke"
echo "the core is found by pkg-config"

# As if GStreamer's own directory were this one.
export GST_PLUGIN_PATH_1_0="$root$plugins" GST_PRESET_PATH="$root$data/gstreamer-1.0/presets" GST_REGISTRY="$root/registry.bin"
gst-inspect-1.0 tesseraav1enc | grep -q "$root$plugins/libgsttessera.so"
for type in TesseraAv1Enc TesseraAv1EncAlias; do grep -q '^\[live\]' "$GST_PRESET_PATH/$type.prs"; done
gst-launch-1.0 -q videotestsrc num-buffers=3 ! video/x-raw,width=64,height=64 ! tesseraav1enc cpu-used=10 ! matroskamux ! \
  filesink location="$root/a.mkv"
gst-launch-1.0 -q filesrc location="$root/a.mkv" ! matroskademux ! av1dec ! fakesink
unset GST_PLUGIN_PATH_1_0 GST_PRESET_PATH GST_REGISTRY
echo "the plugin is found"

meson devenv -C "$build" sh -c 'gst-inspect-1.0 tesseraav1enc; ls "$GST_PRESET_PATH"' >"$root/devenv"
grep -q "$build/gst/libgsttessera.so" "$root/devenv"
grep -q TesseraAv1Enc.prs "$root/devenv"
echo "meson devenv finds the build"
