"""A note of a drum, as MIDI and the piano roll know it."""

from __future__ import annotations

from typing import NamedTuple

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
