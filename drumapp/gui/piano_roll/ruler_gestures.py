"""What a drag in the ruler does to the loop and to the music's end. No Qt, no painting."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from drumapp.core.editing import Grid
from drumapp.core.timing import MetreMap, Range

CLOSEST_BEATS_PX = 14.0  # nearer than this, a loop goes from bar to bar instead of from beat to beat


@dataclass(frozen=True, slots=True)
class RulerGrid:
    """Lines that loops go to: bars, beats where there is room for them, with a key held those of the snap grid."""

    metre: MetreMap
    pixels_per_tick: float
    fine: Grid

    def nearest(self, tick: float, *, free: bool = False) -> int:
        """The line nearest to a tick."""
        tick = max(round(tick), 0)
        if free:
            return self.fine.nearest(tick, self.metre)
        bar = self.metre.bar_at(tick)
        start, stop = self.metre.bar_start(bar), self.metre.bar_start(bar + 1)
        beat = self.metre.metre_at(start).ticks_per_beat
        if beat * self.pixels_per_tick < CLOSEST_BEATS_PX:
            return start if tick - start <= stop - tick else stop
        return min(start + round((tick - start) / beat) * beat, stop)

    def cell(self, tick: float, *, free: bool = False) -> Range:
        """The lines around a tick: what the least of drags marks."""
        tick = max(round(tick), 0)
        if free:
            return Range(self.fine.floor(tick, self.metre), self.fine.next_line(tick, self.metre))
        bar = self.metre.bar_at(tick)
        start, stop = self.metre.bar_start(bar), self.metre.bar_start(bar + 1)
        beat = self.metre.metre_at(start).ticks_per_beat
        if beat * self.pixels_per_tick < CLOSEST_BEATS_PX:
            return Range(start, stop)
        first = start + (tick - start) // beat * beat
        return Range(first, min(first + beat, stop))


class Edge(Enum):
    """Which end of a loop is dragged."""

    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class DrawLoop:
    """Mark a loop from the press to the pointer, in either direction."""

    pressed: float

    def loop(self, tick: float, grid: RulerGrid, *, free: bool = False) -> Range:
        """The loop, with the pointer at a tick."""
        first, last = sorted((self.pressed, tick))
        start, stop = grid.nearest(first, free=free), grid.nearest(last, free=free)
        return Range(start, stop) if stop > start else grid.cell(self.pressed, free=free)


@dataclass(frozen=True, slots=True)
class MoveLoop:
    """Move a loop as it is."""

    before: Range
    pressed: float

    def loop(self, tick: float, grid: RulerGrid, *, free: bool = False) -> Range:
        """The loop, with the pointer at a tick: its start goes from line to line."""
        start = grid.nearest(max(self.before.start + tick - self.pressed, 0), free=free)
        return Range(start, start + self.before.length)


@dataclass(frozen=True, slots=True)
class ResizeLoop:
    """Drag one end of a loop; past the other end it turns round."""

    before: Range
    edge: Edge

    def loop(self, tick: float, grid: RulerGrid, *, free: bool = False) -> Range:
        """The loop, with the pointer at a tick."""
        fixed = self.before.stop if self.edge is Edge.START else self.before.start
        line = grid.nearest(tick, free=free)
        if line == fixed:
            return self.before
        return Range(min(line, fixed), max(line, fixed))


LoopDrag = DrawLoop | MoveLoop | ResizeLoop


def end_at(tick: float, grid: RulerGrid, *, free: bool = False) -> int:
    """Where the music would end, its end dragged to a tick: on a bar line, with a key held on a beat."""
    metre = grid.metre
    tick = max(round(tick), 1)
    bar = metre.bar_at(tick)
    start, stop = metre.bar_start(bar), metre.bar_start(bar + 1)
    if free:
        beat = metre.metre_at(start).ticks_per_beat
        return max(min(start + round((tick - start) / beat) * beat, stop), beat)
    return stop if start == 0 or stop - tick <= tick - start else start
