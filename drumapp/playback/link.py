"""Ableton Link, through aalink where it is installed: tempo and beat shared with all programs on the local network."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any

from drumapp.core.errors import DrumappError
from drumapp.core.timing import TICKS_PER_QUARTER
from drumapp.playback.leader import Begin, Count, Halt


class LinkError(DrumappError):
    """Link cannot be used."""


class LinkLeader:
    """The session that all Link programs on this network share. Attributes: see `drumapp.playback.leader.Leader`.

    Music that is started here waits for the session's next bar; when others start or stop the session, the music goes
    along. Raises LinkError where aalink is not installed.
    """

    bar_quantised = True

    def __init__(self, bpm: float) -> None:
        self.orders: deque[Begin | Halt] = deque()
        self._link = _make_link(bpm)
        self._link.enabled = True
        self._link.start_stop_sync_enabled = True
        self._playing = bool(self._link.playing)

    @property
    def peers(self) -> int:
        """How many other programs take part."""
        return int(self._link.num_peers)

    def count_at(self, _now_ns: int) -> Count:
        """The session's beat now, in ticks, and its tempo."""
        tick = float(self._link.beat) * TICKS_PER_QUARTER
        count = Count(float(time.monotonic_ns()), tick, float(self._link.tempo), locked=True)
        playing = bool(self._link.playing)
        if playing != self._playing:
            self._playing = playing
            # It was started on a beat, of which we hear a moment before or after.
            beat = round(tick / TICKS_PER_QUARTER) * TICKS_PER_QUARTER
            self.orders.append(Begin(0.0, float(beat)) if playing else Halt())
        return count

    def lead(self, bpm: float) -> None:
        """Give the session a tempo."""
        if abs(float(self._link.tempo) - bpm) > 1e-3:
            self._link.tempo = bpm

    def close(self) -> None:
        """Leave the session."""
        self._link.enabled = False


def _make_link(bpm: float) -> Any:
    try:
        import aalink
    except ImportError as error:
        raise LinkError("Ableton Link needs one more package: pip install aalink (licensed under the GPL).") from error

    async def make() -> Any:
        return aalink.Link(bpm)

    # It wants a loop to be made in, and uses it only for waiting, which is not done here.
    return asyncio.run(make())
