"""Finding the notes to work on: by rectangle, lane or time. Selections are sets: join them with ``|``, ``^``, ``-``."""

from __future__ import annotations

from collections.abc import Collection

from drumapp.core.editing.grid import Grid
from drumapp.core.editing.merging import NOTHING, Selection, chosen_notes
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range


def visible_notes(pattern: Pattern) -> tuple[Note, ...]:
    """The notes that start before the pattern's end, in order; the others cannot be selected."""
    return pattern.notes[: pattern.notes.index_from(pattern.length)]


def select_all(pattern: Pattern) -> Selection:
    """Every note within the pattern."""
    return frozenset(visible_notes(pattern))


def select_lanes(pattern: Pattern, keys: Collection[int]) -> Selection:
    """Every note of some lanes, given by MIDI key."""
    wanted = frozenset(keys)
    return frozenset(note for note in visible_notes(pattern) if note.pitch in wanted)


def select_rectangle(pattern: Pattern, span: Range, first_row: int, last_row: int, kit: DrumKit) -> Selection:
    """The notes a rubber band touches: sounding anywhere in ``span`` (ticks), in rows first to last, both included.

    Rows count from 0 at the top of the kit; the band may be drawn upwards, and past the kit's edges.
    """
    first_row, last_row = sorted((first_row, last_row))
    keys = frozenset(lane.key for lane in kit.lanes[max(first_row, 0) : max(last_row + 1, 0)])
    if not keys:
        return NOTHING
    notes = pattern.notes
    reach = notes[: notes.index_from(min(max(span.stop, span.start + 1), pattern.length))]
    start = span.start
    return frozenset(note for note in reach if note[0] + note[3] > start and note[1] in keys)


def still_there(pattern: Pattern, selection: Selection) -> Selection:
    """What is left of a selection after the pattern became another, by undo for instance."""
    return frozenset(chosen_notes(pattern, selection))


def span_of(selection: Collection[Note]) -> Range:
    """From the first strike to the last, whose tick still belongs to it. Raises ValueError for an empty selection."""
    starts = [note.start for note in selection]
    return Range(min(starts), max(starts) + 1)


def grid_span_of(pattern: Pattern, selection: Collection[Note], grid: Grid) -> Range:
    """The whole steps that a selection fills: from the line its first note plays to the one after its last note's.

    The first note may start a little before its line, as a drummer's do. With no grid the span ends where the last note
    ceases to sound. Raises ValueError for an empty selection.
    """
    strikes = span_of(selection)
    if grid.is_off:
        return Range(strikes.start, max(note.stop for note in selection))
    first = grid.nearest(strikes.start, pattern.metre)
    last = grid.nearest(strikes.stop - 1, pattern.metre)
    return Range(first, grid.next_line(last, pattern.metre))
