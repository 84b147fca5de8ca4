"""Where the music is: play, pause, stop, seek, loop, and a pattern that is still growing.

Everything is counted in frames of one stream that never restarts. A frame's place in the music follows from one
:class:`TimeAnchor`, never from adding up blocks, so blocks of any size give the same onsets. Ticks are due once each:
the transport remembers the first tick not handed out yet, whatever tempo, loop or pattern does meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from math import ceil, floor

from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, Range, TempoMap, seconds_per_tick

# Ticks that fall on a whole frame come out of floating point a hair before or after it, and so do frames on a whole
# tick; this is far below either and far above the error of hours of music.
_EPSILON = 1e-6


@dataclass(frozen=True)
class TimeAnchor:
    """One moment known both as a stream frame and as a tick; the tempo map gives all the others.

    Attributes: frame of the stream and tick, both with their fractions; tempo; sample_rate in frames a second.
    """

    frame: float
    tick: float
    tempo: TempoMap
    sample_rate: int

    def exact_frame_of(self, tick: float) -> float:
        """The stream frame, with its fraction, at which a tick comes."""
        seconds = self.tempo.seconds_at(tick) - self.tempo.seconds_at(self.tick)
        return self.frame + seconds * self.sample_rate

    def frame_of(self, tick: float) -> int:
        """The stream frame in which a tick falls."""
        return floor(self.exact_frame_of(tick) + _EPSILON)

    def tick_at(self, frame: float) -> float:
        """The tick, with its fraction, at a stream frame."""
        return self.tempo.tick_at(self.tempo.seconds_at(self.tick) + (frame - self.frame) / self.sample_rate)

    def first_tick_from(self, frame: int) -> int:
        """The first whole tick that falls in ``frame`` or later."""
        tick = ceil(self.tick_at(frame))
        while self.frame_of(tick - 1) >= frame:
            tick -= 1
        while self.frame_of(tick) < frame:
            tick += 1
        return tick


@dataclass(frozen=True)
class Segment:
    """A run of stream frames during which time passes evenly.

    Attributes: start and stop as stream frames; ticks that fall due in it; the anchor that tells each tick's frame;
    cut: whether whatever sounds must end at ``start``, because the music jumped there.
    """

    start: int
    stop: int
    ticks: Range
    anchor: TimeAnchor
    cut: bool = False


class _AtLimit(Enum):
    HOLD = "hold"
    LOOP = "loop"
    END = "end"
    END_SPAN = "end of the span that is played once"


class Transport:
    """The position in the music, advanced block by block.

    Every method that acts "now" takes the stream frame at which the next block starts. While ``growing``, the music
    never runs past ``length``: it holds there, and goes on from there once the pattern is longer. Not growing, it
    loops over the loop span if there is one, and else stops and rewinds at ``length``. A span played once goes first.
    """

    def __init__(self, sample_rate: int) -> None:
        self._anchor = TimeAnchor(0.0, 0.0, TempoMap(), sample_rate)
        self._tempo = TempoMap()  # the music's own
        self._imposed: float | None = None  # the tempo that somebody else gives
        self._length = 0
        self._growing = False
        self._loop: Range | None = None
        self._playing = False
        self._moving = False  # playing, and not holding at the end of a growing pattern
        self._position = 0.0  # where the music is while it does not move
        self._next_tick = 0
        self._start: float | None = None  # the frame at which the music begins to move, when that was given
        self._once: Range | None = None
        self._wrapped = 0
        # Whether the music, once it moves, will come to the loop's end; past it, it plays on. A pause at the very end
        # counts as before it.
        self._before_loop_end = False

    @property
    def playing(self) -> bool:
        """Whether Play is on; also true while holding for a growing pattern."""
        return self._playing

    @property
    def holding(self) -> bool:
        """Whether Play is on but the music waits for the pattern to grow."""
        return self._playing and not self._moving and self._start is None

    @property
    def starting(self) -> bool:
        """Whether Play is on but the frame at which it was to start has not come."""
        return self._start is not None

    @property
    def coming(self) -> TimeAnchor | None:
        """The moment at which the music will begin to move, if that is known and lies ahead."""
        start = self._start
        return None if start is None else replace(self._anchor, frame=start, tick=self._position)

    def ticks_to_start(self, frame: int) -> float:
        """How many ticks, of the tempo it will begin with, lie between a frame and a start that is yet to come."""
        if self._start is None:
            return 0.0
        seconds = (self._start - frame) / self._anchor.sample_rate
        return max(seconds, 0.0) / seconds_per_tick(self.tempo_at(self._position))

    @property
    def wrapped(self) -> int:
        """Ticks that loops have taken back so far; with `position` it tells how far the music has come in all."""
        return self._wrapped

    @property
    def loop(self) -> Range | None:
        """The span that is repeated, if any."""
        return self._loop

    @property
    def next_tick(self) -> int:
        """The first tick that has not been handed out."""
        return self._next_tick

    def position(self, frame: int) -> float:
        """The tick, with its fraction, at a stream frame."""
        return self._anchor.tick_at(frame) if self._moving else self._position

    def set_music(self, length: int, tempo: TempoMap, frame: int) -> None:
        """Give the pattern's length in ticks and its tempo; the tick position stays where it is."""
        self._length = length
        self._tempo = tempo
        self._apply_tempo(frame)

    def impose_tempo(self, bpm: float | None, frame: int) -> None:
        """Play in somebody else's tempo, whatever the music's own; None gives the music its own back."""
        self._imposed = None if bpm is None else min(max(bpm, MIN_TEMPO), MAX_TEMPO)
        self._apply_tempo(frame)

    def tempo_at(self, tick: float) -> float:
        """The tempo in force at a tick, in quarter notes a minute."""
        return self._anchor.tempo.bpm_at(tick)

    def set_length(self, length: int) -> None:
        """Give a new length in ticks, all else unchanged."""
        self._length = length

    def set_growing(self, growing: bool) -> None:
        """Say whether the pattern will get longer yet."""
        self._growing = growing

    def set_loop(self, loop: Range | None) -> None:
        """Repeat a span; None or an empty span turns looping off."""
        self._loop = loop if loop is not None and loop.length > 0 else None
        self._before_loop_end = self._loop is not None and self._moving and self._next_tick <= self._loop.stop

    def play(self, start: float | None = None) -> None:
        """Start from the position: at the next block, or at a frame with its fraction, such as after a count-in."""
        self._start = start if start is not None and not self._playing else self._start
        self._playing = True

    def play_once(self, span: Range, start: float | None = None) -> None:
        """Play a span of ticks and halt at its start, loop or not. Pause, stop, seek and another span end that."""
        self._playing = False
        self.seek(span.start)
        self._once = span if span.length > 0 else None
        self.play(start)

    def pause(self, frame: int) -> None:
        """Stay where the music is."""
        position = self.position(frame)
        whole = round(position)
        # A hair before a loop's end would be before it, where the very end is not.
        self._position = float(whole) if abs(position - whole) < _EPSILON else position
        self._playing = self._moving = False
        self._start = self._once = None

    def stop(self) -> None:
        """Halt and rewind to the start."""
        self._playing = self._moving = False
        self._start = None
        self._place(0.0)

    def seek(self, tick: float) -> None:
        """Go to a tick, playing or not."""
        self._moving = False
        self._place(max(float(tick), 0.0))

    def advance(self, frame: int, frames: int) -> list[Segment]:
        """Move on by a block that starts at stream frame ``frame`` and lasts ``frames``; its segments in order.

        No segments mean that the music stands still; gaps before the first or after the last segment do as well.
        """
        segments: list[Segment] = []
        end = frame + frames
        cut = False
        exact = float(frame)
        if self._start is not None:
            exact = max(self._start, exact)
            frame = floor(exact + _EPSILON)
            if frame >= end:
                return segments
            self._start = None
        while frame < end and self._playing:
            limit, action = self._limit()
            if not self._moving:
                if self._position >= limit and action is _AtLimit.HOLD:
                    break
                self._anchor = replace(self._anchor, frame=max(exact, float(frame)), tick=self._position)
                self._moving = True
            limit_frame = max(self._anchor.frame_of(limit), frame)
            reached = limit_frame < end
            stop_tick = limit if reached else min(self._anchor.first_tick_from(end), limit)
            ticks = Range(self._next_tick, max(stop_tick, self._next_tick))
            stop = min(limit_frame, end)
            segments.append(Segment(frame, stop, ticks, self._anchor, cut))
            self._next_tick = ticks.stop
            frame = stop
            cut = False
            if reached:
                cut = self._act_at_limit(limit, action)
        return segments

    def _limit(self) -> tuple[int, _AtLimit]:
        loop = self._loop
        if loop is not None and not self._moving and self._position < loop.stop:
            self._before_loop_end = True
        once = self._once
        if once is not None and (once.stop <= self._length or not self._growing):
            return once.stop, _AtLimit.END_SPAN
        if self._growing:
            if once is None and loop is not None and self._before_loop_end and loop.stop <= self._length:
                return loop.stop, _AtLimit.LOOP
            return self._length, _AtLimit.HOLD
        if loop is not None:
            return (loop.stop if self._before_loop_end else max(self._length, self._next_tick)), _AtLimit.LOOP
        return self._length, _AtLimit.END

    def _act_at_limit(self, limit: int, action: _AtLimit) -> bool:
        """Hold, loop or end; true when what sounds must be cut because the music jumped."""
        if action is _AtLimit.HOLD:
            # A pattern that was cut shorter holds where the music is, not before it.
            self._position = float(max(limit, self._next_tick))
            self._moving = False
            return False
        if action is _AtLimit.END:
            self.stop()
            return False
        if action is _AtLimit.END_SPAN:
            assert self._once is not None
            start = self._once.start
            self._playing = False
            self.seek(start)
            return False
        assert self._loop is not None
        self._wrapped += limit - self._loop.start
        # The exact frame, not the block's: loop after loop, nothing is rounded away.
        exact = max(self._anchor.exact_frame_of(limit), self._anchor.frame)
        self._anchor = replace(self._anchor, frame=exact, tick=float(self._loop.start))
        self._next_tick = self._loop.start
        self._before_loop_end = True
        return True

    def _apply_tempo(self, frame: int) -> None:
        tempo = self._tempo if self._imposed is None else TempoMap.constant(self._imposed)
        if tempo != self._anchor.tempo:
            self._position = self.position(frame)
            self._anchor = TimeAnchor(float(frame), self._position, tempo, self._anchor.sample_rate)

    def _place(self, tick: float) -> None:
        self._before_loop_end = False
        self._once = None
        self._position = tick
        self._next_tick = ceil(tick)
