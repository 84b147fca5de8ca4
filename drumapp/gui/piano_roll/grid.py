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


def lines(metre: MetreMap, start: float, stop: float, pixels_per_tick: float, step: int = STEP_TICKS) -> Iterator[Line]:
    """The bar, beat and step lines from ``start`` to ``stop`` (ticks), in order, as dense as can be told apart.

    Args: step, ticks from one step's line to the next, counted from each bar's start.
    """
    if stop < 0:
        return
    bar = metre.bar_at(max(int(start), 0))
    stride = bar_stride(metre.metre_at(max(int(start), 0)).ticks_per_bar * pixels_per_tick, CLOSEST_LINES_PX)
    bar -= bar % stride
    while (bar_start := metre.bar_start(bar)) <= stop:
        yield Line(bar_start, Level.BAR, bar + 1)
        if stride == 1:
            beat = metre.metre_at(bar_start).ticks_per_beat
            yield from _within(bar_start, metre.bar_start(bar + 1), beat, step, pixels_per_tick)
        bar += stride


def _within(bar_start: int, bar_stop: int, beat: int, step: int, pixels_per_tick: float) -> Iterator[Line]:
    ticks: set[int] = set()
    if beat * pixels_per_tick >= CLOSEST_LINES_PX:
        ticks.update(range(bar_start + beat, bar_stop, beat))
    if step * pixels_per_tick >= CLOSEST_LINES_PX:
        ticks.update(range(bar_start + step, bar_stop, step))
    for tick in sorted(ticks):
        yield Line(tick, Level.BEAT if (tick - bar_start) % beat == 0 else Level.STEP)
