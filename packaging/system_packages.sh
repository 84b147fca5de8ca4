#!/usr/bin/env bash
# Installs the system libraries that pip cannot bring: what Qt's window, ALSA and FluidSynth need.
#
#   packaging/system_packages.sh run    for the window and its sound
#   packaging/system_packages.sh test   for the tests as well
#
# On Debian and Ubuntu it installs what is missing, as root or where sudo asks no password, and otherwise prints the
# command to type. With nothing missing it is done at once. On other systems it says what is needed.
set -euo pipefail

purpose=${1:-run}

# Alternatives are separated by "|": newer releases renamed some packages.
run_packages=(
    libegl1 libgl1 "libglib2.0-0t64|libglib2.0-0" libdbus-1-3 libfontconfig1 libxkbcommon0
    libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0
    "libasound2t64|libasound2"
    libfluidsynth3
)
# The tests open a real window on a virtual screen, click in it and look at it.
test_packages=(xvfb xdotool imagemagick)

case $purpose in
    run) wanted=("${run_packages[@]}") ;;
    test) wanted=("${run_packages[@]}" "${test_packages[@]}") ;;
    *)
        echo "usage: $0 run|test" >&2
        exit 2
        ;;
esac

case $(uname -s) in
    Linux) ;;
    Darwin)
        echo "macOS needs nothing more. FluidSynth is optional: brew install fluid-synth"
        exit 0
        ;;
    *) exit 0 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is neither Debian nor Ubuntu. If the window does not open, install your system's packages of the"
    echo "libraries EGL, GL, xkbcommon (with its X11 part), xcb-cursor, xcb-icccm, xcb-keysyms and ALSA; FluidSynth is"
    echo "optional. The tests also need Xvfb, xdotool and ImageMagick."
    exit 0
fi

# Debian splits venv off Python.
if ! "${PYTHON:-python3}" -c "import ensurepip, venv" 2>/dev/null; then
    wanted+=("$("${PYTHON:-python3}" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
fi

installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')

missing=()
for alternatives in "${wanted[@]}"; do
    if ! grep -qxE -- "${alternatives//+/\\+}" <<<"$installed"; then
        missing+=("$alternatives")
    fi
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

has_candidate() {
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

choose() {
    local alternative
    for alternative in ${1//|/ }; do
        if has_candidate "$alternative"; then
            echo "$alternative"
            return
        fi
    done
    echo "${1##*|}"
}

choose_all() {
    local alternatives names=()
    for alternatives in "${missing[@]}"; do
        names+=("$(choose "$alternatives")")
    done
    echo "${names[*]}"
}

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
fi
if [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; then
    echo "These system packages are missing. Please install them:"
    echo
    echo "    sudo apt-get install $(choose_all)"
    echo
    if [ "$purpose" = test ]; then
        exit 1
    fi
    exit 0
fi

install_missing() {
    local chosen
    read -ra chosen <<<"$(choose_all)"
    echo "Installing system packages: ${chosen[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o Dpkg::Use-Pty=0 "${chosen[@]}" >/dev/null
}

update_and_install() {
    "${as_root[@]}" apt-get update -qq
    install_missing
}

# An old package list names versions that are gone: bring it up to date if it is empty or the install fails.
if ! has_candidate libegl1 || ! install_missing 2>/dev/null; then
    if [ "$purpose" = test ]; then
        update_and_install
    else
        # The window may well open without them, and the command line does.
        (update_and_install) || echo "They could not be installed; going on without them."
    fi
fi
