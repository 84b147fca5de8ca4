"""A take's memory as a heat map: which of its values each pixel shows, and how bright. NumPy alone, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumapp.gui.insight.insight import H, MemoryFilm
from drumapp.gui.piano_roll.spans import Pixels

MIDDLE = 128
"""The level of 0; levels from 1 to 255 stand for values from the least to the most, and 0 for no memory."""
_STEPS = 127
_REACHES = {H: 1.0}
_REACH = 4.0  # h lies within 1; c may be large, but what it says of itself, its tanh, is all but 1 from there on


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a memory: layer and unit, counted from 1, and the value."""

    layer: int
    unit: int
    value: float


def reach_of(half: str) -> float:
    """The value that is shown at full strength; larger ones look the same."""
    return _REACHES.get(half, _REACH)


class MemoryPicture:
    """A film drawn for a number of lines. The layers lie one under the other; where there are more units than lines,
    each line shows, of those that share it, the one that is farthest from 0.
    """

    def __init__(self, film: MemoryFilm, lines: int) -> None:
        self._film = film
        memories, layers, units = film.values.shape
        lines = max(lines, layers)
        edges = np.linspace(0, lines, layers + 1).round().astype(int)
        # For each line the layer and the units it shows: those from its first up to the next line's, at least one.
        self._spans: list[tuple[int, int, int]] = []
        self._levels = np.empty((memories, lines), np.uint8)
        for layer in range(layers):
            first, last = int(edges[layer]), int(edges[layer + 1])
            bounds = np.linspace(0, units, last - first + 1)
            starts = np.minimum(bounds[:-1].astype(int), units - 1)
            stops = np.maximum(np.append(starts[1:], units), starts + 1)
            self._spans += [(layer, *span) for span in zip(starts.tolist(), stops.tolist(), strict=True)]
            self._levels[:, first:last] = _levels(film.values[:, layer], starts, stops, reach_of(film.half))

    def columns(self, held: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The picture with a column for each of some memories, by number, -1 being none: (lines, columns)."""
        picture = self._levels[np.maximum(held, 0)]
        picture[held < 0] = 0
        return picture.T

    def value_at(self, memory: int, line: int) -> Value | None:
        """The value that is shown of a memory on a line; None beside the picture."""
        if memory < 0 or not 0 <= line < len(self._spans):
            return None
        layer, start, stop = self._spans[line]
        values = self._film.values[memory, layer, start:stop]
        unit = int(np.argmax(np.abs(values)))
        return Value(layer + 1, start + unit + 1, float(values[unit]))


def held_at(film: MemoryFilm, pixels: Pixels, length: int) -> NDArray[np.int64]:
    """Which memory holds in each of the screen's columns in sight, -1 before the first and from the music's end on:
    (columns,). A memory begins in the very column in which its note does.
    """
    begun = pixels.columns(film.ticks)
    columns = np.arange(pixels.width)
    held: NDArray[np.int64] = np.searchsorted(begun, columns, side="right") - 1
    held[columns >= pixels.columns(np.array([length]))] = -1
    return held


def _levels(
    values: NDArray[np.float32], starts: NDArray[np.int64], stops: NDArray[np.int64], reach: float
) -> NDArray[np.uint8]:
    """Of each run of units the value farthest from 0, as a level: (memories, units) to (memories, runs)."""
    highest, lowest = values[:, starts], values[:, starts]
    if (stops - starts).max() > 1:
        highest = np.maximum.reduceat(values, starts, axis=1)
        lowest = np.minimum.reduceat(values, starts, axis=1)
    farthest = np.where(highest >= -lowest, highest, lowest)
    return (np.clip(farthest * (_STEPS / reach), -_STEPS, _STEPS) + (MIDDLE + 0.5)).astype(np.uint8)
