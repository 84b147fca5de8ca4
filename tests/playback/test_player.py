from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.kit import HOUSE_KIT, DrumKit, general_midi_lane
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, Range, TempoChange, TempoMap
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import ManualClock
from drumapp.playback.master import HEADROOM_DB
from drumapp.playback.metronome import MetronomeSettings
from drumapp.playback.mix import KeyMix, mix_of
from drumapp.playback.player import Player
from drumapp.playback.sampler import Sampler
from drumapp.playback.sequencer import AUDITION_SECONDS
from tests.playback.recording_synth import RecordingSynth

RATE = 48_000
FRAMES_A_TICK = 50  # at 120 beats a minute


def set_pattern(*notes: Note, length: int = 1920, bpm: float = 120.0) -> protocol.SetPattern:
    pattern = Pattern.of(notes, length=length)
    return protocol.SetPattern(protocol.pack(pattern.notes), length, TempoMap.constant(bpm))


def append(*notes: Note, length: int) -> protocol.AppendNotes:
    return protocol.AppendNotes(protocol.pack(notes), length)


def make(recorder: RecordingSynth, *commands: protocol.PlayerCommand) -> Player:
    player = Player(recorder)
    for command in commands:
        player.post(command)
    return player


def run(player: Player, frames: int, block: int = 240) -> None:
    for start in range(0, frames, block):
        player.process(min(block, frames - start))


def test_strokes_reach_the_synth_in_their_frame(recorder):
    notes = [Note(tick, 42, 90, 10) for tick in range(0, 1920, 37)]
    player = make(recorder, set_pattern(*notes), protocol.Play())
    run(player, 96_000, block=173)
    assert recorder.strikes == [(note.start * FRAMES_A_TICK, 42) for note in notes]
    assert recorder.releases == [((note.start + 10) * FRAMES_A_TICK, 42) for note in notes]


def test_commands_wait_for_the_next_block(recorder):
    player = make(recorder, set_pattern(Note(0, 36, 100)))
    run(player, 480)
    player.post(protocol.Play())
    assert recorder.strikes == []
    run(player, 480)
    assert recorder.strikes == [(480, 36)]


@pytest.mark.parametrize("command", [protocol.Pause(), protocol.Stop(), protocol.Seek(960)])
def test_pause_stop_and_seek_silence_the_synth(recorder, command):
    player = make(recorder, set_pattern(Note(0, 36, 100, 1000)), protocol.Play())
    run(player, 480)
    player.post(command)
    run(player, 480)
    assert recorder.silenced == [480]
    run(player, 96_000)
    assert recorder.releases == []  # silenced already: nothing is let go twice


def test_panic_silences_and_the_music_goes_on(recorder):
    player = make(recorder, set_pattern(Note(0, 36, 100, 1000), Note(480, 38, 90)), protocol.Play())
    run(player, 480)
    player.post(protocol.Panic())
    run(player, 48_000)
    assert recorder.silenced == [480]
    assert recorder.strikes == [(0, 36), (24_000, 38)]


def test_a_new_pattern_while_playing_neither_doubles_nor_misses_nor_sticks(recorder):
    notes = [Note(tick, 42, 90, 10) for tick in range(0, 1920, 10)]
    player = make(recorder, set_pattern(*notes), protocol.Play())
    for _ in range(401):
        player.post(set_pattern(*notes))
        player.process(240)
    assert recorder.strikes == [(note.start * FRAMES_A_TICK, 42) for note in notes]
    assert len(recorder.releases) == len(notes)


def test_a_note_taken_away_while_it_sounds_is_let_go(recorder):
    player = make(recorder, set_pattern(Note(0, 36, 100, 100)), protocol.Play())
    run(player, 480)
    player.post(set_pattern())
    run(player, 48_000)
    assert recorder.releases == [(480, 36)]


@pytest.mark.parametrize(("duration", "release"), [(50, 2500), (200, 10_000), (5, 480)])
def test_a_note_resized_while_it_sounds_is_let_go_when_it_now_ends(recorder, duration, release):
    player = make(recorder, set_pattern(Note(0, 36, 100, 100)), protocol.Play())
    run(player, 480)
    player.post(set_pattern(Note(0, 36, 100, duration)))
    run(player, 48_000)
    assert recorder.strikes == [(0, 36)]
    assert recorder.releases == [(release, 36)]


def test_a_late_note_is_struck_although_the_pattern_is_sent_anew_at_once(recorder):
    player = make(recorder, set_pattern(Note(0, 36, 100)), protocol.SetGrowing(True), protocol.Play())
    run(player, 4800)
    player.post(append(Note(90, 38, 100), length=1920))
    player.post(set_pattern(Note(0, 36, 100), Note(90, 38, 100)))
    run(player, 240)
    assert recorder.strikes == [(0, 36), (4800, 38)]


def test_a_new_tempo_keeps_the_place(recorder):
    notes = [Note(tick, 42, 90, 1) for tick in (0, 10, 20, 30)]
    player = make(recorder, set_pattern(*notes), protocol.Play())
    run(player, 720)
    player.post(set_pattern(*notes, bpm=60))
    run(player, 2400)
    # Tick 14.4 at frame 720; from there a tick lasts 100 frames.
    assert recorder.strikes == [(0, 42), (500, 42), (720 + 560, 42), (720 + 1560, 42)]


def test_the_loop_comes_around_without_a_seam(recorder):
    player = make(
        recorder,
        set_pattern(Note(0, 36, 100, 30), Note(15, 42, 90, 30), length=20),
        protocol.SetLoop(Range(0, 20)),
        protocol.Play(),
    )
    run(player, 4000, block=333)
    assert recorder.strikes == [(n * 1000 + offset, key) for n in range(4) for offset, key in ((0, 36), (750, 42))]
    # What sounds at the loop's end is let go there, before the next round strikes.
    assert {(1000, 36), (1000, 42)} <= set(recorder.releases)


def test_notes_that_come_while_playing_waits_sound_at_once(recorder):
    player = make(recorder, set_pattern(length=0), protocol.SetGrowing(True), protocol.Play())
    run(player, 960)
    assert player.state.playing
    assert player.state.holding
    player.post(append(Note(0, 36, 100), Note(0, 42, 90), length=120))
    run(player, 240)
    assert recorder.strikes == [(960, 36), (960, 42)]
    assert not player.state.holding


def test_starving_in_mid_play_skips_nothing(recorder):
    player = make(recorder, set_pattern(length=0), protocol.SetGrowing(True), protocol.Play())
    player.post(append(Note(0, 36, 100), length=10))
    run(player, 4800)
    player.post(append(Note(10, 38, 100), Note(15, 42, 100), length=20))
    run(player, 4800)
    assert recorder.strikes == [(0, 36), (4800, 38), (5050, 42)]


def test_an_audition_sounds_without_playing_and_is_let_go(recorder):
    player = make(recorder, protocol.Audition(49, 120))
    run(player, 48_000)
    assert recorder.log == [(0, "on", 49, 120), (round(AUDITION_SECONDS * RATE), "off", 49, 0)]
    assert player.state.notes_played == 0
    assert player.state.first_note_ns == 0


def test_the_state_tells_position_strokes_and_time(recorder):
    clock = ManualClock(1_000)
    player = Player(recorder, clock=clock)
    player.post(set_pattern(Note(5, 36, 100), Note(5, 38, 100), Note(100, 36, 100)), serial=1)
    player.post(protocol.Play(), serial=2)
    player.process(240)
    assert (player.state.first_note_ns, player.state.notes_played, player.state.serial) == (0, 0, 2)
    assert player.state.tick == pytest.approx(4.8)
    clock.advance(5_000)
    player.process(240)
    clock.advance(5_000)
    player.process(48_000)
    assert (player.state.first_note_ns, player.state.notes_played) == (6_000, 3)
    assert player.state.playing


def test_play_while_playing_does_not_start_the_count_again(recorder):
    player = make(recorder, set_pattern(Note(0, 36, 100)), protocol.Play())
    run(player, 240)
    player.post(protocol.Play())
    run(player, 240)
    assert player.state.notes_played == 1
    player.post(protocol.Pause())
    player.post(protocol.Play())
    run(player, 240)
    assert player.state.notes_played == 0


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


def test_an_unknown_command_is_refused(recorder):
    player = Player(recorder)
    player.post(protocol.Quit())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="does not know"):
        player.process(64)


def test_blocks_of_no_frames_are_harmless(recorder):
    player = make(recorder, set_pattern(Note(0, 36, 100)), protocol.Play())
    assert player.process(0).shape == (0, 2)
    run(player, 240)
    assert recorder.strikes == [(0, 36)]


class Loud(RecordingSynth):
    def render(self, frames):
        self.frame += frames
        return np.full((frames, 2), 20.0, np.float32)


def test_nothing_ever_leaves_full_scale_and_the_peak_is_told():
    player = Player(Loud())
    assert np.abs(player.process(512)).max() <= 1.0
    assert 0.8 < player.state.level <= 1.0


notes_of_any_kind = st.lists(
    st.builds(
        Note,
        st.integers(0, 600),
        st.sampled_from([36, 38, 42]),
        st.integers(1, 127),
        st.integers(1, 200),
    ),
    max_size=30,
)


@given(notes_of_any_kind, st.lists(st.integers(1, 4000), min_size=1, max_size=40), st.floats(20, 400))
def test_every_note_is_struck_once_and_let_go_once_whatever_the_blocks(notes, blocks, bpm):
    recorder = RecordingSynth()
    player = make(recorder, set_pattern(*notes, length=640, bpm=bpm), protocol.Play())
    for block in blocks:
        player.process(block)
    while player.state.playing:
        player.process(4096)
    run(player, RATE * 60 * 200 // (480 * 20) + 4096, block=4096)
    frames_a_tick = RATE * 60 / (bpm * 480)
    expected = Counter((int(note.start * frames_a_tick + 1e-6), note.pitch) for note in notes)
    assert Counter(recorder.strikes) == expected
    assert Counter(key for _, key in recorder.releases) == Counter(note.pitch for note in notes)


@given(st.lists(st.sampled_from(["pause", "play", "same", "faster", "block", "block", "block"]), max_size=60))
def test_pauses_tempi_and_resent_patterns_never_repeat_or_drop_a_note(acts):
    recorder = RecordingSynth()
    notes = [Note(tick, 36 + tick % 50, 90, 1) for tick in range(0, 200, 3)]
    bpm = 120.0
    player = make(recorder, set_pattern(*notes, length=200, bpm=bpm), protocol.Play())
    for act in acts:
        match act:
            case "pause":
                player.post(protocol.Pause())
            case "play":
                player.post(protocol.Play())
            case "same" | "faster":
                bpm = min(bpm * 1.17, 400.0) if act == "faster" else bpm
                player.post(set_pattern(*notes, length=200, bpm=bpm))
            case _:
                player.process(333)
        if recorder.strikes and not player.state.playing and player.state.tick == 0:
            break  # it has ended and rewound; playing again would rightly begin anew
    else:
        player.post(protocol.Play())
        player.process(1)
        while player.state.playing:
            player.process(333)
    assert [key for _, key in recorder.strikes] == [note.pitch for note in notes][: len(recorder.strikes)]
    assert len(recorder.strikes) == len(notes)


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


def test_a_span_is_played_once_from_its_start_whatever_played_before(recorder):
    notes = [Note(tick, 42, 90, 5) for tick in range(0, 1920, 120)]
    player = make(recorder, set_pattern(*notes), protocol.SetLoop(Range(0, 1920)), protocol.Play())
    run(player, 7200)
    player.post(protocol.PlaySpan(Range(480, 720)))
    run(player, 48_000)
    assert recorder.strikes == [(0, 42), (6000, 42), (7200, 42), (13_200, 42)]
    assert recorder.silenced == [7200]
    assert not player.state.playing
    assert player.state.tick == 480


def test_a_pad_sounds_until_it_is_let_go(recorder):
    player = make(recorder, protocol.PressPad(49, 100))
    run(player, 48_000)
    player.post(protocol.ReleasePad(49))
    run(player, 480)
    assert recorder.log == [(0, "on", 49, 100), (48_000, "off", 49, 0)]


def test_a_drum_that_is_sent_elsewhere_while_it_is_held_is_let_go():
    recorder = RecordingSynth(RATE)
    player = make(recorder, set_pattern(Note(0, 71, 100, 480)), protocol.Play())
    player.process(1000)
    player.set_other_outputs((), frozenset({36}))
    for _ in range(30):
        player.process(1000)
    assert recorder.strikes == [(0, 71)]
    assert recorder.releases == [(480 * FRAMES_A_TICK, 71)]


def test_a_note_that_is_held_while_the_tempo_changes_ends_where_it_is_written():
    recorder = RecordingSynth(RATE)
    player = make(recorder, set_pattern(Note(0, 71, 100, 1800), bpm=60.0), protocol.Play())
    player.process(48_000)  # 480 ticks
    player.post(set_pattern(Note(0, 71, 100, 1800), bpm=240.0))
    for _ in range(20):
        player.process(4_800)
    assert recorder.releases == [(48_000 + 1320 * 25, 71)]


def test_a_note_that_rings_past_the_end_is_let_go_in_time_although_the_music_starts_again():
    recorder = RecordingSynth(RATE)
    player = make(recorder, set_pattern(Note(1900, 71, 100, 60)), protocol.Play())
    for _ in range(97):
        player.process(1_000)
    player.post(protocol.Play())
    for _ in range(10):
        player.process(1_000)
    assert recorder.releases == [(1960 * FRAMES_A_TICK, 71)]


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
