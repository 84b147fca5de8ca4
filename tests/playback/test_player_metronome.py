"""Clicks beside a player's strokes and before them."""

import numpy as np
import pytest

from drumapp.core.pattern import Note
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.metronome import MetronomeSettings
from drumapp.playback.player import Player
from tests.playback.players import make, set_pattern
from tests.playback.recording_synth import RecordingSynth

RATE = 48_000


class TestMetronome:
    def clicks(self, audio: np.ndarray) -> list[int]:
        """Where clicks begin: the frames at which silence ends."""
        loud = np.flatnonzero(np.abs(audio[:, 0]) > 1e-4)
        return [int(frame) for frame in loud[np.diff(loud, prepend=-RATE) > RATE // 10]]

    def play(self, player: Player, frames: int, block: int = 480) -> np.ndarray:
        return np.concatenate([player.process(block) for _ in range(0, frames, block)])

    def test_it_clicks_on_every_beat_beside_the_drums(self, recorder):
        player = make(recorder, set_pattern(Note(0, 36, 100)), protocol.SetMetronome(MetronomeSettings(on=True)))
        player.post(protocol.Play())
        assert self.clicks(self.play(player, 96_000)) == pytest.approx([0, 24_000, 48_000, 72_000], abs=3)
        assert recorder.strikes == [(0, 36)]

    def test_it_counts_in_before_the_music_and_then_keeps_silent(self, recorder):
        player = make(
            recorder,
            set_pattern(Note(0, 36, 100)),
            protocol.SetMetronome(MetronomeSettings(count_in=1)),
            protocol.Play(),
        )
        audio = self.play(player, 48_000)
        assert player.state.counting_in
        assert player.state.playing
        assert player.state.count_in_ticks == pytest.approx(960, abs=1)
        audio = np.concatenate((audio, self.play(player, 96_000)))
        assert self.clicks(audio) == pytest.approx([0, 24_000, 48_000, 72_000], abs=3)
        assert recorder.strikes == [(96_000, 36)]
        assert not player.state.counting_in
        assert player.state.count_in_ticks == 0

    def test_a_count_in_goes_at_the_tempo_and_metre_of_where_the_music_is(self, recorder):
        metre = MetreMap((MetreChange(0, Metre(4, 4)), MetreChange(1920, Metre(3, 4))))
        tempo = TempoMap((TempoChange(0, 120.0), TempoChange(1920, 240.0)))
        pattern = protocol.SetPattern(protocol.pack([Note(1920, 38, 90)]), 3360, tempo, metre)
        player = make(recorder, pattern, protocol.SetMetronome(MetronomeSettings(count_in=1)), protocol.Seek(1920))
        player.post(protocol.Play())
        audio = self.play(player, 48_000)
        assert self.clicks(audio) == pytest.approx([0, 12_000, 24_000], abs=3)
        assert recorder.strikes == [(36_000, 38)]

    @pytest.mark.parametrize("command", [protocol.Pause(), protocol.Stop()])
    def test_halted_while_it_counts_it_counts_no_more(self, recorder, command):
        player = make(recorder, set_pattern(Note(0, 36, 100)), protocol.SetMetronome(MetronomeSettings(count_in=1)))
        player.post(protocol.Play())
        self.play(player, 30_000)
        player.post(command)
        assert self.clicks(self.play(player, 96_000)) == []
        assert recorder.strikes == []

    def test_it_is_as_loud_as_it_is_set(self, recorder):
        def peak(volume_db: float) -> float:
            player = make(RecordingSynth(), set_pattern())
            player.post(protocol.SetMetronome(MetronomeSettings(on=True, volume_db=volume_db)))
            player.post(protocol.Play())
            return float(np.abs(self.play(player, 4_800)).max())

        assert peak(-6.0) == pytest.approx(peak(0.0) / 2, rel=0.01)
        assert recorder.log == []


def test_a_seek_during_the_count_in_leaves_its_clicks():
    recorder = RecordingSynth(RATE)
    player = make(recorder, set_pattern(Note(960, 36, 100)), protocol.SetMetronome(MetronomeSettings(count_in=1)))
    player.post(protocol.Play())
    loud = []
    for block in range(201):
        if block == 30:
            player.post(protocol.Seek(960))
        if abs(player.process(480)).max() > 0.01:
            loud.append(block)
    clicks = [block for block in loud if block - 1 not in loud]
    assert clicks == [0, 50, 100, 150]
    assert recorder.strikes == [(96_000, 36)]
