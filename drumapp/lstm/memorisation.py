"""Whether a drummer plays its files from memory: how many of its bars are bars of the corpus, beside people's.

Bars are compared as one hears them: the same drums on the same sixteenths. People repeat one another, too, so what
counts is how much more often than a human bar that was held out a drummer's bar is one of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Pattern
from drumapp.core.timing import MetreMap, TempoMap
from drumapp.lstm.grid import HOUSE_GRID
from drumapp.lstm.timeline import Timeline
from drumapp.midi.corpus import Piece
from drumapp.note_table import note_table

FEWEST_STROKES = 4
"""A bar of fewer strokes is nobody's."""
BY_HEART = 0.2
"""A drummer that repeats so much more of the corpus than people do has learnt it by heart."""

_SIXTEENTH = 120 // HOUSE_GRID.ticks
_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def bar_marks(columns: NDArray[np.int64], metre: MetreMap) -> NDArray[np.uint64]:
    """A number for each bar that has enough strokes, the same for bars with the same drums on the same sixteenths.

    Args: notes, int64 (notes, 2 or more): start in ticks, key.
    """
    if not len(columns):
        return np.zeros(0, np.uint64)
    position = np.rint(columns[:, 0] / (_SIXTEENTH * HOUSE_GRID.ticks)).astype(np.int64) * _SIXTEENTH
    begins, lengths = Timeline(TempoMap(), metre).bars_of(position)
    strokes = np.unique(np.stack([begins, lengths, position - begins, columns[:, 1]], axis=1), axis=0)
    mixed = (strokes[:, 1] << 40 | strokes[:, 2] << 8 | strokes[:, 3]).astype(np.uint64)
    for shift, factor in _MIXING:
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    _, firsts, counts = np.unique(strokes[:, 0], return_index=True, return_counts=True)
    marks: NDArray[np.uint64] = np.add.reduceat(mixed, firsts)
    return marks[counts >= FEWEST_STROKES]


@dataclass(frozen=True)
class Memorisation:
    """How many of the bars looked at are bars of the corpus, shares from 0 to 1: the drummer's, and those of the files
    held out; and how many bars of the drummer were looked at.
    """

    drummer: float
    people: float
    bars: int

    @property
    def by_heart(self) -> bool:
        """Whether the drummer plays from memory."""
        return self.drummer > self.people + BY_HEART


class MemorisationMeter:
    """The bars of a corpus. Takes eight bytes a bar."""

    def __init__(self, training: Iterable[Piece], held_out: Iterable[Piece]) -> None:
        self._known = np.unique(np.concatenate([np.zeros(0, np.uint64), *map(_marks_of_piece, training)]))
        self.people = self._share(np.concatenate([np.zeros(0, np.uint64), *map(_marks_of_piece, held_out)]))

    def measure(self, takes: Iterable[Pattern]) -> Memorisation:
        """Look at what a drummer plays."""
        marks = [bar_marks(note_table(take.notes), take.metre) for take in takes]
        found = np.concatenate([np.zeros(0, np.uint64), *marks])
        return Memorisation(self._share(found), self.people, len(found))

    def _share(self, marks: NDArray[np.uint64]) -> float:
        return float(np.isin(marks, self._known).mean()) if len(marks) else 0.0


def _marks_of_piece(piece: Piece) -> NDArray[np.uint64]:
    return bar_marks(piece.columns, piece.time[1])
