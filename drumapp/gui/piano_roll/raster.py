"""Notes into pixels, all at once: what each column of each row shows is found first, then copied from a stamp.

Drawing note by note costs a microsecond or more each, and far zoomed out most are drawn over again by the next. Here a
note costs some nanoseconds, and a picture as much as it has pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drumapp.gui.piano_roll.spans import Spans

LEVELS = 128  # velocities, and 0 for no note
_SMALL = 256
_MARGIN = 16


@dataclass(frozen=True, slots=True)
class Stamp:
    """How a column of a note looks.

    Attributes: depths, in rising order: a column nearer than ``depths[i]`` to either end of its note is of kind ``i``,
    one further inside of kind ``len(depths)``; table of premultiplied 0xAARRGGBB with a column for every kind of every
    level: shape (lines, levels * kinds). Its last line is the row's last.
    """

    depths: tuple[int, ...]
    table: NDArray[np.uint32]

    @property
    def kinds(self) -> int:
        """How many kinds of columns there are."""
        return len(self.depths) + 1


def loudest(spans: Spans, rows: int, columns: int, inset: int = 0) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """The highest level in each pixel column of each row, 0 where there is no note: shape (rows, columns).

    Args: inset, columns left out at either end of each span.
    """
    # With a margin on either side few have to be cut at the edges, which would cost as much as all the rest.
    across = columns + 2 * _MARGIN
    first, length = spans.first + (inset + _MARGIN), spans.stop - spans.first - 2 * inset
    # In bytes where they can be told in bytes, which is the case but for notes that differ in hue.
    size = np.uint8 if spans.levels.max(initial=0) < _SMALL else np.uint16
    place, loud = spans.rows * across + first, spans.levels.astype(size)
    if length.min(initial=1) <= 0 or first.min(initial=0) < 0 or (first + length).max(initial=0) > across:
        cut = np.maximum(first, 0)
        length = np.minimum(first + length, across) - cut
        seen = np.flatnonzero(length > 0)
        place, length, loud = (place + (cut - first))[seen], length[seen], loud[seen]
    shown = np.zeros((rows, across), dtype=size)
    if len(length) == 0:
        return shown[:, _MARGIN:-_MARGIN]
    # A span is covered by two runs of a power of two columns, one from its first, one up to its last. Runs are noted at
    # their first columns, the longest ones before the others, and passed on as two of half the length.
    lowest, highest = (int(length.min()).bit_length() - 1, int(length.max()).bit_length() - 1)
    powers = _powers(across)[length] if lowest < highest else None
    for level in range(highest, -1, -1):
        if level >= lowest:
            chosen = slice(None) if powers is None else np.flatnonzero(powers == level)
            at, value, rest = place[chosen], loud[chosen], length[chosen] - (1 << level)
            np.maximum.at(shown.reshape(-1), at, value)
            if rest.any():
                np.maximum.at(shown.reshape(-1), at + rest, value)
        if half := 1 << level >> 1:
            np.maximum(shown[:, half:], shown[:, :-half].copy(), out=shown[:, half:])
    return shown[:, _MARGIN:-_MARGIN]


@lru_cache(maxsize=8)
def _powers(most: int) -> NDArray[np.int64]:
    """For every length up to ``most`` the power of two that just fits into it; shape (most + 1,)."""
    return np.frexp(np.arange(most + 1))[1].astype(np.int64) - 1


def looks(spans: Spans, rows: int, columns: int, depths: tuple[int, ...]) -> NDArray[np.uint16]:
    """Which column of a stamp of these depths each pixel column of each row shows: shape (rows, columns)."""
    outer = loudest(spans, rows, columns)
    shown = outer.astype(np.uint16) * (len(depths) + 1)
    for depth in depths:
        inner = loudest(spans, rows, columns, inset=depth)
        if not inner.any():
            break
        shown += (inner == outer) & (outer > 0)
    return shown


def stamp_row(picture: NDArray[np.uint32], stamp: Stamp, look: NDArray[np.uint16], foot: int) -> None:
    """Copy a row's columns into a picture (lines, columns), its last line being the one before ``foot``."""
    lines = stamp.table.shape[0]
    top, bottom = max(foot - lines, 0), min(foot, picture.shape[0])
    if top < bottom:
        table = stamp.table[top - (foot - lines) : bottom - (foot - lines)]
        np.take(table, look, axis=1, out=picture[top:bottom], mode="clip")
