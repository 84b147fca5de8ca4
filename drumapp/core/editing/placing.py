"""Putting notes in and taking them out: one, a run along a lane, every few steps, a region."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from drumapp.core.editing.grid import Grid, nearest_lines
from drumapp.core.editing.merging import NOTHING, Edited, Selection, chosen_notes, exchange
from drumapp.core.pattern import DEFAULT_DURATION, Note, Pattern, check_note
from drumapp.core.timing import Range


def place(
    pattern: Pattern, tick: int, key: int, grid: Grid, *, velocity: int = 100, duration: int = DEFAULT_DURATION
) -> Edited:
    """Place a note at the line that begins the cell of ``tick``, and select it.

    Outside the pattern nothing happens. Raises InvalidNoteError for a key, velocity or duration out of range.
    """
    line = grid.floor(tick, pattern.metre)
    return _put(pattern, [(line, key)] if 0 <= tick < pattern.length else [], velocity, duration)


def toggle(
    pattern: Pattern, tick: int, key: int, grid: Grid, *, velocity: int = 100, duration: int = DEFAULT_DURATION
) -> Edited:
    """Empty the cell of ``tick`` when it has notes of this key, else place one.

    A note belongs to the line it is nearest to: a drummer's early stroke is removed where it is heard. Raises
    InvalidNoteError as :func:`place` does.
    """
    line = grid.floor(tick, pattern.metre)
    there = _in_cells(pattern, key, frozenset((line,)), grid) if 0 <= tick < pattern.length else []
    if there:
        return exchange(pattern, there, ())
    return place(pattern, tick, key, grid, velocity=velocity, duration=duration)


def paint_run(
    pattern: Pattern,
    key: int,
    from_tick: int,
    to_tick: int,
    grid: Grid,
    *,
    velocity: int = 100,
    duration: int = DEFAULT_DURATION,
) -> Edited:
    """Place notes in every free cell of a lane from one tick to another, forwards or backwards, and select them.

    Cells that hold a note of this key stay as they are. With no grid the notes follow each other ``duration`` ticks
    apart from ``from_tick`` on. Raises InvalidNoteError as :func:`place` does.
    """
    if grid.is_off:
        stride = max(duration, 1) if to_tick >= from_tick else -max(duration, 1)
        lines: Iterable[int] = range(from_tick, to_tick + (1 if stride > 0 else -1), stride)
    else:
        low, high = sorted((from_tick, to_tick))
        lines = grid.lines(Range(grid.floor(low, pattern.metre), max(high, 0) + 1), pattern.metre)
    return _fill(pattern, [key], lines, grid, velocity, duration)


def fill_every(
    pattern: Pattern,
    keys: Collection[int],
    span: Range,
    every: int,
    grid: Grid,
    *,
    velocity: int = 100,
    duration: int = DEFAULT_DURATION,
) -> Edited:
    """Place notes at every ``every``-th line of a span (ticks) from its first line on, and select them.

    Cells that hold a note of the same key stay as they are. With no grid a step is ``duration`` ticks. Raises
    ValueError for ``every`` below 1, InvalidNoteError as :func:`place` does.
    """
    if every < 1:
        raise ValueError(f"every must be at least 1 step, not {every}")
    within = Range(max(span.start, 0), max(min(span.stop, pattern.length), span.start, 0))
    if grid.is_off:
        lines = list(range(within.start, within.stop, max(duration, 1) * every))
    else:
        lines = list(grid.lines(within, pattern.metre))[::every]
    return _fill(pattern, keys, lines, grid, velocity, duration)


def remove(pattern: Pattern, selection: Selection) -> Edited:
    """Take the selected notes out."""
    return exchange(pattern, chosen_notes(pattern, selection), ())


def swap(pattern: Pattern, selection: Selection, notes: Iterable[Note]) -> Edited:
    """Take the selected notes out and put others, each starting within the pattern, in their place."""
    return exchange(pattern, chosen_notes(pattern, selection), notes)


def clear_region(pattern: Pattern, span: Range, keys: Collection[int] | None = None) -> Edited:
    """Take out every note struck within a half-open span of ticks, of some MIDI keys or of all."""
    within = Range(span.start, max(min(span.stop, pattern.length), span.start))
    wanted = None if keys is None else frozenset(keys)
    there = [note for note in pattern.between(within) if wanted is None or note.pitch in wanted]
    return exchange(pattern, there, ())


def _fill(
    pattern: Pattern, keys: Collection[int], lines: Iterable[int], grid: Grid, velocity: int, duration: int
) -> Edited:
    inside = [line for line in lines if 0 <= line < pattern.length]
    free = []
    for key in keys:
        full = _full_lines(pattern, key, inside, grid) if inside else frozenset()
        free += [(line, key) for line in inside if line not in full]
    return _put(pattern, free, velocity, duration)


def _put(pattern: Pattern, places: Iterable[tuple[int, int]], velocity: int, duration: int) -> Edited:
    new = []
    for start, key in places:
        note = Note(start, key, velocity, min(duration, pattern.length - start))
        check_note(note)
        new.append(note)
    return exchange(pattern, [], new) if new else Edited(pattern, NOTHING)


def _full_lines(pattern: Pattern, key: int, lines: Collection[int], grid: Grid) -> frozenset[int]:
    """The lines that notes of a key play, among those from the first to the last of ``lines``, and maybe more."""
    starts = [note.start for note in _near(pattern, key, lines, grid)]
    return frozenset(nearest_lines(grid, pattern.metre, starts, pattern.length))


def _in_cells(pattern: Pattern, key: int, lines: frozenset[int], grid: Grid) -> list[Note]:
    """The notes of a key that play one of some lines."""
    there = _near(pattern, key, lines, grid)
    near = nearest_lines(grid, pattern.metre, [note.start for note in there], pattern.length)
    return [note for note, line in zip(there, near, strict=True) if line in lines]


def _near(pattern: Pattern, key: int, lines: Collection[int], grid: Grid) -> list[Note]:
    """The notes of a key within the pattern, from a step before the first of some lines to a step after the last."""
    notes = pattern.notes
    first = notes.index_from(min(lines) - grid.step)
    last = notes.index_from(min(max(lines) + grid.step + 1, pattern.length))
    return [note for note in notes[first:last] if note.pitch == key]
