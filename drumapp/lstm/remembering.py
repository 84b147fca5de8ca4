"""What a take's own memory holds as it goes, from its own fresh start: through time, and how it takes a span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Pattern
from drumapp.core.timing import Range
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.ear import Ear
from drumapp.lstm.encoding import IntTable
from drumapp.lstm.evaluation import nats_said
from drumapp.lstm.layout import heads
from drumapp.lstm.listening import NATS_A_BIT, note_table_in_stretches
from drumapp.lstm.memory_trail import MemoryTrail
from drumapp.lstm.mind import Mind
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.timeline import Timeline

MOST_SHOWN = 4096
"""Memories that are kept to be shown; of a longer take every second, fourth ... is."""


class Surprise(NamedTuple):
    """What a take's own memory thought of the events of a span.

    ``sources``, int64 (events,), which of the pattern's notes they are; ``bits``, float64 (events, heads), -log2 p.
    """

    sources: IntTable
    bits: NDArray[np.float64]


def surprise_in_take(
    model: DrumModel,
    settings: GeneratorSettings,
    pattern: Pattern,
    span: Range,
    stepper: Stepper | None = None,
    trail: MemoryTrail | None = None,
) -> Surprise:
    """How surprising the events are whose grid positions lie in a span, to the memory of a take with these settings
    that has heard all before them. A trail of the take saves hearing what has not changed, and is kept up.
    """
    stepper = stepper or Stepper(model)
    events = model.vocabulary.encode(pattern.notes, Ear(model.vocabulary).key_classes)
    grid = model.vocabulary.grid
    ticks = events.rows[:, 0] * grid.ticks
    first, last = np.searchsorted(ticks, (span.start, span.stop)).tolist()
    mind = Mind(stepper, settings, Timeline(pattern.tempo, pattern.metre, grid), trail)
    mind.listen(events.rows[:first])
    names = heads(model.architecture)
    nats = np.zeros((last - first, len(names)))
    past = mind.past
    for row, event in zip(nats, events.grid_notes()[first:last], strict=True):
        mind.attend()
        stepper.keep()
        classes = (past.delay_to(event.position), *event[1:])[: len(names)]
        place = past.timeline.place(event.position)
        row[:] = nats_said(stepper, classes, place, past.struck(event.position), past.last_velocity(event.pitch))
        stepper.withdraw()
        mind.hear(event)
    return Surprise(events.sources[first:last], nats / NATS_A_BIT)


@dataclass(frozen=True)
class MemoryThroughTime:
    """A take's memory, from its own fresh start.

    Attributes: ``ticks``, int64 (memories,), the tick from which on each holds; ``memories``: the fresh one, then those
    with which an event was said, of every event unless there are too many; ``fresh``, the ticks at which memory was
    drawn anew, the take's start among them.
    """

    ticks: IntTable
    memories: Sequence[Memory]
    fresh: tuple[int, ...]


class MemoryWatch:
    """Follows a take's memory through edits: what has not changed is not heard again. One thread at a time."""

    def __init__(self, model: DrumModel, stepper: Stepper | None = None, most: int = MOST_SHOWN) -> None:
        self._stepper = stepper or Stepper(model)
        self._classes = Ear(model.vocabulary).key_classes
        self._styles = model.styles
        self._trail = MemoryTrail(every=1, most=most)
        self._ticks = np.zeros(1, np.int64)
        self._fresh: tuple[int, ...] = (0,)

    def follow(self, settings: GeneratorSettings, pattern: Pattern) -> Iterator[None]:
        """Hear what a take with these settings has played, or heard, some milliseconds at a time. A style that the
        network does not know is taken for any.
        """
        if settings.style not in self._styles:
            settings = replace(settings, style=None)
        grid = self._stepper.vocabulary.grid
        timeline = Timeline(pattern.tempo, pattern.metre, grid)
        notes = yield from note_table_in_stretches(pattern.notes)
        rows = self._stepper.vocabulary.encode_rows(notes, self._classes).rows
        yield
        mind = Mind(self._stepper, settings, timeline, self._trail)
        start = timeline.bar_of(int(rows[0, 0]))[0] if len(rows) else 0
        self._ticks = np.append(start, rows[:, 0]) * grid.ticks
        yield from mind.listen_in_stretches(rows)
        self._fresh = tuple(np.unique(self._ticks[[event + 1 if event else 0 for event in mind.freshened]]).tolist())

    @property
    def through_time(self) -> MemoryThroughTime:
        """The memory as it was followed last, which must have been to its end."""
        # One more may be kept, of an event that has gone.
        snapshots = [snapshot for snapshot in self._trail.snapshots if snapshot.event < len(self._ticks)]
        ticks = self._ticks[[snapshot.event for snapshot in snapshots]]
        return MemoryThroughTime(ticks, [snapshot.memory for snapshot in snapshots], self._fresh)
