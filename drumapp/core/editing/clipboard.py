"""Cut, copy and paste, with a clipping as the value on the clipboard."""

from __future__ import annotations

from dataclasses import dataclass

from drumapp.core.editing.grid import Grid
from drumapp.core.editing.merging import NOTHING, Edited, Selection, chosen_notes, exchange
from drumapp.core.editing.selecting import grid_span_of
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import Range


@dataclass(frozen=True, slots=True)
class Clipping:
    """Notes cut or copied.

    Attributes: notes in order, starts in ticks from the clipping's beginning; length in ticks from the line that its
    first note plays to its end, what pasting again and again advances by; upbeat, the ticks by which the clipping
    begins before that line, more than 0 when the first note is struck early.
    """

    notes: tuple[Note, ...] = ()
    length: int = 0
    upbeat: int = 0

    def as_pattern(self, like: Pattern) -> Pattern:
        """The clipping as a pattern with another's tempo and metre maps and name, for a clipboard or a file."""
        return Pattern(NoteRun(self.notes), self.upbeat + self.length, like.tempo, like.metre, like.name)


def copy(pattern: Pattern, selection: Selection, grid: Grid, span: Range | None = None) -> Clipping:
    """The selected notes as a clipping.

    Args: span, the ticks that are copied (a rubber band's, snapped), so that rests at either end count; left out, the
    whole steps the selection fills.
    """
    chosen = chosen_notes(pattern, selection)
    if not chosen:
        return Clipping()
    steps = grid_span_of(pattern, chosen, grid) if span is None else span
    begin = min(steps.start, chosen[0].start)
    notes = tuple(note._replace(start=note.start - begin) for note in chosen)
    return Clipping(notes, steps.length, steps.start - begin)


def cut(pattern: Pattern, selection: Selection, grid: Grid, span: Range | None = None) -> tuple[Edited, Clipping]:
    """Take the selected notes out; the clipping is as :func:`copy` gives it."""
    clipping = copy(pattern, selection, grid, span)
    return exchange(pattern, chosen_notes(pattern, selection), ()), clipping


def paste(pattern: Pattern, clipping: Clipping, tick: int) -> Edited:
    """Put a clipping in with its line at ``tick``, and select its notes.

    Notes of the upbeat that would start before 0 start at 0; notes that would start past the end are left out.
    """
    shift = tick - clipping.upbeat
    new = []
    for start, pitch, velocity, duration in clipping.notes:
        at = max(start + shift, 0)
        if at >= pattern.length:
            break
        new.append(Note(at, pitch, velocity, min(duration, pattern.length - at)))
    return exchange(pattern, [], new) if new else Edited(pattern, NOTHING)
