"""What binds a drummer's draws: the chart, and what two hands and two feet can strike."""

from __future__ import annotations

from drumapp.core.pattern import Note
from drumapp.lstm.chart import REACH, GridChart
from drumapp.lstm.playability import Strokes, rules_of
from drumapp.lstm.vocabulary import TICKS_PER_GRID, Vocabulary

_DOUBLE = TICKS_PER_GRID
"""So close to a stroke that stands, in ticks, the same drum is not struck: it would sound as a slip."""


class Limits:
    """Answers, for a place, which drums may be struck and with which microtiming.

    Args: the chart; whether what two hands and two feet cannot strike is barred; whether notes show microtiming.
    """

    def __init__(self, chart: GridChart, vocabulary: Vocabulary, *, playable: bool, microtimed: bool) -> None:
        self._chart = chart
        self._keys = vocabulary.pitches
        self._microtimed = microtimed
        self._grid = vocabulary.grid
        self._unlocked = sum(1 << index for index, key in enumerate(self._keys) if key not in chart.chart.locked_keys)
        self._taken: dict[int, int] = {}
        reach = max(_DOUBLE // self._grid.ticks, 1)
        near = [shift for shift in range(-reach, reach + 1) if shift]
        for events in (chart.figures, chart.following):
            for position, pitch, _, _ in events.rows.tolist():
                for shift in near:
                    self._taken[position + shift] = self._taken.get(position + shift, 0) | 1 << pitch
        self._strokes = Strokes(chart.timeline.tempo, _strokes_near(chart), self._grid) if playable else None
        # Drums that the same rules hold for, with one of their keys.
        alike: dict[object, tuple[int, int]] = {}
        for index, key in enumerate(self._keys):
            rules = rules_of(key)
            alike[rules] = (key, alike.get(rules, (key, 0))[1] | 1 << index)
        self._alike = tuple(alike.values())

    def drums(self, position: int) -> int:
        """Drums that may be struck at a grid position, as bits by pitch class."""
        drums = self._unlocked & ~self._taken.get(position, 0)
        within = self._within_span(position)
        if self._strokes is None or not within:
            return drums if within else 0
        for key, alike in self._alike:
            if drums & alike and not self._strokes.microtimings(position, key) & within:
                drums &= ~alike
        return drums

    def microtimings(self, position: int, pitch: int) -> int:
        """Microtiming classes a drum may be struck with at a grid position, as bits; all of them where none shows."""
        if not self._microtimed:
            return self._grid.all_microtimings
        within = self._within_span(position)
        return within if self._strokes is None else within & self._strokes.microtimings(position, self._keys[pitch])

    def add(self, note: Note) -> None:
        """Mind a note that was drawn."""
        if self._strokes is not None:
            self._strokes.add(note.start, note.pitch)

    def _within_span(self, position: int) -> int:
        within = self._chart.microtimings(position)
        return within if self._microtimed else within & 1 << self._grid.exact


def _strokes_near(chart: GridChart) -> tuple[Note, ...]:
    """What stands in the span and close to it."""
    begin = chart.standing.index_from(max(chart.first * chart.timeline.grid.ticks - REACH, 0))
    stop = chart.chart.stop
    return chart.standing[begin : None if stop is None else chart.standing.index_from(stop + REACH)]
