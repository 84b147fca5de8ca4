"""Notes, and the immutable pattern that holds them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from drumapp.core.timing import Metre, MetreMap, Range, TempoMap

DEFAULT_DURATION = 60  # a 32nd: long enough to hear in samplers that heed note-off, too short to overlap the next hit


class Note(NamedTuple):
    """One stroke.

    Attributes: start in ticks, pitch as MIDI key 0-127, velocity 1-127, duration in ticks. Notes sort by start, then
    pitch.
    """

    start: int
    pitch: int
    velocity: int
    duration: int = DEFAULT_DURATION

    @property
    def stop(self) -> int:
        """First tick at which the note no longer sounds."""
        return self.start + self.duration


class InvalidNoteError(ValueError):
    """A note with a field outside its range; the message names the field and the note."""


@dataclass(frozen=True)
class Pattern:
    """An immutable, sorted run of notes with length, tempo and metre.

    Build one with :meth:`of`, which sorts and checks; the plain constructor trusts its arguments and exists for code
    that already holds sorted, checked notes.

    Attributes: notes sorted by (start, pitch); length in ticks, at least 0; tempo and metre through time; name.
    """

    notes: tuple[Note, ...] = ()
    length: int = 0
    tempo: TempoMap = field(default_factory=TempoMap)
    metre: MetreMap = field(default_factory=MetreMap)
    name: str = ""

    @classmethod
    def of(
        cls,
        notes: Iterable[Note],
        *,
        length: int | None = None,
        tempo: TempoMap | None = None,
        metre: MetreMap | None = None,
        name: str = "",
    ) -> Pattern:
        """Sort and check notes into a pattern.

        Args: length in ticks; left out, the notes' end is rounded up to whole bars (one bar at least).
        Raises InvalidNoteError for a note with a field out of range, ValueError for a negative length.
        """
        ordered = tuple(sorted(notes))
        for note in ordered:
            check_note(note)
        metre = metre or MetreMap()
        if length is None:
            last = max((note.start for note in ordered), default=0)
            length = metre.bar_start(metre.bar_at(last) + 1)
        if length < 0:
            raise ValueError(f"a pattern's length must not be negative: {length}")
        return cls(ordered, length, tempo or TempoMap(), metre, name)

    def __len__(self) -> int:
        return len(self.notes)

    @property
    def bpm(self) -> float:
        """Tempo at the start, in quarter notes a minute."""
        return self.tempo.changes[0].bpm

    @property
    def first_metre(self) -> Metre:
        """Metre at the start."""
        return self.metre.changes[0].metre

    @property
    def bars(self) -> int:
        """Bars the length fills, a begun bar counted whole."""
        return 0 if self.length == 0 else self.metre.bar_at(self.length - 1) + 1

    @property
    def seconds(self) -> float:
        """Duration of the whole pattern in seconds."""
        return self.tempo.seconds_at(self.length)

    @cached_property
    def starts(self) -> list[int]:
        """The notes' start ticks, for binary search."""
        return [note.start for note in self.notes]

    def index_from(self, tick: int) -> int:
        """Index of the first note that starts at a tick or later."""
        return bisect_left(self.starts, tick)

    def between(self, span: Range) -> tuple[Note, ...]:
        """The notes that start within a half-open range."""
        return self.notes[bisect_left(self.starts, span.start) : bisect_left(self.starts, span.stop)]

    def with_notes(self, added: Iterable[Note], *, length: int | None = None) -> Pattern:
        """The same pattern with more notes; appending at the end costs no sort. Notes are checked as in :meth:`of`."""
        new = sorted(added)
        for note in new:
            check_note(note)
        if new and self.notes and new[0] < self.notes[-1]:
            notes = tuple(sorted((*self.notes, *new)))
        else:
            notes = (*self.notes, *new)
        return replace(self, notes=notes, length=self.length if length is None else length)

    def without_notes(self) -> Pattern:
        """The same length, tempo and metre with nothing in it."""
        return replace(self, notes=())


def check_note(note: Note) -> None:
    """Raise InvalidNoteError, naming the field, for a note that MIDI or the piano roll could not hold."""
    if note.start < 0:
        raise InvalidNoteError(f"start must not be negative: {note}")
    if not 0 <= note.pitch <= 127:
        raise InvalidNoteError(f"pitch must be 0 to 127: {note}")
    if not 1 <= note.velocity <= 127:
        raise InvalidNoteError(f"velocity must be 1 to 127: {note}")
    if note.duration < 1:
        raise InvalidNoteError(f"duration must be at least 1 tick: {note}")
