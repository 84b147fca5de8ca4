"""What was played at this place in earlier bars: the memory a drummer has beside the network's own.

The network is told two things of each bar it looks back to: which event came next at this place, and which drums were
struck at, and close to, the very position it has just drawn. :class:`BarMemory` answers for one growing take;
:mod:`drumapp.lstm.encoding` computes the same for whole files at once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import MAX_DELAY

NEAR_SHIFTS = (-2, -1, 1, 2)
"""Grid positions that count as close to a position: a human hit wanders by about that much."""
NOTHING = (0, 0)
MOST_HITS = 512
"""When there are more hits, those too far back for any look-up are forgotten."""


class BarMemory:
    """What a take has played, by grid position. The take begins with the bar of its first hit.

    Attributes: reach, how far back a look-up lies at most, in grid positions.

    Args: the take's bars; how many of them to look back, each a look-up of its own.
    """

    def __init__(self, timeline: Timeline, bars_back: Iterable[int]) -> None:
        self._timeline = timeline
        self._bars_back = tuple(bars_back)
        self.reach = max(self._bars_back, default=0) * timeline.longest_bar - NEAR_SHIFTS[0]
        self._hits: list[tuple[int, int]] = []
        self._struck: dict[int, int] = {}
        self._most = MOST_HITS
        self._begin = 0
        self._length = 0
        self._offsets: tuple[int, ...] = ()

    def append(self, position: int, pitch: int) -> None:
        """Remember a hit; hits come in order of (position, pitch class)."""
        if not self._hits:
            self._begin = self._timeline.bar_of(position)[0]
        self._hits.append((position, pitch))
        self._struck[position] = self._struck.get(position, 0) | 1 << pitch
        if len(self._hits) > self._most:
            self._forget_before(position - self.reach)
            self._most = max(MOST_HITS, 2 * len(self._hits))

    def extend(self, hits: NDArray[np.int64]) -> None:
        """Remember many hits, int64 (hits, 2): position, pitch class."""
        if not len(hits):
            return
        begin = self._begin if self._hits else self._timeline.bar_of(int(hits[0, 0]))[0]
        near = hits[np.searchsorted(hits[:, 0], hits[-1, 0] - self.reach) :]
        if len(near) < len(hits):
            self._hits.clear()
            self._struck.clear()
        for position, pitch in near.tolist():
            self.append(position, pitch)
        self._begin = begin

    def next_events(self, position: int, pitch: int) -> list[tuple[int, int]]:
        """For each bar looked back to, the event that came next there after this place in the bar.

        Returns (delay class + 1, pitch class + 1) each, or (0, 0) where the take had not begun.
        """
        hits = self._hits
        answers = []
        for offset in self._offsets_at(position):
            then = position - offset
            if then < self._begin:
                answers.append(NOTHING)
                continue
            index = bisect_right(hits, (then, pitch))
            if index == len(hits):
                answers.append(NOTHING)
                continue
            next_position, next_pitch = hits[index]
            answers.append((min(next_position - then, MAX_DELAY) + 1, next_pitch + 1))
        return answers

    def struck(self, position: int) -> list[int]:
        """Drums as bits by pitch class: those already struck at the position, then for each bar looked back to those
        struck exactly at this place and those struck close to it.
        """
        at = self._struck.get
        masks = [at(position, 0)]
        for offset in self._offsets_at(position):
            then = position - offset
            masks.append(at(then, 0))
            near = 0
            for shift in NEAR_SHIFTS:
                near |= at(then + shift, 0)
            masks.append(near)
        return masks

    def _forget_before(self, position: int) -> None:
        del self._hits[: bisect_left(self._hits, (position, 0))]
        self._struck = {place: drums for place, drums in self._struck.items() if place >= position}

    def _offsets_at(self, position: int) -> tuple[int, ...]:
        """How far back each look-up lies from a position: whole bars of the length of its own."""
        length = self._timeline.bar_of(position)[1]
        if length != self._length:
            self._length = length
            self._offsets = tuple(bars * length for bars in self._bars_back)
        return self._offsets
