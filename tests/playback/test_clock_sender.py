from drumapp.core.timing import Range, TempoMap
from drumapp.playback.clock_sender import ClockSender
from drumapp.playback.midi_messages import CLOCK, CONTINUE, START, STOP, song_position
from drumapp.playback.outputs import Signal
from drumapp.playback.transport import Segment, TimeAnchor, Transport

RATE = 48_000
ANCHOR = TimeAnchor(0.0, 0.0, TempoMap(), RATE)  # a tick lasts 50 frames, a clock 1000


def segment(start: int, stop: int, anchor: TimeAnchor = ANCHOR) -> Segment:
    return Segment(anchor.frame_of(start), anchor.frame_of(stop), Range(start, stop), anchor)


def words(signals: list[Signal]) -> list[str]:
    names = {CLOCK: "clock", START: "start", CONTINUE: "continue", STOP: "stop"}
    return [names.get(message[0]) or f"position {message[1] + 128 * message[2]}" for _, message, _ in signals]


def test_music_from_its_start_begins_with_start_and_a_clock_and_goes_on_24_times_a_quarter():
    signals = ClockSender().signals([segment(0, 480)])
    assert words(signals) == ["start"] + ["clock"] * 24
    assert [signal.frame for signal in signals[1:]] == [n * 1000 for n in range(24)]


def test_blocks_share_no_clock():
    sender = ClockSender()
    clocks = [signal.frame for at in range(0, 960, 7) for signal in sender.signals([segment(at, at + 7)])][1:]
    assert clocks == [n * 1000 for n in range(-(-966 // 20))]


def test_music_from_elsewhere_begins_on_the_next_sixteenth():
    sender = ClockSender()
    assert words(sender.signals([segment(130, 200)])) == ["position 2"] + ["clock"] * 3
    assert words(sender.signals([segment(200, 261)])) == ["clock"] * 2 + ["continue"] + ["clock"] * 2


def test_from_a_sixteenth_it_begins_at_once():
    assert words(ClockSender().signals([segment(1920, 1941)])) == ["position 16", "continue", "clock", "clock"]


def test_stop_is_told_once():
    sender = ClockSender()
    assert sender.stop(5) == []
    sender.signals([segment(0, 100)])
    assert sender.stop(5000) == [Signal(5000, bytes([STOP]))]
    assert sender.stop(5000) == []
    assert words(sender.signals([segment(0, 1)])) == ["start", "clock"]


def test_at_a_loops_end_followers_are_stopped_placed_and_sent_on():
    transport = Transport(RATE)
    transport.set_music(960, TempoMap(), 0)
    transport.set_loop(Range(480, 960))
    transport.seek(480)
    transport.play()
    sender = ClockSender()
    signals = [signal for at in range(0, 50_000, 500) for signal in sender.signals(transport.advance(at, 500))]
    assert words(signals)[:2] == ["position 4", "continue"]
    turn = [signal for signal in signals if signal.frame == 24_000]
    assert words(turn) == ["stop", "position 4", "continue", "clock"]
    assert sum(word == "clock" for word in words(signals)) == 50


def test_a_place_past_the_last_is_told_as_the_last():
    assert song_position(2**14 + 5) == bytes([0xF2, 127, 127])
    assert song_position(300) == bytes([0xF2, 44, 2])
