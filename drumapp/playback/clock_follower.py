"""Follows somebody's MIDI clock: tempo and place from ticks that come 24 times a quarter, none of them on time.

An alpha-beta filter keeps place and period. Its gains begin as those that fit a straight line to all clocks so far by
least squares (Brookner, Tracking and Kalman Filtering Made Easy, 1998, "growing-memory filter") and stay where they are
for the last two thirds of a quarter. So the tempo is known at once, settles within the first quarters, and follows a
tempo that is turned.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.clock_sender import TICKS_PER_CLOCK, TICKS_PER_POSITION
from drumapp.playback.leader import Begin, Count, Halt
from drumapp.playback.midi_messages import CLOCK, CLOCKS_PER_QUARTER, CONTINUE, SONG_POSITION, START, STOP

_MEMORY = 32  # clocks
_LOCKED_AFTER = 2 * CLOCKS_PER_QUARTER
_OUTLIER = 0.5  # in periods: a clock that is so far off says nothing about the place
_OFF, _OFF_NS = 0.08, NANOSECONDS * 3 // 2000  # in periods, and at least: off by more than any cable makes it
_REFIT_CLOCKS = 4  # so many in a row off to one side mean another tempo, which is then read from them
_SILENCE_NS = NANOSECONDS // 4  # 20 beats a minute leave 125 ms between clocks


class ClockFollower:
    """What has come from a clock so far.

    One thread gives it messages; any may ask for the count. Attributes: see `Leader`.
    """

    bar_quantised = False

    def __init__(self) -> None:
        self.orders: deque[Begin | Halt] = deque()
        self._count: Count | None = None
        self._clock = -1  # number of the last clock
        self._heard = 0  # clocks since they began to come
        self._came: deque[int] = deque(maxlen=_REFIT_CLOCKS + 1)
        self._time = 0.0  # when the last clock came, as the filter sees it
        self._period = 0.0  # nanoseconds
        self._fitted = 0  # clocks that the line is fitted to
        self._off = 0  # clocks in a row that came too late; less than 0, too early
        self._place: float | None = None  # the tick that Continue goes on from, if it was told
        self._beginning = False  # whether the next clock is the first after Start or Continue

    def receive(self, message: Sequence[int], now_ns: int) -> None:
        """Take up a message that came at a time of the monotonic clock; others than those of a clock are ignored."""
        kind = message[0]
        if kind == CLOCK:
            self._tick(now_ns)
        elif kind == START:
            self._begin(0.0)
        elif kind == CONTINUE:
            self._begin(self._place)
        elif kind == STOP:
            self.orders.append(Halt())
        elif kind == SONG_POSITION and len(message) == 3:
            self._place = float((message[1] + (message[2] << 7)) * TICKS_PER_POSITION)

    def count_at(self, now_ns: int) -> Count | None:
        """The count; None before the second clock, and once the clock has fallen silent."""
        count = self._count
        return None if count is None or now_ns - count.now_ns > _SILENCE_NS else count

    def lead(self, bpm: float) -> None:
        """Do nothing: a clock is not led."""

    def close(self) -> None:
        """Do nothing: its port is not ours."""

    def _begin(self, place: float | None) -> None:
        # By MIDI's rule, the music is at its place when the next clock comes.
        self.orders.append(Begin(place, float((self._clock + 1) * TICKS_PER_CLOCK)))
        self._place = None
        self._beginning = True

    def _tick(self, now_ns: int) -> None:
        if self._came and now_ns - self._came[-1] > _SILENCE_NS:
            # The music has gone on meanwhile. So has its master's, or it would have told of a start.
            if self._period and not self._beginning:
                self._clock += max(round((now_ns - self._came[-1]) / self._period) - 1, 0)
            self._fitted = self._heard = 0
            self._came.clear()
        self._came.append(now_ns)
        self._heard += 1
        self._clock += 1
        self._beginning = False
        if self._fitted < 2:
            self._fit(now_ns)
        else:
            self._follow(now_ns - self._time - self._period)
        if self._fitted >= 2:
            bpm = 60 * NANOSECONDS / (self._period * CLOCKS_PER_QUARTER)
            tick = float(self._clock * TICKS_PER_CLOCK)
            self._count = Count(self._time, tick, bpm, locked=self._heard >= _LOCKED_AFTER)

    def _follow(self, error: float) -> None:
        """Take up a clock that came so much later than was expected."""
        if abs(error) > max(_OFF * self._period, _OFF_NS):
            side = 1 if error > 0 else -1
            self._off = self._off + side if self._off * side > 0 else side
            if abs(self._off) >= _REFIT_CLOCKS:
                self._fit(self._came[-1])
                return
        else:
            self._off = 0
        self._time += self._period
        if abs(error) > _OUTLIER * self._period:
            return
        self._fitted += 1
        memory = min(self._fitted, _MEMORY)
        self._time += error * 2 * (2 * memory - 1) / (memory * (memory + 1))
        self._period += error * 6 / (memory * (memory + 1))

    def _fit(self, now_ns: int) -> None:
        """Begin the line with the last few clocks."""
        self._time, self._off = float(now_ns), 0
        self._fitted = len(self._came)
        if self._fitted >= 2:
            self._period = max((now_ns - self._came[0]) / (self._fitted - 1), 1.0)
