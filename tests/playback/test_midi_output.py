from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.kit import HOUSE_KIT, general_midi_lane
from drumapp.core.kit_map import GENERAL_MIDI, LOGIC, ROLAND_TD, KitMap
from drumapp.playback.midi_output import CLICK_FRAMES_MS, MidiOutput
from drumapp.playback.mix import Mix, mix_of
from drumapp.playback.output_settings import MidiInputSettings, MidiOutputSettings
from drumapp.playback.outputs import Click, Signal
from drumapp.playback.scheduler import CHOKE, LET_GO, Event
from tests.playback.midi_fakes import FakePort, still_sounding

RATE = 48_000
ON, OFF = 0x99, 0x89


def make(**settings: object) -> tuple[MidiOutput, FakePort]:
    output = MidiOutput(MidiOutputSettings("Port", **settings), RATE)
    port = FakePort("Port")
    output.attach(port)
    return output, port


def test_drums_are_struck_and_let_go_in_their_frames_and_not_before():
    output, port = make()
    output.put([Event(100, 36, 90), Event(200, 36, LET_GO)])
    assert output.next_frame() == 100
    output.run(99)
    assert port.messages == []
    output.run(100)
    assert port.messages == [(ON, 36, 90)]
    assert output.sounding == {36}
    assert output.next_frame() == 200
    output.run(1000)
    assert port.messages[1:] == [(OFF, 36, 0)]
    assert output.sounding == frozenset()
    assert output.next_frame() is None


def test_channel_and_kit_map():
    output, port = make(channel=3, kit_map=LOGIC)
    output.put([Event(0, 43, 90), Event(5, 43, LET_GO)])
    output.run(10)
    assert port.messages == [(0x92, 41, 90), (0x82, 41, 0)]


@pytest.mark.parametrize(("offset_ms", "frame"), [(10.0, 1480), (-10.0, 520), (0.0, 1000)])
def test_an_offset_moves_everything(offset_ms, frame):
    output, port = make(offset_ms=offset_ms)
    output.put([Event(1000, 36, 90)])
    assert output.next_frame() == frame
    output.run(frame - 1)
    assert port.messages == []
    output.run(frame)
    assert len(port.messages) == 1


def test_only_the_drums_routed_there_are_played():
    output, port = make(keys=frozenset({36}))
    output.put([Event(0, 36, 90), Event(0, 38, 90), Event(5, 36, LET_GO), Event(5, 38, LET_GO)])
    output.now([Event(0, 38, 90), Event(0, 36, 80)])
    output.run(10)
    assert {message[1] for message in port.messages} == {36}


def test_two_drums_on_one_key_of_the_device_never_stick_nor_cut_each_other_short():
    output, port = make(kit_map=ROLAND_TD)  # 35 and 36 are both its kick
    output.put([Event(0, 35, 90), Event(10, 36, 80), Event(20, 35, LET_GO), Event(30, 36, LET_GO)])
    output.run(25)
    assert port.messages == [(ON, 36, 90), (OFF, 36, 0), (ON, 36, 80)]
    output.run(30)
    assert port.messages[3:] == [(OFF, 36, 0)]


def test_a_lanes_volume_scales_the_velocity_by_its_root():
    output, port = make()
    output.set_mix(mix_of(HOUSE_KIT.with_lane(replace(general_midi_lane(36), volume_db=-12.0))))
    output.put([Event(0, 36, 100), Event(0, 38, 100)])
    output.run(0)
    assert port.messages == [(ON, 36, 50), (ON, 38, 100)]


@pytest.mark.parametrize(("volume_db", "velocity", "sent"), [(12.0, 100, [127]), (-50.0, 1, [1]), (-60.0, 127, [])])
def test_volumes_stay_within_what_a_velocity_can_say(volume_db, velocity, sent):
    output, port = make()
    output.set_mix(mix_of(HOUSE_KIT.with_lane(replace(general_midi_lane(36), volume_db=volume_db))))
    output.put([Event(0, 36, velocity), Event(1, 36, LET_GO)])
    output.run(10)
    assert [message[2] for message in port.messages if message[0] == ON] == sent


def test_what_is_muted_after_it_was_put_is_not_struck_but_an_audition_is():
    output, port = make()
    output.put([Event(10, 36, 90), Event(20, 36, LET_GO)])
    output.set_mix(Mix(unheard=frozenset({36})))
    output.run(100)
    assert port.messages == []
    output.now([Event(0, 36, 90)])
    output.run(100)
    assert port.messages == [(ON, 36, 90)]


class TestChoke:
    def test_what_sounds_is_let_go(self):
        output, port = make()
        output.put([Event(0, 46, 90), Event(10, 46, CHOKE), Event(10, 42, 80)])
        output.run(10)
        assert port.messages == [(ON, 46, 90), (OFF, 46, 0), (ON, 42, 80)]
        assert output.sounding == {42}

    def test_what_was_let_go_long_ago_is_told_once_more(self):
        output, port = make()
        output.put([Event(0, 46, 90), Event(5, 46, LET_GO), Event(10, 46, CHOKE)])
        output.run(10)
        assert port.messages == [(ON, 46, 90), (OFF, 46, 0), (OFF, 46, 0)]

    def test_pressure_is_how_some_modules_grab_a_cymbal(self):
        output, port = make(choke="pressure", channel=2)
        output.put([Event(0, 46, 90), Event(10, 46, CHOKE)])
        output.run(10)
        assert port.messages[1:] == [(0x81, 46, 0), (0xA1, 46, 127), (0xA1, 46, 0)]

    def test_another_drum_on_the_same_key_is_left_alone(self):
        output, port = make(kit_map=KitMap("Small", {}, {44: 42}))
        output.put([Event(0, 44, 90), Event(1, 44, LET_GO), Event(2, 42, 90), Event(3, 44, CHOKE)])
        output.run(10)
        assert port.messages[-1] == (ON, 42, 90)


def test_the_metronome_strikes_its_keys_and_lets_go():
    output, port = make(click_keys=(76, 77))
    output.put([Click(0, True), Click(100, False)])
    output.run(100)
    assert port.messages == [(ON, 76, 127), (ON, 77, 100)]
    assert output.next_frame() == CLICK_FRAMES_MS * 48
    output.run(10**6)
    assert still_sounding(port.messages) == set()


def test_a_click_that_comes_before_the_last_has_ended_lets_it_go_first():
    output, port = make(click_keys=(37, 37))
    output.put([Click(0, True), Click(100, False), Event(200, 37, 50), Event(300, 37, LET_GO)])
    output.run(10**6)
    assert still_sounding(port.messages) == set()
    assert len([message for message in port.messages if message[0] == ON]) == 3


def test_a_click_turned_all_the_way_down_strikes_nothing():
    output, port = make(click_keys=(76, 77))
    output.put([Click(0, True, gain=0.0)])
    output.run(0)
    assert port.messages == []


def test_clock_is_sent_where_it_is_wanted_and_clicks_where_they_have_keys():
    plain, plain_port = make()
    leader, leader_port = make(send_clock=True)
    for output in (plain, leader):
        output.put([Signal(0, b"\xfa"), Signal(0, b"\xf8"), Click(0, True)])
        output.run(0)
    assert plain_port.messages == []
    assert leader_port.messages == [(0xFA,), (0xF8,)]


def test_silence_lets_go_of_what_sounds_and_forgets_what_was_to_come_but_not_what_comes_after():
    output, port = make()
    output.put([Event(0, 36, 90), Event(50, 38, 90)])
    output.run(0)
    output.silence()
    output.put([Event(60, 42, 90)])
    output.run(100)
    assert port.messages == [(ON, 36, 90), (OFF, 36, 0), (ON, 42, 90)]


def test_panic_lets_go_of_every_key_and_ends_every_sound_of_the_channel():
    output, port = make(channel=1)
    output.put([Event(0, 36, 90)])
    output.run(0)
    output.panic()
    output.run(0)
    assert port.messages[1:129] == [(0x80, key, 0) for key in range(128)]
    assert port.messages[129:] == [(0xB0, 64, 0), (0xB0, 123, 0), (0xB0, 120, 0)]
    assert output.sounding == frozenset()


def test_without_a_port_nothing_happens_and_nothing_piles_up():
    output = MidiOutput(MidiOutputSettings("Port"), RATE)
    output.put([Event(0, 36, 90)])
    output.now([Event(0, 38, 90)])
    output.panic()
    output.run(10)
    assert output.next_frame() is None
    assert output.sounding == frozenset()


def test_a_port_left_for_another_is_silenced_first():
    output, first = make()
    output.put([Event(0, 36, 90), Event(50, 36, LET_GO), Event(60, 38, 90)])
    output.run(0)
    second = FakePort("Other")
    output.attach(second)
    output.run(100)
    assert still_sounding(first.messages) == set()
    assert first.messages[-1] == (0xB9, 120, 0)
    assert second.messages == [(ON, 38, 90)]


def test_a_port_that_goes_is_noticed_and_its_notes_are_forgotten():
    output, port = make()
    output.put([Event(0, 36, 90), Event(10, 36, LET_GO), Event(20, 38, 90)])
    output.run(0)
    port.broken = True
    output.run(100)
    assert output.lost is not None
    assert output.port is None
    assert output.sounding == frozenset()
    back = FakePort("Port")
    output.attach(back)
    output.put([Event(110, 36, 90), Event(120, 36, LET_GO)])
    output.run(200)
    assert back.messages == [(ON, 36, 90), (OFF, 36, 0)]


@pytest.mark.parametrize("act", ["silence", "panic", "detach"])
def test_a_port_that_goes_in_the_midst_of_silencing_does_no_harm(act):
    output, port = make(click_keys=(76, 77))
    output.put([Event(0, 36, 90), Event(0, 38, 90), Click(0, True)])
    output.run(0)
    port.broken = True
    getattr(output, act)()
    output.run(10)
    assert output.port is None
    assert output.sounding == frozenset()


cues = st.one_of(
    st.builds(Event, st.just(0), st.sampled_from([35, 36, 42, 44, 46]), st.sampled_from([LET_GO, CHOKE, 1, 100])),
    st.builds(Click, st.just(0), st.booleans(), st.floats(0, 4)),
)


@given(
    st.lists(st.tuples(st.sampled_from(["put", "now", "run", "silence", "panic", "mute", "attach"]), cues), max_size=60)
)
def test_whatever_happens_every_note_is_let_go(acts):
    output, port = make(kit_map=ROLAND_TD, click_keys=(37, 36))
    ports = [port]
    frame = 0
    for act, cue in acts:
        match act:
            case "put":
                output.put([cue._replace(frame=frame + 3)])
            case "now":
                output.now([cue] if isinstance(cue, Event) else [])
            case "run":
                frame += 5
                output.run(frame)
            case "mute":
                output.set_mix(Mix(unheard=frozenset({36, 46})))
            case "attach":
                ports.append(FakePort("Another"))
                output.attach(ports[-1])
            case _:
                getattr(output, act)()
    output.run(frame + 5)
    output.silence()
    output.run(frame + 5)
    assert output.sounding == frozenset()
    assert all(still_sounding(port.messages) == set() for port in ports)


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": ""},
        {"channel": 0},
        {"channel": 17},
        {"offset_ms": 501.0},
        {"offset_ms": float("nan")},
        {"click_keys": (36, 128)},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    (field,) = wrong
    with pytest.raises(ValueError, match="port" if field == "port" else field):
        MidiOutputSettings(**({"port": "Port"} | wrong))


def test_an_inputs_settings_are_checked_too():
    with pytest.raises(ValueError, match="channel"):
        MidiInputSettings("Port", channel=0)
    with pytest.raises(ValueError, match="port"):
        MidiInputSettings("")
    assert MidiInputSettings("Port").kit_map == GENERAL_MIDI
