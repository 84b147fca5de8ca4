"""Notes as rows of numbers: quick to send, quick to search, and cheap to add to while the sound waits."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Note
from drumapp.core.timing import Range

Rows = NDArray[np.signedinteger[Any]]
"""Start, pitch, velocity, duration: shape (notes, 4); int64 where int32 is too narrow."""

_START = 0
_NARROW, _KINDS = np.iinfo(np.int32), "iq"
_ROOM_ROWS = 64
_HEAD_BYTES = 8  # so that the numbers after it lie where numbers should, and need not be copied to be searched


def pack_rows(rows: Rows) -> bytes:
    """Rows as bytes: a letter that says how wide their numbers are, and the numbers one after the other."""
    narrow = not len(rows) or (rows.min() >= _NARROW.min and rows.max() <= _NARROW.max)
    kind = _KINDS[0] if narrow else _KINDS[1]
    return _head(kind) + rows.astype(kind).tobytes()


def unpack_rows(packed: bytes) -> Rows:
    """The rows that :func:`pack_rows` was given, not to be written to: they lie where they were packed."""
    if not packed:
        return np.empty((0, 4), np.int32)
    kind = packed[:1].decode()
    rows: Rows = np.frombuffer(packed, kind, offset=_HEAD_BYTES).reshape(-1, 4)
    return rows


def pack_numbers(numbers: Sequence[array[int]]) -> bytes:
    """The table of notes, given as the numbers that their run holds, as :func:`pack_rows` packs it."""
    if all(some.typecode == _KINDS[0] for some in numbers):
        return b"".join((_head(_KINDS[0]), *numbers))
    return pack_rows(np.concatenate(numbers, dtype=np.int64).reshape(-1, 4))


def _head(kind: str) -> bytes:
    return kind.encode().ljust(_HEAD_BYTES)


def sorted_rows(rows: Rows) -> Rows:
    """The rows in the order of notes: by start, then pitch, velocity and duration."""
    return rows[np.lexsort(rows.T[::-1])]


class NoteRows:
    """Rows in the order of notes. To change some copies none of those before them, but for a rare move to more room."""

    def __init__(self) -> None:
        self._room: Rows = np.empty((0, 4), np.int32)
        self._count = 0
        self._own = False  # whether the room may be written to

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Rows) -> None:
        """Sort in more rows, given in any order."""
        if not len(rows):
            return
        kept = self._first_from(int(rows[:, _START].min()))
        self.put(sorted_rows(np.concatenate((self._room[kept : self._count], rows))), kept)

    def put(self, rows: Rows, before: int = 0, after: int = 0) -> None:
        """Put rows, sorted already, between so many of the first and so many of the last; what lies there goes.

        They are never written to. Raises ValueError where there are not so many.
        """
        if before + after > self._count:
            raise ValueError(f"of {self._count} rows {before} and {after} cannot stay")
        stop, count = before + len(rows), before + len(rows) + after
        last = self._room[self._count - after : self._count]
        self._count = count
        if not before and not after:
            self._room, self._own = rows, False
            return
        kind = np.result_type(self._room, rows)
        if self._own and count <= len(self._room) and kind == self._room.dtype:
            self._room[stop:count] = last
        else:
            room = np.empty((count + count // 4 + _ROOM_ROWS, 4), kind)
            room[:before], room[stop:count] = self._room[:before], last
            self._room, self._own = room, True
        self._room[before:stop] = rows

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
        kind = np.iinfo(self._room.dtype)
        if tick > kind.max:
            return self._count
        # Of the very same kind, or all would be converted.
        return int(np.searchsorted(self._room[: self._count, _START], kind.dtype.type(max(tick, kind.min))))
