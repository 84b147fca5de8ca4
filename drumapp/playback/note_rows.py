"""Notes as rows of numbers: quick to send, quick to search, and cheap to add to while the sound waits."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.note_table import note_table

Rows = NDArray[np.int64]
"""Start, pitch, velocity, duration: shape (notes, 4)."""

_START, _PITCH = 0, 1
_NARROW, _KINDS = np.iinfo(np.int32), "iq"
_ROOM_ROWS = 64


def pack_rows(rows: Rows) -> bytes:
    """Rows as bytes: a letter that says how wide their numbers are, and the numbers one after the other."""
    narrow = not len(rows) or (rows.min() >= _NARROW.min and rows.max() <= _NARROW.max)
    kind = _KINDS[0] if narrow else _KINDS[1]
    return kind.encode() + rows.astype(kind).tobytes()


def unpack_rows(packed: bytes) -> Rows:
    """The rows that :func:`pack_rows` was given."""
    numbers = np.frombuffer(packed, packed[:1].decode(), offset=1) if packed else np.empty(0, np.int64)
    return numbers.astype(np.int64).reshape(-1, 4)


def pack_numbers(numbers: Sequence[array[int]]) -> bytes:
    """The table of a run's notes, given as the numbers that it holds, as :func:`pack_rows` packs it."""
    if all(some.typecode == _KINDS[0] for some in numbers):
        return b"".join((_KINDS[0].encode(), *numbers))
    return pack_rows(np.concatenate(numbers, dtype=np.int64).reshape(-1, 4))


def sorted_rows(rows: Rows) -> Rows:
    """The rows by start, then pitch."""
    return rows[np.lexsort((rows[:, _PITCH], rows[:, _START]))]


class NoteRows:
    """Rows sorted by start and pitch. Adding at the end copies none of those before, but for a rare move to more room.

    Args: rows that are sorted already; they are never written to.
    """

    def __init__(self, rows: Rows | None = None) -> None:
        self._room = note_table(()) if rows is None else rows
        self._count = len(self._room)
        self._own = False  # whether the room may be written to

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Rows) -> None:
        """Sort in more rows, given in any order."""
        if not len(rows):
            return
        kept = self._first_from(int(rows[:, _START].min()))
        end = sorted_rows(np.concatenate((self._room[kept : self._count], rows)))
        count = kept + len(end)
        if not self._own or count > len(self._room):
            room = np.empty((count + count // 4 + _ROOM_ROWS, 4), np.int64)
            room[:kept] = self._room[:kept]
            self._room, self._own = room, True
        self._room[kept:count] = end
        self._count = count

    def between(self, ticks: Range) -> list[Note]:
        """The notes that start within a range."""
        if not ticks.length:
            return []
        first, last = self._first_from(ticks.start), self._first_from(ticks.stop)
        return [Note(*row) for row in self._room[first:last].tolist()]

    def at(self, tick: int) -> dict[int, Note]:
        """The notes that start at a tick, by pitch."""
        return {note.pitch: note for note in self.between(Range(tick, tick + 1))}

    def _first_from(self, tick: int) -> int:
        return int(np.searchsorted(self._room[: self._count, _START], tick))
