"""Installs the wheel into an empty environment, and looks whether the program runs there with all it needs.

    python packaging/wheel_test.py dist/drumapp-0.1.0-py3-none-any.whl

It runs far from the checkout: doctor must find model and soundfont inside the environment, a beat is written and
rendered, and the window is painted, on Qt's offscreen platform.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements-run.lock"
TIMEOUT_S = 120


def main() -> None:
    """Test the wheel named on the command line; ends with a sentence where something is wrong."""
    if len(sys.argv) != 2:
        sys.exit("usage: python packaging/wheel_test.py WHEEL")
    wheel = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="drumapp-wheel-") as folder:
        home = Path(folder).resolve()
        environment = home / "environment"
        venv.create(environment, with_pip=True, symlinks=os.name != "nt")
        programs = environment / ("Scripts" if os.name == "nt" else "bin")
        install = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--no-deps", "-r", str(LOCK)], check=True)
        subprocess.run([*install, str(wheel)], check=True, cwd=home)
        _look(programs / "drumapp", environment, home)
    print(f"{wheel.name}: installed into an empty environment it runs, and finds its model and its soundfont.")


def _look(program: Path, environment: Path, home: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DRUMAPP_", "PYTHON"))}
    clean |= {"DRUMAPP_CONFIG_DIR": str(home), "DRUMAPP_STATE_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"}

    def run(*words: str) -> str:
        done = subprocess.run(
            [str(program), *words], env=clean, cwd=home, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        if done.returncode and words[0] != "doctor":  # which fails on a machine without a sound device
            sys.exit(f"drumapp {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    findings = json.loads(run("doctor", "--json"))["findings"]
    for finding, what in (("model", "path"), ("synth", "soundfont")):
        if not findings[finding]["ok"] or environment not in Path(findings[finding][what]).parents:
            sys.exit(f"the {finding} is not that of the wheel: {findings[finding]}")
    run("generate", "--bars", "4", "--seed", "1", "-o", "beat.mid")
    run("render", "beat.mid", "-o", "beat.wav")
    for name in ("beat.mid", "beat.wav"):
        if not (home / name).stat().st_size:
            sys.exit(f"{name} is empty")
    if not run("--quit-after-paint").startswith("painted "):
        sys.exit("the window was not painted")


if __name__ == "__main__":
    main()
