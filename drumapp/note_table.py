"""Notes as a table of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from drumapp.core.note import Note
from drumapp.core.note_run import NoteRun

_FIELDS = len(Note._fields)
_NONE = np.empty(0, np.int64)


def note_table(notes: Iterable[Note]) -> NDArray[np.int64]:
    """Notes as numbers, int64 (notes, 4): the fields of a :class:`~drumapp.core.note.Note`. A run's need not be made
    into objects for that.
    """
    if not isinstance(notes, NoteRun):
        return np.fromiter(chain.from_iterable(notes), np.int64).reshape(-1, _FIELDS)
    parts = [np.frombuffer(numbers, numbers.typecode) for numbers in notes.numbers()]
    return np.concatenate((_NONE, *parts), dtype=np.int64).reshape(-1, _FIELDS)
