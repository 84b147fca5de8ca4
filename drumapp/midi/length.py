"""How long the pattern in a MIDI file is: files tell where their last event lies, drummers count bars."""

from __future__ import annotations

from drumapp.core.timing import MetreMap

END_MARKER = "end of pattern"
"""Marker at the pattern's end in files whose events alone would tell another length."""


def implied_length(metre: MetreMap, last_start: int, end: int) -> int:
    """Length in ticks that a file's events tell.

    Whole bars that hold every note's start, or all whole bars until the end of the last track where those are more:
    trailing bars of silence count, the stray tick or beat that programs leave after the last note does not.

    Args: last_start, tick of the last note; end, tick at which the last track ends.
    """
    covering = metre.bar_start(metre.bar_at(last_start) + 1)
    return max(covering, metre.bar_start(metre.bar_at(end)))
