"""A tempo that changes little by little over some bars."""

from __future__ import annotations

from drumapp.core.timing import TICKS_PER_QUARTER, Range, TempoChange, TempoMap

STEP_TICKS = TICKS_PER_QUARTER // 4


def ramped(tempo: TempoMap, span: Range, bpm: float) -> TempoMap:
    """The tempo with a ramp in it: from what is in force where the span starts to ``bpm`` where it ends, a little more
    or less with every sixteenth, in a straight line over the ticks. What came after the span stays; where
    nothing did, the new tempo holds. Raises ValueError for an empty span and for a tempo out of range.
    """
    if not span.length:
        raise ValueError("a tempo ramp needs some time")
    first = tempo.bpm_at(span.start)
    changes = {change.tick: change.bpm for change in tempo.changes if change.tick not in span}
    for tick in range(span.start, span.stop, STEP_TICKS):
        changes[tick] = first + (bpm - first) * (tick - span.start) / span.length
    changes[span.stop] = float(bpm)
    made: list[TempoChange] = []
    for tick in sorted(changes):
        if not made or made[-1].bpm != changes[tick]:
            made.append(TempoChange(tick, changes[tick]))
    return TempoMap(tuple(made))
