"""Several processes that train together: do they learn what one does? Held-out nats a note after as many notes.

``python -m benchmarks.together --data DIR [--events N] [--processes N] [--json]``. The same recipe with the same seed,
once in one process and once in several under torchrun (gloo).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

EVENTS = 300_000
PRESET = "groove-small"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of MIDI files, such as Groove")
    parser.add_argument("--events", type=int, default=EVENTS, help="notes each run hears")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    one, several = trained(args, 1), trained(args, args.processes)
    figures = {
        "events": one["events"],
        "one_nats": one["nats"],
        "one_s": one["seconds"],
        f"{args.processes}_nats": several["nats"],
        f"{args.processes}_s": several["seconds"],
        "difference": several["nats"] / one["nats"] - 1.0,
    }
    if args.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<12} {value:12,.4f}")


def trained(args: argparse.Namespace, processes: int) -> dict[str, float]:
    """The result that ``drumapp train`` tells."""
    with tempfile.TemporaryDirectory(prefix="drumapp-together-") as folder:
        program = [sys.executable]
        if processes > 1:
            program += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        command = [*program, "-m", "drumapp", "train", str(args.data), "-o", f"{folder}/drummer.safetensors"]
        command += ["--preset", PRESET, "--events", str(args.events), "--job-folder", f"{folder}/job", "--json"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    results = [line for line in map(json.loads, told) if line["event"] == "result"]
    return {name: float(results[-1][name]) for name in ("events", "nats", "seconds")}


if __name__ == "__main__":
    main()
