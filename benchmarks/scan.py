"""Seconds to scan a folder, beside the time symusic needs merely to read the same files on one core.

``python -m benchmarks.scan --data DIR [--large N] [--json]``. They are run in turns: symusic, a scan into an empty
cache, a scan with what was read in the cache. Each figure is the median over the rounds; the first scan, which starts
the reading processes, stands apart. ``--large`` makes N files out of those in the folder (copied, moved in time and in
loudness), scans them in a process of its own and tells that process's memory beside that of a scan of the folder.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from symusic import Score

from drumapp.midi.corpus import Cache, scan_folder
from drumapp.midi.smf import pattern_to_bytes, read_pattern

ROUNDS = 9
FILES_A_FOLDER = 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of MIDI files, such as Groove")
    parser.add_argument("--large", type=int, metavar="N", help="scan a folder of N files made of these, too")
    parser.add_argument("--memory-of", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.memory_of:
        print(json.dumps(scan_and_tell(args.data)))
        return
    figures = in_turns(args.data)
    if args.large is not None:
        with tempfile.TemporaryDirectory(prefix="drumapp-scan-") as folder:
            made = Path(folder, "data")
            make_files(args.data, made, args.large)
            figures |= {f"small_{name}": value for name, value in in_a_process(args.data).items()}
            figures |= {f"large_{name}": value for name, value in in_a_process(made).items()}
    if args.json:
        print(json.dumps({name: round(value, 4) for name, value in figures.items()}))
        return
    for name, value in figures.items():
        print(f"{name:<20} {value:.3f}")


def in_turns(folder: Path) -> dict[str, float]:
    """Seconds of symusic's reading, of a scan and of one with a cache, and the scan's as a multiple of symusic's."""
    paths = [str(path) for path in sorted(folder.rglob("*.mid"))]
    rounds: dict[str, list[float]] = {"symusic_s": [], "scan_s": [], "cached_s": []}

    def read() -> None:
        for path in paths:
            Score(path)

    read()  # what the system has not read yet would count against whoever comes first
    first = 0.0
    for number in range(ROUNDS + 1):
        with tempfile.TemporaryDirectory(prefix="drumapp-scan-") as kept:
            cache = Path(kept)
            times = {
                "symusic_s": timed(read),
                "scan_s": timed(lambda: scan_folder(folder, cache=Cache(cache))),  # noqa: B023 - called at once
                "cached_s": timed(lambda: scan_folder(folder, cache=Cache(cache))),  # noqa: B023
            }
        if number == 0:
            first = times["scan_s"]
            continue
        for name, seconds in times.items():
            rounds[name].append(seconds)
    figures = {name: statistics.median(times) for name, times in rounds.items()}
    ratio = statistics.median(a / b for a, b in zip(rounds["scan_s"], rounds["symusic_s"], strict=True))
    return {"files": len(paths), **figures, "first_scan_s": first, "scan_to_symusic": ratio}


def timed(work: Callable[[], object]) -> float:
    """Seconds that work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_a_process(folder: Path) -> dict[str, float]:
    """What a scan of a folder takes in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scan", "--data", str(folder), "--memory-of"]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def scan_and_tell(folder: Path) -> dict[str, float]:
    """Seconds of symusic's reading and of a scan, then of one with a cache, and the memory the scans took, in MB."""
    with tempfile.TemporaryDirectory(prefix="drumapp-scan-") as kept:
        before = peak_mb("self")
        cold = timed(lambda: scan_folder(folder, cache=Cache(Path(kept))))
        warm = timed(lambda: scan_folder(folder, cache=Cache(Path(kept))))
        grown = peak_mb("self") - before
        workers = max((peak_mb(str(child.pid)) for child in multiprocessing.active_children()), default=0.0)
        size = sum(path.stat().st_size for path in Path(kept).iterdir()) / 2**20
    paths = [str(path) for path in sorted(folder.rglob("*.mid"))]

    def read() -> None:
        for path in paths:
            Score(path)

    figures = {"files": len(paths), "scan_s": cold, "cached_s": warm, "symusic_s": timed(read)}
    return figures | {"grown_mb": grown, "worker_mb": workers, "cache_mb": size}


def peak_mb(process: str) -> float:
    """The most memory a process has had so far, as Linux tells it."""
    (line,) = [line for line in Path("/proc", process, "status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def make_files(source: Path, target: Path, number: int) -> None:
    """So many files out of those in a folder: every tenth a copy, the others moved in time, key and loudness."""
    rng = random.Random(0)
    originals = sorted(source.rglob("*.mid"))
    patterns = [(path, read_pattern(path)) for path in originals]
    for count in range(number):
        folder = target / f"{count // FILES_A_FOLDER:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        path, pattern = patterns[count % len(patterns)]
        if count % 10 == 0:
            shutil.copyfile(path, folder / f"{count}.mid")
            continue
        shift, louder = rng.randrange(240), rng.randint(-20, 20)
        notes = tuple(
            note._replace(start=note.start + shift, velocity=min(max(note.velocity + louder, 1), 127))
            for note in pattern.notes
        )
        (folder / f"{count}.mid").write_bytes(pattern_to_bytes(type(pattern).of(notes)))


if __name__ == "__main__":
    main()
