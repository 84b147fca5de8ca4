"""Notes as a table of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from drumapp.core.note import Note
from drumapp.core.note_run import NoteRun

_FIELDS = len(Note._fields)


def note_table(notes: Iterable[Note]) -> NDArray[np.int64]:
    """Notes as numbers, int64 (notes, 4): the fields of a :class:`~drumapp.core.note.Note`. A run's need not be made
    into objects for that.
    """
    if isinstance(notes, NoteRun):
        parts = [np.frombuffer(table, table.format) for table in notes.tables()]
        flat = np.concatenate(parts, dtype=np.int64) if parts else np.empty(0, np.int64)
    else:
        flat = np.fromiter(chain.from_iterable(notes), np.int64)
    return flat.reshape(-1, _FIELDS)
