"""What a player should strike, worked out the plain way: one tick after the other, in fractions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback.scheduler import LATE_GRACE_TICKS


class PlainPlayer:
    """Obeys the same commands as a player. Attributes: strikes as (frame, key, velocity); playing; unheard keys."""

    def __init__(self, sample_rate: int) -> None:
        self.strikes: list[tuple[int, int, int]] = []
        self.playing = False
        self.unheard: frozenset[int] = frozenset()
        self._rate = sample_rate
        self._frame = 0
        self._notes: list[Note] = []
        self._late: list[Note] = []
        self._auditions: list[tuple[int, int]] = []
        self._length = 0
        self._loop: Range | None = None
        self._growing = False
        self._frames_a_tick = Fraction(sample_rate, 960)
        self._moving = False
        self._tick = Fraction(0)  # the position, while the music stands
        self._anchor = Fraction(0), Fraction(0)  # a frame and its tick, while it moves
        self._next = 0  # the first tick not played yet
        self._turns = False  # whether the loop's end lies ahead

    def set_pattern(self, notes: Iterable[Note], length: int, bpm: int) -> None:
        self._notes = sorted(notes)
        self._length = length
        self._late = [note for note in self._late if any(note[:2] == other[:2] for other in self._notes)]
        frames_a_tick = Fraction(self._rate * 60, bpm * 480)
        if frames_a_tick != self._frames_a_tick:
            self._tick = self._position()
            self._anchor = Fraction(self._frame), self._tick
            self._frames_a_tick = frames_a_tick

    def append(self, notes: Iterable[Note], length: int) -> None:
        self._notes = sorted([*self._notes, *notes])
        self._length = length
        if self.playing:
            self._late += [note for note in notes if self._next - LATE_GRACE_TICKS <= note.start < self._next]

    def set_growing(self, growing: bool) -> None:
        self._growing = growing

    def set_loop(self, loop: Range | None) -> None:
        self._loop = loop if loop is not None and loop.length else None
        self._turns = self._loop is not None and self._moving and self._next <= self._loop.stop

    def play(self) -> None:
        self.playing = True

    def pause(self) -> None:
        self._tick = self._position()
        self.playing = self._moving = False
        self._late = []

    def stop(self) -> None:
        self.playing = False
        self.seek(0)

    def seek(self, tick: int) -> None:
        self._moving = self._turns = False
        self._tick, self._next = Fraction(tick), ceil(tick)
        self._late = []

    def panic(self) -> None:
        self._late = []

    def audition(self, key: int, velocity: int) -> None:
        self._auditions.append((key, velocity))

    def process(self, frames: int) -> None:
        end = self._frame + frames
        self.strikes += [(self._frame, *audition) for audition in self._auditions]
        self._auditions = []
        now = self._frame
        while self.playing and now < end:
            if not self._moving:
                self._turns = self._loop is not None and (self._turns or self._tick < self._loop.stop)
                if self._waits_at(self._tick):
                    break
                self._anchor, self._moving = (Fraction(now), self._tick), True
            for note in self._late:
                self._strike(note, now)
            self._late = []
            limit = self._limit()
            if self._next < limit:
                at = max(self._frame_of(self._next), now)
                if at >= end:
                    break
                for note in self._notes:
                    if note.start == self._next:
                        self._strike(note, at)
                self._next += 1
            else:
                now = max(floor(self._exact_frame_of(limit)), now)
                if now >= end:
                    break
                self._turn_or_halt(limit)
        self._frame = end

    def _position(self) -> Fraction:
        frame, tick = self._anchor
        return tick + (self._frame - frame) / self._frames_a_tick if self._moving else self._tick

    def _exact_frame_of(self, tick: int) -> Fraction:
        frame, anchor_tick = self._anchor
        return frame + (tick - anchor_tick) * self._frames_a_tick

    def _frame_of(self, tick: int) -> int:
        return floor(self._exact_frame_of(tick))

    def _waits_at(self, tick: Fraction) -> bool:
        turns = self._loop is not None and self._turns and self._loop.stop <= self._length
        return self._growing and not turns and tick >= self._length

    def _limit(self) -> int:
        """The tick at which something happens other than the next tick."""
        loop = self._loop
        if loop is not None and self._turns and (not self._growing or loop.stop <= self._length):
            return loop.stop
        if loop is not None and not self._growing:
            return max(self._length, self._next)
        return self._length

    def _turn_or_halt(self, limit: int) -> None:
        if self._loop is not None and (not self._growing or (self._turns and self._loop.stop <= self._length)):
            exact = max(self._exact_frame_of(limit), self._anchor[0])
            self._anchor = exact, Fraction(self._loop.start)
            self._next, self._turns = self._loop.start, True
        elif self._growing:
            self._tick, self._moving = Fraction(max(limit, self._next)), False
        else:
            self.playing = self._moving = self._turns = False
            self._tick, self._next = Fraction(0), 0

    def _strike(self, note: Note, frame: int) -> None:
        if note.pitch not in self.unheard:
            self.strikes.append((frame, note.pitch, note.velocity))
