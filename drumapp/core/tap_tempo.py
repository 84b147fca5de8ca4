"""Tempo from taps: time comes in as an argument."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO

LONGEST_PAUSE_SECONDS = 60.0 / MIN_TEMPO
"""After a longer pause a tap begins anew; slower than that no tempo is."""
_TAPS_HEARD = 8
_FEWEST_TAPS = 2
_OFF_BEAT = 0.3  # an interval this far from the others means that another tempo is being tapped


class TapTempo:
    """The last few taps of one hand. Each quarter note is one tap."""

    def __init__(self) -> None:
        self._taps: list[float] = []

    def tap(self, seconds: float) -> float | None:
        """Hear a tap at a time of any steady clock; the tempo in quarter notes a minute, None for a first tap.

        The tempo is that of all the taps heard, from the first to the last, so single taps may be a little off. One
        far off the beat of those before begins anew with the one before it: a new tempo is heard at its second tap.
        """
        taps = self._taps
        if taps and not 0 < seconds - taps[-1] <= LONGEST_PAUSE_SECONDS:
            taps.clear()
        if len(taps) >= _FEWEST_TAPS:
            usual = median(after - before for before, after in pairwise(taps))
            if abs((seconds - taps[-1]) / usual - 1.0) > _OFF_BEAT:
                del taps[:-1]
        taps.append(seconds)
        del taps[:-_TAPS_HEARD]
        if len(taps) < _FEWEST_TAPS:
            return None
        bpm = 60.0 * (len(taps) - 1) / (taps[-1] - taps[0])
        return min(max(round(bpm, 1), MIN_TEMPO), MAX_TEMPO)
