#!/usr/bin/env bash
# Builds the FluidSynth that Linux bundles carry: the synth alone, without the drivers of sound systems, which the program
# does not use (it plays through miniaudio and rtmidi). A distribution's library needs fifty others for them.
#
#   packaging/linux/fluidsynth.sh FOLDER
#   DRUMAPP_FLUIDSYNTH=FOLDER/lib/libfluidsynth.so.3 make bundle
#
# Needs cmake, a C++ compiler, pkg-config, libglib2.0-dev and libsndfile1-dev.
set -euo pipefail

version=2.4.6
target=$(mkdir -p "$1" && cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

curl -fsSL "https://github.com/FluidSynth/fluidsynth/archive/refs/tags/v$version.tar.gz" | tar -xz -C "$work"
options=(-DCMAKE_BUILD_TYPE=Release "-DCMAKE_INSTALL_PREFIX=$target" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=ON)
options+=(-Denable-libsndfile=ON) # for .sf3, whose samples are compressed
for driver in alsa aufile dbus ipv6 jack ladspa libinstpatch midishare network oss openmp pipewire pulseaudio readline sdl2 systemd; do
    options+=("-Denable-$driver=OFF")
done
cmake -S "$work/fluidsynth-$version" -B "$work/build" "${options[@]}"
cmake --build "$work/build" --parallel --target libfluidsynth
cmake --install "$work/build" 2>/dev/null || cp -a "$work"/build/src/libfluidsynth.so* "$target/lib/"
ls "$target"/lib/libfluidsynth.so.3
