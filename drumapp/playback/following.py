"""Keeps the transport in step with a leader: each block at the tempo that brings it to where the leader will be."""

from __future__ import annotations

from drumapp.core.timing import Range
from drumapp.playback.leader import Begin, Count, Leader
from drumapp.playback.stream_clock import StreamClock
from drumapp.playback.transport import Transport

TICKS_A_SECOND = 8.0  # at one beat a minute
_MOST_CORRECTION = 0.2  # of the tempo
_UNHEARD_TICKS = 0.02
_JUMP_TICKS = 480.0


class Following:
    """One leader, and where the music stands in its count.

    The music may loop, or be started anywhere: what is kept in step is how far it has come in all, against how far the
    leader has. Attributes: leader.
    """

    def __init__(self, leader: Leader, stream: StreamClock) -> None:
        self.leader = leader
        self._stream = stream
        self._begin: Begin | None = None  # which the leader has given and whose time has not come
        self._base: float | None = None  # the leader's tick at which the music would have been at its first

    def begin(self, begin: Begin) -> None:
        """The transport stands where the music is to begin: start it when the leader is there."""
        self._begin = begin

    def forget_place(self) -> None:
        """The music has been moved or halted here: from now on its place counts from where it is."""
        self._begin = self._base = None

    def start_of_bar(self, count: Count, frame: int, ticks_per_bar: int, position: float) -> float | None:
        """The frame of the leader's next bar, for music that waits for one and is started here."""
        if not self.leader.bar_quantised:
            return None
        at = -(-count.tick_at(self._stream.ns_of(frame)) // ticks_per_bar) * ticks_per_bar
        self._begin = Begin(position, at)
        return self._stream.place_at(count.time_of(at))

    def step(self, count: Count, transport: Transport, start: int, stop: int) -> float | None:
        """Set the transport's tempo for the block between two stream frames; a tick to jump to if it is too far off."""
        if self._begin is not None:
            self._start(count, transport, start, stop)
        if not transport.playing or transport.holding or transport.starting:
            return None
        seconds = (stop - start) / self._stream.sample_rate
        even = count.bpm * TICKS_A_SECOND * seconds
        come = transport.position(start) + transport.wrapped
        if self._base is None:
            self._base = count.tick_at(self._stream.ns_of(start)) - come
        missing = count.tick_at(self._stream.ns_of(stop)) - self._base - come - even
        if abs(missing) > _JUMP_TICKS:
            self._base = None
            return transport.position(start) + missing
        if abs(missing) < _UNHEARD_TICKS:
            missing = 0.0
        most = _MOST_CORRECTION * even
        transport.impose_tempo(count.bpm * (1.0 + min(max(missing, -most), most) / even), start)
        return None

    def _start(self, count: Count, transport: Transport, start: int, stop: int) -> None:
        assert self._begin is not None
        place = self._stream.place_at(count.time_of(self._begin.at))
        if place >= stop:
            return
        transport.impose_tempo(count.bpm, start)
        if not transport.playing:
            transport.play(max(place, float(start)))
        self._base = self._begin.at - transport.position(start) - transport.wrapped
        self._begin = None


def within_loop(tick: float, loop: Range | None) -> float:
    """Where a tick past a loop's end lies in it."""
    if loop is None or not loop.length or tick < loop.stop:
        return max(tick, 0.0)
    return loop.start + (tick - loop.start) % loop.length
