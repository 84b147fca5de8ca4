"""A look into a drummer's mind, as the window knows it: from a model or, in tests, from a script. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Note, Pattern

if TYPE_CHECKING:
    from drumapp.lstm.listening import Listening
    from drumapp.lstm.take_settings import GeneratorSettings

H, C = "h", "c"
"""The two halves of the network's memory: what it says, and what it keeps."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A stroke in the place of another: tick on the drummer's grid, MIDI key, probability from 0 to 1."""

    tick: int
    key: int
    probability: float


@dataclass(frozen=True, slots=True)
class WhatElse:
    """What could be struck in a note's stead, given all before it.

    Attributes: note; own, the stroke that it is; others, the likeliest first. None of them is there already.
    """

    note: Note
    own: Stroke
    others: tuple[Stroke, ...]

    @property
    def swaps(self) -> tuple[Note, ...]:
        """What the note becomes with each of the others: it keeps its velocity, and how far off the grid it was."""
        aside = self.note.start - self.own.tick
        return tuple(self.note._replace(start=max(other.tick + aside, 0), pitch=other.key) for other in self.others)


@dataclass(frozen=True, slots=True)
class MemoryFilm:
    """A take's memory through time.

    Attributes: half, H or C; ticks, int64 (memories,), the tick from which on each holds; values, float32 (memories,
    layers, units); fresh, the ticks at which memory was drawn anew, the take's start among them.
    """

    half: str
    ticks: NDArray[np.int64]
    values: NDArray[np.float32]
    fresh: tuple[int, ...]


class Insight(Protocol):
    """What a drummer thinks. It is asked from one thread at a time; what takes long is done a few milliseconds at a
    time, and may be left early.
    """

    def hear(self, pattern: Pattern) -> Iterator[None]:
        """Hear a pattern, for :attr:`listening` and :meth:`what_else`."""

    @property
    def listening(self) -> Listening:
        """How surprising what was heard so far is."""

    def what_else(self, note: Note, count: int) -> WhatElse | None:
        """So many strokes in a note's stead at most; None when it is not among those heard."""

    def follow(self, pattern: Pattern, settings: GeneratorSettings) -> Iterator[None]:
        """Follow the memory of a take with these settings that has played, or heard, a pattern."""

    def film(self, half: str) -> MemoryFilm:
        """The memory that was followed last, which must have been to its end."""
