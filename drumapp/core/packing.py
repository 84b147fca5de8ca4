"""Notes in a few bytes each, for those that nobody looks at until somebody undoes some steps."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from itertools import accumulate, starmap
from operator import itemgetter, sub

from drumapp.core.note_run import notes_of, numbers_of
from drumapp.core.pattern import Note

_FIELDS = len(Note._fields)
_CODES = "bhiq"  # of array: signed integers of 1, 2, 4 and 8 bytes
_FEW = 64  # notes that take more room by columns than as they come
_QUICK = 1  # zlib's level: the levels above take three times as long for a tenth less


class PackedNotes:
    """A run of sorted notes in little room: few as they are, more compressed to 2 to 5 bytes each. A Note takes 120."""

    __slots__ = ("_columns", "_count", "_few")

    def __init__(self, notes: Sequence[Note]) -> None:
        self._count = len(notes)
        self._few: array[int] | None = None
        self._columns: tuple[tuple[str, bytes], ...] = ()
        if self._count <= _FEW:
            self._few = numbers_of(notes)
            return
        columns = [list(map(itemgetter(field), notes)) for field in range(_FIELDS)]
        columns[0] = _differences(columns[0])
        self._columns = tuple(_squeezed(column) for column in columns)

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        if self._few is not None:
            return len(self._few) * self._few.itemsize
        return sum(len(data) for _, data in self._columns)

    def unpack(self) -> tuple[Note, ...]:
        """The notes again."""
        if self._few is not None:
            return tuple(notes_of(self._few))
        columns = [_expanded(*column) for column in self._columns]
        columns[0] = array("q", accumulate(columns[0]))
        return tuple(starmap(Note, zip(*columns, strict=True)))


def _differences(starts: list[int]) -> list[int]:
    """Starts told from the one before, which are small numbers that repeat."""
    return [*starts[:1], *map(sub, starts[1:], starts)]


def _squeezed(column: list[int]) -> tuple[str, bytes]:
    """A column in the narrowest integers that hold it, compressed."""
    least, most = min(column, default=0), max(column, default=0)
    code = next(
        c for c in _CODES if -(1 << 8 * array(c).itemsize - 1) <= least and most < 1 << 8 * array(c).itemsize - 1
    )
    return code, zlib.compress(array(code, column).tobytes(), _QUICK)


def _expanded(code: str, data: bytes) -> array[int]:
    column = array(code)
    column.frombytes(zlib.decompress(data))
    return column
