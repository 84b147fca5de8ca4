"""A player in real time: what it plays is heard, and sent, when the stream's clock says so."""

from __future__ import annotations

from drumapp.playback.clock import Clock
from drumapp.playback.device_clock import DeviceClock
from drumapp.playback.player import Player
from drumapp.playback.stream_clock import StreamClock
from drumapp.playback.synth import Audio
from drumapp.playback.timing_log import TimingLog

_HEADSTART_MS = 5  # the earliest output has so long to hear of music that starts, or jumps, before it is to play it
_JUMP_SECONDS = 0.03
_ASLEEP_SECONDS = 0.5
_STEEPEST = 0.002  # by this share a block may cover more or less of the stream; nobody hears it
_EAGERNESS = 0.1


class LivePlayer:
    """Keeps a player, the sound device and the stream's clock together.

    The sound device has a clock of its own, which is off by some millionths. Each block therefore covers a little more
    or less of the stream than its frames; drums are struck a frame earlier or later, and nothing is resampled. After a
    stretch in which nothing moved on, as when the computer slept, the stream goes on where it was.

    Attributes: stream, its clock; sound_offset: by how many frames the synth is later than the beat; lead: by how many
    frames outputs must be told ahead of the time.
    """

    def __init__(self, player: Player, clock: Clock, pulls: TimingLog | None = None) -> None:
        self.stream = StreamClock(player.sample_rate, clock.now_ns())
        self.sound_offset = 0
        self.lead = 0
        self._player = player
        self._clock = clock
        self._pulls = pulls
        self._device = DeviceClock(player.sample_rate, 0.0)
        self._ratio = 1.0
        self._begun = False  # whether the device has pulled

    @property
    def player(self) -> Player:
        """Who plays."""
        return self._player

    def use_device(self, sample_rate: int, latency_ms: float) -> None:
        """Another device will pull; none does now. Args: latency_ms from a pull until it is heard."""
        self._device = DeviceClock(sample_rate, latency_ms)
        self._ratio = self._player.sample_rate / sample_rate
        self._begun = False

    def pull(self, frames: int) -> Audio:
        """The next block for the device, shape (frames, 2)."""
        player, rate = self._player, self._player.sample_rate
        now_ns = self._clock.now_ns()
        heard_ns = self._device.pull(frames, now_ns)
        if self._pulls is not None:
            self._pulls.add(0, *self._device.nominal)
        place = self.stream.place_at(heard_ns) - self.sound_offset
        behind = place - player.place
        if not self._begun or abs(behind) > _JUMP_SECONDS * rate:
            self._begun = True
            if self._stood_still(place):
                self.stream.reanchor(self._went_to + self.sound_offset, round(heard_ns))
                place = float(self._went_to)
            player.move_to(place)
            behind = 0.0
        even = frames * self._ratio
        most = _STEEPEST * even
        span = even + min(max(behind * _EAGERNESS, -most), most)
        return player.process(frames, span, self._obey_from(self.stream.frame_at(now_ns)))

    def keep_ahead(self, now_ns: int) -> int:
        """Have outputs told of what is due within the lead; the frame whose time it is."""
        now = self.stream.frame_at(now_ns)
        if self._stood_still(now):
            self.stream.reanchor(self._went_to, now_ns)
            now = self._went_to
        self._player.keep_ahead(self._obey_from(now), now + self.lead)
        return now

    def _obey_from(self, now: int) -> int:
        return now + max(self.lead - self.stream.frames_in(_HEADSTART_MS), 0)

    @property
    def _went_to(self) -> int:
        """Where the stream was before it stood still: what outputs have been told since is not due yet."""
        return self._player.frame - self.lead

    def _stood_still(self, place: float) -> bool:
        player = self._player
        return player.playing and place - player.frame > _ASLEEP_SECONDS * player.sample_rate
