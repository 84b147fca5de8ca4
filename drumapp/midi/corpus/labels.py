"""What a corpus tells of its files beside their notes: style, kind of playing, and which files are held out.

An ``info.csv`` laid out like the Groove MIDI Dataset's says it; one without a column ``midi_filename`` is of some other
kind and tells nothing. Without one a file's style is the name of the topmost
folder it lies in, and every tenth file, chosen by its name, is held out.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from drumapp.core.errors import DrumappError

INFO_FILE = "info.csv"
_NAMES = "midi_filename"
TRAIN, VALIDATION = "train", "validation"
HELD_OUT_SHARE = 10
"""One file in so many is held out where the corpus does not say which."""
KINDS = ("beat", "fill")


class CorpusError(DrumappError):
    """A folder that cannot be learnt from."""


class Label(NamedTuple):
    """Style, kind (``beat`` or ``fill``) and split of a file; None is not told."""

    style: str | None = None
    kind: str | None = None
    split: str | None = None


def read_labels(folder: Path) -> Mapping[str, Label]:
    """What the folder's ``info.csv`` says, by path with slashes. Raises CorpusError for one that cannot be read."""
    path = folder / INFO_FILE
    if not path.is_file():
        return {}
    try:
        data = path.read_bytes()
        if _NAMES.encode() not in data:
            return {}
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        columns = {name: place for place, name in enumerate(next(rows, []))}
        told = [_cells(row, columns) for row in rows if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{path} cannot be read: {error}") from error
    labels = {}
    for name, style, kind, split in told:
        labels[name] = Label(style.split("/")[0] or None, kind if kind in KINDS else None, split or None)
    return labels


def _cells(row: list[str], columns: Mapping[str, int]) -> list[str]:
    """What a row says in the columns that count, "" where it has none."""
    places = [columns.get(name, len(row)) for name in (_NAMES, "style", "beat_type", "split")]
    return [row[place] if place < len(row) else "" for place in places]


def label_of(path: str, labels: Mapping[str, Label]) -> Label:
    """What is told of a file, or can be told by its path."""
    label = labels.get(path)
    if label is not None:
        return label
    top, slash, _ = path.partition("/")
    return Label(style=top) if slash and not labels else Label()


def lot(path: str) -> int:
    """A number of 63 bits that looks drawn at random, yet is the same for the same path."""
    return int.from_bytes(hashlib.sha256(path.encode(errors="surrogateescape")).digest()[:8], "big") >> 1


def is_held_out(drawn: int) -> bool:
    """Whether the lot falls on a file to be held out."""
    return (drawn >> 55) % HELD_OUT_SHARE == 0
