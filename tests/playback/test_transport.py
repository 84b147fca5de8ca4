import pytest

from drumapp.core.timing import Range, TempoChange, TempoMap
from drumapp.playback.transport import Segment, TimeAnchor, Transport

RATE = 48_000
FRAMES_A_TICK = 50  # at 120 beats a minute


def make(length: int = 1920, *, growing: bool = False, loop: Range | None = None, bpm: float = 120.0) -> Transport:
    transport = Transport(RATE)
    transport.set_music(length, TempoMap.constant(bpm), 0)
    transport.set_growing(growing)
    transport.set_loop(loop)
    return transport


def run(transport: Transport, frames: int, start: int = 0, block: int = 256) -> list[Segment]:
    segments = []
    end = start + frames
    while start < end:
        size = min(block, end - start)
        segments += transport.advance(start, size)
        start += size
    return segments


def ticks_of(segments: list[Segment]) -> list[tuple[int, int]]:
    """(tick, stream frame) of every tick handed out."""
    return [(tick, segment.anchor.frame_of(tick)) for segment in segments for tick in range(*_bounds(segment.ticks))]


def _bounds(span: Range) -> tuple[int, int]:
    return span.start, span.stop


def test_nothing_moves_before_play():
    transport = make()
    assert transport.advance(0, 512) == []
    assert not transport.playing
    assert transport.position(512) == 0


def test_every_tick_comes_once_and_in_its_frame_whatever_the_blocks():
    for block in (1, 7, 64, 480, 1024, 50_000):
        transport = make(480)
        transport.play()
        assert ticks_of(run(transport, 24_000, block=block)) == [(t, t * FRAMES_A_TICK) for t in range(480)]


def test_segments_hold_the_frames_of_their_ticks():
    transport = make(1920, bpm=133.7)
    transport.play()
    for segment in run(transport, 40_000, block=100):
        for tick in range(*_bounds(segment.ticks)):
            assert segment.start <= segment.anchor.frame_of(tick) < segment.stop


def test_play_starts_at_the_block_and_not_before():
    transport = make()
    run(transport, 1000)
    transport.play()
    assert ticks_of(transport.advance(1000, 100))[:2] == [(0, 1000), (1, 1050)]


def test_pause_keeps_the_place_and_play_goes_on_without_gap_or_repeat():
    transport = make()
    transport.play()
    first = ticks_of(run(transport, 1025))
    transport.pause(1025)
    assert transport.position(99_999) == pytest.approx(20.5)
    assert transport.advance(1025, 975) == []
    transport.play()
    second = ticks_of(run(transport, 1000, start=2000))
    assert [tick for tick, _ in first + second] == list(range(len(first) + len(second)))
    assert second[0] == (21, 2025)  # half a tick after play, as half of tick 20 was left


def test_stop_rewinds():
    transport = make()
    transport.play()
    run(transport, 5000)
    transport.stop()
    assert transport.position(5000) == 0
    transport.play()
    assert ticks_of(transport.advance(6000, 100))[0] == (0, 6000)


def test_seek_while_playing_goes_on_from_there():
    transport = make()
    transport.play()
    run(transport, 5000)
    transport.seek(960)
    assert ticks_of(transport.advance(5000, 100)) == [(960, 5000), (961, 5050)]


def test_seek_into_a_tick_plays_from_the_next_whole_one():
    transport = make()
    transport.seek(10.5)
    transport.play()
    assert ticks_of(transport.advance(0, 100)) == [(11, 25), (12, 75)]


def test_seek_before_the_start_is_the_start():
    transport = make()
    transport.seek(-100)
    assert transport.position(0) == 0


def test_the_end_stops_and_rewinds():
    transport = make(20)
    transport.play()
    segments = transport.advance(0, 4096)
    assert [tick for tick, _ in ticks_of(segments)] == list(range(20))
    assert segments[-1].stop == 1000
    assert not transport.playing
    assert transport.position(4096) == 0


def test_an_empty_pattern_ends_at_once():
    transport = make(0)
    transport.play()
    transport.advance(0, 64)
    assert not transport.playing


def test_a_pattern_cut_short_behind_the_music_ends_at_once():
    transport = make()
    transport.play()
    run(transport, 5000)
    transport.set_music(48, TempoMap(), 5000)
    assert ticks_of(transport.advance(5000, 100)) == []
    assert not transport.playing


class TestLoop:
    def test_it_is_seamless_and_cut_at_its_end(self):
        transport = make(loop=Range(0, 10))
        transport.play()
        segments = run(transport, 2000, block=300)
        assert ticks_of(segments) == [(n % 10, n * 50) for n in range(40)]
        assert [segment.start for segment in segments if segment.cut] == [500, 1000, 1500]

    def test_a_thousand_rounds_do_not_drift(self):
        transport = make(480, loop=Range(0, 480), bpm=121.3)
        transport.play()
        exact = 480 * 60 / (121.3 * 480) * RATE
        starts = [frame for tick, frame in ticks_of(run(transport, int(exact * 1000), block=1024)) if tick == 0]
        assert len(starts) == 1000
        assert all(abs(frame - n * exact) <= 1 for n, frame in enumerate(starts))

    def test_a_loop_that_ends_on_a_block_border_still_loops(self):
        transport = make(loop=Range(0, 10))
        transport.play()
        assert [tick for tick, _ in ticks_of(run(transport, 1500, block=500))] == [*range(10)] * 3

    def test_setting_the_same_loop_in_every_block_changes_nothing(self):
        transport = make(loop=Range(0, 10))
        transport.play()
        ticks = []
        for block in range(150):
            transport.set_loop(Range(0, 10))
            ticks += ticks_of(transport.advance(block * 10, 10))
        assert ticks == [(n % 10, n * 50) for n in range(30)]

    def test_a_start_before_the_loop_runs_into_it(self):
        transport = make(loop=Range(10, 20))
        transport.play()
        assert [tick for tick, _ in ticks_of(run(transport, 2000))] == [*range(20), *range(10, 20), *range(10, 20)]

    @pytest.mark.parametrize("bpm", [120.0, 97.3, 160.0])
    def test_a_pause_at_its_very_end_goes_on_at_its_start(self, bpm):
        transport = make(40, loop=Range(0, 10), bpm=bpm)
        transport.play()
        at_the_end = round(10 * RATE * 60 / (bpm * 480))
        ticks = ticks_of(run(transport, at_the_end, block=at_the_end))
        transport.pause(at_the_end)
        transport.play()
        ticks += ticks_of(run(transport, at_the_end - 1, start=at_the_end))
        assert [tick for tick, _ in ticks] == [*range(10), *range(10)]

    def test_a_start_at_its_very_end_plays_on(self):
        transport = make(40, loop=Range(0, 10))
        transport.seek(10)
        transport.play()
        assert [tick for tick, _ in ticks_of(run(transport, 500))] == [*range(10, 20)]

    def test_a_start_behind_the_loop_plays_to_the_end_and_comes_back_to_it(self):
        transport = make(40, loop=Range(10, 20))
        transport.seek(30)
        transport.play()
        assert [tick for tick, _ in ticks_of(run(transport, 1000))] == [*range(30, 40), *range(10, 20)]

    def test_a_loop_may_reach_past_the_pattern(self):
        transport = make(10, loop=Range(0, 20))
        transport.play()
        assert [tick for tick, _ in ticks_of(run(transport, 1500))] == [*range(20), *range(10)]
        assert transport.playing

    def test_an_empty_loop_is_none(self):
        transport = make(10, loop=Range(5, 5))
        transport.play()
        run(transport, 1000)
        assert not transport.playing

    def test_a_loop_of_one_tick_survives(self):
        transport = make(loop=Range(3, 4))
        transport.seek(3)
        transport.play()
        assert ticks_of(transport.advance(0, 500)) == [(3, n * 50) for n in range(10)]

    def test_switching_it_off_plays_on(self):
        transport = make(40, loop=Range(0, 10))
        transport.play()
        run(transport, 700, block=100)
        transport.set_loop(None)
        assert [tick for tick, _ in ticks_of(run(transport, 1000, start=700))] == list(range(4, 24))


class TestGrowing:
    def test_play_before_any_note_waits_and_begins_when_the_first_comes(self):
        transport = make(0, growing=True)
        transport.play()
        assert run(transport, 3000) == []
        assert transport.playing
        assert transport.holding
        transport.set_length(10)
        assert ticks_of(transport.advance(3000, 100)) == [(0, 3000), (1, 3050)]
        assert not transport.holding

    def test_starved_it_holds_and_goes_on_without_skipping(self):
        transport = make(10, growing=True)
        transport.play()
        first = ticks_of(run(transport, 2000))
        assert transport.position(2000) == 10
        transport.set_length(20)
        second = ticks_of(transport.advance(2000, 5000))
        assert [tick for tick, _ in first + second] == list(range(20))
        assert second[0] == (10, 2000)

    def test_growing_in_time_is_never_noticed(self):
        transport = make(4, growing=True)
        transport.play()
        ticks = []
        for block in range(100):
            transport.set_length(block // 2 + 4)
            ticks += ticks_of(transport.advance(block * 25, 25))
        assert ticks == [(n, n * 50) for n in range(50)]

    def test_it_ends_once_it_no_longer_grows(self):
        transport = make(10, growing=True)
        transport.play()
        run(transport, 2000)
        transport.set_growing(False)
        transport.advance(2000, 64)
        assert not transport.playing

    def test_it_loops_once_it_no_longer_grows(self):
        transport = make(10, growing=True)
        transport.play()
        run(transport, 2000)
        transport.set_loop(Range(0, 10))
        transport.set_growing(False)
        assert ticks_of(transport.advance(2000, 100)) == [(0, 2000), (1, 2050)]

    def test_a_loop_that_has_not_grown_to_its_end_waits_for_it(self):
        transport = make(10, growing=True, loop=Range(0, 20))
        transport.play()
        run(transport, 2000)
        assert transport.holding
        transport.set_length(20)
        assert [tick for tick, _ in ticks_of(run(transport, 1000, start=2000))] == [*range(10, 20), *range(10)]

    def test_a_shorter_pattern_never_sends_the_music_back(self):
        transport = make(100, growing=True)
        transport.play()
        run(transport, 2000)
        transport.set_length(10)
        assert ticks_of(transport.advance(2000, 500)) == []
        transport.set_length(100)
        assert ticks_of(transport.advance(2500, 50)) == [(40, 2500)]


class TestTempo:
    def test_a_change_while_playing_keeps_the_tick(self):
        transport = make()
        transport.play()
        first = ticks_of(run(transport, 1025))
        transport.set_music(1920, TempoMap.constant(60), 1025)
        assert transport.position(1025) == pytest.approx(20.5)
        second = ticks_of(run(transport, 1000, start=1025))
        assert [tick for tick, _ in first + second] == list(range(len(first) + len(second)))
        assert second[:2] == [(21, 1075), (22, 1175)]  # a tick now lasts 100 frames

    def test_a_tempo_map_is_followed(self):
        transport = Transport(RATE)
        transport.set_music(40, TempoMap((TempoChange(0, 120.0), TempoChange(10, 60.0))), 0)
        transport.play()
        frames = dict(ticks_of(run(transport, 10_000)))
        assert (frames[10], frames[11], frames[39]) == (500, 600, 3400)

    def test_the_same_tempo_again_leaves_every_onset_where_it_was(self):
        transport = make(bpm=133.7)
        transport.play()
        undisturbed = make(bpm=133.7)
        undisturbed.play()
        expected = ticks_of(run(undisturbed, 50_000, block=77))
        ticks = []
        for start in range(0, 50_000, 77):
            transport.set_music(1920, TempoMap.constant(133.7), start)
            ticks += ticks_of(transport.advance(start, min(77, 50_000 - start)))
        assert ticks == expected


def test_an_anchor_finds_the_first_tick_from_any_frame():
    anchor = TimeAnchor(12.34, 5.67, TempoMap.constant(97.3), 44_100)
    for frame in range(0, 3000, 13):
        tick = anchor.first_tick_from(frame)
        assert anchor.frame_of(tick) >= frame > anchor.frame_of(tick - 1)


class TestGivenStart:
    def test_it_stands_until_the_frame_and_begins_with_its_fraction(self):
        transport = make()
        transport.play(start=1000.5)
        assert transport.starting
        assert transport.playing
        assert not transport.holding
        assert transport.advance(0, 1000) == []
        (segment,) = transport.advance(1000, 100)
        assert (segment.start, segment.anchor.frame) == (1000, 1000.5)
        assert not transport.starting
        assert [segment.anchor.frame_of(tick) for tick in range(*_bounds(segment.ticks))] == [1000, 1050]

    def test_blocks_of_any_size_begin_at_the_same_frame(self):
        for block in (1, 64, 333, 5000):
            transport = make(20)
            transport.play(start=777.0)
            assert ticks_of(run(transport, 5000, block=block)) == [(t, 777 + t * FRAMES_A_TICK) for t in range(20)]

    def test_a_start_that_has_passed_is_now(self):
        transport = make()
        run(transport, 5000)
        transport.play(start=100.0)
        assert ticks_of(transport.advance(5000, 60)) == [(0, 5000), (1, 5050)]

    @pytest.mark.parametrize("act", ["pause", "stop"])
    def test_halted_before_it_began_it_does_not_begin(self, act):
        transport = make()
        transport.play(start=1000.0)
        transport.pause(500) if act == "pause" else transport.stop()
        assert not transport.starting
        assert run(transport, 5000) == []

    def test_play_while_it_waits_changes_nothing(self):
        transport = make()
        transport.play(start=1000.0)
        transport.play()
        assert transport.starting
        assert transport.coming is not None
        assert transport.coming.frame == 1000.0

    def test_a_seek_while_it_waits_moves_the_place_and_not_the_start(self):
        transport = make()
        transport.play(start=1000.0)
        transport.seek(480)
        assert ticks_of(run(transport, 1100))[0] == (480, 1000)


class TestOnce:
    def test_a_span_is_played_once_and_the_music_halts_at_its_start(self):
        transport = make(loop=Range(0, 1920))
        transport.play_once(Range(480, 500))
        assert ticks_of(run(transport, 5000)) == [(480 + n, n * FRAMES_A_TICK) for n in range(20)]
        assert not transport.playing
        assert transport.position(5000) == 480

    def test_after_it_play_plays_on_as_always(self):
        transport = make(960)
        transport.play_once(Range(480, 500))
        run(transport, 5000)
        transport.play()
        assert len(ticks_of(run(transport, 48_000, start=5000))) == 480

    @pytest.mark.parametrize("act", ["pause", "stop", "seek"])
    def test_whatever_else_is_done_ends_it(self, act):
        transport = make(2000)
        transport.play_once(Range(480, 500))
        run(transport, 250)
        {"pause": lambda: transport.pause(250), "stop": transport.stop, "seek": lambda: transport.seek(490)}[act]()
        transport.play()
        assert len(ticks_of(run(transport, 48_000, start=250))) > 500

    def test_while_the_pattern_grows_it_waits_for_what_is_missing(self):
        transport = make(490, growing=True)
        transport.play_once(Range(480, 500))
        assert len(ticks_of(run(transport, 5000))) == 10
        assert transport.holding
        transport.set_length(600)
        assert len(ticks_of(run(transport, 5000, start=5000))) == 10
        assert not transport.playing

    def test_it_may_begin_later(self):
        transport = make()
        transport.play_once(Range(480, 482), start=500.0)
        assert ticks_of(run(transport, 5000)) == [(480, 500), (481, 550)]

    def test_an_empty_span_is_play(self):
        transport = make()
        transport.play_once(Range(480, 480))
        run(transport, 5000)
        assert transport.playing


class TestImposedTempo:
    def test_it_goes_before_the_musics_own_and_keeps_the_place(self):
        transport = make()
        transport.play()
        run(transport, 1000)
        transport.impose_tempo(60.0, 1000)
        assert ticks_of(run(transport, 1000, start=1000)) == [(20 + n, 1000 + n * 100) for n in range(10)]
        transport.set_music(1920, TempoMap.constant(200.0), 2000)
        assert transport.tempo_at(30) == 60.0
        transport.impose_tempo(None, 2000)
        assert transport.tempo_at(30) == 200.0

    @pytest.mark.parametrize(("asked", "kept"), [(1.0, 20.0), (5000.0, 400.0)])
    def test_it_stays_within_what_can_be_played(self, asked, kept):
        transport = make()
        transport.impose_tempo(asked, 0)
        assert transport.tempo_at(0) == kept

    def test_how_far_the_music_has_come_in_all_counts_every_round(self):
        transport = make(100, loop=Range(20, 100))
        transport.play()
        run(transport, 50 * 500)
        assert transport.position(50 * 500) + transport.wrapped == pytest.approx(500)
        assert transport.wrapped == 400
