"""How commands are told which files of a folder are wanted and by which kit maps they are read."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drumapp.cli.beat import find_kit_map
from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.settings import corpus_cache_folder

if TYPE_CHECKING:
    from drumapp.core.kit_map import KitMap
    from drumapp.midi.corpus import Corpus, Filters


def add_corpus_options(parser: argparse.ArgumentParser, *, cache: bool = True) -> None:
    """Add the options; ``cache``: whether the command can do without one."""
    wanted = parser.add_argument_group("which files")
    wanted.add_argument("--tempo", type=_span, metavar="A-B", help="only tempos from A to B, such as 90-120")
    wanted.add_argument("--metre", action="append", metavar="N/D", help="only this metre; repeat for several")
    wanted.add_argument("--in", action="append", dest="folders", metavar="FOLDER", help="only files in this subfolder")
    wanted.add_argument("--style", action="append", metavar="NAME", help="only this style; repeat for several")
    wanted.add_argument("--bars", type=_span, metavar="A-B", help="only files of A to B bars")
    wanted.add_argument("--density", type=_span, metavar="A-B", help="only files of A to B notes a quarter note")
    wanted.add_argument("--resolution", action="append", type=int, metavar="TICKS", help="only files of so many ticks")
    wanted.add_argument("--fewest-notes", type=int, default=2, metavar="N", help="only files of N notes (default: 2)")
    wanted.add_argument("--exclude", action="append", metavar="PATH", help="leave out this file or subfolder")
    wanted.add_argument("--include", action="append", metavar="PATH", help="take this file or subfolder all the same")
    wanted.add_argument("--keep-duplicates", action="store_true", help="take files that play the same notes as another")
    wanted.add_argument(
        "--kit-map",
        action="append",
        metavar="[PATH=]MAP",
        help="what the keys of all files, or of a file or subfolder, mean; a built-in map, one of your own by its name"
        " or file (default: guessed)",
    )
    if cache:
        wanted.add_argument("--no-cache", action="store_true", help="read every file anew and keep nothing of it")


def filters_of(args: argparse.Namespace) -> Filters:
    """The filters that were asked for. Raises DrumappError for those that make no sense."""
    from drumapp.midi.corpus import Filters

    try:
        return Filters(
            args.fewest_notes,
            args.tempo,
            tuple(args.metre or ()),
            tuple(args.folders or ()),
            tuple(args.style or ()),
            args.bars,
            args.density,
            tuple(args.resolution or ()),
            tuple(args.exclude or ()),
            tuple(args.include or ()),
            args.keep_duplicates,
        )
    except ValueError as error:
        raise DrumappError(f"These filters make no sense: {error}.") from error


def kit_choices_of(args: argparse.Namespace) -> dict[str, KitMap]:
    """The kit maps that were asked for, by path. Raises DrumappError for a map that there is not."""
    choices = {}
    for choice in args.kit_map or ():
        path, equals, name = choice.rpartition("=")
        choices[path.strip("/") if equals else ""] = find_kit_map(name)
    return choices


def open_corpus(args: argparse.Namespace, folder: Path, *, empty: bool = False) -> Corpus:
    """Scan the folder with the options given; ``empty``: nothing usable in it is no error. Raises DrumappError."""
    from drumapp.midi.corpus import Cache, look_into, scan_folder

    options: dict[str, Any] = {
        "cache": Cache(None if args.no_cache else corpus_cache_folder()),
        "filters": filters_of(args),
        "kit_choices": kit_choices_of(args),
    }
    with progress(f"Reading {folder}") as report:
        return (look_into if empty else scan_folder)(folder, progress=report, **options)


def _span(text: str) -> tuple[float, float]:
    number = r"\d{1,9}(?:\.\d{1,9})?"
    match = re.fullmatch(rf"({number})(?:-({number}))?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"a span is written like 90-120 or 90, not {text!r}")
    low = float(match[1])
    return low, float(match[2]) if match[2] else low
