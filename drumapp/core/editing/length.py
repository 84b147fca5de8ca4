"""How long a pattern is, changed by hand."""

from __future__ import annotations

from dataclasses import replace

from drumapp.core.pattern import Pattern


def set_length(pattern: Pattern, length: int) -> Pattern:
    """The pattern made ``length`` ticks long. What would start past its end goes: nothing shall play that is not seen.

    Raises ValueError below 1.
    """
    if length < 1:
        raise ValueError(f"a pattern must be at least 1 tick long, not {length}")
    if length == pattern.length:
        return pattern
    if pattern.notes and pattern.notes[-1].start >= length:
        return replace(pattern, notes=pattern.notes.part(0, pattern.index_from(length)), length=length)
    return replace(pattern, length=length)


def set_bars(pattern: Pattern, bars: int) -> Pattern:
    """The pattern made so many bars long; see :func:`set_length`."""
    return set_length(pattern, pattern.metre.bar_start(bars))
