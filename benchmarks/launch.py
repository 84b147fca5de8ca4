"""From process start to the painted window: median of warm starts, and whether torch got into the window's process.

With ``--program`` it measures a finished bundle, in turns with the program of the checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STARTS = 5
LIMIT_S = 1.5
BUNDLE_LIMIT_S = 2.0
TIMEOUT_S = 60

_CHECKOUT = (sys.executable, "-m", "drumapp")
_PAINT = "--quit-after-paint"


@contextmanager
def screen() -> Iterator[tuple[str, dict[str, str]]]:
    """Where windows go: its name and the environment of programs that open one.

    The desktop where there is one, else a virtual X screen, else Qt's offscreen platform.
    """
    with tempfile.TemporaryDirectory() as settings:
        environment = os.environ | {"DRUMAPP_CONFIG_DIR": settings, "DRUMAPP_STATE_DIR": settings}
        if not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            yield "desktop", environment
        elif shutil.which("Xvfb") is None:
            yield "offscreen", environment | {"QT_QPA_PLATFORM": "offscreen"}
        else:
            with _virtual_screen() as display:
                environment.pop("QT_QPA_PLATFORM", None)
                yield "Xvfb", environment | {"DISPLAY": display}


@contextmanager
def _virtual_screen() -> Iterator[str]:
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def start_to_paint_s(environment: dict[str, str], program: Sequence[str] = _CHECKOUT) -> float:
    """Seconds from starting the program until its window is painted."""
    start_ns = time.monotonic_ns()
    command = (*program, _PAINT)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    for line in done.stdout.splitlines():
        word, _, painted_ns = line.partition(" ")
        if word == "painted":
            return (int(painted_ns) - start_ns) / 1e9
    raise RuntimeError(f"the window was not painted: {done.stdout}{done.stderr}")


def window_modules(environment: dict[str, str]) -> set[str]:
    """Top-level packages that the program imports until its window is painted."""
    command = (sys.executable, "-X", "importtime", *_CHECKOUT[1:], _PAINT)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def measure_bundle(program: Path, *, as_json: bool) -> None:
    """Start a bundle and the checkout in turns, and print both; the bundle's size as well."""
    starts: dict[str, list[float]] = {"bundle": [], "checkout": []}
    with screen() as (name, environment):
        for turn in range(STARTS + 1):
            for what, command in (("bundle", (str(program),)), ("checkout", _CHECKOUT)):
                seconds = start_to_paint_s(environment, command)
                if turn:  # the first start fills the caches, and is not counted
                    starts[what].append(seconds)
    medians = {what: statistics.median(each) for what, each in starts.items()}
    size_mb = sum(path.lstat().st_size for path in program.parent.rglob("*") if path.is_file()) / 1e6
    if as_json:
        figures = {"window_s": medians["bundle"], "checkout_s": medians["checkout"], "size_mb": size_mb, "screen": name}
        print(json.dumps(figures | {"starts_s": starts["bundle"]}))
        return
    print(f"the bundle, start to painted window on {name}: {medians['bundle']:.2f} s (at most {BUNDLE_LIMIT_S:.1f})")
    print(f"each: {', '.join(f'{seconds:.2f}' for seconds in starts['bundle'])}")
    print(f"the checkout, in turns with it: {medians['checkout']:.2f} s; medians of {STARTS}")
    print(f"the bundle unpacked: {size_mb:.0f} MB")


def main() -> None:
    """Measure and print; with ``--json`` one object with ``window_s`` in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--program", type=Path, metavar="FILE", help="a bundle's program, such as dist/bundle/drumapp/drumapp"
    )
    args = parser.parse_args()
    if args.program is not None:
        measure_bundle(args.program.resolve(), as_json=args.json)
        return
    with screen() as (name, environment):
        cold_s = start_to_paint_s(environment)  # the first start fills the caches, and is not counted
        starts_s = [start_to_paint_s(environment) for _ in range(STARTS)]
        torch = "torch" in window_modules(environment)
    window_s = statistics.median(starts_s)
    if args.json:
        figures = {"window_s": window_s, "starts_s": starts_s, "first_s": cold_s, "screen": name, "torch": torch}
        print(json.dumps(figures))
        return
    print(f"start to painted window on {name}: {window_s:.2f} s, the median of {STARTS} (at most {LIMIT_S:.1f})")
    print(f"each: {', '.join(f'{seconds:.2f}' for seconds in starts_s)}; before them {cold_s:.2f}")
    print(f"torch in the window's process: {'yes, which is wrong' if torch else 'no'}")


if __name__ == "__main__":
    main()
