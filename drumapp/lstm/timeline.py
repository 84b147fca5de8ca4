"""Bars and tempo on a network's grid."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drumapp.core.timing import MetreMap, TempoMap
from drumapp.lstm.grid import HOUSE_GRID, Grid
from drumapp.lstm.vocabulary import position_class, tempo_class

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Timeline:
    """Where each grid position lies in its bar, and how fast the music is there. A metre that changes off the grid
    changes at the nearest grid position.
    """

    tempo: TempoMap
    metre: MetreMap
    grid: Grid = HOUSE_GRID

    def bar_of(self, position: int) -> tuple[int, int]:
        """Where the bar that holds a grid position starts, and its length, in grid positions."""
        firsts, lengths = self._bars
        index = bisect_right(firsts, position) - 1 if len(firsts) > 1 else 0
        first, length = firsts[max(index, 0)], lengths[max(index, 0)]
        return first + (position - first) // length * length, length

    @property
    def longest_bar(self) -> int:
        """Grid positions in the longest of all bars."""
        return max(self._bars[1])

    def place(self, position: int) -> int:
        """Class of a grid position's place in its bar."""
        return position_class(position - self.bar_of(position)[0])

    def tempo_class(self, position: int) -> int:
        """Class of the tempo at a grid position."""
        if self._constant_tempo is not None:
            return self._constant_tempo
        return tempo_class(self.tempo.bpm_at(position * self.grid.ticks))

    def bars_of(self, positions: Ints) -> tuple[Ints, Ints]:
        """:meth:`bar_of` for many positions at once, int64 (positions,) each."""
        firsts, lengths = (np.array(values, np.int64) for values in self._bars)
        index = np.maximum(np.searchsorted(firsts, positions, side="right") - 1, 0)
        first, length = firsts[index], lengths[index]
        return first + (positions - first) // length * length, length

    def tempo_classes(self, positions: Ints) -> Ints:
        """:meth:`tempo_class` for many positions at once."""
        changes = self.tempo.changes
        classes = np.array([tempo_class(change.bpm) for change in changes], np.int64)
        ticks = np.array([change.tick for change in changes], np.int64)
        return classes[np.maximum(np.searchsorted(ticks, positions * self.grid.ticks, side="right") - 1, 0)]

    @cached_property
    def _bars(self) -> tuple[list[int], list[int]]:
        """Grid position from which each metre holds, and grid positions in its bars."""
        changes = self.metre.changes
        return [round(change.tick / self.grid.ticks) for change in changes], [
            change.metre.ticks_per_bar // self.grid.ticks for change in changes
        ]

    @cached_property
    def _constant_tempo(self) -> int | None:
        changes = self.tempo.changes
        return tempo_class(changes[0].bpm) if len(changes) == 1 else None
