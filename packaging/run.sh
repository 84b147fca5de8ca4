#!/usr/bin/env bash
# Starts the program; where there is no screen for a window it makes a beat by the command line instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

drumapp=.venv/bin/drumapp

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; then
    echo "There is no display for the window (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    echo "Making beat.mid and beat.wav by the command line instead."
    "$drumapp" generate --bars 8 --tempo 100 -o beat.mid
    "$drumapp" render beat.mid -o beat.wav
    exit
fi
exec "$drumapp"
