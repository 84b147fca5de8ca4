from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import ManualClock
from drumapp.playback.player import Player
from drumapp.playback.sequencer import AUDITION_SECONDS
from tests.playback.players import append, make, run, set_pattern
from tests.playback.recording_synth import RecordingSynth

RATE = 48_000
FRAMES_A_TICK = 50  # at 120 beats a minute


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
