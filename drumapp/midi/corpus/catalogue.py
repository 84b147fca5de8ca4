"""A scanned folder as columns: a few numbers a file, whatever the size of the folder; the rest stays in the cache."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit_map import GENERAL_MIDI, KitMap
from drumapp.midi.corpus.cache import Cache
from drumapp.midi.corpus.kits import KeyTally
from drumapp.midi.corpus.labels import Label, is_held_out, label_of, lot
from drumapp.midi.corpus.walk import inside

NONE = -1
_ROWS_AT_ONCE = 2048
_STORED = {
    "files": "files.id",
    "contents": f"COALESCE(content, {NONE})",
    "formats": "COALESCE(format, 0)",
    "resolutions": "COALESCE(resolution, 0)",
    "tracks": "COALESCE(tracks, 0)",
    "notes": "COALESCE(notes, 0)",
    "lengths": "COALESCE(length, 0)",
    "seconds": "COALESCE(seconds, 0.0)",
    "bpm": "COALESCE(bpm, 0.0)",
    "music": "COALESCE(music, 0)",
}
"""Columns that are as the cache has them."""
_TOLD = (
    "directory",
    "files.name",
    "CASE WHEN content IS NULL THEN 'unreadable' ELSE NULLIF(fault, '') END",
    "NULLIF(metre, '')",
    "keys",
)
"""What is numbered, counted or labelled."""


class Names:
    """Names that are numbered as they come."""

    def __init__(self, *names: str) -> None:
        self._numbers = {name: number for number, name in enumerate(names)}

    def number(self, name: str | None) -> int:
        """The number of a name; -1 for none."""
        return NONE if name is None else self._numbers.setdefault(name, len(self._numbers))

    @property
    def all(self) -> tuple[str, ...]:
        """The names in order of their numbers."""
        return tuple(self._numbers)


@dataclass(frozen=True)
class Catalogue:
    """Every file of a folder, in order of directory and name. Columns are of one length.

    Attributes: ``files``, the files' numbers in the cache, and ``contents``, their contents', -1 where they could not
    be read; ``faults``, what is wrong with them, numbers of ``fault_names``, -1 where nothing is; MIDI format,
    resolution in ticks a quarter and tracks; notes; length in ticks; seconds; ``bpm`` and ``metres`` (of
    ``metre_names``) at the start; ``music``, the same for files that play the same notes; ``directories`` (of
    ``directory_names``), ``styles`` (of ``style_names``, -1 unknown), ``kinds`` (of ``kind_names``), ``splits`` (of
    ``split_names``); ``lots``, drawn by their names where their label tells no split; ``kit_maps``, the guess for each
    directory, in order of ``directory_names``.
    """

    files: NDArray[np.int64]
    contents: NDArray[np.int64]
    faults: NDArray[np.int8]
    formats: NDArray[np.int8]
    resolutions: NDArray[np.int32]
    tracks: NDArray[np.int32]
    notes: NDArray[np.int64]
    lengths: NDArray[np.int64]
    seconds: NDArray[np.float64]
    bpm: NDArray[np.float64]
    metres: NDArray[np.int32]
    music: NDArray[np.int64]
    directories: NDArray[np.int32]
    styles: NDArray[np.int32]
    kinds: NDArray[np.int8]
    splits: NDArray[np.int32]
    lots: NDArray[np.int64]
    fault_names: tuple[str, ...]
    metre_names: tuple[str, ...]
    directory_names: tuple[str, ...]
    style_names: tuple[str, ...]
    kind_names: tuple[str, ...]
    split_names: tuple[str, ...]
    kit_maps: tuple[KitMap, ...]

    def __len__(self) -> int:
        return len(self.files)


_TYPES = {
    "files": "q",
    "contents": "q",
    "faults": "b",
    "formats": "b",
    "resolutions": "i",
    "tracks": "i",
    "notes": "q",
    "lengths": "q",
    "seconds": "d",
    "bpm": "d",
    "metres": "i",
    "music": "q",
    "directories": "i",
    "styles": "i",
    "kinds": "b",
    "splits": "i",
    "lots": "q",
}


def load_catalogue(cache: Cache, folder: int, labels: Mapping[str, Label], splits: tuple[str, str]) -> Catalogue:
    """The catalogue of a folder, given by its number in the cache.

    Args: labels by path; the names of the splits for files whose label tells none: to train on, held out.
    """
    columns = {name: array(code) for name, code in _TYPES.items()}
    metres, faults = Names(), Names()
    directories, styles, kinds, split_names = Names(), Names(), Names(), Names(*splits)
    tally = KeyTally()
    # A column at a time: a row at a time takes three times as long.
    for page in _pages(cache.rows(folder, ", ".join((*_STORED.values(), *_TOLD)))):
        *stored, places, names, faulty, metre, keys = zip(*page, strict=True)
        for name, values in zip(_STORED, stored, strict=True):
            columns[name].extend(values)
        within = [os.fsdecode(place) for place in places]
        paths = [inside(directory, os.fsdecode(name)) for directory, name in zip(within, names, strict=True)]
        told = [label_of(path, labels) for path in paths]
        lots = [0 if label.split else lot(path) for path, label in zip(paths, told, strict=True)]
        for directory, fault, counts in zip(within, faulty, keys, strict=True):
            if fault is None:
                tally.add(directory, counts)
        for name, names_so_far, of_rows in (
            ("faults", faults, faulty),
            ("metres", metres, metre),
            ("directories", directories, within),
            ("styles", styles, [label.style for label in told]),
            ("kinds", kinds, [label.kind for label in told]),
            (
                "splits",
                split_names,
                [label.split or splits[is_held_out(drawn)] for label, drawn in zip(told, lots, strict=True)],
            ),
        ):
            columns[name].extend(map(names_so_far.number, of_rows))
        columns["lots"].extend(lots)
    guesses = tally.guesses()
    return Catalogue(
        **{name: np.frombuffer(column, column.typecode) for name, column in columns.items()},
        fault_names=faults.all,
        metre_names=metres.all,
        directory_names=directories.all,
        style_names=styles.all,
        kind_names=kinds.all,
        split_names=split_names.all,
        kit_maps=tuple(guesses.get(name, GENERAL_MIDI) for name in directories.all),
    )


def _pages(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    while page := list(islice(rows, _ROWS_AT_ONCE)):
        yield page
