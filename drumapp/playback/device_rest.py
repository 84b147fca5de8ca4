"""When the sound device may rest: a stream of silence keeps the processor busy and the computer from sleeping."""

from __future__ import annotations

from drumapp.playback.clock import NANOSECONDS, Clock
from drumapp.playback.engine_sound import SoundKeeper
from drumapp.playback.player import Player

REST_SECONDS = 60
"""So long nothing is heard before the device rests. Some take a while to start again, wireless ones above all: who
stops only to think is not to wait for them.
"""


class DeviceRest:
    """Lets the device rest when nothing has been heard for a minute, and wakes it before anything is to be."""

    def __init__(self, player: Player, keeper: SoundKeeper, clock: Clock) -> None:
        self._player = player
        self._keeper = keeper
        self._clock = clock
        self._busy_ns = clock.now_ns()  # when something was last heard, or asked for
        self._begun = False

    def look(self, *, needed: bool) -> None:
        """Call this now and then. Args: needed, whether something may have to be heard at once at any time."""
        now_ns = self._clock.now_ns()
        if needed:
            self.end()
        elif not (self._keeper.pulling and self._player.resting):
            self._busy_ns = now_ns
        elif now_ns - self._busy_ns > REST_SECONDS * NANOSECONDS:
            self._busy_ns = now_ns
            self._begun = True
            self._keeper.rest()

    def end(self) -> None:
        """Something is about to be posted."""
        self._busy_ns = self._clock.now_ns()
        if self._begun:
            self._begun = False
            self._keeper.wake()
