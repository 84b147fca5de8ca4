"""When the computer stood still: on each core a bare loop of short sleeps, before all else that runs there.

``python -m benchmarks.stalls FILE CORE`` writes lines of JSON until it is ended: the time of the monotonic clock at
which the loop ran again, in nanoseconds, and how many milliseconds after its time that was. The first line says whether
it may run before all else (on Linux: ``ulimit -r``); where it may not, any program may have held it up.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.servers import running, wait_until

PRIORITY = 20  # above the sound servers' threads and all of ours
PAUSE_S = 0.002
LATE_S = 0.003
ALONE, AMONG_OTHERS = "before all else", "among others"  # a file's first line


@contextmanager
def stall_watch(folder: Path) -> Iterator[None]:
    """Watch every core while it lasts; a file for each is kept in the folder. Raises RuntimeError when it cannot."""
    for path in _files(folder):
        path.unlink()
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        for core in cores:
            command = [sys.executable, "-m", "benchmarks.stalls", str(folder / f"stalls{core}.jsonl"), str(core)]
            stack.enter_context(running(command))
        wait_until(
            lambda: sum(path.stat().st_size > 0 for path in _files(folder)) == len(cores), "not every core is watched"
        )
        yield


def read_stalls(folder: Path) -> tuple[list[tuple[int, int]], bool]:
    """From when to when a core stood still, in nanoseconds and in order, and whether that is sure."""
    spans, first_lines = [], []
    for path in _files(folder):
        first, *lines = path.read_text().split("\n")
        first_lines.append(first)
        for line in lines[:-1]:  # the last is empty, or was being written
            at_ns, late_ms = json.loads(line)
            spans.append((at_ns - round(late_ms * 1e6), at_ns))
    sure = bool(first_lines) and all(first == json.dumps(ALONE) for first in first_lines)
    return sorted(spans), sure


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("stalls*.jsonl"))


def main() -> None:
    """Sleep, look, sleep."""
    path, core = Path(sys.argv[1]), int(sys.argv[2])
    os.sched_setaffinity(0, {core})
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        first = AMONG_OTHERS
    else:
        first = ALONE
    gc.disable()
    with path.open("w", buffering=1) as file:
        file.write(json.dumps(first) + "\n")
        due = time.monotonic() + PAUSE_S
        while True:
            time.sleep(max(due - time.monotonic(), 0.0))
            now = time.monotonic()
            if now - due > LATE_S:
                file.write(json.dumps([time.monotonic_ns(), round((now - due) * 1e3, 2)]) + "\n")
            due = now + PAUSE_S


if __name__ == "__main__":
    main()
