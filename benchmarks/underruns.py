"""Whose underruns those of a sound server were: pure, times come in and a judgement goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.endless_verdict import MS

SpanNs = tuple[int, int]

NEAR_NS = 50 * MS  # what happens so near to each other belongs together
LONG_GAP_NS = 15 * MS  # between two blocks of 10 ms; a device with 20 ms in store runs dry soon after


@dataclass(frozen=True, slots=True)
class Underruns:
    """How many there were, by what they came of.

    Attributes: ours, we were late though the computer ran; stalled, we were late because it did not, or somebody else
    was late at the same time; on_time, our thread was not late: a stream that ends, or the server was late itself.
    """

    ours: int = 0
    stalled: int = 0
    on_time: int = 0


def judge_underruns(
    at_ns: Sequence[int], gaps: Sequence[SpanNs], stalls: Sequence[SpanNs], others_ns: Sequence[int]
) -> Underruns:
    """Judge underruns of ours, by the times at which they were told.

    Args: gaps, from one block that was pulled to the next, where that took long; stalls, when a core of the computer
    stood still, in order; others_ns, when somebody else was late: another player, another server.
    """
    ours = stalled = on_time = 0
    for at in at_ns:
        late = [gap for gap in gaps if gap[0] - NEAR_NS <= at <= gap[1] + NEAR_NS]
        if not late:
            on_time += 1
        elif all(_explained(gap, stalls) for gap in late) or any(abs(at - other) <= NEAR_NS for other in others_ns):
            stalled += 1
        else:
            ours += 1
    return Underruns(ours, stalled, on_time)


def _explained(gap: SpanNs, stalls: Sequence[SpanNs]) -> bool:
    """Whether the gap would not have been long but for the time in which a core stood still."""
    still, until = 0, gap[0]
    for start, stop in stalls:
        start, stop = max(start, until), min(stop, gap[1])
        if start < stop:
            still += stop - start
            until = stop
    return gap[1] - gap[0] - still < LONG_GAP_NS
