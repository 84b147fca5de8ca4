"""``drumapp export``: a drummer in the form of other programs."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from drumapp.atomic import write_atomically
from drumapp.core.errors import DrumappError

_DESCRIPTION = """\
Write a drummer as other programs read it. raw: the two matrices of the drummer of 2017, Wx.bin and Wy.bin, and
words.json with the notes and ticks of their rows; for drummers of the preset hollemans-2017, trained or imported."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("export", help="write a drummer for other programs", description=_DESCRIPTION)
    parser.add_argument("model", type=Path, metavar="FILE", help="the drummer: a checkpoint")
    parser.add_argument("--format", choices=("raw",), default="raw", help="what to write (default: raw)")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="the folder to write into")
    parser.add_argument("--json", action="store_true", help="tell what was made as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Read and write. Raises DrumappError when the drummer or the folder is no good."""
    from drumapp.core.timing import TICKS_PER_QUARTER
    from drumapp.lstm.checkpoint import load_model
    from drumapp.lstm.raw_weights import export_raw

    raw = export_raw(load_model(args.model))
    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DrumappError(
            f"Cannot make the folder {args.output}: {(error.strerror or str(error)).lower()}."
        ) from error
    words = {"notes": raw.notes, "ticks": raw.ticks, "ticks_per_quarter": TICKS_PER_QUARTER}
    files = {"Wx.bin": raw.wx, "Wy.bin": raw.wy, "words.json": (json.dumps(words) + "\n").encode()}
    for name, data in files.items():
        write_atomically(args.output / name, data)
    if args.json:
        print(json.dumps({"files": [str(args.output / name) for name in files], **words}))
    else:
        print(f"{args.output}: {', '.join(files)}")
    return 0
