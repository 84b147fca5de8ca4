"""What was played at this place in earlier bars: the memory a drummer has beside the network's own.

The network is told two things of each bar it looks back to: which event came next at this place, and which drums were
struck at, and close to, the very position it has just drawn. :class:`BarMemory` answers for one growing take;
:mod:`drumapp.lstm.encoding` computes the same for whole files at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from drumapp.lstm.vocabulary import MAX_DELAY

NEAR_SHIFTS = (-2, -1, 1, 2)
"""Grid positions that count as close to a position: a human hit wanders by about that much."""
NOTHING = (0, 0)


class BarMemory:
    """What a take has played, by grid position.

    Args: grid positions per bar; bars to look back, each a look-up of its own.
    """

    def __init__(self, grid_per_bar: int, bars_back: Iterable[int]) -> None:
        self._offsets = tuple(bars * grid_per_bar for bars in bars_back)
        self._hits: list[tuple[int, int]] = []
        self._struck: dict[int, int] = {}

    def append(self, position: int, pitch: int) -> None:
        """Remember a hit; hits come in order of (position, pitch class)."""
        self._hits.append((position, pitch))
        self._struck[position] = self._struck.get(position, 0) | 1 << pitch

    def next_events(self, position: int, pitch: int) -> list[tuple[int, int]]:
        """For each bar looked back to, the event that came next there after this place in the bar.

        Returns (delay class + 1, pitch class + 1) each, or (0, 0) where the take had not begun.
        """
        hits = self._hits
        answers = []
        for offset in self._offsets:
            then = position - offset
            if then < 0:
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
        for offset in self._offsets:
            then = position - offset
            masks.append(at(then, 0))
            near = 0
            for shift in NEAR_SHIFTS:
                near |= at(then + shift, 0)
            masks.append(near)
        return masks
