"""Charts: what a drummer is handed to play from. What stands, which span to write, and what in it must stay.

As on paper: bars that are written out are read and kept, figures in them are hit as they stand, and the rest is free.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import TICKS_PER_QUARTER, MetreMap, TempoMap
from drumapp.lstm.ear import Ear
from drumapp.lstm.grid import HOUSE_GRID, Grid
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import Events, Vocabulary

REACH = 4 * TICKS_PER_QUARTER
"""How far, in ticks, what follows a span is looked at: more than any rule of playing reaches at any tempo."""

ALL_KEYS = frozenset(range(128))


@dataclass(frozen=True)
class Chart:
    """A span to be written within a pattern.

    Attributes:
        pattern: with its tempo and metre; what comes before the span is heard, what follows stays where it is.
        start: tick of the span's start. None goes on right after the last note, as a take that was never stopped
            does: on its very grid position, where more drums may follow.
        stop: tick of the span's end, None without end.
        locked_keys: lanes that stay as they are within the span, and in which nothing new appears.
        locked_notes: notes that stay within the span.
        by_beat: whether a note belongs where its grid position lies, so that a stroke a little before the span that is
            early for the first beat in it counts as in it. Else it belongs where its tick lies.

    Raises ValueError for a span that starts before 0 or ends before it starts.
    """

    pattern: Pattern
    start: int | None = 0
    stop: int | None = None
    locked_keys: frozenset[int] = field(default_factory=frozenset)
    locked_notes: frozenset[Note] = field(default_factory=frozenset)
    by_beat: bool = False

    def __post_init__(self) -> None:
        if (self.start or 0) < 0:
            raise ValueError(f"a span must not start before 0, and this one starts at {self.start}")
        if self.stop is not None and self.stop < (self.start or 0):
            raise ValueError(f"a span must not end before it starts: {self.start}..{self.stop}")

    @property
    def first_tick(self) -> int | None:
        """The first tick at which a note belongs to the span; None right after the last note."""
        return self._tick(self.start)

    @property
    def stop_tick(self) -> int | None:
        """The first tick beyond the span, None without end."""
        return self._tick(self.stop)

    def _tick(self, bound: int | None) -> int | None:
        if bound is None or not self.by_beat:
            return bound
        return max(HOUSE_GRID.at_or_after(bound) * HOUSE_GRID.ticks + HOUSE_GRID.earliest, 0)

    @classmethod
    def blank(cls, settings: GeneratorSettings) -> Chart:
        """Nothing but tempo, metre and a number of bars."""
        stop = None if settings.bars is None else settings.bars * settings.metre.ticks_per_bar
        pattern = Pattern(
            length=stop or 0,
            tempo=TempoMap.constant(settings.tempo),
            metre=MetreMap.constant(settings.metre),
        )
        return cls(pattern, 0, stop)


def all_but(keys: frozenset[int] | set[int]) -> frozenset[int]:
    """The keys to lock so that only the given lanes are written."""
    return ALL_KEYS - keys


@dataclass(frozen=True)
class GridChart:
    """A chart on a network's grid.

    Where notes belong by their ticks, one struck just before the span's end that is early for the beat there still
    stays, with what follows; and one struck just before its start that is early for the first beat in it stays and is
    met where it lies, so that the beat is not struck twice. Notes on keys that the network knows no drum for always
    stay: it could not write them again.

    Attributes:
        chart; timeline.
        standing: notes that stay, in order; replaced: notes that make way.
        context: the notes before the span, which are heard.
        figures: the events that stand in the span; following: those close after it.
        first: the first grid position that may be struck; end: the first beyond, None without end.
    """

    chart: Chart
    timeline: Timeline
    standing: NoteRun
    replaced: tuple[Note, ...]
    context: NoteRun
    figures: Events
    following: Events
    first: int
    end: int | None

    @property
    def free(self) -> bool:
        """Whether nothing binds what is drawn but the order of events and the end."""
        return (
            self.chart.start in (None, 0)
            and (self.chart.stop is None or self.chart.stop % self.timeline.grid.ticks == 0)
            and not self.chart.locked_keys
            and not len(self.figures)
            and not len(self.following)
        )

    def microtimings(self, position: int) -> int:
        """Microtiming classes at a grid position that lie within the span, as bits."""
        return _microtimings_within(self.timeline.grid, position, self.chart.first_tick, self.chart.stop_tick)

    def written(self, notes: Iterable[Note]) -> Pattern:
        """The pattern with new notes in the span: what stands is in it note for note. It grows to hold the span, and
        without an end by whole bars.
        """
        pattern, stop = self.chart.pattern, self.chart.stop
        ordered = self.standing.with_notes(notes)
        if stop is None:
            stop = pattern.metre.bar_start(pattern.metre.bar_at(ordered[-1].start) + 1) if ordered else 0
        return replace(pattern, notes=ordered, length=max(pattern.length, stop))

    @cached_property
    def digest(self) -> str:
        """SHA-256, hex, of all that the chart says to the drummer: what stands up to a little after the span, tempo
        and metre.
        """
        stop = self.chart.stop
        near = [note for note in self.standing if stop is None or note.start < stop + REACH]
        said = {
            "notes": near,
            "tempo": [[change.tick, change.bpm] for change in self.timeline.tempo.changes],
            "metre": [[change.tick, str(change.metre)] for change in self.timeline.metre.changes],
        }
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def on_grid(chart: Chart, vocabulary: Vocabulary) -> GridChart:
    """Lay a chart on a network's grid."""
    pattern, stop = chart.pattern, chart.stop
    grid = vocabulary.grid
    timeline = Timeline(pattern.tempo, pattern.metre, grid)
    ear = Ear(vocabulary)
    standing, replaced = parted(chart, ear)
    near = standing if stop is None else standing.part(0, standing.index_from(stop + REACH))
    if chart.start is None:
        last = next((note for note in reversed(near) if ear.key_heard(note.pitch) is not None), None)
        first, after = 0 if last is None else grid.position(last.start), len(near)
    else:
        first = grid.at_or_after(chart.start)
        after = near.index_from(grid.first_tick(first))
    met = vocabulary.encode(near.part(after, len(near)), ear.key_classes)
    end = None if stop is None else grid.at_or_after(stop)
    beyond = np.zeros(len(met), np.bool_) if end is None else met.rows[:, 0] >= end
    figures, following = met.chosen(~beyond), met.chosen(beyond)
    return GridChart(chart, timeline, standing, replaced, near.part(0, after), figures, following, first, end)


def parted(chart: Chart, ear: Ear) -> tuple[NoteRun, tuple[Note, ...]]:
    """The pattern's notes that stay and those that make way, each in order. Costs as much as the span is long."""
    notes, first_tick, stop_tick = chart.pattern.notes, chart.first_tick, chart.stop_tick
    if first_tick is None:
        return notes, ()
    first, last = notes.index_from(first_tick), len(notes) if stop_tick is None else notes.index_from(stop_tick)
    staying: list[Note] = []
    replaced: list[Note] = []
    for note in notes[first:last]:
        stays = (
            note.pitch in chart.locked_keys
            or note in chart.locked_notes
            or ear.key_heard(note.pitch) is None
            or (chart.stop is not None and ear.vocabulary.grid.nominal(note.start) >= chart.stop)
        )
        (staying if stays else replaced).append(note)
    return notes.spliced(first, last, staying) if replaced else notes, tuple(replaced)


def _microtimings_within(grid: Grid, position: int, start: int | None, stop: int | None) -> int:
    """Microtiming classes, as bits, with which a note at a grid position starts within start..stop."""
    earliest = position * grid.ticks + grid.earliest
    after = start is None or max(earliest, 0) >= start
    before = stop is None or earliest + grid.microtimings <= stop
    if after and before:
        return grid.all_microtimings
    ticks = [max(earliest + step, 0) for step in range(grid.microtimings)]
    return sum(
        1 << step
        for step, tick in enumerate(ticks)
        if (start is None or tick >= start) and (stop is None or tick < stop)
    )
