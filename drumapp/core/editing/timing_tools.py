"""Tools on when selected notes are struck, and how many are: quantise, humanise, reverse, thin out, duplicate."""

from __future__ import annotations

import random
from collections import defaultdict

from drumapp.core.editing.grid import STRAIGHT_SWING, Grid, nearest_lines
from drumapp.core.editing.merging import (
    Edited,
    Selection,
    chosen_notes,
    columns,
    cut_at_end,
    exchange,
    joined,
)
from drumapp.core.editing.selecting import grid_span_of
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range


def quantise(
    pattern: Pattern, selection: Selection, grid: Grid, *, strength: int = 100, swing: int = STRAIGHT_SWING
) -> Edited:
    """Draw the selected notes towards the grid's lines.

    Args: strength in percent, 0 to 100: how much of the way each note goes; swing in percent, 50 to 75, as in
    :func:`~drumapp.core.editing.grid.nearest_lines`. A note near the pattern's end goes to the last line before it.
    Raises ValueError for a strength or swing out of range.
    """
    if not 0 <= strength <= 100:
        raise ValueError(f"quantise strength must be 0 to 100 percent, not {strength}")
    chosen = chosen_notes(pattern, selection)
    old = [note[0] for note in chosen]
    lines = nearest_lines(grid, pattern.metre, old, pattern.length, swing)
    if strength < 100:
        lines = [start + (2 * (line - start) * strength + 100) // 200 for start, line in zip(old, lines, strict=True)]
    return _struck_at(pattern, chosen, lines)


def humanise(pattern: Pattern, selection: Selection, seed: int, *, ticks: int = 10, velocity: int = 10) -> Edited:
    """Move each selected note at random by up to ``ticks`` and its velocity by up to ``velocity``, either way.

    Small changes are likelier than large ones (a triangular distribution). The same seed gives the same result. Raises
    ValueError for a negative amount.
    """
    if ticks < 0 or velocity < 0:
        raise ValueError(f"the amounts of a random change must be 0 or more, not {ticks} and {velocity}")
    chosen = chosen_notes(pattern, selection)
    draw = random.Random(seed).random
    last = pattern.length - 1
    new = []
    for start, pitch, strength, duration in chosen:
        # Each draw is made whatever the amounts, so that changing one of them leaves the other's result as it was.
        late = int((draw() + draw()) * ticks + 0.5) - ticks
        louder = int((draw() + draw()) * velocity + 0.5) - velocity
        moved = min(max(start + late, 0), last)
        kept = duration if moved == start else min(duration, pattern.length - moved)
        new.append(Note(moved, pitch, min(max(strength + louder, 1), 127), kept))
    return exchange(pattern, chosen, new)


def reverse(pattern: Pattern, selection: Selection) -> Edited:
    """Mirror the selected notes' strikes in time between the first and the last of them."""
    chosen = chosen_notes(pattern, selection)
    if not chosen:
        return exchange(pattern, [], ())
    ends = chosen[0].start + chosen[-1].start
    return _struck_at(pattern, chosen, [ends - note[0] for note in chosen])


def thin_out(pattern: Pattern, selection: Selection, every: int = 2) -> Edited:
    """Take every ``every``-th selected note of each lane out, and keep the others selected; the first always stays.

    Raises ValueError for ``every`` below 2.
    """
    if every < 2:
        raise ValueError(f"every must be at least 2 notes, not {every}")
    chosen = chosen_notes(pattern, selection)
    seen: defaultdict[int, int] = defaultdict(int)
    kept: list[Note] = []
    removed: list[Note] = []
    for note in chosen:
        seen[note.pitch] += 1
        (removed if seen[note.pitch] % every == 0 else kept).append(note)
    return Edited(exchange(pattern, removed, ()).pattern, frozenset(kept))


def duplicate(pattern: Pattern, selection: Selection, grid: Grid, span: Range | None = None) -> Edited:
    """Repeat the selected notes right after them, and select the copies.

    Args: span, the ticks to repeat (a loop region or a rubber band); left out, the whole steps the selection fills.
    Copies that would start past the pattern's end are left out; when none fits, nothing changes and the selection
    stays.
    """
    chosen = chosen_notes(pattern, selection)
    if not chosen:
        return exchange(pattern, [], ())
    distance = (grid_span_of(pattern, chosen, grid) if span is None else span).length
    copies = [
        Note(start + distance, pitch, velocity, min(duration, pattern.length - start - distance))
        for start, pitch, velocity, duration in chosen
        if start + distance < pattern.length
    ]
    if not copies:
        return Edited(pattern, frozenset(chosen))
    return exchange(pattern, [], copies)


def _struck_at(pattern: Pattern, chosen: list[Note], starts: list[int]) -> Edited:
    """Put the chosen notes at other starts. Those that stay where they are keep their duration even past the end."""
    if not chosen:
        return exchange(pattern, [], ())
    old, pitches, velocities, durations = columns(chosen)
    if old != starts:
        cut = cut_at_end(pattern, starts, durations)
        durations = [
            whole if before == after else shortened
            for before, after, whole, shortened in zip(old, starts, durations, cut, strict=True)
        ]
    return exchange(pattern, chosen, joined(starts, pitches, velocities, durations))
