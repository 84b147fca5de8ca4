"""Makes notes of strokes while the music runs, pass after pass; patterns go in and come out.

Nothing is to be heard twice. A stroke has sounded when it comes here, but its note may lie a little further on, where
the playhead would strike it again in the same pass: such a note is withheld until the playhead has passed it. While a
lane is replaced, what was in it is withheld too, and goes when it has been passed. Only what outputs had been told of
before the stroke came, some hundredths of a second of music, cannot be held back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

from drumapp.core.editing.grid import OFF, Grid
from drumapp.core.editing.merging import NOTHING
from drumapp.core.editing.placing import remove, swap
from drumapp.core.pattern import DEFAULT_DURATION, Note, Pattern
from drumapp.core.recording.course import Course
from drumapp.core.timing import Range

_REACH_BACK_TICKS = DEFAULT_DURATION  # what lies so close before the first stroke of a lane is what it replaces
_PASSED_TICKS = 1.0  # by so much further than a note the playhead has certainly struck it

Place = tuple[int, int]
"""Start in ticks and MIDI key."""


@dataclass(frozen=True, slots=True)
class HowToRecord:
    """Attributes: grid that strokes are drawn to, OFF where they stay as they were played; replaces: whether a lane
    that is struck is emptied from there to the end of the pass.
    """

    grid: Grid = OFF
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """One stroke on a pad. Attributes: pad, whatever tells it from others; key 0-127; velocity 1-127; tick that was
    heard, with its fraction.
    """

    pad: object
    key: int
    velocity: int
    tick: float


@dataclass(frozen=True, slots=True)
class _Held:
    """A pad that is down: its note, and how far the music had run when it was struck."""

    note: Note
    at: float


@dataclass(frozen=True, slots=True)
class _Taken:
    """A lane that is being replaced. Attributes: lap in which it is, and from which tick on."""

    lap: int
    start: int


class Recorder:
    """Attributes: strokes, how many were taken down; version, another number whenever `withheld` may give others."""

    def __init__(self) -> None:
        self.strokes = 0
        self.version = 0
        self._head = 0.0
        self._begin: float | None = None  # where the music stands before it begins
        self._ran = 0.0  # ticks the music has run
        self._lap = 0
        self._ahead: dict[Place, float] = {}  # by when the music will have passed it
        self._taken: dict[int, _Taken] = {}  # by key
        self._new: dict[Place, int] = {}  # the lap in which a note was played
        self._held: dict[object, _Held] = {}

    def begin(self, head: float, *, standing: bool) -> None:
        """Forget what was, and listen. Args: head, where the music is; standing: whether it will start from there."""
        self.strokes = 0
        self._ran, self._lap = 0.0, 0
        self._held.clear()
        self._new.clear()
        self.jump(head)
        self._begin = head if standing else None

    def jump(self, head: float) -> None:
        """The music was put elsewhere: another pass begins, and what was withheld may be struck."""
        self._head, self._begin = head, None
        self._lap += 1
        self._ahead.clear()
        self._taken.clear()
        self.version += 1

    def overdub(self) -> None:
        """Leave all lanes as they are from here on, until one is struck to be replaced."""
        self._taken.clear()
        self.version += 1

    # Time

    def move(self, pattern: Pattern, course: Course, head: float) -> Pattern:
        """The playhead, up to which all has been struck, has come to a tick: what was to be replaced there goes."""
        run = course.run(self._head, head)
        if run is None:
            self.jump(head)
            return pattern
        before, self._head = self._head, head
        self._ran += run.ticks
        if run.laps:
            self._begin = None
        if self._taken:
            pattern = self._pass_over(pattern, course, before, run.laps)
        self._lap += run.laps
        passed = [place for place, when in self._ahead.items() if when + _PASSED_TICKS <= self._ran]
        for place in passed:
            del self._ahead[place]
        if passed or run.laps:
            self.version += 1
        if run.laps:
            self._taken = {key: taken for key, taken in self._taken.items() if taken.lap >= self._lap}
            self._new = {place: lap for place, lap in self._new.items() if lap >= self._lap - 1}
        return pattern

    def _pass_over(self, pattern: Pattern, course: Course, before: float, laps: int) -> Pattern:
        turn = course.turn(before) if laps else self._head
        going = self._old(pattern, self._lap, _whole(before, turn))
        if laps and course.loop is not None:
            going += self._old(pattern, self._lap + laps, _whole(course.loop.start, self._head))
        return _without(pattern, going)

    def _old(self, pattern: Pattern, lap: int, reach: Range) -> list[Note]:
        """The notes within some ticks that are being replaced in a lap."""
        from_tick = {key: taken.start for key, taken in self._taken.items() if taken.lap == lap}
        if not from_tick:
            return []
        return [
            note
            for note in pattern.between(reach)
            if note.start >= from_tick.get(note.pitch, note.start + 1) and self._new.get(note[:2], lap - 1) < lap
        ]

    # Pads

    def strike(self, pattern: Pattern, course: Course, stroke: Stroke, how: HowToRecord) -> Pattern:
        """Take a stroke down. A note of its key at the same place gives way."""
        course = replace(course, begin=self._begin or 0.0)
        since = course.since(stroke.tick, self._head)
        placed = course.place(stroke.tick, how.grid)
        lap = self._lap - since.laps + placed.laps
        duration = min(DEFAULT_DURATION, pattern.length - placed.tick)
        note = Note(placed.tick, stroke.key, stroke.velocity, duration)
        place = (note.start, note.pitch)
        at = self._ran - since.ticks
        self._new[place] = lap
        self._ahead.pop(place, None)
        if at + placed.ahead + _PASSED_TICKS > self._ran:
            self._ahead[place] = at + placed.ahead
        self._held[stroke.pad] = _Held(note, at)
        self.strokes += 1
        self.version += 1
        if how.replaces:
            start = max(note.start - _REACH_BACK_TICKS, 0)
            pattern = self._take(pattern, course, stroke.key, _Taken(lap, start), course.turn(stroke.tick))
        return swap(pattern, NOTHING, [note]).pattern

    def let_go(self, pattern: Pattern, course: Course, pad: object, tick: float) -> Pattern:
        """A pad was let go of: its note, if it is still there, becomes as long as that was held, but no shorter."""
        held = self._held.pop(pad, None)
        if held is None:
            return pattern
        note = held.note
        ticks = round(self._ran - course.since(tick, self._head).ticks - held.at)
        longer = note._replace(duration=min(ticks, pattern.length - note.start))
        if longer.duration <= note.duration or note not in pattern.between(Range(note.start, note.start + 1)):
            return pattern
        return swap(pattern, frozenset((note,)), [longer]).pattern

    def _take(self, pattern: Pattern, course: Course, key: int, taken: _Taken, turn: int) -> Pattern:
        """Replace a lane from a stroke on; what of it has been passed already goes at once.

        Args: turn, where the pass ends in which the stroke was heard.
        """
        loop = course.loop
        if loop is not None and taken.start < loop.start and (taken.lap > self._lap or self._head >= loop.start):
            taken = replace(taken, start=loop.start)
        before = self._taken.get(key)
        if before is not None and before.lap >= taken.lap:
            return pattern
        here = _whole(self._head, course.turn(self._head))
        going = [] if before is None else self._old(pattern, self._lap, here)  # its pass is nearly over
        self._taken[key] = taken
        if taken.lap <= self._lap:
            going += self._old(pattern, taken.lap, Range(0, here.start if taken.lap == self._lap else turn))
        return _without(pattern, [note for note in going if note.pitch == key])

    # What must not be struck

    def withheld(self, pattern: Pattern, course: Course) -> frozenset[Note]:
        """The notes that must not be struck in this pass: they have been heard, or are being replaced."""
        heard = [
            note for start, key in self._ahead for note in pattern.between(Range(start, start + 1)) if note.pitch == key
        ]
        here = _whole(self._head, course.turn(self._head))
        coming = _whole(0 if course.loop is None else course.loop.start, self._head)
        return frozenset((*heard, *self._old(pattern, self._lap, here), *self._old(pattern, self._lap + 1, coming)))


def _whole(start: float, stop: float) -> Range:
    """The whole ticks from one place to another."""
    first = ceil(start)
    return Range(first, max(ceil(stop), first))


def _without(pattern: Pattern, notes: Iterable[Note]) -> Pattern:
    going = frozenset(notes)
    return remove(pattern, going).pattern if going else pattern
