"""The network's words: notes to events to integers, and back.

An event is one output of the network: the delay since the event before on a grid, the drum, its velocity in 32 steps,
and the microtiming that is left, in ticks. The house grid is 24 to the quarter note, and every delay up to a bar has a
word there; other networks, such as the drummer of 2017, count in ticks and know only the delays they were taught.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import DEFAULT_DURATION, Note
from drumapp.lstm.grid import HOUSE_GRID, Grid
from drumapp.note_table import note_table

GRID_PER_QUARTER = HOUSE_GRID.per_quarter
TICKS_PER_GRID = HOUSE_GRID.ticks
MAX_DELAY = 96
"""Longest delay with a word of its own, in grid positions: a bar of 4/4. Longer silences are told as this one; the
position in the bar, which the network is given apart, stays exact."""
VELOCITY_STEPS = 32
LONGEST_DELAY = 100_000
MOST_DELAYS = 4096
"""For vocabularies that name their delays one by one."""
MAX_PITCHES = 62
"""Sets of drums are kept as bits of a signed 64-bit integer."""
POSITIONS = 192
"""Positions in the bar with a word of their own: bars of up to 8 quarters; longer bars start over."""
TEMPO_STEPS = 8
ANY = 0
"""The label class that says nothing: for tempo, style and kind."""
KINDS = ("beat", "fill")


class Event(NamedTuple):
    """Classes of one event: delay, pitch an index into the vocabulary's, velocity 0-31, microtiming."""

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
    """The drums, styles and delays a network knows.

    Attributes: MIDI keys, ascending, without repeats; style names, without repeats; the grid time is counted on;
    ``delay_words``, the delays that have a word, in grid positions, ascending, without repeats; none means all from 0
    to MAX_DELAY. ``ordered``: whether drums that are struck together come in order of their keys.
    Raises ValueError for keys outside 0-127, unsorted, missing or more than 62, for repeated styles, and for delays
    that are unsorted, negative, absurdly long or many.
    """

    pitches: tuple[int, ...]
    styles: tuple[str, ...] = ()
    grid: Grid = HOUSE_GRID
    delay_words: tuple[int, ...] = ()
    ordered: bool = True

    def __post_init__(self) -> None:
        if not self.pitches or list(self.pitches) != sorted(set(self.pitches)):
            raise ValueError("a vocabulary's drum keys must be given, ascending and each once")
        if len(self.pitches) > MAX_PITCHES:
            raise ValueError(f"a vocabulary may have {MAX_PITCHES} drums, not {len(self.pitches)}")
        if self.pitches[0] < 0 or self.pitches[-1] > 127:
            raise ValueError("a vocabulary's drum keys must be 0 to 127")
        if len(set(self.styles)) != len(self.styles):
            raise ValueError("a vocabulary has a style twice")
        if list(self.delay_words) != sorted(set(self.delay_words)):
            raise ValueError("a vocabulary's delays must be given ascending and each once")
        if self.delay_words and not 0 <= self.delay_words[0] <= self.delay_words[-1] <= LONGEST_DELAY:
            raise ValueError(f"a vocabulary's delays must be 0 to {LONGEST_DELAY} grid positions")
        if self.delay_words and self.delay_words[-1] == 0:
            raise ValueError("a vocabulary must have a delay that goes on")
        if len(self.delay_words) > MOST_DELAYS:
            raise ValueError(f"a vocabulary may have {MOST_DELAYS} delays, not {len(self.delay_words)}")

    @cached_property
    def key_classes(self) -> NDArray[np.int64]:
        """Pitch class of each MIDI key, int64 (128,); -1 for those without a word."""
        classes = np.full(128, -1, np.int64)
        classes[list(self.pitches)] = np.arange(len(self.pitches))
        return classes

    @property
    def delays(self) -> int:
        """Number of delay classes."""
        return len(self.delay_words) or MAX_DELAY + 1

    @property
    def longest_delay(self) -> int:
        """The longest delay that has a word, in grid positions. Longer silences are told as this one."""
        return self.delay_words[-1] if self.delay_words else MAX_DELAY

    def delay_class(self, delay: int) -> int:
        """Class of a delay in grid positions: of those that have a word the nearest."""
        words = self.delay_words
        if not words:
            return min(delay, MAX_DELAY)
        after = bisect_left(words, delay)
        if after == len(words) or (after > 0 and delay - words[after - 1] <= words[after] - delay):
            return after - 1
        return after

    def delay_classes(self, delays: NDArray[np.int64]) -> NDArray[np.int64]:
        """:meth:`delay_class` of many delays."""
        if not self.delay_words:
            return np.minimum(delays, MAX_DELAY)
        words = np.array(self.delay_words, np.int64)
        after = np.minimum(np.searchsorted(words, delays), len(words) - 1)
        before = np.maximum(after - 1, 0)
        nearer_before = delays - words[before] <= words[after] - delays
        longer = delays > words[after]
        classes: NDArray[np.int64] = np.where(nearer_before & ~longer, before, after)
        return classes

    def delay_of(self, delay_class: int) -> int:
        """The delay of a class, in grid positions."""
        return self.delay_words[delay_class] if self.delay_words else delay_class

    def first_class_of(self, delay: int) -> int:
        """The first class whose delay is at least this long; the number of classes where none is."""
        return bisect_left(self.delay_words, delay) if self.delay_words else min(delay, MAX_DELAY + 1)

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
        return self.encode_rows(note_table(notes), key_classes)

    def encode_rows(self, notes: NDArray[np.int64], key_classes: NDArray[np.int64] | None = None) -> Events:
        """:meth:`encode` of notes told as numbers, int64 (notes, 3 or more): start, key, velocity, as in
        :func:`note_table`, in any order.
        """
        classes = self.key_classes if key_classes is None else key_classes
        start, key, velocity = notes[:, :3].T
        pitch = np.where((key >= 0) & (key < len(classes)), classes[np.clip(key, 0, len(classes) - 1)], -1)
        position, microtiming = self.grid.split(start)
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
        start = grid_note.position * self.grid.ticks
        if feel:
            start = max(0, start + grid_note.microtiming + self.grid.earliest)
        return Note(start, self.pitches[grid_note.pitch], velocity_of_class(grid_note.velocity), DEFAULT_DURATION)

    def to_json(self) -> dict[str, Any]:
        """A value json can write."""
        written: dict[str, Any] = {"pitches": list(self.pitches), "styles": list(self.styles)}
        if self.grid != HOUSE_GRID:
            written["ticks_per_grid"] = self.grid.ticks
        if self.delay_words:
            written["delays"] = list(self.delay_words)
        if not self.ordered:
            written["ordered"] = False
        return written

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Vocabulary:
        """Read what :meth:`to_json` wrote; raises ValueError when it is not that."""
        if odd := sorted(set(value) - {"pitches", "styles", "ticks_per_grid", "delays", "ordered"}):
            raise ValueError(f"its vocabulary has unknown fields ({', '.join(odd)})")
        pitches, styles, delays = value.get("pitches"), value.get("styles", []), value.get("delays", [])
        if not isinstance(delays, list) or not all(type(delay) is int for delay in delays):
            raise ValueError("its list of delays is not of whole numbers")
        if type(value.get("ordered", True)) is not bool:
            raise ValueError("ordered must be true or false")
        if not isinstance(pitches, list) or not all(type(pitch) is int for pitch in pitches):
            raise ValueError("its list of drum keys is missing or not of whole numbers")
        if not isinstance(styles, list) or not all(isinstance(style, str) for style in styles):
            raise ValueError("its list of styles is not of names")
        grid = Grid(value["ticks_per_grid"]) if "ticks_per_grid" in value else HOUSE_GRID
        return cls(tuple(pitches), tuple(styles), grid, tuple(delays), value.get("ordered", True))


_Classes = TypeVar("_Classes", int, NDArray[np.int64])


def velocity_class(velocity: _Classes) -> _Classes:
    """Class 0-31 of a MIDI velocity 1-127, four velocities a class; of one or of many."""
    return velocity * VELOCITY_STEPS // 128


def velocity_of_class(step: int) -> int:
    """The MIDI velocity in the middle of a class."""
    return step * 128 // VELOCITY_STEPS + 2


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
