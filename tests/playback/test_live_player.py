import random

import numpy as np
import pytest

from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import NANOSECONDS, ManualClock
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.player import Player
from tests.playback.recording_synth import RecordingSynth
from tests.playback.studio import MS, RATE, set_notes

BLOCK = 480
SIXTEENTHS = [Note(tick, 42, 90, 10) for tick in range(0, 1920, 120)]
SIXTEENTH_NS = NANOSECONDS // 8


class Device:
    """A sound device with a clock of its own. It knows at which time each frame of the synth is heard."""

    def __init__(self, *, millionths: float = 0.0, rate: int = RATE, latency_ms: float = 20.0) -> None:
        self.clock = ManualClock(10**12)
        self.synth = RecordingSynth(rate)
        self.player = Player(RecordingSynth(RATE), clock=self.clock)
        self.live = LivePlayer(self.player, self.clock)
        self.player.swap_synth(self.synth)
        self.live.use_device(rate, latency_ms)
        self.heard_ns: list[float] = []  # of each block's first frame
        self._frame_ns = NANOSECONDS / rate * (1 + millionths / 1e6)
        self._block = rate * BLOCK // RATE
        self._latency_ns = latency_ms * MS
        self._start_ns = self.clock.now_ns()
        self._pulled = 0

    def run(self, seconds: float, late=lambda: 0) -> None:
        """Pull blocks for so long, each so many nanoseconds too late."""
        for _ in range(round(seconds * NANOSECONDS / (self._block * self._frame_ns))):
            due = self._start_ns + self._pulled * self._frame_ns
            self.clock.wait_until(round(due + late()))
            self.live.pull(self._block)
            self.heard_ns.append(due + self._latency_ns)
            self._pulled += self._block

    def pause(self, seconds: float) -> None:
        """Pull nothing for so long."""
        self._start_ns += round(seconds * NANOSECONDS)
        self.clock.advance(round(seconds * NANOSECONDS))

    def strikes_ns(self) -> np.ndarray:
        """When each stroke was heard."""
        blocks, offsets = np.divmod([frame for frame, _ in self.synth.strikes], self._block)
        return np.array(self.heard_ns)[blocks] + offsets * self._frame_ns


def playing(device: Device) -> Device:
    for command in (set_notes(*SIXTEENTHS), protocol.SetLoop(Range(0, 1920)), protocol.Play()):
        device.player.post(command)
    return device


def test_strokes_are_heard_when_the_streams_clock_says():
    device = playing(Device())
    device.run(3.0)
    struck = device.strikes_ns()
    assert len(struck) == 24
    start = device.live.stream.frame_at(round(struck[0]))
    due = [device.live.stream.ns_of(start + n * 6000) for n in range(24)]
    assert struck == pytest.approx(due, abs=2 * device._frame_ns)


@pytest.mark.parametrize("millionths", [-300, 100, 300])
def test_a_device_whose_clock_is_off_plays_the_tempo_all_the_same(millionths):
    device = playing(Device(millionths=millionths))
    dice = random.Random(3)
    device.run(120.0, late=lambda: dice.expovariate(1) * 500_000)
    struck = device.strikes_ns()
    drift = struck[-1] - struck[0] - (len(struck) - 1) * SIXTEENTH_NS
    assert abs(drift) < 1.5 * MS
    # Without following it, the device would have been off by 12 to 36 milliseconds.
    assert np.abs(np.diff(struck) - SIXTEENTH_NS).max() < 0.5 * MS


@pytest.mark.parametrize("rate", [44_100, 96_000, 22_050])
def test_a_device_of_another_rate_plays_the_tempo_all_the_same(rate):
    device = playing(Device(rate=rate))
    device.run(20.0)
    struck = device.strikes_ns()
    assert len(struck) in (160, 161)
    assert np.abs(np.diff(struck) - SIXTEENTH_NS).max() <= 2.1 * NANOSECONDS / min(rate, RATE)
    assert struck[-1] - struck[0] == pytest.approx((len(struck) - 1) * SIXTEENTH_NS, abs=MS / 10)


def test_a_synth_that_is_said_to_be_late_is_struck_earlier():
    plain, shifted = playing(Device()), playing(Device())
    shifted.live.sound_offset = -480
    for device in (plain, shifted):
        device.run(1.0)
        device.heard = device.live.stream.place_at(device.strikes_ns()[1])
    due = (plain.heard - plain.strikes_ns()[0]) - (shifted.heard - shifted.strikes_ns()[0])
    assert due == pytest.approx(0, abs=2)
    # As the stream's frames tell, the stroke comes 10 ms before its time.
    first = shifted.live.stream.place_at(shifted.strikes_ns()[0])
    assert shifted.player.tick_at(round(first) + 480) == pytest.approx(0, abs=0.1)


def test_after_a_stretch_in_which_nothing_moved_the_music_goes_on_where_it_was():
    device = playing(Device())
    device.run(1.0)
    before = device.player.state.tick
    device.pause(3600.0)
    device.run(1.0)
    assert device.player.state.tick == pytest.approx(before + 960, abs=2)
    assert len(device.synth.strikes) == 16  # an hour's were not made up for
    struck = device.strikes_ns()
    assert np.diff(struck[8:]) == pytest.approx(SIXTEENTH_NS, abs=0.5 * MS)


def test_a_short_gap_is_jumped_over_and_what_fell_into_it_is_not_struck_too_late():
    device = playing(Device())
    device.run(1.0)
    device.pause(0.2)
    device.run(1.0)
    struck = device.strikes_ns()
    place = (struck - struck[0]) / SIXTEENTH_NS
    assert np.abs(place - np.round(place)).max() < 0.3 * 8 * 0.03 / 0.125
    assert 15 <= len(struck) <= 17


def test_while_nothing_plays_time_passes_without_effect():
    device = Device()
    device.run(1.0)
    device.pause(100.0)
    playing(device)
    device.run(1.0)
    assert len(device.synth.strikes) == 8


def test_outputs_that_must_know_ahead_are_told_although_the_device_stands_still():
    device = playing(Device())
    device.run(0.5)
    device.live.lead = 480
    before = device.player.frame
    device.clock.advance(100 * MS)
    now = device.live.keep_ahead(device.clock.now_ns())
    assert device.player.frame == now + 480 > before
