"""How a player's strokes sound: the mix of its lanes, a synth in place of another, full scale, ringing out."""

from dataclasses import replace

import numpy as np
import pytest

from drumapp.core.kit import HOUSE_KIT, DrumKit, general_midi_lane
from drumapp.core.pattern import Note
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.master import HEADROOM_DB
from drumapp.playback.mix import KeyMix, mix_of
from drumapp.playback.player import Player
from drumapp.playback.sampler import Sampler
from tests.playback.players import make, run, set_pattern
from tests.playback.recording_synth import RecordingSynth

RATE = 48_000


class TestMix:
    KICK, HAT, OPEN_HAT = 36, 42, 46

    def kit(self, **changes: object) -> protocol.SetMix:
        return protocol.SetMix(mix_of(HOUSE_KIT.with_lane(replace(general_midi_lane(self.KICK), **changes))))

    def test_muted_while_it_sounds_it_is_choked_at_once_and_heard_again_at_its_next_note(self, recorder):
        notes = [Note(tick, self.KICK, 100, 400) for tick in (0, 480, 960)]
        player = make(recorder, set_pattern(*notes), protocol.Play())
        run(player, 4800)
        player.post(self.kit(muted=True))
        run(player, 24_000)
        player.post(self.kit())
        run(player, 96_000)
        assert recorder.strikes == [(0, self.KICK), (48_000, self.KICK)]
        assert recorder.chokes == [(4800, self.KICK)]
        assert recorder.releases == [(68_000, self.KICK)]

    def test_what_rings_is_choked_by_another_lanes_solo(self, recorder):
        player = make(recorder, set_pattern(Note(0, self.HAT, 100, 1), Note(0, self.KICK, 100)), protocol.Play())
        run(player, 4800)
        player.post(self.kit(soloed=True))
        run(player, 4800)
        assert recorder.chokes == [(4800, self.HAT)]

    def test_synths_are_told_what_changed_and_no_more(self, recorder):
        player = make(recorder, self.kit(volume_db=-20.0))
        run(player, 240)
        assert recorder.mixes == {self.KICK: KeyMix(pytest.approx(0.1))}
        recorder.mixes.clear()
        player.post(self.kit(volume_db=-20.0))
        run(player, 240)
        assert recorder.mixes == {}
        player.post(self.kit())
        run(player, 240)
        assert recorder.mixes == {self.KICK: KeyMix()}

    def test_a_lane_taken_away_is_played_plainly_again(self, recorder):
        player = make(recorder, self.kit(volume_db=-20.0, muted=True))
        run(player, 240)
        player.post(protocol.SetMix(mix_of(DrumKit("Empty", ()))))
        player.post(set_pattern(Note(0, self.KICK, 100)))
        player.post(protocol.Play())
        run(player, 240)
        assert recorder.mixes == {self.KICK: KeyMix()}
        assert recorder.strikes == [(240, self.KICK)]

    @pytest.mark.parametrize("command", [protocol.Pause(), protocol.Stop(), protocol.Seek(960), protocol.Panic()])
    def test_what_was_silenced_is_neither_choked_nor_let_go(self, recorder, command):
        notes = [Note(0, self.OPEN_HAT, 100, 400), Note(0, self.KICK, 100, 400)]
        player = make(recorder, self.kit(), set_pattern(*notes), protocol.Play())
        run(player, 480)
        player.post(command)
        player.post(self.kit(muted=True))
        player.post(protocol.Audition(self.HAT, 100))
        run(player, 480)
        assert recorder.log[-2:] == [(480, "all off", -1, 0), (480, "on", self.HAT, 100)]


def test_who_sees_the_new_synth_play_finds_the_old_one_to_be_closed(recorder):
    """Else its soundfont would stay in memory until the next is chosen."""
    old_one_plays = []

    class Farewell(RecordingSynth):
        def set_effects(self, *_amounts):
            old_one_plays.append(player.synth is recorder)

    player = make(recorder)
    run(player, 480)
    player.swap_synth(Farewell())
    run(player, 480)
    assert old_one_plays == [True]
    assert player.take_retired_synths() == [recorder]


def test_a_swapped_synth_plays_on_and_the_old_one_is_handed_back(recorder):
    other = RecordingSynth()
    player = make(recorder, set_pattern(Note(0, 36, 100), Note(20, 38, 100)), protocol.Play())
    run(player, 480)
    player.swap_synth(other)
    run(player, 960)
    assert recorder.strikes == [(0, 36)]
    assert other.strikes == [(1000 - 480, 38)]
    assert player.take_retired_synths() == [recorder]
    assert player.take_retired_synths() == []


def test_a_swapped_synth_is_mixed_as_the_one_before(recorder):
    kit = HOUSE_KIT.with_lane(replace(general_midi_lane(36), pan=0.5))
    player = make(recorder, protocol.SetMix(mix_of(kit)))
    run(player, 240)
    other = RecordingSynth()
    player.swap_synth(other)
    run(player, 240)
    assert other.mixes == recorder.mixes == {36: KeyMix(pan=0.5)}


def test_a_swapped_synth_is_faded_out(font):
    other = RecordingSynth()
    player = Player(Sampler(font), volume_db=-HEADROOM_DB)
    player.post(protocol.Audition(36, 127))
    before = player.process(100)[:, 0]
    player.swap_synth(other)
    after = np.concatenate([player.process(64)[:, 0] for _ in range(40)])
    assert np.abs(np.diff(np.concatenate((before[-1:], after)))).max() < 0.005
    assert np.abs(after[RATE * 5 // 1000 :]).max() < 1e-5


def test_a_synth_of_another_rate_strikes_at_the_same_times(recorder):
    other = RecordingSynth(44_100)
    player = make(recorder, set_pattern(Note(0, 36, 100), Note(20, 38, 100), Note(50, 38, 100)), protocol.Play())
    run(player, 480)
    player.swap_synth(other)
    for _ in range(10):
        player.process(441, span=480)
    assert other.strikes == [((at - 480) * 441 // 480, 38) for at in (1000, 2500)]


class Loud(RecordingSynth):
    def render(self, frames):
        self.frame += frames
        return np.full((frames, 2), 20.0, np.float32)


def test_nothing_ever_leaves_full_scale_and_the_peak_is_told():
    player = Player(Loud())
    assert np.abs(player.process(512)).max() <= 1.0
    assert 0.8 < player.state.level <= 1.0


class Ringing(RecordingSynth):
    """Rings for a tenth of a second after a stroke. Attributes: rendered, how often it was asked."""

    rendered = 0
    ring = 0

    def note_on(self, key, velocity):
        super().note_on(key, velocity)
        self.ring = RATE // 10

    def render(self, frames):
        self.rendered += 1
        audio = np.zeros((frames, 2), np.float32)
        audio[: self.ring] = 0.5
        self.ring = max(self.ring - frames, 0)
        return audio


def test_a_synth_that_has_rung_out_is_left_alone_until_it_is_struck():
    synth = Ringing()
    player = make(synth, protocol.Audition(36, 100))
    run(player, 3 * RATE, block=480)
    assert RATE // 480 < synth.rendered < 2 * RATE // 480
    before = synth.rendered
    run(player, RATE, block=480)
    assert synth.rendered == before
    player.post(protocol.Audition(36, 100))
    assert np.abs(player.process(480)).max() > 0.1
    player.post(set_pattern(Note(480, 38, 100)))
    player.post(protocol.Play())
    run(player, RATE * 3, block=480)
    assert [key for _, key in synth.strikes] == [36, 36, 38]
