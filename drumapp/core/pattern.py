"""The immutable pattern that holds notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from drumapp.core.note import DEFAULT_DURATION, InvalidNoteError, Note, check_note
from drumapp.core.note_run import NoteRun
from drumapp.core.timing import Metre, MetreMap, Range, TempoMap

__all__ = ["DEFAULT_DURATION", "InvalidNoteError", "Note", "NoteRun", "Pattern", "check_note"]


@dataclass(frozen=True)
class Pattern:
    """An immutable, sorted run of notes with length, tempo and metre.

    Build one with :meth:`of`, which sorts and checks; the plain constructor trusts its arguments and exists for code
    that already holds sorted, checked notes.

    Attributes: notes sorted by (start, pitch); length in ticks, at least 0; tempo and metre through time; name.
    """

    notes: NoteRun = field(default_factory=NoteRun)
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
        return cls(NoteRun(ordered), length, tempo or TempoMap(), metre, name)

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

    def index_from(self, tick: int) -> int:
        """Index of the first note that starts at a tick or later."""
        return self.notes.index_from(tick)

    def between(self, span: Range) -> tuple[Note, ...]:
        """The notes that start within a half-open range."""
        return self.notes[self.notes.index_from(span.start) : self.notes.index_from(span.stop)]

    def with_notes(self, added: Iterable[Note], *, length: int | None = None) -> Pattern:
        """The same pattern with more notes; appending costs next to nothing however many there are. The new ones
        are checked as in :meth:`of`.
        """
        new = tuple(added)
        for note in new:
            check_note(note)
        return replace(self, notes=self.notes.with_notes(new), length=self.length if length is None else length)

    def without_notes(self) -> Pattern:
        """The same length, tempo and metre with nothing in it."""
        return replace(self, notes=NoteRun())
