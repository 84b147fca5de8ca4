import threading
import time
from itertools import pairwise

import pytest

from drumapp.core.kit_map import ROLAND_TD
from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.clock import NANOSECONDS, MonotonicClock
from drumapp.playback.live_player import LivePlayer
from drumapp.playback.midi_output import MidiOutput
from drumapp.playback.midi_sender import MidiSender
from drumapp.playback.output_settings import MidiOutputSettings
from drumapp.playback.player import Player
from drumapp.playback.scheduler import Event
from tests.playback.midi_fakes import FakePort, still_sounding
from tests.playback.recording_synth import RecordingSynth
from tests.playback.studio import MS, RATE, Studio

PATIENCE_SECONDS = 30
PORT = MidiOutputSettings("Port")
SIXTEENTHS = [Note(tick, 42, 90, 10) for tick in range(0, 1920, 120)]
SIXTEENTH_NS = NANOSECONDS // 8


def playing(studio: Studio, *outputs: MidiOutputSettings) -> Studio:
    studio.use(*outputs)
    studio.run(100)
    studio.set_notes(*SIXTEENTHS)
    studio.do(protocol.SetLoop(Range(0, 1920)), protocol.Play())
    return studio


def test_every_note_is_sent_the_moment_it_is_due_whoever_pulls_blocks_when():
    studio = playing(Studio("Port"), PORT)
    studio.run(10_000)
    times = [at for at, *_ in studio.system.port("Port").strikes]
    assert len(times) == 80
    assert [at - times[0] for at in times] == pytest.approx([n * SIXTEENTH_NS for n in range(80)], abs=25_000)
    assert max(sent.late_ns for sent in studio.log.since(0)) <= 1


def test_a_sender_that_wakes_late_is_late_once_and_never_more():
    studio = playing(Studio("Port"), PORT)
    delays = iter([0] * 40 + [4 * MS] + [0] * 10_000)
    studio.late = lambda: next(delays)
    studio.run(5_000)
    late = [sent.late_ns for sent in studio.log.since(0)]
    assert sum(entry > MS for entry in late) <= 1
    assert abs(late[-1]) <= 1


@pytest.mark.parametrize("latency", [0, 20, 200])
def test_synth_and_ports_coincide_whatever_the_device_holds_back(latency):
    studio = playing(Studio("Port", latency=latency), PORT)
    studio.run(4_000)
    sent = [studio.live.stream.frame_at(at) for at, *_ in studio.system.port("Port").strikes]
    # The synth's n-th frame is heard `latency` after its block was pulled; the first block was pulled at the start.
    heard = [frame + RATE * latency // 1000 for frame, _ in studio.synth.strikes]
    pairs = list(zip(sent, heard, strict=False))
    assert len(pairs) >= 28
    assert all(abs(one - other) <= 2 for one, other in pairs[4:])


def test_without_a_device_the_music_goes_on():
    studio = playing(Studio("Port"), PORT)
    studio.run(1_000)
    studio.device_off = True
    studio.run(2_000)
    times = [at for at, *_ in studio.system.port("Port").strikes]
    assert [at - times[0] for at in times] == pytest.approx([n * SIXTEENTH_NS for n in range(24)], abs=25_000)


@pytest.mark.parametrize("offset_ms", [-60.0, -5.0, 35.0])
def test_an_offset_moves_a_port_against_the_others_also_before_the_beat(offset_ms):
    early = MidiOutputSettings("Early", offset_ms=offset_ms)
    studio = playing(Studio("Port", "Early"), PORT, early)
    studio.run(5_000)
    plain = [at for at, *_ in studio.system.port("Port").strikes]
    moved = [at for at, *_ in studio.system.port("Early").strikes]
    pairs = list(zip(plain, moved, strict=False))
    assert len(pairs) >= 38
    assert all(other - one == pytest.approx(offset_ms * MS, abs=50_000) for one, other in pairs)


@pytest.mark.parametrize("waited_ms", [1, 20, 49])
def test_an_output_that_plays_before_the_beat_plays_the_first_one_so_too(waited_ms):
    studio = Studio("Early")
    studio.use(MidiOutputSettings("Early", offset_ms=-400.0))
    studio.run(100)
    studio.set_notes(*SIXTEENTHS)
    studio.run(waited_ms)
    studio.do(protocol.Play())
    studio.run(1_000)
    assert max(sent.late_ns for sent in studio.log.since(0)) <= 1


def test_each_port_has_its_channel_its_map_and_its_drums():
    settings = (
        MidiOutputSettings("One", channel=1, keys=frozenset({36})),
        MidiOutputSettings("Two", kit_map=ROLAND_TD),
    )
    studio = Studio("One", "Two")
    studio.use(*settings, synth_keys=frozenset({41}))
    studio.run(50)
    studio.set_notes(Note(0, 36, 100), Note(0, 41, 90))
    studio.do(protocol.Play())
    studio.run(1_000)
    assert [message for message in studio.system.port("One").messages if message[0] == 0x90] == [(0x90, 36, 100)]
    assert [key for _, key, _ in studio.system.port("Two").strikes] == [36, 43]
    assert [key for _, key in studio.synth.strikes] == [41]


def test_two_outputs_may_share_a_port():
    kick = MidiOutputSettings("Port", channel=1, keys=frozenset({36}))
    rest = MidiOutputSettings("Port", channel=2, keys=frozenset({38}))
    studio = Studio("Port")
    studio.use(kick, rest)
    studio.set_notes(Note(0, 36, 100), Note(0, 38, 90))
    studio.do(protocol.Play())
    studio.run(3_000)
    assert len(studio.system.opened) == 1
    strikes = [message for message in studio.system.port("Port").messages if message[0] & 0xF0 == 0x90]
    assert strikes == [(0x90, 36, 100), (0x91, 38, 90)]
    assert still_sounding(studio.system.port("Port").messages) == set()


def test_an_audition_is_sent_at_once_and_let_go():
    studio = Studio("Port")
    studio.use(PORT)
    studio.run(105)
    now = studio.clock.now_ns()
    studio.do(protocol.Audition(49, 120))
    assert studio.system.port("Port").sent == [(now, (0x99, 49, 120))]
    studio.run(1_000)
    assert still_sounding(studio.system.port("Port").messages) == set()


def test_play_is_heard_within_the_lead_and_a_block():
    studio = Studio("Port")
    studio.use(PORT)
    studio.run(1_003)
    studio.set_notes(*SIXTEENTHS)
    began = studio.clock.now_ns()
    studio.do(protocol.Play())
    studio.run(500)
    assert 0 < studio.system.port("Port").strikes[0][0] - began <= 31 * MS


def test_after_the_computer_slept_the_music_goes_on_where_it_was_and_makes_nothing_up():
    studio = playing(Studio("Port"), PORT)
    studio.run(1_000)
    before = len(studio.system.port("Port").strikes)
    studio.sleep(3600)
    studio.run(1_000)
    strikes = studio.system.port("Port").strikes
    assert len(strikes) - before in (8, 9)
    after = [at for at, *_ in strikes[before + 1 :]]
    assert [at - after[0] for at in after] == pytest.approx([n * SIXTEENTH_NS for n in range(len(after))], abs=MS / 2)
    assert max(sent.late_ns for sent in studio.log.since(before)) < 1100 * MS


def test_clock_goes_along_with_the_notes():
    studio = playing(Studio("Port"), MidiOutputSettings("Port", send_clock=True))
    studio.run(1_100)
    sent = studio.system.port("Port").sent
    clocks = [at for at, message in sent if message == (0xF8,)]
    assert [at - clocks[0] for at in clocks] == pytest.approx(
        [n * NANOSECONDS // 48 for n in range(len(clocks))], abs=25_000
    )
    assert [message for _, message in sent[:2]] == [(0xFA,), (0xF8,)]
    studio.do(protocol.Pause())
    studio.run(100)
    assert studio.system.port("Port").messages[-1] == (0xFC,)


def test_an_output_that_is_taken_away_plays_what_it_was_told_and_no_note_is_lost_or_doubled():
    studio = playing(Studio("Port", "Other"), PORT)
    for index in range(40):
        studio.run(137)
        studio.use(MidiOutputSettings("Other") if index % 2 == 0 else PORT)
    studio.do(protocol.Stop())
    studio.run(100)
    strikes = sorted(at for port in studio.system.opened for at, *_ in port.strikes)
    assert len(strikes) == 44
    assert [at - strikes[0] for at in strikes] == pytest.approx([n * SIXTEENTH_NS for n in range(44)], abs=MS)
    for port in studio.system.opened:
        assert still_sounding(port.messages) == set()


def test_the_thread_waits_for_what_is_due_and_ends_in_silence():
    clock = MonotonicClock()
    player = Player(RecordingSynth(RATE), clock=clock)
    sender = MidiSender(LivePlayer(player, clock), clock)
    output, port = MidiOutput(PORT, RATE, ring=sender.bell.ring), FakePort("Port")
    sender.start()
    sender.attach(output, port)
    player.set_other_outputs([output])
    sender.set_outputs([output])
    output.now([Event(0, 36, 100)])
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not port.strikes and time.monotonic() < deadline:
        time.sleep(0.001)
    sender.close()
    assert port.strikes
    assert still_sounding(port.messages) == set()
    assert not any(thread.name == "midi-sender" for thread in threading.enumerate())
    assert sender.fault is None


def test_a_fault_is_kept_for_the_main_thread():
    class Broken(FakePort):
        def send(self, _message):
            raise ZeroDivisionError

    clock = MonotonicClock()
    sender = MidiSender(LivePlayer(Player(RecordingSynth(RATE)), clock), clock)
    output = MidiOutput(PORT, RATE, ring=sender.bell.ring)
    sender.attach(output, Broken("Port"))
    sender.set_outputs([output])
    output.now([Event(0, 36, 100)])
    sender._run()
    assert isinstance(sender.fault, ZeroDivisionError)


FOLLOWED = MidiOutputSettings("Port", send_clock=True)
LONG_BAR = (Note(0, 42, 90, 10), 19_200)


def clock_words(messages: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Start, stop, continue and places, each place with the clocks that come before it."""
    return [message for message in messages if message[0] >= 0xF0 and message != (0xF8,)]


def long_music(studio: Studio) -> Studio:
    studio.run(100)
    note, length = LONG_BAR
    studio.set_notes(note, length=length)
    studio.do(protocol.Play())
    studio.run(910)
    return studio


def test_who_follows_our_clock_through_a_port_that_comes_back_is_placed_and_sent_on():
    studio = Studio("Port")
    studio.use(FOLLOWED)
    long_music(studio)
    studio.system.unplug("Port")
    studio.run(1_500)
    studio.system.outputs.append("Port")
    studio.run(2_000)
    messages = studio.system.port("Port").messages
    place, go, *rest = clock_words(messages)
    assert (place[0], go, rest) == (0xF2, (0xFB,), [])
    clocks = [message for message in messages[messages.index(go) :] if message == (0xF8,)]
    tick = place[1] * 120 + len(clocks) * 20
    assert abs(tick - studio.player.state.tick) < 40


def test_who_follows_our_clock_is_halted_when_it_is_sent_no_more_or_all_ends():
    for end in (lambda studio: studio.use(), lambda studio: studio.sender._end()):
        studio = Studio("Port")
        studio.use(FOLLOWED)
        long_music(studio)
        end(studio)
        studio.run(100)
        assert clock_words(studio.system.port("Port").messages) == [(0xFA,), (0xFC,)]


def test_other_settings_of_a_port_leave_who_follows_our_clock_going():
    studio = Studio("Port")
    studio.use(FOLLOWED)
    long_music(studio)
    studio.use(MidiOutputSettings("Port", send_clock=True, offset_ms=-20.0))
    studio.run(500)
    assert [message[0] for message in clock_words(studio.system.port("Port").messages)] == [0xFA, 0xF2, 0xFB]


def test_panic_leaves_nobody_behind_who_follows_our_clock():
    studio = Studio("Port", "Early")
    studio.use(FOLLOWED, MidiOutputSettings("Early", offset_ms=-300.0))
    long_music(studio)
    studio.do(protocol.Panic())
    studio.run(1_000)
    messages = studio.system.port("Port").messages
    place = [message for message in messages if message[0] == 0xF2][-1]
    assert clock_words(messages) == [(0xFA,), (0xFC,), place, (0xFB,)]
    clocks = messages[messages.index(place) :].count((0xF8,))
    # The music is told of 310 milliseconds ahead, which are 298 ticks.
    assert place[1] * 120 + clocks * 20 == pytest.approx(studio.player.state.tick - 298, abs=40)


@pytest.mark.parametrize("device_off", [False, True])
def test_after_the_computer_has_slept_nothing_is_made_up_for_although_an_output_plays_before_the_beat(device_off):
    studio = playing(Studio("Port", "Early"), PORT, MidiOutputSettings("Early", offset_ms=-400.0))
    studio.run(3_000)
    studio.device_off = device_off
    studio.sleep(20.0)
    studio.run(3_000)
    for port in studio.system.opened:
        times = [at for at, *_ in port.strikes]
        gaps = [after - before for before, after in pairwise(times)]
        assert min(gaps) > SIXTEENTH_NS // 2
