"""MIDI clock and transport as we send them to those who follow us: which message falls on which frame."""

from __future__ import annotations

from collections.abc import Sequence

from drumapp.core.timing import TICKS_PER_QUARTER
from drumapp.playback.midi_messages import (
    CLOCK,
    CLOCKS_PER_POSITION,
    CLOCKS_PER_QUARTER,
    CONTINUE,
    START,
    STOP,
    song_position,
)
from drumapp.playback.outputs import Signal
from drumapp.playback.transport import Segment

TICKS_PER_CLOCK = TICKS_PER_QUARTER // CLOCKS_PER_QUARTER
TICKS_PER_POSITION = TICKS_PER_CLOCK * CLOCKS_PER_POSITION


class ClockSender:
    """Follows the transport's segments.

    A follower begins at the clock after Start or Continue. Song positions know sixteenths only: music that begins
    between two has its Continue on the second, with the clocks running before. Whenever the music jumps, as at a loop's
    end, followers are stopped, placed and sent on.
    """

    def __init__(self) -> None:
        self._next_tick: int | None = None  # None while the followers stand still
        self._begins_at: int | None = None  # the tick at which they are to begin, if that lies ahead

    def signals(self, segments: Sequence[Segment]) -> list[Signal]:
        """The messages of a block."""
        signals: list[Signal] = []
        for segment in segments:
            start = segment.ticks.start
            if start != self._next_tick:
                signals += self.stop(segment.start)
                self._begins_at = -(-start // TICKS_PER_POSITION) * TICKS_PER_POSITION
                if self._begins_at:
                    signals.append(Signal(segment.start, song_position(self._begins_at // TICKS_PER_POSITION)))
            for tick in range(-(-start // TICKS_PER_CLOCK) * TICKS_PER_CLOCK, segment.ticks.stop, TICKS_PER_CLOCK):
                frame = max(segment.anchor.frame_of(tick), segment.start)
                if tick == self._begins_at:
                    signals.append(Signal(frame, bytes([CONTINUE if tick else START])))
                    self._begins_at = None
                place, between = divmod(tick, TICKS_PER_POSITION)
                signals.append(Signal(frame, bytes([CLOCK]), None if between else place))
            self._next_tick = segment.ticks.stop
        return signals

    def stop(self, frame: int) -> list[Signal]:
        """The messages that halt the followers at a frame; none when they stand still."""
        if self._next_tick is None:
            return []
        self._next_tick = self._begins_at = None
        return [Signal(frame, bytes([STOP]))]
