"""When what a sound device pulls will be heard, told from the times at which it pulls."""

from __future__ import annotations

from math import inf

from drumapp.playback.clock import NANOSECONDS

_WINDOW_NS = NANOSECONDS
_DRY_NS = NANOSECONDS // 10


class DeviceClock:
    """The clock of one sound device, in nanoseconds of the monotonic clock.

    A device pulls late at times, since its thread has to wait for the processor, but it plays evenly. So the earliest
    pulls of the last second or two, each taken back to the first by the frames pulled in between, tell its clock; that
    one second's are forgotten after the next lets it drift, as every device does. A pull so late that the device must
    have run dry begins anew.

    Attributes: late_ns: how late the last pull was; nominal: when it was due, had the device pulled exactly at its rate
    since the first pull, and by how much later it came.
    """

    def __init__(self, sample_rate: int, latency_ms: float) -> None:
        self.late_ns = 0.0
        self.nominal = 0, 0
        self._frame_ns = NANOSECONDS / sample_rate
        self._latency_ns = latency_ms * 1e6
        self._longest_wait_ns = self._latency_ns + _DRY_NS
        self._pulled = self._first_ns = 0
        self._earliest = self._earliest_before = inf
        self._window_end = 0

    def pull(self, frames: int, now_ns: int) -> float:
        """So many frames are pulled now; when the first of them will be heard."""
        start = now_ns - self._pulled * self._frame_ns
        if not self._pulled:
            self._first_ns = now_ns
        late = round(start) - self._first_ns
        self.nominal = now_ns - late, late
        if now_ns >= self._window_end:
            self._window_end = now_ns + _WINDOW_NS
            self._earliest_before, self._earliest = self._earliest, inf
        if start - min(self._earliest, self._earliest_before) > self._longest_wait_ns:
            self._earliest_before = self._earliest = inf
        self._earliest = min(self._earliest, start)
        even = min(self._earliest, self._earliest_before)
        self.late_ns = start - even
        heard = even + self._pulled * self._frame_ns + self._latency_ns
        self._pulled += frames
        return heard
