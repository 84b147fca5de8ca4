"""``drumapp analyze``: what is in a folder of MIDI files, and why which of them would not be learnt from."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from drumapp.cli.corpus_options import add_corpus_options, open_corpus
from drumapp.cli.progress import progress

if TYPE_CHECKING:
    from rich.table import Table

    from drumapp.midi.corpus import CorpusReport, Refusal

MOST_SHOWN = 12
REFUSALS_SHOWN = 20

_DESCRIPTION = """\
Say what is in a folder of MIDI files: formats, tempos, metres, drums, delays, notes, duration; and of every file that
would not be learnt from, why. Files in subfolders and in zip archives count."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("analyze", help="say what is in a folder of MIDI files", description=_DESCRIPTION)
    parser.add_argument("data", type=Path, metavar="DIR", help="a folder of MIDI files")
    parser.add_argument("--all", action="store_true", help="list every file that is refused, every delay and tempo")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_corpus_options(parser)


def run(args: argparse.Namespace) -> int:
    """Scan and print. Raises DrumappError when the folder is no good."""
    from drumapp.midi.corpus import report_on

    corpus = open_corpus(args, args.data, empty=True)
    with progress("Counting") as told:
        report = report_on(corpus, progress=told)
    refused = corpus.refused
    if args.json:
        listed = [
            {"path": refusal.path.as_posix(), "verdict": str(refusal.verdict), "reason": refusal.reason}
            for refusal in refused
        ]
        print(json.dumps({"folder": str(args.data), **report.to_json(), "refusals": listed}))
        return 0
    _print(report, refused, args.data, everything=args.all)
    return 0


def _print(report: CorpusReport, refused: Iterable[Refusal], folder: Path, *, everything: bool) -> None:
    from rich.columns import Columns
    from rich.console import Console

    console = Console(soft_wrap=False, highlight=False)
    most = None if everything else MOST_SHOWN
    console.print(_summary(report, folder))
    if report.accepted:
        from drumapp.core.kit import general_midi_lane

        keys = {f"{key} {general_midi_lane(key).name}": count for key, count in report.keys.items()}
        delays = {_delay_name(delay): count for delay, count in report.delays.items()}
        tables = [
            _counts("Drum", "strikes", keys, most),
            _counts("Delay, ticks", "times", delays, most),
            _counts("Tempo", "files", report.tempos, most),
            _counts("Metre", "files", report.metres, most),
            _counts("Style", "files", report.styles, most),
            _counts("Format", "files", report.formats, most),
            _counts("Ticks a quarter", "files", report.resolutions, most),
            _counts("Tracks", "files", report.tracks, most),
            _counts("Split", "files", report.splits, most),
            _counts("Kit map", "folders", _tally(report.kit_maps.values()), most),
        ]
        console.print(Columns([table for table in tables if table.row_count], padding=(1, 3)))
    if report.refused:
        console.print(_counts("Refused because", "files", _refusals(report), None))
        shown = list(refused if everything else islice(refused, REFUSALS_SHOWN))
        for refusal in shown:
            console.print(refusal.reason, soft_wrap=True, markup=False)
        if report.refused > len(shown):
            more = report.refused - len(shown)
            print(f"... and {more} more; --all lists them, --json for programs.", file=sys.stdout)


def _summary(report: CorpusReport, folder: Path) -> Table:
    from rich.markup import escape
    from rich.table import Table

    minutes, seconds = divmod(round(report.seconds), 60)
    hours, minutes = divmod(minutes, 60)
    table = Table(title=escape(str(folder)), title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    duplicates = sum(count for verdict, count in report.verdicts.items() if verdict == "duplicate")
    for name, value in (
        ("MIDI files", f"{report.files:,}"),
        ("accepted", f"{report.accepted:,}"),
        ("refused", f"{report.refused:,}"),
        ("of these duplicates", f"{duplicates:,}"),
        ("other files", f"{report.others:,}"),
        ("notes", f"{report.notes:,}"),
        ("notes a file", f"{report.fewest_notes:,} to {report.most_notes:,}, mean {report.mean_notes:,.1f}"),
        ("bars a file", f"{report.fewest_bars:,.4g} to {report.most_bars:,.4g}"),
        ("notes a quarter note", f"{report.density:.2f}"),
        ("duration", f"{hours}:{minutes:02d}:{seconds:02d}"),
    ):
        table.add_row(name, value)
    return table


def _counts(title: str, unit: str, counts: Mapping[str, int] | Mapping[int, int], most: int | None) -> Table:
    """Counts by value, the most frequent first."""
    from rich.markup import escape
    from rich.table import Table

    table = Table()
    table.add_column(title)
    table.add_column(unit, justify="right")
    ordered = sorted(counts.items(), key=lambda entry: -entry[1])
    for value, count in ordered[:most]:
        table.add_row(escape(str(value)), f"{count:,}")
    if most is not None and len(ordered) > most:
        rest = ordered[most:]
        table.add_row(f"{len(rest)} others", f"{sum(count for _, count in rest):,}")
    return table


def _refusals(report: CorpusReport) -> dict[str, int]:
    return {str(verdict): count for verdict, count in report.verdicts.items() if verdict != "accepted"}


def _tally(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _delay_name(ticks: int) -> str:
    from drumapp.midi.corpus.report import LONGEST_DELAY

    return f"{ticks} or more" if ticks == LONGEST_DELAY else str(ticks)
