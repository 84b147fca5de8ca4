"""Where notes lie on the screen's own pixels: whole ones, so that a note looks the same wherever it is scrolled to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import DrumKit
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.grid import STEP_TICKS
from drumapp.gui.piano_roll.note_index import NoteColumns

WIDE_FROM_PX = 4.0  # narrower than this, a note is all edges: frames and outlines would fill it


@dataclass(frozen=True, slots=True)
class Spans:
    """Notes in columns of pixels, as arrays of one length: row, first column, column after the last, and level: of
    several in a column the highest is seen. It is the velocity 1-127, or ``velocity * hues + hue`` where notes of a row
    differ in hue.
    """

    rows: NDArray[np.int64]
    first: NDArray[np.int64]
    stop: NDArray[np.int64]
    levels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def grown(self, columns: int) -> Spans:
        """So many columns longer at either end."""
        return Spans(self.rows, self.first - columns, self.stop + columns, self.levels)

    def first_columns(self, columns: int) -> Spans:
        """So many columns of each at its start, or what it has."""
        return Spans(self.rows, self.first, np.minimum(self.first + columns, self.stop), self.levels)

    def in_rows(self, rows: Iterable[int]) -> Spans:
        """Those in some of the rows."""
        chosen = np.isin(self.rows, list(rows))
        return Spans(self.rows[chosen], self.first[chosen], self.stop[chosen], self.levels[chosen])

    def __add__(self, other: Spans) -> Spans:
        return Spans(
            np.concatenate((self.rows, other.rows)),
            np.concatenate((self.first, other.first)),
            np.concatenate((self.stop, other.stop)),
            np.concatenate((self.levels, other.levels)),
        )

    def moved(self, columns: int) -> Spans:
        """So many columns to the right."""
        return Spans(self.rows, self.first + columns, self.stop + columns, self.levels)


@dataclass(frozen=True, slots=True)
class Pixels:
    """The screen's own pixels under a view. Attributes: view; ratio, how many of them make one of the view's."""

    view: View
    ratio: float = 1.0

    @property
    def width(self) -> int:
        """Columns in sight."""
        return round(self.view.width * self.ratio)

    @property
    def height(self) -> int:
        """Lines in sight."""
        return round(self.view.height * self.ratio)

    def columns(self, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column that each tick begins."""
        placed = ticks * (self.view.pixels_per_tick * self.ratio)
        return np.rint(placed, out=placed).astype(np.int64) - round(self.view.offset * self.ratio)

    def widths(self, durations: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many columns notes of these durations take; a pixel is left between notes that follow each other."""
        least = least_note_px(self.view.pixels_per_tick)
        drawn = np.maximum(durations * self.view.pixels_per_tick - 1.0, least)
        return np.maximum(np.rint(drawn * self.ratio).astype(np.int64), 1)

    def row_foot(self, row: int) -> int:
        """The line below the last one of a row; may lie out of sight."""
        return round(self.view.y_of(row + 1) * self.ratio)

    def spans(self, kit: DrumKit, notes: NoteColumns, hues: int = 1) -> Spans:
        """The notes of keys that have a lane. With several hues their tints say which."""
        rows = row_table(kit)[notes.pitches]
        starts, durations, levels = notes.starts, notes.durations, notes.velocities
        if hues > 1:
            levels = levels * hues + notes.tints
        if len(rows) and rows.min() < 0:
            known = rows >= 0
            rows, starts, durations, levels = rows[known], starts[known], durations[known], levels[known]
        first = self.columns(starts)
        return Spans(rows, first, first + self.widths(durations), levels)


def least_note_px(pixels_per_tick: float) -> float:
    """How wide even the shortest note is drawn: to be seen, but apart from one a sixteenth later."""
    return min(max(STEP_TICKS * pixels_per_tick - 2.0, 2.0), 5.0)


@lru_cache(maxsize=8)
def row_table(kit: DrumKit) -> NDArray[np.int64]:
    """The row of every MIDI key, -1 where the kit has no lane for it: shape (128,)."""
    table = np.full(128, -1, dtype=np.int64)
    for key, row in kit.row_of_key.items():
        table[key] = row
    return table
