#!/usr/bin/env bash
# Writes requirements.lock (everything) and requirements-run.lock (the program without training and tools): the
# versions that pyproject.toml resolves to today. Both are installed with "pip install --no-deps", so that pip takes
# what stands there and nothing more: PyTorch's Linux build would pull gigabytes of CUDA packages along.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pip-tools

compile() { # compile OUTPUT [pip-compile options ...]
    local output=$1
    shift
    "$folder/venv/bin/pip-compile" --quiet --no-header --no-annotate --strip-extras --allow-unsafe --upgrade \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
        -o "$folder/$output" "$@" pyproject.toml
    {
        echo "# Written by \"make lock\" from pyproject.toml. Install with: pip install --no-deps -r $output"
        # A build's local version ("+cpu") exists on some machines only; CUDA's packages are not wanted.
        {
            cat "$folder/$output"
            # Compiled for the system it runs on; on Windows rich's and pytest's terminals need one more.
            if ! grep -q '^colorama==' "$folder/$output"; then
                echo 'colorama==0.4.6 ; sys_platform == "win32"'
            fi
        } | sed -E 's/\+[a-z0-9.]+$//' | grep -vE '^(#|$|nvidia-|cuda-|triton)'
    } >"$folder/$output.done"
    mv "$folder/$output.done" "$output"
}

compile requirements.lock --extra train --extra dev
compile requirements-run.lock --constraint requirements.lock
echo "Wrote requirements.lock and requirements-run.lock."
