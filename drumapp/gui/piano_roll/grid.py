"""Where the roll's vertical lines lie, and which are worth drawing: pure arithmetic, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from drumapp.core.timing import TICKS_PER_QUARTER, MetreMap

CLOSEST_LINES_PX = 7.0  # nearer than this, lines of one level turn into a grey haze
CLOSEST_NUMBERS_PX = 44.0
STEP_TICKS = TICKS_PER_QUARTER // 4


class Level(IntEnum):
    """How strong a line is."""

    STEP = 0
    BEAT = 1
    BAR = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A vertical line: where, how strong, and for a bar's line its number from 1."""

    tick: int
    level: Level
    bar: int = 0


def bar_stride(pixels_per_bar: float, closest_px: float) -> int:
    """Every how many bars (a power of two) a line or number can stand without crowding."""
    stride = 1
    while pixels_per_bar * stride < closest_px:
        stride *= 2
    return stride


def lines(metre: MetreMap, start: float, stop: float, pixels_per_tick: float) -> Iterator[Line]:
    """The bar, beat and step lines from ``start`` to ``stop`` (ticks), in order, as dense as can be told apart."""
    if stop < 0:
        return
    bar = metre.bar_at(max(int(start), 0))
    stride = bar_stride(metre.metre_at(max(int(start), 0)).ticks_per_bar * pixels_per_tick, CLOSEST_LINES_PX)
    bar -= bar % stride
    while (bar_start := metre.bar_start(bar)) <= stop:
        yield Line(bar_start, Level.BAR, bar + 1)
        if stride == 1:
            beat = metre.metre_at(bar_start).ticks_per_beat
            yield from _within(bar_start, metre.bar_start(bar + 1), beat, pixels_per_tick)
        bar += stride


def _within(bar_start: int, bar_stop: int, beat: int, pixels_per_tick: float) -> Iterator[Line]:
    show_beats = beat * pixels_per_tick >= CLOSEST_LINES_PX
    show_steps = min(STEP_TICKS, beat) * pixels_per_tick >= CLOSEST_LINES_PX
    if not show_beats and not show_steps:
        return
    # Steps may be longer or shorter than a beat (7/8, 4/32): walk the finer of the two.
    stride = min(STEP_TICKS, beat) if show_steps else beat
    for tick in range(bar_start + stride, bar_stop, stride):
        yield Line(tick, Level.BEAT if (tick - bar_start) % beat == 0 else Level.STEP)
