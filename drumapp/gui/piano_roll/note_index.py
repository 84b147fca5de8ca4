"""The pattern's notes as arrays, so that what is visible is found by binary search and drawn in bulk. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from drumapp.core.note_run import NoteRun, common_ends
from drumapp.core.pattern import Note
from drumapp.note_table import note_table

_FIRST_CAPACITY = 1024
_AT_ONCE = 4096
_FURTHEST = 2**62  # ticks
_NARROW = 2**31  # ticks from which on 32 bits do not hold them
_TIMES = [0, 3]  # a Note's fields that are ticks: start and duration
_KINDS = [1, 2]  # and those of seven bits: pitch and velocity


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
    """The notes in order of their starts; appending is cheap, inserting before the end is not.

    Eleven bytes a note: the table of a long take is most of what the window holds of it.
    """

    def __init__(self, notes: Sequence[Note] = ()) -> None:
        self._count = 0
        self._times = np.zeros((2, 0), np.int32)  # starts and durations
        self._kinds = np.zeros((3, 0), np.uint8)  # pitches, velocities and tints
        self._longest = 0
        self.append(notes)

    def __len__(self) -> int:
        return self._count

    def append(self, notes: Sequence[Note]) -> None:
        """Add notes; those that start before the last one are sorted in."""
        if not notes:
            return
        times, kinds = _columns_of(notes)
        first, stop = max(self._count - 1, 0), self._count + len(notes)
        self._make_room(stop, times.dtype)
        self._times[:, self._count : stop] = times
        self._kinds[:, self._count : stop] = kinds
        self._count = stop
        self._longest = max(self._longest, int(times[1].max()))
        if np.any(np.diff(self._times[0, first:stop]) < 0):
            order = np.argsort(self._times[0, :stop], kind="stable")
            self._times[:, :stop] = self._times[:, order]
            self._kinds[:, :stop] = self._kinds[:, order]

    def exchanged(self, old: NoteRun, new: NoteRun) -> NoteIndex:
        """The index of ``new`` when this one is of ``old``: only the notes from the first to the last other are read,
        and the rest keep their tints.
        """
        if len(old) != self._count:
            return NoteIndex(new)
        if old is new:
            return self
        first, last = common_ends(old, new)
        times, kinds = _columns_of(new.part(first, len(new) - last))
        kept = slice(len(old) - last, self._count)
        return NoteIndex._of(
            (self._times[:, :first], times, self._times[:, kept]), (self._kinds[:, :first], kinds, self._kinds[:, kept])
        )

    def where(self, chosen: Iterable[bool]) -> NoteIndex:
        """The index of some of the notes, told for each of them in their order."""
        wanted = np.fromiter(chosen, dtype=bool, count=self._count)
        return NoteIndex._of((self._times[:, : self._count][:, wanted],), (self._kinds[:, : self._count][:, wanted],))

    @classmethod
    def _of(cls, times: Sequence[NDArray[np.signedinteger]], kinds: Sequence[NDArray[np.uint8]]) -> NoteIndex:
        """With room for notes that are appended next, or all would be moved once more."""
        made = cls()
        made._count = sum(some.shape[1] for some in times)
        made._make_room(made._count, np.result_type(*times))
        np.concatenate(times, axis=1, out=made._times[:, : made._count])
        np.concatenate(kinds, axis=1, out=made._kinds[:, : made._count])
        made._longest = int(made._times[1, : made._count].max(initial=0))
        return made

    @property
    def fields(self) -> NDArray[np.int64]:
        """All notes, int64 (notes, 4), with the fields of a Note."""
        (starts, durations), (pitches, velocities, _) = self._times[:, : self._count], self._kinds[:, : self._count]
        return np.stack((starts, pitches, velocities, durations), axis=1, dtype=np.int64)

    @property
    def tints(self) -> NDArray[np.int64]:
        """The notes' tints, int64 (notes,)."""
        return self._kinds[-1, : self._count].astype(np.int64)

    def tint(self, tints: NDArray[np.int64] | int) -> None:
        """Give every note a tint of its own, 0 to 255, or all the same."""
        self._kinds[-1, : self._count] = tints

    @property
    def pitches(self) -> NDArray[np.int64]:
        """The keys that occur, in order."""
        counts = np.zeros(128, np.int64)
        for first in range(0, self._count, _AT_ONCE):  # counted, they are widened eight times
            counts += np.bincount(self._kinds[0, first : min(first + _AT_ONCE, self._count)], minlength=128)
        return np.flatnonzero(counts)

    def stretches(self) -> Iterator[NoteColumns]:
        """All notes in order, some thousands at a time: unpacked, they take four times the room."""
        for first in range(0, self._count, _AT_ONCE):
            yield self._columns(slice(first, min(first + _AT_ONCE, self._count)))

    def between(self, start: float, stop: float) -> NoteColumns:
        """The notes that sound anywhere from ``start`` to ``stop``, in ticks."""
        # Whole numbers: to look for another kind, NumPy would turn all starts into that kind first.
        start, stop = math.ceil(start), math.floor(min(stop, _FURTHEST))
        starts = self._times[0, : self._count]
        first, inside = (_place(starts, tick, "left") for tick in (start - self._longest, start))
        last = _place(starts, stop, "right")
        before = self._times[:, first : min(inside, last)]
        reaching = first + np.flatnonzero(before[0].astype(np.int64) + before[1] >= start)
        if len(reaching) == 0:
            return self._columns(slice(inside, last))
        if len(reaching) == first + before.shape[1] - reaching[0]:
            return self._columns(slice(int(reaching[0]), last))
        return self._columns(np.concatenate((reaching, np.arange(inside, last))))

    def _columns(self, chosen: slice | NDArray[np.int64]) -> NoteColumns:
        return NoteColumns(*self._times[:, chosen].astype(np.int64), *self._kinds[:, chosen].astype(np.int64))

    def _make_room(self, stop: int, times: np.dtype[Any]) -> None:
        if stop > self._times.shape[1]:
            more = max(stop + stop // 4, _FIRST_CAPACITY) - self._times.shape[1]
            self._times, self._kinds = (np.pad(table, ((0, 0), (0, more))) for table in (self._times, self._kinds))
        if times.itemsize > self._times.itemsize:
            self._times = self._times.astype(times)


def _place(starts: NDArray[np.signedinteger], tick: int, side: Literal["left", "right"]) -> int:
    """Where a tick has its place among the starts."""
    widest = np.iinfo(starts.dtype)
    if not widest.min <= tick <= widest.max:
        return 0 if tick < 0 else len(starts)
    return int(np.searchsorted(starts, starts.dtype.type(tick), side=side))


def _columns_of(notes: Iterable[Note]) -> tuple[NDArray[np.signedinteger], NDArray[np.uint8]]:
    """Starts and durations; pitches, velocities and tints."""
    table = note_table(notes)
    times = table[:, _TIMES].T
    kinds = np.zeros((3, len(table)), np.uint8)
    kinds[:2] = table[:, _KINDS].T
    return times if times.max(initial=0) >= _NARROW else times.astype(np.int32), kinds
