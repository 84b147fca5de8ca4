"""The way the music runs through a pattern: where a stroke that was heard belongs, and how far it is from one tick to
another, loops counted in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from drumapp.core.editing.grid import Grid, nearest_lines
from drumapp.core.pattern import Pattern
from drumapp.core.timing import MetreMap, Range

EARLY_TICKS = 30
"""Without a grid, so much before a loop comes round (a 64th) a stroke is meant for its first beat."""

_UNSTEADY_TICKS = 60.0  # a clock that is followed may set the music back by this, and it is still the same pass
_LONGEST_RUN_TICKS = 1920.0  # further than this nobody plays between two looks: the playhead was put there


class Placed(NamedTuple):
    """Where a stroke belongs.

    Attributes: tick; ahead, how many ticks the music had still to run to get there, negative where it had passed;
    laps: 1 where that is in the next pass, else 0.
    """

    tick: int
    ahead: float
    laps: int


class Run(NamedTuple):
    """How far the music has come. Attributes: ticks; laps: how often it went back to the start of the loop."""

    ticks: float
    laps: int


@dataclass(frozen=True)
class Course:
    """Attributes: metre; length of the pattern in ticks, at least 1; loop, the ticks that are repeated, None where the
    music plays to the end; begin, the tick from which it was started: what is heard before that is meant for it.
    """

    metre: MetreMap
    length: int
    loop: Range | None = None
    begin: float = 0.0

    @classmethod
    def through(cls, pattern: Pattern, loop: Range | None) -> Course:
        """Through a pattern, repeating as much of a loop as lies within it."""
        if loop is not None:
            loop = Range(loop.start, min(loop.stop, pattern.length)) if loop.start < pattern.length else None
        return cls(pattern.metre, pattern.length, loop)

    def turn(self, tick: float) -> int:
        """Where the music that has come to a tick goes back or ends."""
        return self.loop.stop if self.loop is not None and tick < self.loop.stop else self.length

    def place(self, tick: float, grid: Grid) -> Placed:
        """Where a stroke belongs that was heard at a tick: on the nearest line of a grid, or where it was played.

        What belongs to the end of the loop belongs to its start. Without a loop nothing lies past the last line.
        """
        heard = max(tick, self.begin, 0.0)
        stop = self.turn(heard)
        line = self._line(heard, grid)
        if line < stop:
            return Placed(line, line - tick, 0)
        if self.loop is not None:
            return Placed(self.loop.start, stop - tick, 1)
        (last,) = nearest_lines(grid, self.metre, [self.length - 1], self.length)
        return Placed(last, last - tick, 0)

    def run(self, before: float, now: float) -> Run | None:
        """How far the music has come from one look to the next; None where it was put elsewhere meanwhile."""
        if now >= before:
            ticks, laps = now - before, 0
        elif before - now <= _UNSTEADY_TICKS and (self.loop is None or self.loop.length > 2 * _UNSTEADY_TICKS):
            return Run(0.0, 0)
        elif self.loop is not None and now >= self.loop.start:
            ticks, laps = self.turn(before) - before + now - self.loop.start, 1
        else:
            return None
        return Run(ticks, laps) if 0 <= ticks <= _LONGEST_RUN_TICKS else None

    def since(self, tick: float, head: float) -> Run:
        """How far the music has come from a tick that was heard a moment ago; a little less than nothing where it is
        about to come there.
        """
        ways = [Run(head - tick, 0)]
        if self.loop is not None:
            start = self.loop.start
            ways.append(Run(self.turn(tick) - tick + head - start, 1))
            ways.append(Run(head - self.turn(head) + start - tick, -1))
        return min(ways, key=lambda way: abs(way.ticks))

    def _line(self, heard: float, grid: Grid) -> int:
        loop = self.loop
        if grid.is_off:
            first_beats = () if loop is None else (loop.start, loop.stop)
            return next((beat for beat in first_beats if 0 < beat - heard <= EARLY_TICKS), round(heard))
        line = grid.nearest(round(heard), self.metre)
        if loop is not None and loop.start <= heard < loop.stop:
            # Whatever the grid, the loop's ends are lines: what lies outside it would not be heard again.
            line = max(line, loop.start)
            line = loop.stop if loop.stop - heard < abs(line - heard) else line
        return line
