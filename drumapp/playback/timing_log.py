"""When notes were due and when they were sent: the last few thousand, in memory that the window can read."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import NamedTuple
from zlib import crc32

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
        ("source", ctypes.c_int64 * CAPACITY),
        ("due_ns", ctypes.c_int64 * CAPACITY),
        ("late_ns", ctypes.c_int64 * CAPACITY),
    ]

    def add(self, source: int, due_ns: int, late_ns: int) -> None:
        """Take down one more; the oldest goes. Args: source, number of the output that it went to."""
        place = self.count % CAPACITY
        self.source[place] = source
        self.due_ns[place] = due_ns
        self.late_ns[place] = late_ns
        self.count += 1

    def since(self, count: int, source: int | None = None) -> list[Sent]:
        """What has been added since there were ``count``, of one source or of all, as far as it is still there."""
        places = (number % CAPACITY for number in range(max(count, self.count - CAPACITY), self.count))
        return [
            Sent(self.due_ns[place], self.late_ns[place])
            for place in places
            if source is None or self.source[place] == source
        ]


class TimingLogs(ctypes.Structure):
    """Attributes: notes sent to MIDI ports; pulls of the sound device, due by its nominal rate since its first."""

    notes: TimingLog
    pulls: TimingLog

    _fields_ = [("notes", TimingLog), ("pulls", TimingLog)]


def source_of(port: str) -> int:
    """The number of a port in a log."""
    return crc32(port.encode())


class LatenessLog:
    """Takes down in a log how late a port's notes are."""

    def __init__(self, log: TimingLog, port: str, time_of: Callable[[int], int], now_ns: Callable[[], int]) -> None:
        self._log = log
        self._source = source_of(port)
        self._time_of = time_of
        self._now_ns = now_ns

    def note(self, frame: int) -> None:
        """A note that was due at a frame of the stream has been sent now."""
        due_ns = self._time_of(frame)
        self._log.add(self._source, due_ns, self._now_ns() - due_ns)
