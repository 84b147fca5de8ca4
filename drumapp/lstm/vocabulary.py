"""The network's words: notes to events to integers, and back.

An event is one output of the network: the delay since the event before on a grid of 24 to the quarter note, the drum,
its velocity in 32 steps, and the microtiming that is left, in ticks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import DEFAULT_DURATION, Note
from drumapp.core.timing import TICKS_PER_QUARTER, Metre

GRID_PER_QUARTER = 24
TICKS_PER_GRID = TICKS_PER_QUARTER // GRID_PER_QUARTER
MAX_DELAY = 96
"""Longest delay with a word of its own, in grid positions: a bar of 4/4. Longer silences are told as this one; the
position in the bar, which the network is given apart, stays exact."""
VELOCITY_STEPS = 32
MICROTIMING_STEPS = TICKS_PER_GRID
ALL_MICROTIMINGS = (1 << MICROTIMING_STEPS) - 1
"""Sets of microtiming classes are told as bits."""
EARLIEST_MICROTIMING = -(TICKS_PER_GRID // 2)
NO_MICROTIMING = -EARLIEST_MICROTIMING
"""The microtiming class of a note right on its grid position."""
MAX_PITCHES = 62
"""Sets of drums are kept as bits of a signed 64-bit integer."""
POSITIONS = 192
"""Positions in the bar with a word of their own: bars of up to 8 quarters; longer bars start over."""
TEMPO_STEPS = 8
ANY = 0
"""The label class that says nothing: for tempo, style and kind."""
KINDS = ("beat", "fill")


class Event(NamedTuple):
    """Classes of one event: delay 0-96, pitch an index into the vocabulary's, velocity 0-31, microtiming 0-19."""

    delay: int
    pitch: int
    velocity: int
    microtiming: int


class GridNote(NamedTuple):
    """A note in the network's terms: grid position from the start, pitch class, velocity class, microtiming class."""

    position: int
    pitch: int
    velocity: int
    microtiming: int


@dataclass(frozen=True)
class Events:
    """A pattern in the network's terms, sorted by (position, drum).

    Attributes: ``rows``, int64 (events, 4), the fields of :class:`GridNote`; ``sources``, int64 (events,), which of
    the notes each event is.
    """

    rows: NDArray[np.int64]
    sources: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)

    def grid_notes(self) -> list[GridNote]:
        """The events one by one."""
        return [GridNote(*row) for row in self.rows.tolist()]

    def chosen(self, which: NDArray[np.bool_]) -> Events:
        """Those events where ``which``, bool (events,), is true."""
        return Events(self.rows[which], self.sources[which])


@dataclass(frozen=True)
class Vocabulary:
    """The drums and styles a network knows.

    Attributes: MIDI keys, ascending, without repeats; style names, without repeats.
    Raises ValueError for keys outside 0-127, unsorted, missing or more than 62, and for repeated styles.
    """

    pitches: tuple[int, ...]
    styles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.pitches or list(self.pitches) != sorted(set(self.pitches)):
            raise ValueError("a vocabulary's drum keys must be given, ascending and each once")
        if len(self.pitches) > MAX_PITCHES:
            raise ValueError(f"a vocabulary may have {MAX_PITCHES} drums, not {len(self.pitches)}")
        if self.pitches[0] < 0 or self.pitches[-1] > 127:
            raise ValueError("a vocabulary's drum keys must be 0 to 127")
        if len(set(self.styles)) != len(self.styles):
            raise ValueError("a vocabulary has a style twice")

    @cached_property
    def key_classes(self) -> NDArray[np.int64]:
        """Pitch class of each MIDI key, int64 (128,); -1 for those without a word."""
        classes = np.full(128, -1, np.int64)
        classes[list(self.pitches)] = np.arange(len(self.pitches))
        return classes

    @property
    def delays(self) -> int:
        """Number of delay classes."""
        return MAX_DELAY + 1

    def style_class(self, style: str | None) -> int:
        """Class of a style name; None is any. Raises ValueError for a style the network never heard."""
        if style is None:
            return ANY
        if style not in self.styles:
            known = ", ".join(self.styles) or "none"
            raise ValueError(f"this drummer knows no style {style!r} (it knows: {known})")
        return self.styles.index(style) + 1

    def encode(self, notes: Sequence[Note], key_classes: NDArray[np.int64] | None = None) -> Events:
        """Notes as events. Notes whose key has no class in ``key_classes`` (this vocabulary's own unless given) are
        left out, and of several hits of one drum on one position the loudest is kept.
        """
        return self.encode_rows(note_rows(notes), key_classes)

    def encode_rows(self, notes: NDArray[np.int64], key_classes: NDArray[np.int64] | None = None) -> Events:
        """:meth:`encode` for notes told as numbers: those of :func:`note_rows`."""
        classes = self.key_classes if key_classes is None else key_classes
        start, key, velocity, _ = notes.T
        pitch = np.where((key >= 0) & (key < len(classes)), classes[np.clip(key, 0, len(classes) - 1)], -1)
        position, microtiming = np.divmod(start - EARLIEST_MICROTIMING, TICKS_PER_GRID)
        rows = np.stack([position, pitch, velocity_class(velocity), microtiming], axis=1)
        order = np.lexsort((-rows[:, 2], pitch, position))
        order = order[pitch[order] >= 0]
        hit = rows[order, :2]
        first = np.ones(len(order), np.bool_)
        first[1:] = (hit[1:] != hit[:-1]).any(axis=1)
        sources = order[first]
        return Events(rows[sources], sources)

    def decode(self, grid_note: GridNote, *, feel: bool = True) -> Note:
        """The note of a grid note; without ``feel`` it lies exactly on its grid position."""
        start = grid_note.position * TICKS_PER_GRID
        if feel:
            start = max(0, start + grid_note.microtiming + EARLIEST_MICROTIMING)
        return Note(start, self.pitches[grid_note.pitch], velocity_of_class(grid_note.velocity), DEFAULT_DURATION)

    def to_json(self) -> dict[str, Any]:
        """A value json can write."""
        return {"pitches": list(self.pitches), "styles": list(self.styles)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Vocabulary:
        """Read what :meth:`to_json` wrote; raises ValueError when it is not that."""
        pitches, styles = value.get("pitches"), value.get("styles", [])
        if not isinstance(pitches, list) or not all(type(pitch) is int for pitch in pitches):
            raise ValueError("its list of drum keys is missing or not of whole numbers")
        if not isinstance(styles, list) or not all(isinstance(style, str) for style in styles):
            raise ValueError("its list of styles is not of names")
        return cls(tuple(pitches), tuple(styles))


def note_rows(notes: Sequence[Note]) -> NDArray[np.int64]:
    """Notes as numbers, int64 (notes, 4): the fields of :class:`~drumapp.core.pattern.Note`."""
    flat = np.fromiter(chain.from_iterable(notes), np.int64, len(Note._fields) * len(notes))
    return flat.reshape(-1, len(Note._fields))


_Classes = TypeVar("_Classes", int, NDArray[np.int64])


def velocity_class(velocity: _Classes) -> _Classes:
    """Class 0-31 of a MIDI velocity 1-127, four velocities a class; of one or of many."""
    return velocity * VELOCITY_STEPS // 128


def velocity_of_class(step: int) -> int:
    """The MIDI velocity in the middle of a class."""
    return step * 128 // VELOCITY_STEPS + 2


def delay_class(delay: int) -> int:
    """Class of a delay in grid positions."""
    return min(delay, MAX_DELAY)


def position_class(position_in_bar: _Classes) -> _Classes:
    """Class of a grid position counted from its bar's start; of one or of many."""
    return position_in_bar % POSITIONS


def tempo_class(bpm: float | None) -> int:
    """Class of a tempo: 1-8 in bands of 20 beats a minute from 60; None is any."""
    if bpm is None:
        return ANY
    return min(max(int((bpm - 60.0) // 20.0) + 2, 1), TEMPO_STEPS)


def kind_class(kind: str | None) -> int:
    """Class of a kind of playing, ``"beat"`` or ``"fill"``; None is any."""
    return ANY if kind is None else KINDS.index(kind) + 1


def grid_per_bar(metre: Metre) -> int:
    """Grid positions in one bar."""
    return metre.ticks_per_bar // TICKS_PER_GRID
