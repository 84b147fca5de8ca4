"""What two hands and two feet can strike.

The right foot has the kick, the left foot the hi-hat's pedal, the hands the rest. The rules are about strokes as they
are played, in milliseconds: tempo and microtiming count.

- Hands: of any three strokes in a row the third comes at least 60 ms after the first, so that each hand has that long
  between two of its own: as fast as a stick bounces. Of any nine the ninth comes at least 400 ms after the first:
  20 strokes a second is as fast as both hands of the fastest go on (1,208 single strokes in a minute, Tom Grosset at
  the World's Fastest Drummer contest, 2013; one hand of an earlier winner: 10 a second, Fujii, Kudo, Ohtsuki and Oda,
  "Tapping performance and underlying wrist muscle activity of non-drummers, drummers, and the world's fastest drummer",
  Neuroscience Letters 459, 2009).
- Right foot: 75 ms between two kicks, sixteenths at a tempo of 200.
- Left foot: 100 ms between two closings of the hat.
- One hi-hat: it is not struck closed and open within 40 ms.

Of the strokes in the Groove MIDI Dataset, which people played, 1.2 % of the hands' break the first rule and 0.6 % the
second; 6.9 % of the kicks come too early, most of them at 50 to 60 ms, where a beater that is not held bounces; 0.1 %
of the pedal's, and one in ten thousand of the hat's.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache

from drumapp.core.kit import Family, general_midi_lane
from drumapp.core.pattern import Note
from drumapp.core.timing import TempoMap
from drumapp.lstm.grid import HOUSE_GRID, Grid

PEDAL_HAT = 44
CLOSED_HAT = 42
OPEN_HAT = 46

HANDS_RULES = ((2, 60.0), (8, 400.0))
"""(n, ms): a stroke and the n-th after it lie at least so far apart."""
KICK_MS = 75.0
PEDAL_MS = 100.0
HAT_MS = 40.0
_ROUNDING_MS = 1e-6
"""Strokes just as far apart as they must be come out of floating point a hair closer."""


class Limb(Enum):
    """What strikes a drum."""

    RIGHT_FOOT = "right foot"
    LEFT_FOOT = "left foot"
    HAND = "hand"


@cache
def limb_of(key: int) -> Limb:
    """The limb that plays a key."""
    if general_midi_lane(key).family is Family.KICK:
        return Limb.RIGHT_FOOT
    return Limb.LEFT_FOOT if key == PEDAL_HAT else Limb.HAND


def rules_of(key: int) -> tuple[Limb, int | None]:
    """What tells drums apart that different rules hold for: the limb, and how the hat is struck."""
    return limb_of(key), key if key in (CLOSED_HAT, OPEN_HAT) else None


class Strokes:
    """The strokes of a take and of what stands around it: whether one more can be struck.

    Strokes may be added in any order. Those that break the rules among themselves, which a user's may, only keep new
    ones away.
    """

    def __init__(self, tempo: TempoMap, strokes: Iterable[Note] = (), grid: Grid = HOUSE_GRID) -> None:
        self._tempo = tempo
        self._grid = grid
        self._of_limb: dict[Limb, list[float]] = {limb: [] for limb in Limb}
        self._of_hat: dict[int, list[float]] = {CLOSED_HAT: [], OPEN_HAT: []}
        self._times_at = -1
        self._times: list[float] = []
        for note in strokes:
            self.add(note.start, note.pitch)

    def add(self, tick: int, key: int) -> None:
        """A stroke at a tick."""
        ms = self._ms(tick)
        insort(self._of_limb[limb_of(key)], ms)
        if key in self._of_hat:
            insort(self._of_hat[key], ms)

    def microtimings(self, position: int, key: int) -> int:
        """Microtiming classes, as bits, with which a key can be struck at a grid position."""
        if position != self._times_at:
            self._times_at = position
            earliest = position * self._grid.ticks + self._grid.earliest
            self._times = [self._ms(max(earliest + step, 0)) for step in range(self._grid.microtimings)]
        times = self._times
        barred = self._barred(key, times[0], times[-1])
        if not barred:
            return self._grid.all_microtimings
        return sum(
            1 << step
            for step, ms in enumerate(times)
            if not any(after + _ROUNDING_MS < ms < before - _ROUNDING_MS for after, before in barred)
        )

    def _barred(self, key: int, earliest: float, latest: float) -> list[tuple[float, float]]:
        """Open stretches of time, ms, between ``earliest`` and ``latest`` within which the key cannot be struck."""
        limb = limb_of(key)
        strokes = self._of_limb[limb]
        if limb is Limb.RIGHT_FOOT:
            barred = _around(strokes, KICK_MS, earliest, latest)
        elif limb is Limb.LEFT_FOOT:
            barred = _around(strokes, PEDAL_MS, earliest, latest)
        else:
            barred = [
                stretch for run, apart in HANDS_RULES for stretch in _filled(strokes, run, apart, earliest, latest)
            ]
        if key == CLOSED_HAT:
            barred += _around(self._of_hat[OPEN_HAT], HAT_MS, earliest, latest)
        elif key == OPEN_HAT:
            barred += _around(self._of_hat[CLOSED_HAT], HAT_MS, earliest, latest)
        return barred

    def _ms(self, tick: int) -> float:
        return self._tempo.seconds_at(tick) * 1000.0


def _around(strokes: Sequence[float], apart: float, earliest: float, latest: float) -> list[tuple[float, float]]:
    """Stretches closer than ``apart`` to a stroke."""
    return _filled(strokes, 1, apart, earliest, latest)


def _filled(
    strokes: Sequence[float], run: int, apart: float, earliest: float, latest: float
) -> list[tuple[float, float]]:
    """Stretches in which one stroke more would be the last of ``run`` + 1 that lie within less than ``apart``.

    A new stroke makes such a crowd with each ``run`` strokes in a row that themselves lie within less than ``apart``:
    wherever it comes less than ``apart`` after the first of them and before the last.
    """
    stretches = []
    first = bisect_left(strokes, earliest - apart)
    for index in range(first, len(strokes) - run + 1):
        begin, end = strokes[index], strokes[index + run - 1]
        if begin >= latest + apart:
            break
        if end - begin < apart and end - apart < latest and begin + apart > earliest:
            stretches.append((end - apart, begin + apart))
    return stretches
