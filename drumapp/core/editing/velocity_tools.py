"""Velocity of selected notes: set, shifted, scaled, ramped, randomised. Every result is kept within 1-127."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from drumapp.core.editing.merging import Edited, Selection, chosen_notes, columns, exchange, joined
from drumapp.core.editing.selecting import span_of
from drumapp.core.pattern import Pattern
from drumapp.core.timing import Range

MIN_VELOCITY = 1
MAX_VELOCITY = 127


def set_velocity(pattern: Pattern, selection: Selection, velocity: int) -> Edited:
    """Give the selected notes one velocity. Raises ValueError outside 1-127."""
    _check_velocity(velocity)
    return _with_velocities(pattern, selection, lambda _, old: [velocity] * len(old))


def shift_velocity(pattern: Pattern, selection: Selection, amount: int) -> Edited:
    """Make the selected notes louder by ``amount``, or softer; each stops at 1 and 127."""
    return _with_velocities(pattern, selection, lambda _, old: [_clamped(velocity + amount) for velocity in old])


def scale_velocity(pattern: Pattern, selection: Selection, percent: int) -> Edited:
    """Multiply the selected notes' velocities; 100 leaves them be. Raises ValueError for a negative percent."""
    if percent < 0:
        raise ValueError(f"velocity can be scaled by 0 percent or more, not {percent}")
    return _with_velocities(
        pattern, selection, lambda _, old: [_clamped((velocity * percent + 50) // 100) for velocity in old]
    )


def ramp_velocity(pattern: Pattern, selection: Selection, first: int, last: int, span: Range | None = None) -> Edited:
    """Draw a straight line of velocities across the selected notes.

    Args: first and last, the velocities 1-127 at the line's ends; span, the ticks of its ends (the first tick and the
    last one that belong to it), left out the first and the last selected note. Outside it the line goes on level.
    Raises ValueError for a velocity outside 1-127.
    """
    _check_velocity(first)
    _check_velocity(last)
    chosen = chosen_notes(pattern, selection)
    if not chosen:
        return exchange(pattern, [], ())
    ends = span_of((chosen[0], chosen[-1])) if span is None else span
    run = max(ends.length - 1, 1)
    rise = last - first

    def ramp(starts: Sequence[int], _: Sequence[int]) -> list[int]:
        offsets = [min(max(start - ends.start, 0), run) for start in starts]
        return [first + (2 * rise * offset + run) // (2 * run) for offset in offsets]

    return _with_velocities(pattern, selection, ramp)


def randomise_velocity(pattern: Pattern, selection: Selection, amount: int, seed: int) -> Edited:
    """Shift each selected note's velocity at random by up to ``amount`` either way; the same seed, the same result.

    Raises ValueError for a negative amount.
    """
    if amount < 0:
        raise ValueError(f"the amount of a random change must be 0 or more, not {amount}")
    draw = random.Random(seed).random
    width = 2 * amount + 1
    return _with_velocities(
        pattern, selection, lambda _, old: [_clamped(velocity + int(draw() * width) - amount) for velocity in old]
    )


def _with_velocities(
    pattern: Pattern, selection: Selection, rule: Callable[[Sequence[int], Sequence[int]], Sequence[int]]
) -> Edited:
    """Put new velocities in; the rule makes them from the starts and the old velocities, both in order."""
    chosen = chosen_notes(pattern, selection)
    if not chosen:
        return exchange(pattern, [], ())
    starts, pitches, velocities, durations = columns(chosen)
    return exchange(pattern, chosen, joined(starts, pitches, rule(starts, velocities), durations))


def _clamped(velocity: int) -> int:
    return MIN_VELOCITY if velocity < MIN_VELOCITY else min(velocity, MAX_VELOCITY)


def _check_velocity(velocity: int) -> None:
    if not MIN_VELOCITY <= velocity <= MAX_VELOCITY:
        raise ValueError(f"velocity must be 1 to 127, not {velocity}")
