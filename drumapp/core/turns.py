"""Call and response: whose bars are whose when drummer and user play so many each in turn."""

from __future__ import annotations

from itertools import count, takewhile

from drumapp.core.timing import MetreMap, Range


def turns(metre: MetreMap, span: Range, bars: int, *, drummer_first: bool = False) -> tuple[Range, ...]:
    """The drummer's turns when it and the user play so many bars each in turn: the spans it writes, within ``span``,
    whose start begins a bar. Raises ValueError for less than one bar.
    """
    if bars < 1:
        raise ValueError(f"a turn must be at least one bar, not {bars}")
    first = metre.bar_at(span.start) + (0 if drummer_first else bars)
    starts = takewhile(lambda start: start < span.stop, (metre.bar_start(bar) for bar in count(first, 2 * bars)))
    return tuple(Range(start, min(metre.bar_start(metre.bar_at(start) + bars), span.stop)) for start in starts)
