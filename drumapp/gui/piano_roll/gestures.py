"""What a drag over the roll does, one class a gesture. They take musical places and give edits; no Qt, no painting.

A gesture says at any time what it would make of a pattern, so that the roll can show it before it is done, and so that
notes a drummer writes meanwhile are not lost: the edit is made of the pattern as it is when the button is let go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from drumapp.core.editing import (
    NOTHING,
    OFF,
    Edited,
    Grid,
    Selection,
    copy_move,
    move,
    paint_run,
    place,
    remove,
    resize,
    select_rectangle,
)
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.piano_roll.hit_test import Place
from drumapp.gui.piano_roll.scene import Band


@dataclass(frozen=True, slots=True)
class Keys:
    """Modifier keys held: free bypasses the snap grid, copying leaves the notes behind."""

    free: bool = False
    copying: bool = False


class Gesture(Protocol):
    """One press, drag and release."""

    @property
    def label(self) -> str:
        """What Undo will call it."""

    @property
    def band(self) -> Band | None:
        """The rubber band to draw, if any."""

    def drag(self, place: Place, keys: Keys) -> None:
        """The pointer is there now."""

    def edit(self, pattern: Pattern) -> Edited:
        """What the gesture, as far as it has come, makes of a pattern."""


@dataclass
class DrawNotes:
    """Place a note where the button went down, and a run of them along the lane to where it is let go."""

    start: Place
    key: int
    grid: Grid
    velocity: int
    free: bool = False
    band: Band | None = None
    _to: float = field(init=False)

    def __post_init__(self) -> None:
        self._to = self.start.tick

    @property
    def label(self) -> str:
        """One note, or more."""
        return "Draw note" if self._to == self.start.tick else "Draw notes"

    @property
    def reach(self) -> int:
        """The last tick the run needs."""
        return int(max(self.start.tick, self._to))

    def drag(self, place: Place, keys: Keys) -> None:
        """The run goes to there, in the lane it began in."""
        self._to = place.tick
        self.free = keys.free

    def edit(self, pattern: Pattern) -> Edited:
        """Cells that have a note already keep it."""
        grid = OFF if self.free else self.grid
        first, last = int(self.start.tick), int(self._to)
        if self.free and first == last:
            return place(pattern, first, self.key, OFF, velocity=self.velocity)
        if self.free:
            # Between lines there is nothing to tell notes of a run apart by: only its first note goes free.
            one = place(pattern, first, self.key, OFF, velocity=self.velocity)
            after = self.grid.next_line(first, pattern.metre) if last > first else first
            if last < after or last < first:
                return one
            rest = paint_run(one.pattern, self.key, after, last, self.grid, velocity=self.velocity)
            return Edited(rest.pattern, one.selection | rest.selection)
        if grid.is_off and first == last:
            return place(pattern, first, self.key, grid, velocity=self.velocity)
        return paint_run(pattern, self.key, first, last, grid, velocity=self.velocity)


@dataclass
class MoveNotes:
    """Move the selected notes with the one that was grabbed, in time and across lanes; a copy of them with Alt."""

    start: Place
    grabbed: Note
    selection: Selection
    kit: DrumKit
    grid: Grid
    keys: Keys = field(default_factory=Keys)
    band: Band | None = None
    _to: Place | None = None

    @property
    def label(self) -> str:
        """Move or copy."""
        return "Copy notes" if self.keys.copying else "Move notes"

    def drag(self, place: Place, keys: Keys) -> None:
        """The grabbed note goes there."""
        self._to, self.keys = place, keys

    def edit(self, pattern: Pattern) -> Edited:
        """Notes keep their distance from each other and, unless it is bypassed, from the grid's lines."""
        if self._to is None:
            return Edited(pattern, self.selection)
        grid = OFF if self.keys.free else self.grid
        ticks = grid.drag(self.grabbed.start, round(self._to.tick - self.start.tick), pattern.metre)
        rows = self._to.row - self.start.row
        if not ticks and not rows:
            return Edited(pattern, self.selection)
        return (copy_move if self.keys.copying else move)(pattern, self.selection, ticks, rows, self.kit)


@dataclass
class ResizeNotes:
    """Make the selected notes longer or shorter with the one whose right edge was grabbed."""

    start: Place
    grabbed: Note
    selection: Selection
    grid: Grid
    label: str = "Change length"
    band: Band | None = None
    _ticks: float = 0.0
    _free: bool = False

    def drag(self, place: Place, keys: Keys) -> None:
        """The edge goes there."""
        self._ticks, self._free = place.tick - self.start.tick, keys.free

    def edit(self, pattern: Pattern) -> Edited:
        """The grabbed edge goes to a line; the others change by as many ticks."""
        ticks = round(self._ticks)
        if ticks and not self._free:
            line = self.grid.nearest(self.grabbed.stop + ticks, pattern.metre)
            shortest = self.grid.next_line(self.grabbed.start, pattern.metre)
            ticks = max(line, min(shortest, self.grabbed.stop)) - self.grabbed.stop
        if not ticks:
            return Edited(pattern, self.selection)
        return resize(pattern, self.selection, ticks)


@dataclass
class EraseNotes:
    """Take out every note the pointer touches."""

    selection: Selection
    band: Band | None = None
    touched: set[Note] = field(default_factory=set)

    @property
    def label(self) -> str:
        """One note, or more."""
        return "Erase note" if len(self.touched) == 1 else "Erase notes"

    def drag(self, place: Place, _keys: Keys) -> None:
        """Touch what is there."""
        if place.note is not None:
            self.touched.add(place.note)

    def edit(self, pattern: Pattern) -> Edited:
        """What is still selected stays so."""
        gone = frozenset(self.touched)
        return Edited(remove(pattern, gone).pattern, self.selection - gone)


@dataclass
class SelectNotes:
    """A rubber band; what it touches is selected, besides what was selected before when that is to be kept."""

    start: Place
    kit: DrumKit
    kept: Selection = NOTHING
    label: str = "Select"
    band: Band | None = None

    def drag(self, place: Place, _keys: Keys) -> None:
        """The band spans from the press to there."""
        first, last = sorted((self.start.tick, place.tick))
        rows = sorted((self.start.row, place.row))
        self.band = Band(Range(int(first), max(int(last), int(first) + 1)), rows[0], rows[1])

    def edit(self, pattern: Pattern) -> Edited:
        """The pattern stays as it is."""
        if self.band is None:
            return Edited(pattern, self.kept)
        found = select_rectangle(pattern, self.band.span, self.band.first_row, self.band.last_row, self.kit)
        return Edited(pattern, self.kept | found)
