"""``drumapp import-weights``: the matrices of the drummer of 2017 as a checkpoint that plays."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from drumapp.cli.number_lists import number_list
from drumapp.core.errors import DrumappError

_LARGEST_BYTES = 512 * 2**20

_DESCRIPTION = """\
Make a checkpoint, which plays in the window and in "drumapp generate", of the weights of the drummer of 2017: Wx.bin
and Wy.bin, bare float32 numbers. What their rows stand for is not in them: tell the notes and the ticks, in order, as
lists like 36-38,40,42 or as files of such lists (JSON will do)."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "import-weights", help="make a drummer of the raw weights of 2017", description=_DESCRIPTION
    )
    parser.add_argument("wx", type=Path, metavar="Wx.bin", help="from the input and the memory to the gates")
    parser.add_argument("wy", type=Path, metavar="Wy.bin", help="from the memory to notes and ticks")
    parser.add_argument("--notes", type=number_list, required=True, metavar="LIST", help="the MIDI keys, such as 36-53")
    parser.add_argument("--ticks", type=number_list, required=True, metavar="LIST", help="the delays, such as 0-95,98")
    parser.add_argument(
        "--ticks-per-quarter", type=int, default=480, metavar="N", help="ticks in a quarter note (default: 480)"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the checkpoint to write")
    parser.add_argument("--name", default="2017", metavar="TEXT", help="the drummer's name (default: 2017)")
    parser.add_argument("--licence", default="", metavar="TEXT", help="licence of the weights, kept in the checkpoint")
    parser.add_argument("--attribution", default="", metavar="TEXT", help="whom to credit, kept in the checkpoint")
    parser.add_argument("--json", action="store_true", help="tell what was made as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Read, check and write. Raises DrumappError when files or lists are no good."""
    from drumapp.lstm.checkpoint import save_model
    from drumapp.lstm.raw_weights import RawWeights, import_raw

    raw = RawWeights(_read(args.wx), _read(args.wy), args.notes, args.ticks)
    provenance = {"preset": "hollemans-2017", "licence": args.licence, "attribution": args.attribution}
    model = import_raw(raw, args.name, ticks_per_quarter=args.ticks_per_quarter, provenance=provenance)
    digest = save_model(model, args.output)
    if args.json:
        figures = {"hidden": model.architecture.hidden, "notes": len(args.notes), "ticks": len(args.ticks)}
        print(json.dumps({"output": str(args.output), "digest": digest, **figures}))
    else:
        print(
            f"{args.output}: {model.name}, {model.architecture.hidden} units, {len(args.notes)} notes, "
            f"{len(args.ticks)} delays"
        )
    return 0


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise DrumappError(f"{path} is too large for a matrix of weights.")
        return path.read_bytes()
    except OSError as error:
        raise DrumappError(f"Cannot read {path}: {(error.strerror or str(error)).lower()}.") from error
