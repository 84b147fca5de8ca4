"""Pixels to ticks and rows, and back: pure arithmetic, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

MIN_PIXELS_PER_TICK = 0.0005  # 1,000 bars of 4/4 in 960 px; longer music may be zoomed out until all of it is seen
MAX_PIXELS_PER_TICK = 2.0  # a 64th of a quarter is 15 px: finer than anyone edits
MIN_ROW_HEIGHT = 10.0
MAX_ROW_HEIGHT = 72.0
REACH_PX = 8.0  # beyond both edges, what is drawn around a note may still come into sight
LEAD_IN_PX = 8.0  # room before tick 0, so that a note and the playhead there are seen whole


@dataclass(frozen=True, slots=True)
class View:
    """What part of the music a rectangle of ``width`` by ``height`` pixels shows.

    Attributes: pixels_per_tick; left, the tick at x = 0, as a float so that slow scrolling does not stutter; row_height
    and top in pixels, ``top`` being how far row 0 is scrolled off above. What is drawn is scrolled by whole pixels: all
    of it by the same ``offset``, so that notes and lines do not quiver against each other.
    """

    pixels_per_tick: float = 0.1
    left: float = 0.0
    row_height: float = 32.0
    top: float = 0.0
    width: float = 0.0
    height: float = 0.0

    @property
    def offset(self) -> int:
        """Pixels scrolled off at the left; below 0 in the lead-in."""
        return round(self.left * self.pixels_per_tick)

    def x_of(self, tick: float) -> float:
        """Pixels from the left edge to a tick."""
        return tick * self.pixels_per_tick - self.offset

    def pixel_of(self, tick: float) -> int:
        """The pixel that a tick falls into, the same one of the music wherever it is scrolled to."""
        return round(tick * self.pixels_per_tick) - self.offset

    def tick_at(self, x: float) -> float:
        """The tick under a pixel; below 0 in the lead-in."""
        return (x + self.offset) / self.pixels_per_tick

    def y_of(self, row: float) -> float:
        """Pixels from the upper edge to the upper edge of a row."""
        return row * self.row_height - self.top

    def row_at(self, y: float) -> int:
        """The row under a pixel; whether there is such a row is the caller's question."""
        return int((y + self.top) // self.row_height)

    @property
    def right(self) -> float:
        """The tick at the right edge."""
        return self.tick_at(self.width)

    @property
    def reach(self) -> tuple[float, float]:
        """From which tick to which notes can be in sight, even such as are drawn wider than they sound, or framed."""
        return self.tick_at(-REACH_PX), self.tick_at(self.width + REACH_PX)

    @property
    def ticks_shown(self) -> float:
        """Ticks from edge to edge."""
        return self.width / self.pixels_per_tick

    def zoomed(self, factor: float, x: float, length: float = 0.0) -> View:
        """Zoomed in time by ``factor``, the tick under ``x`` staying where it is; ``length`` ticks can be fitted in."""
        least = min(MIN_PIXELS_PER_TICK, self.fitted(length).pixels_per_tick)
        pixels_per_tick = _clamp(self.pixels_per_tick * factor, least, MAX_PIXELS_PER_TICK)
        left = self.tick_at(x) - x / pixels_per_tick
        return replace(self, pixels_per_tick=pixels_per_tick, left=left)

    def zoomed_rows(self, factor: float, y: float) -> View:
        """Rows made taller by ``factor``, the place under ``y`` staying where it is."""
        row_height = _clamp(self.row_height * factor, MIN_ROW_HEIGHT, MAX_ROW_HEIGHT)
        top = (y + self.top) * row_height / self.row_height - y
        return replace(self, row_height=row_height, top=top)

    def fitted(self, ticks: float) -> View:
        """From the start, ``ticks`` filling the width."""
        if self.width <= 2 * LEAD_IN_PX or ticks <= 0:
            return self.at_start()
        pixels_per_tick = min((self.width - 2 * LEAD_IN_PX) / ticks, MAX_PIXELS_PER_TICK)
        return replace(self, pixels_per_tick=pixels_per_tick).at_start()

    def fitted_rows(self, rows: int, tallest: float) -> View:
        """All rows in the height where that leaves them readable, none taller than ``tallest``."""
        if rows <= 0 or self.height <= 0:
            return self
        return replace(self, row_height=_clamp(self.height / rows, MIN_ROW_HEIGHT * 1.8, tallest), top=0.0)

    def at_start(self) -> View:
        """Scrolled to tick 0, with a little room before it."""
        return replace(self, left=-LEAD_IN_PX / self.pixels_per_tick)

    def clamped(self, length: float, rows: int) -> View:
        """Scrolled back to where there is something: ``length`` ticks and ``rows`` rows."""
        least = -LEAD_IN_PX / self.pixels_per_tick
        most = max(length - self.ticks_shown + LEAD_IN_PX / self.pixels_per_tick, least)
        lowest = max(rows * self.row_height - self.height, 0.0)
        return replace(self, left=_clamp(self.left, least, most), top=_clamp(self.top, 0.0, lowest))

    def turned_to(self, tick: float, length: float) -> View | None:
        """The page that shows ``tick``: None while this one does, else the one that starts just before it."""
        margin = 0.04 * self.ticks_shown
        last_page = self.right >= length
        if self.left <= tick <= (self.right if last_page else self.right - margin):
            return None
        return replace(self, left=tick - margin)


def _clamp(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
