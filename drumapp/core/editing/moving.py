"""Moving and resizing notes: along time in ticks, across lanes in a kit's rows.

A moved selection keeps its shape: at the first or last tick and at the top or bottom row it stops as a whole.
"""

from __future__ import annotations

from itertools import repeat

from drumapp.core.editing.grid import Grid
from drumapp.core.editing.merging import Edited, Selection, chosen_notes, columns, cut_at_end, exchange, joined
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Note, Pattern


def move(pattern: Pattern, selection: Selection, ticks: int, rows: int = 0, kit: DrumKit | None = None) -> Edited:
    """Move the selected notes by ticks (later is positive) and by rows of the kit (down is positive).

    Raises ValueError when rows are given without a kit, or a selected note has no lane in the kit.
    """
    chosen = chosen_notes(pattern, selection)
    return exchange(pattern, chosen, _moved(pattern, chosen, ticks, rows, kit))


def copy_move(pattern: Pattern, selection: Selection, ticks: int, rows: int = 0, kit: DrumKit | None = None) -> Edited:
    """Leave the selected notes where they are and select copies of them, moved as :func:`move` does."""
    chosen = chosen_notes(pattern, selection)
    return exchange(pattern, [], _moved(pattern, chosen, ticks, rows, kit))


def nudge(pattern: Pattern, selection: Selection, steps: int, grid: Grid) -> Edited:
    """Move the selected notes together by steps of the grid, by ticks when it is off; later is positive.

    The steps are those at the first note; all keep their distance from the lines and from each other.
    """
    chosen = chosen_notes(pattern, selection)
    if not chosen:
        return exchange(pattern, [], ())
    if grid.is_off:
        return exchange(pattern, chosen, _moved(pattern, chosen, steps, 0, None))
    first = chosen[0].start
    ticks = grid.steps_away(first, steps, pattern.metre) - grid.nearest(first, pattern.metre)
    return exchange(pattern, chosen, _moved(pattern, chosen, ticks, 0, None))


def move_to_lane(pattern: Pattern, selection: Selection, key: int) -> Edited:
    """Give every selected note one MIDI key. Raises ValueError for a key outside 0-127."""
    if not 0 <= key <= 127:
        raise ValueError(f"a MIDI key must be 0 to 127, not {key}")
    chosen = chosen_notes(pattern, selection)
    starts, _, velocities, durations = columns(chosen)
    return exchange(pattern, chosen, joined(starts, repeat(key, len(chosen)), velocities, durations))


def resize(pattern: Pattern, selection: Selection, ticks: int) -> Edited:
    """Make the selected notes longer by ticks, or shorter; each keeps at least 1 tick and ends by the pattern's end."""
    chosen = chosen_notes(pattern, selection)
    return _with_durations(pattern, chosen, [max(note.duration + ticks, 1) for note in chosen])


def set_duration(pattern: Pattern, selection: Selection, duration: int) -> Edited:
    """Give the selected notes one duration in ticks, cut at the pattern's end. Raises ValueError below 1."""
    if duration < 1:
        raise ValueError(f"a duration must be at least 1 tick, not {duration}")
    chosen = chosen_notes(pattern, selection)
    return _with_durations(pattern, chosen, [duration] * len(chosen))


def _with_durations(pattern: Pattern, chosen: list[Note], wanted: list[int]) -> Edited:
    starts, pitches, velocities, _ = columns(chosen)
    return exchange(pattern, chosen, joined(starts, pitches, velocities, cut_at_end(pattern, starts, wanted)))


def _moved(pattern: Pattern, chosen: list[Note], ticks: int, rows: int, kit: DrumKit | None) -> list[Note]:
    if not chosen:
        return []
    starts, pitches, velocities, durations = columns(chosen)
    ticks = min(max(ticks, -starts[0]), pattern.length - 1 - starts[-1])
    if rows:
        new_key = _shifted_keys(frozenset(pitches), rows, kit)
        pitches = [new_key[pitch] for pitch in pitches]
    if ticks:
        starts = [start + ticks for start in starts]
        durations = cut_at_end(pattern, starts, durations)
    return joined(starts, pitches, velocities, durations)


def _shifted_keys(keys: frozenset[int], rows: int, kit: DrumKit | None) -> dict[int, int]:
    if kit is None:
        raise ValueError("moving across lanes needs a kit, which orders them")
    strange = keys - set(kit.row_of_key)
    if strange:
        raise ValueError(f"kit {kit.name!r} has no lane for key {min(strange)}")
    row_of = {key: kit.row_of_key[key] for key in keys}
    rows = min(max(rows, -min(row_of.values())), len(kit.lanes) - 1 - max(row_of.values()))
    return {key: kit.lanes[row + rows].key for key, row in row_of.items()}
