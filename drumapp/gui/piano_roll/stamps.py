"""What notes look like, column by column: filled in their drum's colour, hollow where muted, framed where selected.

Colours are given as #rrggbb, heights in the window's pixels; ``ratio`` of the screen's pixels make one of those. A note
is narrow where all its columns are at an edge.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drumapp.gui.piano_roll.raster import LEVELS, Stamp

SHADES = 12  # steps of lightness from the softest to the loudest stroke
LEAST_HEIGHT = 0.24  # of the lane, for velocity 1
_PALEST = 0.45  # how much of its colour the softest stroke has
_PALEST_TINTED = 0.75  # and where the colour says more than the drum
_ROOM_PX = 2.0  # between a note and its lane's edges
_CORNER_PX = 1.5
_FRAME_PX = 1.5
_LINE_PX = 1.0
_EDGE_PX = 2.0
_SIDE = 0.75  # opacity of a note's outermost columns
_HOLLOW_FILL = 0.16  # opacity within a muted note's outline
_TINT = 0.5  # opacity of the colour over a selected note that is too narrow for a frame
_HOLLOW_NARROW = 0.4  # and of one that is too narrow for an outline

Values = NDArray[np.float64]
Coat = tuple[Values, Values]
"""Paint: how much of each pixel it covers (lines, LEVELS), its colour for each velocity (LEVELS, 3) or for all (3,)."""


@lru_cache(maxsize=32)
def filled(hue: str, ground: str, row_height: float, ratio: float, *, narrow: bool, palest: float = _PALEST) -> Stamp:
    """A note that is heard: its velocity is its height and how far its hue stands out from the ground.

    One that is not narrow has round corners and soft sides, by which it is told from another that touches it.
    """
    tops, foot, lines = _extent(row_height, ratio)
    corner, colours = _CORNER_PX * ratio, shades(hue, ground, palest)
    if narrow:
        return Stamp((), _table([[(_filling(lines, tops, foot), colours)]]))
    kinds: list[list[Coat]] = []
    inside = math.ceil(corner) - 1
    for depth in range(inside + 1):
        off = corner - math.sqrt(corner**2 - (corner - depth - 0.5) ** 2) if depth < inside else 0.0
        kinds.append([(_filling(lines, tops + off, foot - off) * (1.0 if depth else _SIDE), colours)])
    return Stamp(tuple(range(1, len(kinds))), _table(kinds))


@lru_cache(maxsize=32)
def hollow(hue: str, ground: str, row_height: float, ratio: float, *, narrow: bool) -> Stamp:
    """A note of a muted lane: an outline, or pale where it is too narrow for one."""
    tops, foot, lines = _extent(row_height, ratio)
    whole, colours = _filling(lines, tops, foot), shades(hue, ground)
    if narrow:
        return Stamp((), _table([[(whole * _HOLLOW_NARROW, colours)]]))
    line = _dots(_LINE_PX, ratio)
    inside = _filling(lines, tops + line, foot - line)
    return Stamp((line,), _table([[(whole, colours)], [(whole - inside * (1.0 - _HOLLOW_FILL), colours)]]))


@lru_cache(maxsize=8)
def tinted(hues: tuple[str, ...], ground: str, row_height: float, ratio: float, *, narrow: bool, muted: bool) -> Stamp:
    """Notes of many hues in one row, of level ``velocity * len(hues) + hue``. Those of the first hue, or all where they
    are muted, are hollow. Soft ones keep more of their hue than elsewhere: it is a figure here.
    """
    stamps = [
        hollow(hue, ground, row_height, ratio, narrow=narrow)
        if muted or not place
        else filled(hue, ground, row_height, ratio, narrow=narrow, palest=_PALEST_TINTED)
        for place, hue in enumerate(hues)
    ]
    depths = tuple(sorted({depth for stamp in stamps for depth in stamp.depths}))
    tables = []
    for stamp in stamps:
        # Of each kind of columns there is now, the kind it is in the hue's own stamp.
        kinds = np.searchsorted(stamp.depths, (0, *depths), side="right")
        tables.append(stamp.table.reshape(-1, LEVELS, stamp.kinds)[:, :, kinds])
    table = np.stack(tables, axis=2)
    return Stamp(depths, np.ascontiguousarray(table.reshape(len(table), -1)))


@lru_cache(maxsize=4)
def frame(outer: str, inner: str, row_height: float, ratio: float, *, narrow: bool) -> tuple[Stamp, int]:
    """A selected note's frame, of two shades so that it shows on every colour, and its width outside the note.

    A note too narrow for a frame is tinted, and capped at head and foot.
    """
    tops, foot, lines = _extent(row_height, ratio)
    line = _dots(_LINE_PX, ratio)
    whole, accent, border = _filling(lines, tops, foot), _rgb(outer), _rgb(inner)
    if narrow:
        capped = _filling(lines, tops - line, foot + line)
        return Stamp((), _table([[(capped - whole * (1.0 - _TINT), accent)]])), 0
    edge = _dots(_FRAME_PX, ratio)
    around = _filling(lines, tops - edge, foot + edge) - whole
    outline = whole - _filling(lines, tops + line, foot - line)
    kinds: list[list[Coat]] = [
        [(around + whole, accent)],
        [(around, accent), (whole, border)],
        [(around, accent), (outline, border)],
    ]
    return Stamp((edge, edge + line), _table(kinds)), edge


@lru_cache(maxsize=4)
def edge(hue: str, row_height: float, ratio: float) -> tuple[Stamp, int]:
    """The solid left edge of a note that the drummer leaves as it is, and its width."""
    tops, foot, lines = _extent(row_height, ratio)
    return Stamp((), _table([[(_filling(lines, tops, foot), _rgb(hue))]])), _dots(_EDGE_PX, ratio)


def shades(hue: str, ground: str, palest: float = _PALEST) -> Values:
    """The colour of every velocity, red, green and blue from 0 to 255: shape (LEVELS, 3). The softest stroke has
    ``palest`` of its hue.
    """
    step = np.minimum(np.arange(LEVELS) / 127 * SHADES, SHADES - 1).astype(int)
    share = palest + (1.0 - palest) * step[:, None] / (SHADES - 1)
    return _rgb(ground) + (_rgb(hue) - _rgb(ground)) * share


def _extent(row_height: float, ratio: float) -> tuple[Values, int, int]:
    """The line a note of each velocity begins at (LEVELS,), the one after its last, and how many a row has."""
    lines = math.floor(row_height * ratio)
    foot = lines - _dots(_ROOM_PX, ratio)
    share = LEAST_HEIGHT + (1.0 - LEAST_HEIGHT) * np.arange(LEVELS) / 127
    heights = np.maximum((row_height - 2 * _ROOM_PX) * share, 2.0) * ratio
    return foot - np.rint(heights), foot, lines


def _filling(lines: int, tops: Values, foot: float) -> Values:
    """How much of each line lies from ``tops`` (LEVELS,) down to ``foot``: shape (lines, LEVELS)."""
    line = np.arange(lines)[:, None]
    return np.clip(np.minimum(line + 1, foot) - np.maximum(line, tops), 0.0, 1.0)


def _table(kinds: list[list[Coat]]) -> NDArray[np.uint32]:
    """The pixels of a stamp whose kinds of columns have these coats, none over another."""
    lines = len(kinds[0][0][0])
    pixels = np.zeros((lines, LEVELS, len(kinds), 4))
    for kind, coats in enumerate(kinds):
        for cover, colour in coats:
            pixels[:, :, kind, :3] += cover[:, :, None] * colour
            pixels[:, :, kind, 3] += cover * 255.0
    pixels[:, 0] = 0.0
    red, green, blue, alpha = np.moveaxis(np.rint(pixels).astype(np.uint32), -1, 0)
    return (alpha << 24 | red << 16 | green << 8 | blue).reshape(lines, LEVELS * len(kinds))


def _dots(pixels: float, ratio: float) -> int:
    """A length on the screen's pixels, one at the least."""
    return max(round(pixels * ratio), 1)


def _rgb(colour: str) -> Values:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)], dtype=np.float64)
