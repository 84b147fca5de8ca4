"""Damaged MIDI files: does any make a scan hang, crash or think for long? None should take a second.

``python -m benchmarks.damaged_files --data DIR [--files N] [--json]``. Takes files of a folder, damages each (bits
flipped, bytes overwritten, cut off, a piece replaced by noise, noise alone) and reads it as a scan of a corpus does and
as *Import* does. Each must be read or refused in one sentence; the slowest is told.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from pathlib import Path

from drumapp.core.errors import DrumappError
from drumapp.midi.corpus.contents import contents_of
from drumapp.midi.smf import read_pattern

FILES = 10_000
MOST_BYTES = 200_000
KINDS = ("bits", "bytes", "cut", "piece", "noise")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of MIDI files, such as Groove")
    parser.add_argument("--files", type=int, default=FILES, help=f"damaged files to read (default: {FILES:,})")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    sound = [path.read_bytes()[:MOST_BYTES] for path in sorted(args.data.rglob("*.mid"))]
    scans: list[float] = []
    imports: list[float] = []
    read = 0
    with tempfile.TemporaryDirectory(prefix="drumapp-damaged-") as folder:
        path = Path(folder, "damaged.mid")
        for number in range(args.files):
            data = damaged(rng.choice(sound), KINDS[number % len(KINDS)], rng)
            begun = time.perf_counter()
            (content,) = contents_of([(number.to_bytes(32, "big"), data)])
            scans.append(time.perf_counter() - begun)
            if content.fault and not content.refusal:
                raise AssertionError(f"file {number} was refused without a reason")
            read += not content.fault
            path.write_bytes(data)
            begun = time.perf_counter()
            try:
                read_pattern(path)
            except DrumappError as refusal:
                if "\n" in str(refusal) or not str(refusal).endswith("."):
                    raise AssertionError(f"file {number} was not refused in a sentence: {refusal}") from refusal
            imports.append(time.perf_counter() - begun)
    figures = {
        "files": args.files,
        "read": read,
        "refused": args.files - read,
        "scan_median_ms": statistics.median(scans) * 1000,
        "scan_slowest_ms": max(scans) * 1000,
        "import_median_ms": statistics.median(imports) * 1000,
        "import_slowest_ms": max(imports) * 1000,
    }
    if args.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
        return
    for name, value in figures.items():
        print(f"{name:<20} {value:12,.1f}" if isinstance(value, float) else f"{name:<20} {value:10,}")


def damaged(sound: bytes, kind: str, rng: random.Random) -> bytes:
    """A file with damage of one of KINDS."""
    data = bytearray(sound)
    if kind == "noise":
        return b"MThd" * rng.randrange(2) + rng.randbytes(rng.randrange(2000))
    if kind == "cut":
        del data[rng.randrange(len(data)) :]
    elif kind == "piece":
        start = rng.randrange(len(data))
        data[start : start + rng.randrange(400)] = rng.randbytes(rng.randrange(400))
    else:
        for _ in range(rng.randint(1, 20)):
            place = rng.randrange(len(data))
            data[place] = data[place] ^ 1 << rng.randrange(8) if kind == "bits" else rng.randrange(256)
    return bytes(data)


if __name__ == "__main__":
    main()
