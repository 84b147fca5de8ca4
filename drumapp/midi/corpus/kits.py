"""Which kit map the files of each folder are read by: guessed from what they strike, or chosen by the user.

The files of one folder were mostly made by one device, and half of them strike none of the keys that give it away. So
they are judged together; a folder that gives nothing away is read as the folder around it, where that speaks clearly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit_map import GENERAL_MIDI, TELLTALE_KEYS, KitMap, guess_kit_map
from drumapp.midi.corpus.contents import KEY_COUNTS

_FILES_AT_ONCE = 512
CLEAR_SHARE = 0.25
"""A folder passes its map on to those within it when at least this share of all files below it give it away."""


class KeyTally:
    """How often keys are struck, by folder."""

    def __init__(self) -> None:
        self._counts: dict[str, NDArray[np.int64]] = {}
        self._packed: dict[str, list[bytes]] = {}
        self._files: Counter[str] = Counter()
        self._hints: Counter[str] = Counter()

    def add(self, directory: str, counts: bytes) -> None:
        """Count a file's strikes, KEY_COUNTS."""
        packed = self._packed.setdefault(directory, [])
        packed.append(counts)
        if len(packed) >= _FILES_AT_ONCE:
            self._sum_up(directory)
        self._files[directory] += 1
        if not TELLTALE_KEYS.isdisjoint(counts[:: KEY_COUNTS.itemsize]):
            self._hints[directory] += 1

    def guesses(self) -> dict[str, KitMap]:
        """The map of each folder that holds files."""
        for directory in self._packed:
            self._sum_up(directory)
        below: dict[str, NDArray[np.int64]] = {}
        files, hints = self._files.copy(), self._hints.copy()
        for directory, counts in self._counts.items():
            below[directory] = below.get(directory, 0) + counts
            for around in ancestors(directory):
                below[around] = below.get(around, 0) + counts
                files[around] += self._files[directory]
                hints[around] += self._hints[directory]
        spoken = {directory: guess_kit_map(_as_counts(counts)) for directory, counts in below.items()}
        return {directory: self._guess(directory, spoken, files, hints) for directory in self._counts}

    def _sum_up(self, directory: str) -> None:
        packed = self._packed[directory]
        counts = np.frombuffer(b"".join(packed), KEY_COUNTS)
        packed.clear()
        summed = np.bincount(counts["key"], counts["count"], 128).astype(np.int64)
        self._counts[directory] = self._counts.get(directory, 0) + summed

    def _guess(
        self, directory: str, spoken: Mapping[str, KitMap], files: Mapping[str, int], hints: Mapping[str, int]
    ) -> KitMap:
        own = guess_kit_map(_as_counts(self._counts[directory]))
        if own != GENERAL_MIDI:
            return own
        for around in ancestors(directory):
            if spoken[around] != GENERAL_MIDI:
                return spoken[around] if hints[around] >= CLEAR_SHARE * files[around] else GENERAL_MIDI
        return GENERAL_MIDI


def ancestors(directory: str) -> Sequence[str]:
    """The folders around a folder, the nearest first, "" last."""
    found = []
    while directory:
        directory = directory.rpartition("/")[0]
        found.append(directory)
    return found


def chosen_map(path: str, choices: Mapping[str, KitMap]) -> KitMap | None:
    """What the user chose for a file, given by path: for itself, else for the nearest folder around it."""
    for place in (path, *ancestors(path)):
        if place in choices:
            return choices[place]
    return None


def _as_counts(counts: NDArray[np.int64]) -> dict[int, int]:
    return {key: int(counts[key]) for key in np.flatnonzero(counts).tolist()}
