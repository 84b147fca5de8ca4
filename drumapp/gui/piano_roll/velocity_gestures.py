"""What a drag in the velocity lane does. No Qt, no painting; as in :mod:`drumapp.gui.piano_roll.gestures`."""

from __future__ import annotations

from dataclasses import dataclass

from drumapp.core.editing import Edited, Selection, ramp_velocity, scale_velocity, set_velocity
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range


@dataclass(frozen=True, slots=True)
class Height:
    """Where the pointer is in the velocity lane: a tick, and a velocity 1-127."""

    tick: float
    velocity: int


@dataclass
class DragVelocity:
    """Give the grabbed note another velocity; when it is one of a selection, all are scaled with it."""

    grabbed: Note
    selection: Selection
    label: str = "Velocity"
    _to: Height | None = None

    def drag(self, height: Height) -> None:
        """The grabbed note's head goes there."""
        self._to = height

    def edit(self, pattern: Pattern) -> Edited:
        """Proportions within the selection are kept as far as 1 to 127 leave room."""
        if self._to is None:
            return Edited(pattern, self.selection)
        if len(self.selection) == 1:
            return set_velocity(pattern, self.selection, self._to.velocity)
        percent = round(100 * self._to.velocity / self.grabbed.velocity)
        return scale_velocity(pattern, self.selection, percent)


@dataclass
class DrawVelocities:
    """Draw a straight line: the notes it passes over get its velocities, only selected ones where there are any.

    Attributes: start; slack in ticks, how far beside the line a note is still met.
    """

    start: Height
    selection: Selection
    slack: float
    _to: Height | None = None

    @property
    def label(self) -> str:
        """A line, or one stroke of the pencil."""
        return "Velocity" if self._to is None or self._to.tick == self.start.tick else "Velocity ramp"

    @property
    def line(self) -> tuple[Height, Height]:
        """From where to where it is drawn."""
        return self.start, self._to or self.start

    def drag(self, height: Height) -> None:
        """The line ends there."""
        self._to = height

    def edit(self, pattern: Pattern) -> Edited:
        """The selection stays what it is, with its notes' new velocities."""
        first, last = sorted(self.line, key=lambda height: height.tick)
        span = Range(int(first.tick), max(int(last.tick), int(first.tick)) + 1)
        reach = Range(int(first.tick - self.slack), int(last.tick + self.slack) + 1)
        met = frozenset(pattern.between(reach)) if pattern.length else frozenset()
        chosen = met & self.selection if self.selection else met
        edited = ramp_velocity(pattern, chosen, first.velocity, last.velocity, span)
        if not self.selection:
            return Edited(edited.pattern, self.selection)
        return Edited(edited.pattern, (self.selection - chosen) | edited.selection)
