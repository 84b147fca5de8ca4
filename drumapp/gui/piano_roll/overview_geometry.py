"""The overview strip's arithmetic: where the whole piece lies on it, and what a drag of its window does. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

LEAST_WINDOW_PX = 8.0
EDGE_PX = 5.0
_LEAST_TICKS = 120.0


class Grip(Enum):
    """What of the window is held."""

    START = "start"
    MIDDLE = "middle"
    STOP = "stop"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Strip:
    """The whole piece, ``extent`` ticks, on ``width`` pixels."""

    extent: float
    width: float

    def x_of(self, tick: float) -> float:
        """The pixel of a tick."""
        return tick / self.extent * self.width if self.extent else 0.0

    def tick_at(self, x: float) -> float:
        """The tick of a pixel."""
        return x / self.width * self.extent if self.width else 0.0

    def window(self, left: float, right: float) -> tuple[float, float]:
        """Edges, in pixels, of the window that shows ticks ``left`` to ``right``: wide enough to be grabbed."""
        first, last = max(self.x_of(left), 0.0), min(self.x_of(right), self.width)
        missing = LEAST_WINDOW_PX - (last - first)
        if missing > 0:
            first = min(max(first - missing / 2, 0.0), max(self.width - LEAST_WINDOW_PX, 0.0))
            last = first + LEAST_WINDOW_PX
        return first, last

    def grip_at(self, x: float, left: float, right: float) -> Grip:
        """What of the window lies under a pixel."""
        first, last = self.window(left, right)
        reach = min(EDGE_PX, (last - first) / 4)
        if abs(x - first) <= reach:
            return Grip.START
        if abs(x - last) <= reach:
            return Grip.STOP
        return Grip.MIDDLE if first < x < last else Grip.OUTSIDE


def dragged(grip: Grip, left: float, right: float, ticks: float) -> tuple[float, float]:
    """The window's ticks when what is held has been dragged by some ticks; an edge stops before the other."""
    if grip is Grip.START:
        return min(left + ticks, right - _LEAST_TICKS), right
    if grip is Grip.STOP:
        return left, max(right + ticks, left + _LEAST_TICKS)
    return left + ticks, right + ticks
