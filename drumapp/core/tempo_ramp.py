"""A tempo that goes evenly from one value to another."""

from __future__ import annotations

from drumapp.core.timing import TempoChange, TempoMap

RAMP_STEP = 60
"""Ticks of one tempo within a ramp: nobody hears the steps, and files from which a DAW reads them stay small."""


def with_ramp(tempo: TempoMap, start: int, stop: int, bpm: float) -> TempoMap:
    """The same tempo up to tick ``start``, from there evenly to ``bpm``, which is reached at ``stop`` and kept.

    It changes by as much in each tick. Changes that were between the two are gone, those after ``stop`` stay. With
    ``stop`` at ``start`` the tempo changes at once.
    Raises ValueError for a tempo outside 20-400 and for a span that lies before 0 or ends before it starts.
    """
    if not 0 <= start <= stop:
        raise ValueError(f"a ramp must not start before 0 nor end before it starts: {start}..{stop}")
    first, length = tempo.bpm_at(start), stop - start
    changes = [change for change in tempo.changes if change.tick < start]
    for tick in range(start, stop, RAMP_STEP):
        middle = (tick + min(tick + RAMP_STEP, stop)) / 2
        changes.append(TempoChange(tick, first + (bpm - first) * (middle - start) / length))
    changes.append(TempoChange(stop, float(bpm)))
    changes += [change for change in tempo.changes if change.tick > stop]
    return TempoMap(tuple(changes))
