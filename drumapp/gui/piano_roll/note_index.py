"""The pattern's notes as arrays, so that what is visible is found by binary search and drawn in bulk. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumapp.core.note_run import NoteRun, common_ends
from drumapp.core.pattern import Note
from drumapp.note_table import note_table

_FIRST_CAPACITY = 1024
_FURTHEST = 2**62  # ticks
_COLUMNS = 5
_FIELDS = [0, 2, 3, 1]  # the rows that hold a Note's start, pitch, velocity and duration


@dataclass(frozen=True, slots=True)
class NoteColumns:
    """Notes by column, all of one length: ticks, ticks, MIDI keys, 1-127, and tints: 0 unless others are given."""

    starts: NDArray[np.int64]
    durations: NDArray[np.int64]
    pitches: NDArray[np.int64]
    velocities: NDArray[np.int64]
    tints: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)


class NoteIndex:
    """The notes in order of their starts; appending is cheap, inserting before the end is not."""

    def __init__(self, notes: Sequence[Note] = ()) -> None:
        self._count = 0
        self._table = np.zeros((_COLUMNS, _FIRST_CAPACITY), dtype=np.int64)
        self._longest = 0
        self.append(notes)

    def __len__(self) -> int:
        return self._count

    def append(self, notes: Sequence[Note]) -> None:
        """Add notes; those that start before the last one are sorted in."""
        if not notes:
            return
        added = _table_of(notes)
        stop = self._count + added.shape[1]
        if stop > self._table.shape[1]:
            grown = np.zeros((_COLUMNS, stop + stop // 4), dtype=np.int64)
            grown[:, : self._count] = self._table[:, : self._count]
            self._table = grown
        first = max(self._count - 1, 0)
        self._table[:, self._count : stop] = added
        self._count = stop
        self._longest = max(self._longest, int(added[1].max()))
        if np.any(np.diff(self._table[0, first:stop]) < 0):
            order = np.argsort(self._table[0, :stop], kind="stable")
            self._table[:, :stop] = self._table[:, order]

    def exchanged(self, old: NoteRun, new: NoteRun) -> NoteIndex:
        """The index of ``new`` when this one is of ``old``: only the notes from the first to the last other are read,
        and the rest keep their tints.

        Both are sorted.
        """
        if len(old) != self._count:
            return NoteIndex(new)
        if old is new:
            return self
        first, last = common_ends(old, new)
        kept_from, new_from = len(old) - last, len(new) - last
        made = NoteIndex()
        made._table = np.concatenate(
            (self._table[:, :first], _table_of(new.part(first, new_from)), self._table[:, kept_from : self._count]),
            axis=1,
        )
        made._count = len(new)
        made._longest = int(made._table[1].max(initial=0))
        return made

    def where(self, chosen: Iterable[bool]) -> NoteIndex:
        """The index of some of the notes, told for each of them in their order."""
        made = NoteIndex()
        made._table = self._table[:, : self._count][:, np.fromiter(chosen, dtype=bool, count=self._count)]
        made._count = made._table.shape[1]
        made._longest = int(made._table[1].max(initial=0))
        return made

    @property
    def fields(self) -> NDArray[np.int64]:
        """All notes, int64 (notes, 4), with the fields of a Note; a view, true until notes are added."""
        return self._table[_FIELDS, : self._count].T

    @property
    def tints(self) -> NDArray[np.int64]:
        """The notes' tints, int64 (notes,)."""
        return self._table[-1, : self._count].copy()

    def tint(self, tints: NDArray[np.int64] | int) -> None:
        """Give every note a tint of its own, or all the same."""
        self._table[-1, : self._count] = tints

    @property
    def pitches(self) -> NDArray[np.int64]:
        """The keys that occur, in order."""
        return np.flatnonzero(np.bincount(self._table[2, : self._count], minlength=128))

    def between(self, start: float, stop: float) -> NoteColumns:
        """The notes that sound anywhere from ``start`` to ``stop``, in ticks."""
        # Whole numbers: to look for another kind, NumPy would turn all starts into that kind first.
        start, stop = math.ceil(start), math.floor(min(stop, _FURTHEST))
        starts = self._table[0, : self._count]
        first, inside = np.searchsorted(starts, (start - self._longest, start), side="left").tolist()
        last = int(np.searchsorted(starts, stop, side="right"))
        before = self._table[:, first : min(inside, last)]
        reaching = np.flatnonzero(before[0] + before[1] >= start)
        if len(reaching) == 0:
            return NoteColumns(*self._table[:, inside:last])
        if len(reaching) == before.shape[1] - reaching[0]:
            return NoteColumns(*self._table[:, first + int(reaching[0]) : last])
        return NoteColumns(*np.concatenate((before[:, reaching], self._table[:, inside:last]), axis=1))


def _table_of(notes: Sequence[Note]) -> NDArray[np.int64]:
    """Rows of starts, durations, pitches, velocities and tints."""
    table = np.zeros((_COLUMNS, len(notes)), dtype=np.int64)
    table[_FIELDS] = note_table(notes).T
    return table
