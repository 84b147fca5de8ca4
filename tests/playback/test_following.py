"""The whole playing process, but its threads, as it follows somebody's clock."""

from collections import deque

import pytest

from drumapp.core.pattern import Note
from drumapp.core.timing import Range, TempoMap
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.clock_follower import ClockFollower
from drumapp.playback.following import Following, within_loop
from drumapp.playback.leader import Begin, Count, Halt
from drumapp.playback.metronome import MetronomeSettings
from drumapp.playback.output_settings import MidiOutputSettings
from tests.playback.midi_fakes import still_sounding
from tests.playback.studio import MS, Studio, set_notes

QUARTERS = [Note(tick, 36, 100) for tick in range(0, 1920, 480)]
CLOCK, START, CONTINUE, STOP = [0xF8], [0xFA], [0xFB], [0xFC]


class Master:
    """Somebody whose clock is followed."""

    def __init__(self, bpm: float = 120.0) -> None:
        self.bpm = bpm
        self.studio = Studio("Port")
        self.studio.use(MidiOutputSettings("Port"))
        self.follower = ClockFollower()
        self.studio.player.follow(Following(self.follower, self.studio.live.stream))
        self.studio.do(set_notes(*QUARTERS, bpm=90.0), protocol.SetLoop(Range(0, 1920)))
        self.sent_ns: list[int] = []
        self._due = float(self.studio.clock.now_ns())

    def clocks(self, count: int) -> None:
        """Send so many clocks, on time."""
        for _ in range(count):
            self.studio.run(max(self._due - self.studio.clock.now_ns(), 0) / MS)
            self.sent_ns.append(self.studio.clock.now_ns())
            self.follower.receive(CLOCK, self.studio.clock.now_ns())
            self._due += 60 * NANOSECONDS / (self.bpm * 24)

    def tell(self, *messages: list[int]) -> None:
        for message in messages:
            self.follower.receive(message, self.studio.clock.now_ns())

    @property
    def struck_ns(self) -> list[int]:
        return [at for at, *_ in self.studio.system.port("Port").strikes]


def test_started_by_its_master_every_beat_falls_on_its_clock():
    master = Master(137.0)
    master.clocks(48)
    assert master.struck_ns == []
    master.tell(START)
    master.clocks(8 * 96)
    beats = [master.sent_ns[48 + 24 * n] for n in range(32)]
    errors = [abs(struck - beat) / MS for struck, beat in zip(master.struck_ns, beats, strict=False)]
    assert len(errors) == 32
    assert errors[0] < 30  # it could not be told any sooner
    assert max(errors[4:]) < 0.5
    assert master.studio.player.state.locked
    assert master.studio.player.state.leader_bpm == pytest.approx(137.0, rel=1e-3)


def test_a_start_without_clocks_before_it_catches_up():
    master = Master(120.0)
    master.tell(START)
    master.clocks(4 * 96)
    beats = [master.sent_ns[24 * n] for n in range(16)]
    errors = [abs(struck - beat) / MS for struck, beat in zip(master.struck_ns, beats, strict=False)]
    assert len(errors) == 16
    assert errors[0] < 80
    assert max(errors[4:]) < 0.5


def test_it_stops_and_goes_on_where_it_was():
    master = Master()
    master.clocks(48)
    master.tell(START)
    master.clocks(96 + 60)  # a bar, two beats and a half
    master.tell(STOP)
    count = len(master.struck_ns)
    master.clocks(96)
    assert len(master.struck_ns) == count
    assert not master.studio.player.playing
    assert still_sounding(master.studio.system.port("Port").messages) == set()
    master.tell(CONTINUE)
    master.clocks(96)
    assert len(master.struck_ns) == count + 4


def test_a_song_position_says_from_where():
    master = Master()
    master.clocks(48)
    master.tell([0xF2, 8, 0], CONTINUE)  # eight sixteenths: two beats into the bar
    master.clocks(12)
    assert master.studio.player.tick_at(master.studio.live.stream.frame_at(master.sent_ns[-1])) == pytest.approx(
        960 + 11 * 20, abs=12
    )


def test_a_tempo_that_changes_is_gone_along_with():
    master = Master(120.0)
    master.clocks(48)
    master.tell(START)
    master.clocks(96)
    master.bpm = 150.0
    master.clocks(4 * 96)
    beats = [master.sent_ns[48 + 24 * n] for n in range(20)]
    errors = [abs(struck - beat) / MS for struck, beat in zip(master.struck_ns, beats, strict=False)]
    assert max(errors[9:]) < 1.0


def test_a_clock_that_fails_does_not_end_the_music_and_is_found_again():
    master = Master()
    master.clocks(48)
    master.tell(START)
    master.clocks(96)
    count = len(master.struck_ns)
    master.studio.run(4_000)
    assert len(master.struck_ns) - count in (7, 8, 9)
    assert not master.studio.player.state.locked
    master._due = float(master.studio.clock.now_ns())
    master.clocks(3 * 96)
    assert master.studio.player.state.locked
    assert master.studio.player.playing


def test_clocks_that_are_lost_for_a_while_do_not_set_the_music_back():
    master = Master()
    master.studio.do(set_notes(*(Note(tick, 36, 100) for tick in range(0, 19_200, 480)), length=19_200))
    master.studio.do(protocol.SetLoop(Range(0, 19_200)))
    master.clocks(48)
    master.tell(START)
    master.clocks(96)
    master.studio.run(1_250 + 60_000 / 120 / 24)
    master._due = float(master.studio.clock.now_ns())
    master.clocks(3 * 96)
    gaps = [after - before for before, after in zip(master.struck_ns[4:], master.struck_ns[5:], strict=False)]
    assert gaps == pytest.approx([NANOSECONDS / 2] * len(gaps), abs=MS)


@pytest.mark.parametrize("bpm", [10.0, 500.0])
def test_a_tempo_nobody_could_play_is_not_followed(bpm):
    master = Master(bpm)
    master.clocks(50)
    master.tell(START)
    master.clocks(50)
    assert master.struck_ns == []
    assert not master.studio.player.playing


def test_music_started_here_takes_the_masters_tempo_from_where_it_is():
    master = Master(137.0)
    master.clocks(96)
    master.studio.do(protocol.Play())
    master.clocks(4 * 96)
    gaps = [after - before for before, after in zip(master.struck_ns[4:], master.struck_ns[5:], strict=False)]
    assert gaps == pytest.approx([60 * NANOSECONDS / 137] * len(gaps), abs=0.3 * MS)


def test_followed_no_more_the_music_has_its_own_tempo_again():
    master = Master(137.0)
    master.clocks(48)
    master.tell(START)
    master.clocks(96)
    master.studio.player.follow(None)
    count = len(master.struck_ns)
    master.studio.run(8_000)
    assert len(master.struck_ns) - count == pytest.approx(12, abs=1)
    assert master.studio.player.state.leader_bpm == 0


class Session:
    """A leader as Link is one: always there, with bars that music waits for."""

    bar_quantised = True

    def __init__(self, studio: Studio, bpm: float) -> None:
        self.orders: deque[Begin | Halt] = deque()
        self.led: list[float] = []
        self._studio = studio
        self._start = studio.clock.now_ns()
        self.bpm = bpm

    def count_at(self, now_ns: int) -> Count:
        tick = (now_ns - self._start) * self.bpm * 480 / (60 * NANOSECONDS)
        return Count(float(now_ns), tick, self.bpm, locked=True)

    def lead(self, bpm: float) -> None:
        self.led.append(bpm)

    def close(self) -> None:
        pass

    def time_of(self, tick: float) -> float:
        return self._start + tick * 60 * NANOSECONDS / (self.bpm * 480)


def in_session(bpm: float) -> tuple[Studio, Session]:
    studio = Studio("Port")
    studio.use(MidiOutputSettings("Port"))
    session = Session(studio, bpm)
    studio.player.follow(Following(session, studio.live.stream))
    studio.do(set_notes(*QUARTERS, bpm=90.0), protocol.SetLoop(Range(0, 1920)))
    return studio, session


def test_music_started_here_waits_for_the_sessions_next_bar_and_stays_on_its_beats():
    studio, session = in_session(125.0)
    studio.do(protocol.SetMetronome(MetronomeSettings(count_in=1)))
    studio.run(700)
    studio.do(protocol.Play())
    studio.run(10_000)
    struck = [at for at, *_ in studio.system.port("Port").strikes]
    assert struck == pytest.approx([session.time_of(1920 + 480 * n) for n in range(len(struck))], abs=0.3 * MS)
    assert len(struck) >= 16


def test_our_tempo_is_the_sessions_too():
    studio, session = in_session(125.0)
    studio.do(protocol.SetPattern(b"", 1920, TempoMap.constant(99.0)))
    assert session.led[-1] == 99.0


def test_others_start_and_stop_the_music():
    studio, session = in_session(120.0)
    studio.run(500)
    session.orders.append(Begin(0.0, 1920.0))
    studio.run(4_000)
    assert studio.player.playing
    assert studio.system.port("Port").strikes[0][0] == pytest.approx(session.time_of(1920), abs=0.3 * MS)
    session.orders.append(Halt())
    studio.run(100)
    assert not studio.player.playing


def test_too_far_off_it_jumps_and_stays_within_the_loop():
    studio, session = in_session(120.0)
    studio.do(protocol.Play())
    studio.run(3_000)
    session._start -= 5 * NANOSECONDS
    studio.run(3_000)
    struck = [at for at, *_ in studio.system.port("Port").strikes][-3:]
    beats = [session.time_of(round((at - session.time_of(0)) / (NANOSECONDS / 2)) * 480) for at in struck]
    assert struck == pytest.approx(beats, abs=0.5 * MS)
    assert 0 <= studio.player.state.tick < 1920


def test_ticks_past_a_loop_lie_in_it():
    loop = Range(480, 960)
    assert [within_loop(tick, loop) for tick in (0.0, 500.0, 960.0, 1500.0)] == [0.0, 500.0, 480.0, 540.0]
    assert within_loop(-5.0, None) == 0.0
    assert within_loop(99_999.0, None) == 99_999.0
