"""The grid that edits snap to: step lengths, and where the lines lie in every metre.

Lines are counted from each bar's start, as in the piano roll: a bar of 7/8 on a grid of quarters has lines at 0, 480,
960 and 1440 and a last cell of half the length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from drumapp.core.timing import TICKS_PER_QUARTER, MetreMap, Range

STRAIGHT_SWING = 50
MAX_SWING = 75


class StepKind(StrEnum):
    """How a note value is altered into a step."""

    STRAIGHT = ""
    TRIPLET = "T"
    DOTTED = "."


_KIND_FACTORS = {StepKind.STRAIGHT: (1, 1), StepKind.TRIPLET: (2, 3), StepKind.DOTTED: (3, 2)}


@dataclass(frozen=True, slots=True)
class Grid:
    """A snap grid.

    Attributes: division, 4 to 32 for quarters to 32nds, or None for no grid: every tick is a line; kind.
    Raises ValueError for another division, or a kind given without a division.
    """

    division: int | None = 16
    kind: StepKind = StepKind.STRAIGHT

    def __post_init__(self) -> None:
        if self.division not in (None, 4, 8, 16, 32):
            raise ValueError(f"a grid's division must be 4, 8, 16, 32 or None, not {self.division}")
        if self.division is None and self.kind is not StepKind.STRAIGHT:
            raise ValueError("a grid that is off has neither triplets nor dots")

    @property
    def is_off(self) -> bool:
        """Whether nothing snaps."""
        return self.division is None

    @property
    def step(self) -> int:
        """Ticks from line to line within a bar; 1 when off."""
        if self.division is None:
            return 1
        factor, divisor = _KIND_FACTORS[self.kind]
        return TICKS_PER_QUARTER * 4 // self.division * factor // divisor

    @property
    def label(self) -> str:
        """``1/16``, ``1/16T`` for triplets, ``1/16.`` for dotted, ``Off``."""
        return "Off" if self.division is None else f"1/{self.division}{self.kind.value}"

    def floor(self, tick: int, metre: MetreMap) -> int:
        """The last line at or before a tick; 0 for a tick before the start."""
        tick = max(tick, 0)
        bar_start = metre.bar_start(metre.bar_at(tick))
        return tick - (tick - bar_start) % self.step

    def next_line(self, tick: int, metre: MetreMap) -> int:
        """The first line after a tick."""
        if tick < 0:
            return 0
        return min(self.floor(tick, metre) + self.step, metre.bar_start(metre.bar_at(tick) + 1))

    def previous_line(self, tick: int, metre: MetreMap) -> int:
        """The last line before a tick; 0 when there is none."""
        return self.floor(tick - 1, metre)

    def nearest(self, tick: int, metre: MetreMap) -> int:
        """The line nearest to a tick; the earlier of two as near."""
        before, after = self.floor(tick, metre), self.next_line(tick, metre)
        return before if tick - before <= after - tick else after

    def lines(self, span: Range, metre: MetreMap) -> Iterator[int]:
        """The lines within a half-open span, in order."""
        line = self.next_line(span.start - 1, metre)
        bar = metre.bar_at(line)
        while line < span.stop:
            bar += 1
            next_bar = metre.bar_start(bar)
            yield from range(line, min(next_bar, span.stop), self.step)
            line = next_bar

    def steps_away(self, tick: int, steps: int, metre: MetreMap) -> int:
        """The line ``steps`` lines after (before, when negative) the one nearest to a tick; 0 at the least."""
        line = self.nearest(tick, metre)
        for _ in range(abs(steps)):
            line = self.next_line(line, metre) if steps > 0 else self.previous_line(line, metre)
        return line

    def drag(self, start: int, ticks: int, metre: MetreMap) -> int:
        """How many ticks a note grabbed at ``start`` moves when the pointer has moved by ``ticks``.

        It moves from line to line and keeps its distance from the line: snapping does not iron out the feel.
        """
        return self.nearest(start + ticks, metre) - self.nearest(start, metre)


OFF = Grid(None)
GRIDS: tuple[Grid, ...] = (
    *(Grid(division, kind) for kind in StepKind for division in (4, 8, 16, 32)),
    OFF,
)
"""Every grid there is, in the order of a menu."""


def nearest_lines(
    grid: Grid, metre: MetreMap, starts: Sequence[int], length: int, swing: int = STRAIGHT_SWING
) -> list[int]:
    """The line nearest to each of many ticks, never one at or past ``length``.

    Args: starts in ticks, in order, each within 0..length-1; swing in percent, 50 to 75: where in a pair of steps the
    second one lies. 50 is straight, 67 triplets, 75 a dotted step and half a step. Second steps are those with an odd
    number, counted from 0 in each bar.
    Raises ValueError for a swing outside 50-75.
    """
    if not STRAIGHT_SWING <= swing <= MAX_SWING:
        raise ValueError(f"swing must be {STRAIGHT_SWING} to {MAX_SWING} percent, not {swing}")
    lines: list[int] = []
    segments = [*_segments(metre), (length, 1)]
    for (first, bar), (stop, _) in pairwise(segments):
        part = starts[bisect_left(starts, first) : bisect_left(starts, stop)]
        if part:
            shifts = _Shifts(grid.step, bar, swing)
            lines += [start + shifts[(start - first) % bar] for start in part]
    if lines and lines[-1] >= length:
        last = _last_line_before(grid, metre, length, swing)
        for index in range(bisect_left(lines, length), len(lines)):
            lines[index] = last
    return lines


class _Shifts(dict[int, int]):
    """Ticks from an offset within a bar to its nearest line, worked out when first asked for.

    Bars repeat, so that a hundred thousand notes ask for a few hundred offsets.
    """

    def __init__(self, step: int, bar: int, swing: int) -> None:
        super().__init__()
        self._step = step
        self._bar = bar
        self._swing = swing

    def __missing__(self, offset: int) -> int:
        number = offset // self._step
        before, after = self.line(number), self.line(number + 1)
        # An odd line lies late, so that an offset may come before the line of its own number.
        shift = before - offset if abs(offset - before) <= abs(after - offset) else after - offset
        self[offset] = shift
        return shift

    def line(self, number: int) -> int:
        """Offset in ticks of a line in the bar, swing included; the bar's end is the line after its last."""
        straight = number * self._step
        if straight >= self._bar:
            return self._bar
        if number % 2 == 0:
            return straight
        cell = min(self._step, self._bar - straight)
        return straight + (2 * cell * (self._swing - STRAIGHT_SWING) + STRAIGHT_SWING) // (2 * STRAIGHT_SWING)


def _segments(metre: MetreMap) -> Iterator[tuple[int, int]]:
    """Runs of bars of one length as (first tick, ticks a bar); a bar cut short is a run of its own."""
    for index, change in enumerate(metre.changes):
        bar = change.metre.ticks_per_bar
        yield change.tick, bar
        if index + 1 < len(metre.changes):
            stop = metre.changes[index + 1].tick
            cut = (stop - change.tick) % bar
            if cut:
                yield stop - cut, cut


def _last_line_before(grid: Grid, metre: MetreMap, length: int, swing: int) -> int:
    bar = metre.bar_at(length - 1)
    start = metre.bar_start(bar)
    shifts = _Shifts(grid.step, metre.bar_start(bar + 1) - start, swing)
    number = (length - 1 - start) // grid.step
    line = start + shifts.line(number)
    # A swung line may lie past the end where its straight one does not; the even line before it never swings.
    return line if line < length else start + shifts.line(number - 1)
