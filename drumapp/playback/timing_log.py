"""When notes were due and when they were sent: the last few thousand, in memory that the window can read."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import NamedTuple

CAPACITY = 8192


class Sent(NamedTuple):
    """Attributes: due_ns, a time of the monotonic clock; late_ns: by how much later it was done."""

    due_ns: int
    late_ns: int


class TimingLog(ctypes.Structure):
    """The numbers themselves; one thread writes. count goes on rising, and entry n lies at n modulo CAPACITY."""

    count: int

    _fields_ = [
        ("count", ctypes.c_int64),
        ("due_ns", ctypes.c_int64 * CAPACITY),
        ("late_ns", ctypes.c_int64 * CAPACITY),
    ]

    def add(self, due_ns: int, late_ns: int) -> None:
        """Take down one more; the oldest goes."""
        place = self.count % CAPACITY
        self.due_ns[place] = due_ns
        self.late_ns[place] = late_ns
        self.count += 1

    def since(self, count: int) -> list[Sent]:
        """What has been added since there were ``count``, as far as it is still there."""
        places = [number % CAPACITY for number in range(max(count, self.count - CAPACITY), self.count)]
        return [Sent(self.due_ns[place], self.late_ns[place]) for place in places]


class LatenessLog:
    """Takes down in a log how late an output's notes are."""

    def __init__(self, log: TimingLog, time_of: Callable[[int], int], now_ns: Callable[[], int]) -> None:
        self._log = log
        self._time_of = time_of
        self._now_ns = now_ns

    def note(self, frame: int) -> None:
        """A note that was due at a frame of the stream has been sent now."""
        due_ns = self._time_of(frame)
        self._log.add(due_ns, self._now_ns() - due_ns)
