"""Seconds to look into, read and write a MIDI file of 100,000 notes: medians."""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from drumapp.core.kit import HOUSE_KIT
from drumapp.core.pattern import Note, Pattern
from drumapp.midi.smf import pattern_to_bytes, read_contents, read_pattern

NOTES = 100_000
ROUNDS = 7


def measure() -> dict[str, float]:
    """Median seconds of each."""
    draw = random.Random(1)
    keys = [lane.key for lane in HOUSE_KIT.lanes]
    beat = Pattern.of(
        Note(30 * n + draw.randrange(20), draw.choice(keys), draw.randrange(1, 128)) for n in range(NOTES)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "beat.mid")
        path.write_bytes(pattern_to_bytes(beat, midi_format=1, kit=HOUSE_KIT))
        return {
            "contents_s": _median_s(lambda: read_contents(path)),
            "read_s": _median_s(lambda: read_pattern(path)),
            "write_s": _median_s(lambda: pattern_to_bytes(beat)),
        }


def _median_s(act: Callable[[], object]) -> float:
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def main() -> int:
    """Measure and print; with ``--json`` one object with ``contents_s``, ``read_s`` and ``write_s``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure()
    if arguments.json:
        print(json.dumps({"notes": NOTES, **figures}))
    else:
        told = ", ".join(f"{name.removesuffix('_s')} {seconds:.3f} s" for name, seconds in figures.items())
        print(f"a MIDI file of {NOTES:,} notes: {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
