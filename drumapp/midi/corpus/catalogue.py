"""A scanned folder as columns: a few numbers a file, whatever the size of the folder; the rest stays in the cache."""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit_map import GENERAL_MIDI, KitMap
from drumapp.midi.corpus.cache import Cache
from drumapp.midi.corpus.kits import KeyTally
from drumapp.midi.corpus.labels import Label, is_held_out, label_of, lot
from drumapp.midi.corpus.walk import inside

_FIELDS = (
    "files.id, directory, files.name, content, fault, format, resolution, tracks, notes, length, seconds, bpm,"
    " metre, music, keys"
)
NONE = -1


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
    appends = [columns[name].append for name in _TYPES]
    metres, faults = Names(), Names()
    directories, styles, kinds, split_names = Names(), Names(), Names(), Names(*splits)
    tally = KeyTally()
    for row in cache.rows(folder, _FIELDS):
        number, place, name, content, fault, midi_format, resolution, tracks, notes, length, *rest = row
        seconds, bpm, metre, music, keys = rest
        directory = os.fsdecode(place)
        path = inside(directory, os.fsdecode(name))
        label = label_of(path, labels)
        drawn = 0 if label.split else lot(path)
        if content is None:
            fault = "unreadable"
        elif not fault:
            tally.add(directory, keys)
        values = (
            number,
            NONE if content is None else content,
            faults.number(fault or None),
            midi_format or 0,
            resolution or 0,
            tracks or 0,
            notes or 0,
            length or 0,
            seconds or 0.0,
            bpm or 0.0,
            metres.number(metre or None),
            music or 0,
            directories.number(directory),
            styles.number(label.style),
            kinds.number(label.kind),
            split_names.number(label.split or splits[is_held_out(drawn)]),
            drawn,
        )
        for append, value in zip(appends, values, strict=True):
            append(value)
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
