"""Musical time: ticks, bars, metre and tempo.

A tick is 1/480 of a quarter note everywhere in the program; files of any other resolution are converted on reading.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil

TICKS_PER_QUARTER = 480
MIN_TEMPO = 20.0
MAX_TEMPO = 400.0
DEFAULT_TEMPO = 120.0


@dataclass(frozen=True, slots=True)
class Range:
    """Half-open run of ticks: ``start`` belongs to it, ``stop`` does not."""

    start: int
    stop: int

    def __post_init__(self) -> None:
        if self.stop < self.start:
            raise ValueError(f"a range must not end before it starts: {self.start}..{self.stop}")

    def __contains__(self, tick: float) -> bool:
        return self.start <= tick < self.stop

    @property
    def length(self) -> int:
        """Length in ticks."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True, order=True)
class Metre:
    """A time signature, such as 4/4 or 7/8.

    Raises ValueError unless the numerator is 1-32 and the denominator a power of two from 1 to 32.
    """

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 32:
            raise ValueError(f"metre numerator must be 1 to 32, not {self.numerator}")
        if self.denominator not in (1, 2, 4, 8, 16, 32):
            raise ValueError(f"metre denominator must be 1, 2, 4, 8, 16 or 32, not {self.denominator}")

    @property
    def ticks_per_beat(self) -> int:
        """Ticks in one beat, the beat being the denominator's note value."""
        return TICKS_PER_QUARTER * 4 // self.denominator

    @property
    def ticks_per_bar(self) -> int:
        """Ticks in one bar."""
        return self.ticks_per_beat * self.numerator

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @classmethod
    def parse(cls, text: str) -> Metre:
        """Read ``"7/8"``; raises ValueError for anything else."""
        numerator, slash, denominator = text.partition("/")
        if not (slash and numerator.strip().isdecimal() and denominator.strip().isdecimal()):
            raise ValueError(f"a metre is written like 4/4 or 7/8, not {text!r}")
        return cls(int(numerator), int(denominator))


@dataclass(frozen=True, slots=True)
class BarPosition:
    """A tick as musicians read it; bar and beat count from 1, tick from 0 within the beat."""

    bar: int
    beat: int
    tick: int

    def __str__(self) -> str:
        return f"{self.bar:03d}.{self.beat}.{self.tick:03d}"


def count_in_position(ticks_left: float, metre: Metre) -> BarPosition:
    """Where a count-in is that has so many ticks to go before the music: its last bar is -1, the one before -2."""
    left = max(ceil(ticks_left), 1)
    bars = -(-left // metre.ticks_per_bar)
    beat, tick = divmod(bars * metre.ticks_per_bar - left, metre.ticks_per_beat)
    return BarPosition(-bars, beat + 1, tick)


@dataclass(frozen=True, slots=True)
class MetreChange:
    """From ``tick`` on, bars are in ``metre``; ``tick`` begins a bar."""

    tick: int
    metre: Metre


@dataclass(frozen=True)
class MetreMap:
    """The metre through time. The first change lies at tick 0; every change starts a new bar.

    Raises ValueError when changes are missing, unsorted or do not begin at 0.
    """

    changes: tuple[MetreChange, ...] = (MetreChange(0, Metre()),)

    def __post_init__(self) -> None:
        _check_changes("metre", [change.tick for change in self.changes])

    @classmethod
    def constant(cls, metre: Metre) -> MetreMap:
        """The same metre throughout."""
        return cls((MetreChange(0, metre),))

    def metre_at(self, tick: int) -> Metre:
        """The metre in force at a tick."""
        return self.changes[self._index_at(tick)].metre

    def bar_start(self, bar: int) -> int:
        """Tick at which bar number ``bar`` (from 0) begins."""
        index = bisect_right(self._first_bars, bar) - 1
        change = self.changes[max(index, 0)]
        return change.tick + (bar - self._first_bars[max(index, 0)]) * change.metre.ticks_per_bar

    def bar_at(self, tick: int) -> int:
        """Number (from 0) of the bar that holds a tick."""
        index = self._index_at(tick)
        change = self.changes[index]
        return self._first_bars[index] + (tick - change.tick) // change.metre.ticks_per_bar

    def position(self, tick: int) -> BarPosition:
        """Bar, beat and tick of a tick, for people."""
        bar = self.bar_at(tick)
        metre = self.metre_at(tick)
        beat, rest = divmod(tick - self.bar_start(bar), metre.ticks_per_beat)
        return BarPosition(bar + 1, beat + 1, rest)

    def _index_at(self, tick: int) -> int:
        return max(bisect_right(self._ticks, tick) - 1, 0)

    @cached_property
    def _ticks(self) -> list[int]:
        return [change.tick for change in self.changes]

    @cached_property
    def _first_bars(self) -> list[int]:
        bars = [0]
        for before, after in pairwise(self.changes):
            # A metre change in mid-bar cuts that bar short; the cut bar still counts as one.
            bars.append(bars[-1] + -(-(after.tick - before.tick) // before.metre.ticks_per_bar))
        return bars


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From ``tick`` on, ``bpm`` quarter notes a minute."""

    tick: int
    bpm: float


@dataclass(frozen=True)
class TempoMap:
    """The tempo through time, in quarter notes a minute; converts ticks to seconds and back.

    Raises ValueError when changes are missing, unsorted, do not begin at 0, or a tempo is outside 20-400.
    """

    changes: tuple[TempoChange, ...] = (TempoChange(0, DEFAULT_TEMPO),)

    def __post_init__(self) -> None:
        _check_changes("tempo", [change.tick for change in self.changes])
        for change in self.changes:
            if not MIN_TEMPO <= change.bpm <= MAX_TEMPO:
                raise ValueError(f"tempo must be {MIN_TEMPO:g} to {MAX_TEMPO:g} beats a minute, not {change.bpm:g}")

    @classmethod
    def constant(cls, bpm: float) -> TempoMap:
        """The same tempo throughout."""
        return cls((TempoChange(0, float(bpm)),))

    def bpm_at(self, tick: float) -> float:
        """The tempo in force at a tick."""
        return self.changes[max(bisect_right(self._ticks, tick) - 1, 0)].bpm

    def seconds_at(self, tick: float) -> float:
        """Seconds from tick 0 to ``tick``."""
        index = max(bisect_right(self._ticks, tick) - 1, 0)
        change = self.changes[index]
        return self._seconds[index] + (tick - change.tick) * seconds_per_tick(change.bpm)

    def tick_at(self, seconds: float) -> float:
        """The tick, not rounded, that lies ``seconds`` after tick 0."""
        index = max(bisect_right(self._seconds, seconds) - 1, 0)
        change = self.changes[index]
        return change.tick + (seconds - self._seconds[index]) / seconds_per_tick(change.bpm)

    @cached_property
    def _ticks(self) -> list[int]:
        return [change.tick for change in self.changes]

    @cached_property
    def _seconds(self) -> list[float]:
        seconds = [0.0]
        for before, after in pairwise(self.changes):
            seconds.append(seconds[-1] + (after.tick - before.tick) * seconds_per_tick(before.bpm))
        return seconds


def seconds_per_tick(bpm: float) -> float:
    """Seconds one tick lasts at ``bpm`` quarter notes a minute."""
    return 60.0 / (bpm * TICKS_PER_QUARTER)


def _check_changes(what: str, ticks: list[int]) -> None:
    if not ticks or ticks[0] != 0:
        raise ValueError(f"the first {what} must be given for tick 0")
    if any(after <= before for before, after in pairwise(ticks)):
        raise ValueError(f"{what} changes must be in order of time, one a tick")
