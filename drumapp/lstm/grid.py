"""The grid on which a network counts time: so many ticks to a position, and what is left is microtiming."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from drumapp.core.timing import TICKS_PER_QUARTER

_TICKS_IN_ANY_BAR = 60
"""Every bar that can be written is a multiple of this many ticks, and so must be of a grid's."""


@dataclass(frozen=True)
class Grid:
    """A grid of ``ticks`` to the position; raises ValueError unless every bar can be laid on it.

    A note belongs to the nearest position. Its microtiming class is the number of ticks by which it comes later than
    the earliest note of that position.
    """

    ticks: int = 20

    def __post_init__(self) -> None:
        if type(self.ticks) is not int or self.ticks < 1 or _TICKS_IN_ANY_BAR % self.ticks:
            raise ValueError(f"a grid must have a number of ticks that 60 can be divided by, not {self.ticks!r}")

    @cached_property
    def earliest(self) -> int:
        """Ticks from a position to its earliest note, 0 or negative."""
        return -(self.ticks // 2)

    @property
    def microtimings(self) -> int:
        """Number of microtiming classes."""
        return self.ticks

    @cached_property
    def exact(self) -> int:
        """The microtiming class of a note right on its position."""
        return self.ticks // 2

    @cached_property
    def all_microtimings(self) -> int:
        """All microtiming classes as bits."""
        return (1 << self.ticks) - 1

    @cached_property
    def per_quarter(self) -> int:
        """Positions in a quarter note."""
        return TICKS_PER_QUARTER // self.ticks

    def at_or_after(self, tick: int) -> int:
        """The first position at or after a tick."""
        return -(-tick // self.ticks)

    def position(self, tick: int) -> int:
        """The position that a note at a tick belongs to."""
        return (tick - self.earliest) // self.ticks

    def nominal(self, tick: int) -> int:
        """Tick of the position that a note at a tick belongs to."""
        return self.position(tick) * self.ticks

    def first_tick(self, position: int) -> int:
        """The first tick at which a note belongs to a position."""
        return position * self.ticks + self.earliest

    def split(self, ticks: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Positions and microtiming classes of ticks."""
        positions, microtimings = np.divmod(ticks - self.earliest, self.ticks)
        return positions, microtimings


HOUSE_GRID = Grid()
"""24 to the quarter note: what people play lies within half a position of it."""
