"""What a network thinks while it hears a pattern: surprise, what it would have played instead, its memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Pattern
from drumapp.core.timing import Range
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.ear import Ear
from drumapp.lstm.encoding import IntTable, Labels, encode_events
from drumapp.lstm.evaluation import event_nats, nats_said
from drumapp.lstm.layout import heads
from drumapp.lstm.memory_trail import MemoryTrail
from drumapp.lstm.mind import Mind
from drumapp.lstm.past import Past
from drumapp.lstm.stepper import Floats, Memory, Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import Events

NATS_A_BIT = float(np.log(2.0))


class Guess(NamedTuple):
    """A note the network holds likely next: nominal tick, MIDI key, probability from 0 to 1."""

    tick: int
    key: int
    probability: float


@dataclass(frozen=True)
class Listening:
    """A pattern as a network heard it, each event given all before it, from a memory of zeros: the figures are those of
    ``drumapp evaluate``.

    Attributes: ``sources``, int64 (events,), which of the pattern's notes each event is: those that are not among them
    were not heard; ``heads``, names of the network's decisions; ``bits``, float64 (events, heads), the surprise
    -log2 p of each; ``h`` and ``c``, float32 (events, layers, hidden), the memory as each event was said.
    """

    sources: IntTable
    heads: tuple[str, ...]
    bits: NDArray[np.float64]
    h: Floats
    c: Floats
    events: Events
    timeline: Timeline
    labels: tuple[int, int]

    @property
    def surprise(self) -> NDArray[np.float64]:
        """Bits of each event in all, float64 (events,)."""
        surprise: NDArray[np.float64] = self.bits.sum(axis=1)
        return surprise

    @property
    def nats(self) -> float:
        """The whole pattern's negative log likelihood, all heads, in nats."""
        return float(self.bits.sum()) * NATS_A_BIT

    def guesses(self, event: int, count: int, stepper: Stepper) -> list[Guess]:
        """The likeliest notes in an event's stead, the likeliest first, at temperature 1. All delays longer than the
        longest that has a word count as that.
        """
        past = Past(stepper.architecture, stepper.vocabulary, self.timeline, self.labels)
        past.extend(self.events.rows[:event])
        here = int(self.events.rows[event, 0])
        base = past.position if past.events else self.timeline.bar_of(here)[0]
        stepper.speak(Memory(self.h[event], self.c[event]))
        delays = _probabilities(stepper.delay_scores)
        stepper.keep()
        found: list[Guess] = []
        for delay in np.argsort(-delays, kind="stable").tolist():
            if len(found) >= count and delays[delay] <= found[count - 1].probability:
                break  # no drum there can be likelier than the delay itself
            position = base + stepper.vocabulary.delay_of(delay)
            stepper.withdraw()
            scores = stepper.tell_delay(delay, self.timeline.place(position), past.struck(position))
            first = past.pitch + 1 if position == past.position else 0
            if first == len(scores):
                continue  # no drum is left on this position
            drums = delays[delay] * _probabilities(scores[first:])
            found += [
                Guess(position * self.timeline.grid.ticks, key, float(probability))
                for key, probability in zip(stepper.vocabulary.pitches[first:], drums, strict=True)
            ]
            found.sort(key=lambda guess: -guess.probability)
            del found[count:]
        return found


def listen(
    model: DrumModel, pattern: Pattern, labels: Labels | None = None, stepper: Stepper | None = None
) -> Listening:
    """Hear a pattern and note down what the network thinks. As in training it does not hear keys it has no word for,
    and of several hits of one drum on one grid position only the loudest.
    """
    stepper = stepper or Stepper(model)
    architecture = model.architecture
    events = model.vocabulary.encode(pattern.notes)
    timeline = Timeline(pattern.tempo, pattern.metre, model.vocabulary.grid)
    classes = (labels or Labels()).classes(model.vocabulary)
    table = encode_events(events.rows, timeline, model.vocabulary, architecture.bar_memory, classes)
    names = heads(architecture)
    memory = stepper.empty_memory()
    h, c = (np.empty((len(events), *part.shape), np.float32) for part in (memory.h, memory.c))
    nats = np.zeros((len(events), len(names)))
    for event, losses in enumerate(event_nats(stepper, table, memory)):
        nats[event] = losses
        h[event], c[event] = memory.h, memory.c
    return Listening(events.sources, names, nats / NATS_A_BIT, h, c, events, timeline, classes)


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
    ticks = events.rows[:, 0] * model.vocabulary.grid.ticks
    first, last = np.searchsorted(ticks, (span.start, span.stop)).tolist()
    mind = Mind(stepper, settings, Timeline(pattern.tempo, pattern.metre, model.vocabulary.grid), trail)
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

    Attributes: ``ticks``, int64 (events,), of the events' grid positions; ``h`` and ``c``, float32 (events + 1, layers,
    hidden): the fresh memory, then the memory as each event was said; ``fresh``, the events before which memory was
    drawn anew, the first among them.
    """

    ticks: IntTable
    h: Floats
    c: Floats
    fresh: tuple[int, ...]


def memory_through_time(
    model: DrumModel, settings: GeneratorSettings, pattern: Pattern, stepper: Stepper | None = None
) -> MemoryThroughTime:
    """The memory of a take with these settings that has played, or heard, a pattern."""
    stepper = stepper or Stepper(model)
    events = model.vocabulary.encode(pattern.notes, Ear(model.vocabulary).key_classes)
    trail = MemoryTrail(every=1, most=len(events) + 1)
    mind = Mind(stepper, settings, Timeline(pattern.tempo, pattern.metre, model.vocabulary.grid), trail)
    mind.listen(events.rows)
    memories = [snapshot.memory for snapshot in trail.snapshots]
    return MemoryThroughTime(
        events.rows[:, 0] * model.vocabulary.grid.ticks,
        np.stack([memory.h for memory in memories]),
        np.stack([memory.c for memory in memories]),
        mind.freshened,
    )


def _probabilities(scores: Floats) -> NDArray[np.float64]:
    raised: NDArray[np.float64] = np.exp(scores.astype(np.float64) - scores.max())
    raised /= raised.sum()
    return raised
