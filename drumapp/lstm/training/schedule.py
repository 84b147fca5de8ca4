"""How fast a network learns in the course of a run, given what share of the run is over."""

from __future__ import annotations

import math
from typing import NamedTuple

_WARM_UP = 0.3
_LOWEST_AT_FIRST = 25.0
_LOWEST_IN_THE_END = 25.0e4
_MOST_MOMENTUM, _LEAST_MOMENTUM = 0.95, 0.85
_USUAL_MOMENTUM = 0.9


class Pace(NamedTuple):
    """A learning rate and the momentum that goes with it, Adam's first beta."""

    rate: float
    momentum: float


def pace(schedule: str, highest: float, share: float) -> Pace:
    """The pace of a schedule when a share of the run, from 0 to 1, is over.

    ``one-cycle`` (Smith and Topin 2018): in the first third up to the highest rate, while the momentum falls, then half
    a cosine down to next to nothing, while it rises again. ``cosine``: half a cosine down from the highest.
    """
    share = min(max(share, 0.0), 1.0)
    if schedule == "one-cycle":
        if share < _WARM_UP:
            turn = share / _WARM_UP
            return Pace(
                _between(highest / _LOWEST_AT_FIRST, highest, turn), _between(_MOST_MOMENTUM, _LEAST_MOMENTUM, turn)
            )
        turn = (share - _WARM_UP) / (1.0 - _WARM_UP)
        return Pace(
            _between(highest, highest / _LOWEST_IN_THE_END, turn), _between(_LEAST_MOMENTUM, _MOST_MOMENTUM, turn)
        )
    if schedule == "cosine":
        return Pace(_between(highest, highest / 100.0, share), _USUAL_MOMENTUM)
    return Pace(highest, _USUAL_MOMENTUM)


def _between(start: float, stop: float, turn: float) -> float:
    """From one value to another along half a cosine."""
    return stop + (start - stop) * (1.0 + math.cos(math.pi * turn)) / 2.0
