"""Whom the music follows when it does not keep its own time: the interface of a MIDI clock and of Ableton Link."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, TICKS_PER_QUARTER
from drumapp.playback.clock import NANOSECONDS


class Count(NamedTuple):
    """One moment of a leader's count, from which those near it follow.

    Attributes: now_ns of the monotonic clock; tick, of the leader's own count, which goes on rising whatever is played;
    bpm; locked: whether the tempo is known well enough to be relied on.
    """

    now_ns: float
    tick: float
    bpm: float
    locked: bool

    def tick_at(self, now_ns: float) -> float:
        """The leader's tick, with its fraction, at a time."""
        return self.tick + (now_ns - self.now_ns) * self.bpm * TICKS_PER_QUARTER / (60 * NANOSECONDS)

    def time_of(self, tick: float) -> float:
        """The time, in nanoseconds, of a leader's tick."""
        return self.now_ns + (tick - self.tick) * 60 * NANOSECONDS / (self.bpm * TICKS_PER_QUARTER)

    @property
    def playable(self) -> bool:
        """Whether the music can go at this tempo."""
        return MIN_TEMPO <= self.bpm <= MAX_TEMPO


@dataclass(frozen=True)
class Begin:
    """The leader has started. Attributes: tick of the music, None for where it is; at, the leader's tick of that."""

    tick: float | None
    at: float


@dataclass(frozen=True)
class Halt:
    """The leader has stopped."""


class Leader(Protocol):
    """Attributes: orders of its transport that have not been carried out; bar_quantised: whether music that is started
    here waits for the leader's next bar.
    """

    orders: deque[Begin | Halt]
    bar_quantised: bool

    def count_at(self, now_ns: int) -> Count | None:
        """Its count as it is known at a time; None while nothing is known. Any thread may ask."""

    def lead(self, bpm: float) -> None:
        """Take on our tempo, as far as the leader lets itself be led."""

    def close(self) -> None:
        """Follow it no more."""
