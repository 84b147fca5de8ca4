"""What a network thinks while it hears a pattern: how surprised it is, and what it would have played instead."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import NoteRun, Pattern
from drumapp.core.timing import MetreMap, TempoMap
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.encoding import LABEL_COLUMNS, EventTable, IntTable, Labels, encode_events
from drumapp.lstm.hindsight import Hindsight
from drumapp.lstm.past import Past
from drumapp.lstm.stepper import Floats, Memory, Stepper
from drumapp.lstm.timeline import Timeline
from drumapp.note_table import note_table

NATS_A_BIT = float(np.log(2.0))
_STRETCH = 32  # events: some milliseconds' work
_NOTES_AT_ONCE = 4096


class Guess(NamedTuple):
    """A note the network holds likely next: nominal tick, MIDI key, probability from 0 to 1."""

    tick: int
    key: int
    probability: float


@dataclass(frozen=True)
class Listening:
    """A pattern as a network heard it, each event given all before it, from a memory of zeros: the figures are those of
    ``drumapp evaluate``.

    Attributes: ``notes``, int64 (notes, 4), the pattern's notes with the fields of a Note; ``sources``, int64
    (events,), which of them each event is: those that are not among them are not heard; ``heads``, names of the
    network's decisions; ``bits``, float64 (events heard so far, heads), the surprise -log2 p of each.
    """

    notes: IntTable
    sources: IntTable
    heads: tuple[str, ...]
    bits: NDArray[np.float64]

    @property
    def complete(self) -> bool:
        """Whether it was heard to the end."""
        return len(self.bits) == len(self.sources)

    @property
    def surprise(self) -> NDArray[np.float64]:
        """Bits of each event in all, float64 (events heard so far,)."""
        surprise: NDArray[np.float64] = self.bits.sum(axis=1)
        return surprise

    @property
    def nats(self) -> float:
        """The negative log likelihood of what was heard, all heads, in nats."""
        return float(self.bits.sum()) * NATS_A_BIT


class Listener:
    """A network's ear for patterns that change: what it has heard before it does not hear again.

    As in training it does not hear keys it has no word for, and of several hits of one drum on one grid position only
    the loudest. Use one from one thread at a time.
    """

    def __init__(self, model: DrumModel, stepper: Stepper | None = None) -> None:
        self._stepper = stepper or Stepper(model)
        self._hindsight = Hindsight(model)
        self._labels = Labels().classes(model.vocabulary)
        self._timeline = Timeline(TempoMap(), MetreMap(), model.vocabulary.grid)
        self._notes = note_table(())
        self._events = model.vocabulary.encode(())
        self._bits = np.zeros((0, len(self._hindsight.heads)))
        self._heard = 0
        # For each stretch, the memory that has heard all but the last event before it.
        self._memories = [self._stepper.empty_memory()]

    @property
    def listening(self) -> Listening:
        """What has been heard so far of the pattern that was given last."""
        return Listening(self._notes, self._events.sources, self._hindsight.heads, self._bits[: self._heard].copy())

    def hear(self, pattern: Pattern, labels: Labels | None = None) -> Iterator[None]:
        """Hear a pattern, stretch by stretch, some milliseconds each. Left early, it is heard on from there the next
        time.
        """
        notes = yield from note_table_in_stretches(pattern.notes)
        first = self._take_up(notes, pattern, labels)
        yield
        heard, said = self._encoded(first, len(self._events))
        for start in range(first, len(self._events), _STRETCH):
            yield
            within = slice(start - first, start - first + _STRETCH)
            stretch = EventTable(said.columns, said.rows[within], said.starts)
            hidden = self._stepper.hidden_after(*self._hear_stretch(start // _STRETCH, heard[within]))
            self._heard = start + len(stretch)
            self._bits[start : self._heard] = self._hindsight.nats(hidden, stretch) / NATS_A_BIT

    def guesses(self, event: int, count: int) -> list[Guess]:
        """The likeliest notes in the stead of an event that was heard, the likeliest first, at temperature 1. All
        delays longer than the longest that has a word count as that.
        """
        stepper, rows = self._stepper, self._events.rows
        past = Past(stepper.architecture, stepper.vocabulary, self._timeline, self._labels)
        past.extend(rows[:event])
        base = past.position if past.events else self._timeline.bar_of(int(rows[event, 0]))[0]
        heard, _ = self._encoded(event // _STRETCH * _STRETCH, event + 1)
        h, c = self._hear_stretch(event // _STRETCH, heard)
        stepper.speak(Memory(h[-1], c[-1]))
        delays = _probabilities(stepper.delay_scores)
        stepper.keep()
        found: list[Guess] = []
        for delay in np.argsort(-delays, kind="stable").tolist():
            if len(found) >= count and delays[delay] <= found[count - 1].probability:
                break  # no drum there can be likelier than the delay itself
            position = base + stepper.vocabulary.delay_of(delay)
            stepper.withdraw()
            scores = stepper.tell_delay(delay, self._timeline.place(position), past.struck(position))
            first = past.pitch + 1 if position == past.position and stepper.vocabulary.ordered else 0
            if first == len(scores):
                continue  # no drum is left on this position
            drums = delays[delay] * _probabilities(scores[first:])
            found += [
                Guess(position * stepper.vocabulary.grid.ticks, key, float(probability))
                for key, probability in zip(stepper.vocabulary.pitches[first:], drums, strict=True)
            ]
            found.sort(key=lambda guess: -guess.probability)
            del found[count:]
        return found

    def _take_up(self, notes: IntTable, pattern: Pattern, labels: Labels | None) -> int:
        """Take up another pattern; the first event of the first stretch that is to be heard."""
        vocabulary = self._stepper.vocabulary
        events, timeline = vocabulary.encode_rows(notes), Timeline(pattern.tempo, pattern.metre, vocabulary.grid)
        classes = (labels or Labels()).classes(vocabulary)
        same = 0
        if (timeline, classes) == (self._timeline, self._labels):
            same = _alike(self._events.rows[: self._heard], events.rows)
        self._notes, self._events, self._timeline, self._labels = notes, events, timeline, classes
        self._bits = np.concatenate([self._bits[:same], np.zeros((len(events) - same, self._bits.shape[1]))])
        self._heard = same
        stretch = same // _STRETCH
        del self._memories[stretch + 1 :]
        return stretch * _STRETCH

    def _encoded(self, first: int, stop: int) -> tuple[IntTable, EventTable]:
        """The events from ``first`` up to ``stop``: what the network hears before each, int64 (events, columns), and
        what is said.
        """
        stepper = self._stepper
        table = encode_events(
            self._events.rows[:stop],
            self._timeline,
            stepper.vocabulary,
            stepper.architecture.bar_memory,
            self._labels,
            first=max(first - 1, 0),
        )
        heard = table.rows[:, [table.columns.index(column) for column in stepper.input_columns]]
        if first == 0:
            heard = np.concatenate([np.array([stepper.begin], np.int64), heard])
        # Labels are told ahead: style, kind and tempo are those of the event to come.
        labels = [place for place, column in enumerate(stepper.input_columns) if column in LABEL_COLUMNS]
        heard[:-1, labels] = heard[1:, labels]
        said = EventTable(table.columns, table.rows[len(table) - (stop - first) :], table.starts)
        return heard[:-1], said

    def _hear_stretch(self, stretch: int, heard: IntTable) -> tuple[Floats, Floats]:
        """h and c as each event of a stretch, or of its beginning, was said: what :meth:`Stepper.hear` gives."""
        memory = self._memories[stretch].copy()
        h, c = self._stepper.hear(memory, heard)
        if len(heard) == _STRETCH and stretch + 1 == len(self._memories):
            self._memories.append(memory)
        return h, c


def listen(
    model: DrumModel, pattern: Pattern, labels: Labels | None = None, stepper: Stepper | None = None
) -> Listening:
    """Hear a pattern to its end and note down what the network thinks."""
    listener = Listener(model, stepper)
    for _ in listener.hear(pattern, labels):
        pass
    return listener.listening


def note_table_in_stretches(notes: NoteRun) -> Generator[None, None, IntTable]:
    """:func:`note_table`, some milliseconds at a time."""
    parts = [note_table(())]
    for first in range(0, len(notes), _NOTES_AT_ONCE):
        parts.append(note_table(notes.part(first, first + _NOTES_AT_ONCE)))
        yield
    return np.concatenate(parts)


def _alike(one: IntTable, other: IntTable) -> int:
    """How many rows two tables begin with alike."""
    rows = min(len(one), len(other))
    others = np.flatnonzero((one[:rows] != other[:rows]).any(axis=1))
    return int(others[0]) if len(others) else rows


def _probabilities(scores: Floats) -> NDArray[np.float64]:
    raised: NDArray[np.float64] = np.exp(scores.astype(np.float64) - scores.max())
    raised /= raised.sum()
    return raised
