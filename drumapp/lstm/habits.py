"""A take's habits so far: what keeps a drummer the same drummer after an hour.

h and c are trained on a few bars and forget; the bar memory looks four bars back. Neither holds a feel: trained without
habits, takes kept theirs for some 24 bars and had lost it by 64, where human drummers keep theirs. So the network is
told how the take has been played up to now, in four averages over all of it, each in one of 16 steps. The take begins
with the bar of its first onset: silence before it is no habit.
:class:`Habits` follows one growing take; :func:`habit_classes` computes the same for many events at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.vocabulary import GRID_PER_QUARTER

HABITS = ("habit_eighths", "habit_sixteenths", "habit_lateness", "habit_density")
"""Share of onsets close to an eighth-note position; share close to the sixteenths between; mean deviation from the
nearest sixteenth; onsets a quarter note."""
HABIT_STEPS = 16
UNKNOWN = 0
FEWEST_EVENTS = 12
"""Before this many events nothing is said: an average over less is chance."""

_EIGHTH = GRID_PER_QUARTER // 2
_SIXTEENTH = GRID_PER_QUARTER // 4
_CLOSE = 1
_STEPS_A_GRID_POSITION = 4
_STEPS_AN_ONSET_A_QUARTER = 1.5


class Habits:
    """The running averages of one take. Attributes: begin, the grid position at which its first bar begins."""

    def __init__(self, begin: int = 0) -> None:
        self.begin = begin
        self._events = 0
        self._eighths = 0
        self._sixteenths = 0
        self._deviation = 0

    def append(self, position: int) -> None:
        """Count an onset at a grid position."""
        self._events += 1
        phase = (position + _CLOSE) % _EIGHTH
        self._eighths += phase <= 2 * _CLOSE
        self._sixteenths += _SIXTEENTH <= phase <= _SIXTEENTH + 2 * _CLOSE
        self._deviation += (position + _SIXTEENTH // 2) % _SIXTEENTH - _SIXTEENTH // 2

    def extend(self, positions: NDArray[np.int64]) -> None:
        """Count many onsets, int64 (onsets,)."""
        close_to_eighth, close_to_sixteenth, deviation = _marks(positions)
        self._events += len(positions)
        self._eighths += int(close_to_eighth.sum())
        self._sixteenths += int(close_to_sixteenth.sum())
        self._deviation += int(deviation.sum())

    def classes(self, position: int) -> tuple[int, int, int, int]:
        """The four habits' classes, 1-16 each, when the take has come to a grid position; 0 while unknown."""
        events = self._events
        if events < FEWEST_EVENTS:
            return (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
        return (
            _step(self._eighths / events * HABIT_STEPS),
            _step(self._sixteenths / events * HABIT_STEPS),
            _step(self._deviation / events * _STEPS_A_GRID_POSITION + HABIT_STEPS / 2),
            _step(events / ((position - self.begin) / GRID_PER_QUARTER + 1.0) * _STEPS_AN_ONSET_A_QUARTER),
        )


def habit_classes(position: NDArray[np.int64], before: Habits) -> NDArray[np.int64]:
    """Classes after each event of a piece, int64 (events, 4), from the events' grid positions, (events,), and the
    habits before the first of them.
    """
    events = before._events + np.arange(1, len(position) + 1)
    close_to_eighth, close_to_sixteenth, deviations = _marks(position)
    eighths = before._eighths + np.cumsum(close_to_eighth)
    sixteenths = before._sixteenths + np.cumsum(close_to_sixteenth)
    deviation = before._deviation + np.cumsum(deviations)
    averages = np.stack(
        [
            eighths / events * HABIT_STEPS,
            sixteenths / events * HABIT_STEPS,
            deviation / events * _STEPS_A_GRID_POSITION + HABIT_STEPS / 2,
            events / ((position - before.begin) / GRID_PER_QUARTER + 1.0) * _STEPS_AN_ONSET_A_QUARTER,
        ],
        axis=1,
    )
    classes = np.clip(np.floor(averages).astype(np.int64), 0, HABIT_STEPS - 1) + 1
    return np.where(events[:, None] < FEWEST_EVENTS, UNKNOWN, classes)


def _marks(position: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int64]]:
    """Of each onset: whether it is close to an eighth, whether to a sixteenth between, how late for its sixteenth."""
    phase = (position + _CLOSE) % _EIGHTH
    close_to_sixteenth = (phase >= _SIXTEENTH) & (phase <= _SIXTEENTH + 2 * _CLOSE)
    return phase <= 2 * _CLOSE, close_to_sixteenth, (position + _SIXTEENTH // 2) % _SIXTEENTH - _SIXTEENTH // 2


def _step(average: float) -> int:
    return min(max(int(average // 1.0), 0), HABIT_STEPS - 1) + 1
