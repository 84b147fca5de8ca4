import threading
import time

import pytest

from drumapp.core.pattern import Note
from drumapp.core.timing import Range
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.output_settings import VIRTUAL_PORT, MidiInputSettings, MidiOutputSettings
from drumapp.playback.synth import SilentSynth
from tests.playback.midi_fakes import still_sounding
from tests.playback.studio import RATE, Studio

PATIENCE_SECONDS = 30
SYNTH = MidiOutputSettings("Synth")
PADS = MidiInputSettings("Pads")
SIXTEENTHS = [Note(tick, 42, 90, 60) for tick in range(0, 1920, 120)]


def playing(studio: Studio) -> None:
    studio.set_notes(*SIXTEENTHS)
    studio.do(protocol.SetLoop(Range(0, 1920)), protocol.Play())


def test_the_ports_there_are_told_and_told_again_when_they_change():
    studio = Studio("Synth", inputs=["Pads"])
    studio.run(1_500)
    assert studio.events == [protocol.MidiPortsChanged(("Synth",), ("Pads",))]
    studio.system.outputs.append("Sampler")
    studio.run(1_100)
    assert studio.events[1:] == [protocol.MidiPortsChanged(("Synth", "Sampler"), ("Pads",))]
    studio.run(5_000)
    assert len(studio.events) == 2


def test_a_port_that_is_wanted_is_opened_once_and_closed_when_it_is_wanted_no_more():
    studio = Studio("Synth")
    studio.use(SYNTH)
    studio.run(3_000)
    assert [port.name for port in studio.system.opened] == ["Synth"]
    assert studio.told(protocol.PortReady) == [protocol.PortReady("Synth")]
    studio.use()
    studio.run(2_000)
    assert studio.system.port("Synth").closed


def test_ports_are_tidied_only_while_nothing_sounds():
    studio = Studio("Synth", synth=SilentSynth(RATE))
    studio.use(SYNTH)
    playing(studio)
    studio.run(3_000)
    assert studio.system.tidied == 0
    studio.do(protocol.Stop())
    studio.run(3_000)
    assert studio.system.tidied > 0


def test_the_virtual_port_needs_no_other():
    studio = Studio()
    studio.use(MidiOutputSettings(VIRTUAL_PORT))
    studio.run(100)
    assert [port.name for port in studio.system.opened] == [VIRTUAL_PORT]
    studio.run(5_000)
    assert studio.told(protocol.PortLost) == []


def test_a_port_that_is_not_there_is_told_of_once_and_taken_up_when_it_comes():
    studio = Studio()
    studio.use(SYNTH)
    playing(studio)
    studio.run(5_000)
    (problem,) = studio.told(protocol.PortProblem)
    assert problem.name == "Synth"
    assert "not there" in problem.sentence
    studio.system.outputs.append("Synth")
    studio.run(3_000)
    assert studio.told(protocol.PortReady) == [protocol.PortReady("Synth")]
    assert len(studio.system.port("Synth").strikes) > 10


def test_a_port_whose_number_has_changed_is_the_one_that_was_chosen():
    studio = Studio("TD-17:MIDI 1 28:0")
    studio.use(MidiOutputSettings("TD-17:MIDI 1 24:0"))
    studio.run(2_000)
    assert studio.told(protocol.PortProblem) == []
    assert studio.told(protocol.PortReady) == [protocol.PortReady("TD-17:MIDI 1 24:0")]


def test_a_busy_port_is_told_of_once_and_tried_again():
    studio = Studio("Synth")
    studio.system.busy.add("Synth")
    studio.use(SYNTH)
    studio.run(5_000)
    (problem,) = studio.told(protocol.PortProblem)
    assert "busy" in problem.sentence
    studio.system.busy.clear()
    studio.run(1_100)
    assert studio.told(protocol.PortReady) == [protocol.PortReady("Synth")]


@pytest.mark.parametrize("noticed_by", ["sending", "looking"])
def test_a_port_that_vanishes_in_mid_play_is_told_of_the_music_goes_on_elsewhere_and_it_is_taken_up_again(noticed_by):
    studio = Studio("Synth", "Sampler")
    studio.use(SYNTH, MidiOutputSettings("Sampler"))
    playing(studio)
    studio.run(2_000)
    if noticed_by == "sending":
        studio.system.unplug("Synth")
    else:
        studio.system.outputs.remove("Synth")
    studio.run(2_000)
    (lost,) = studio.told(protocol.PortLost)
    assert "Synth" in lost.sentence
    assert "until it is back" in lost.sentence
    before = len(studio.system.port("Sampler").strikes)
    studio.run(3_000)
    assert len(studio.system.port("Sampler").strikes) - before == 24
    studio.system.outputs.append("Synth")
    studio.run(3_000)
    assert len([port for port in studio.system.opened if port.name == "Synth"]) == 2
    assert len(studio.system.port("Synth").strikes) >= 15
    studio.do(protocol.Stop())
    studio.run(100)
    assert still_sounding(studio.system.port("Synth").messages) == set()
    assert len(studio.told(protocol.PortLost)) == 1


def test_a_port_lost_while_its_output_is_leaving_is_told_of_and_forgotten():
    studio = Studio("Synth")
    studio.use(SYNTH)
    playing(studio)
    studio.run(1_000)
    studio.system.unplug("Synth")
    studio.use()
    studio.run(3_000)
    assert studio.system.port("Synth").closed


def test_changing_the_channel_keeps_the_port_open():
    studio = Studio("Synth")
    studio.use(SYNTH)
    playing(studio)
    studio.run(1_000)
    studio.use(MidiOutputSettings("Synth", channel=5))
    studio.run(3_000)
    assert len(studio.system.opened) == 1
    assert not studio.system.port("Synth").closed
    messages = studio.system.port("Synth").messages
    assert {message[0] & 0x0F for message in messages[-10:]} == {4}
    studio.do(protocol.Stop())
    studio.run(100)
    assert still_sounding(studio.system.port("Synth").messages) == set()


class TestInputs:
    def test_a_pad_sounds_at_once_everywhere_and_is_told_with_its_tick(self):
        studio = Studio("Synth", inputs=["Pads"])
        studio.use(SYNTH, inputs=[PADS])
        playing(studio)
        studio.run(2_300)
        struck = studio.clock.now_ns()
        studio.system.listened[0].receive([0x99, 49, 100], struck)
        assert studio.system.port("Synth").sent[-1] == (struck, (0x99, 49, 100))
        studio.run(500)
        studio.system.listened[0].receive([0x89, 49, 0], studio.clock.now_ns())
        studio.run(20)
        (pad,) = studio.told(protocol.PadStruck)
        assert (pad.port, pad.channel, pad.device_key, pad.key, pad.velocity) == ("Pads", 10, 49, 49, 100)
        first = studio.system.port("Synth").strikes[0][0]
        assert pad.tick == pytest.approx(((struck - first) / 1e9 * 960) % 1920, abs=0.2)
        (released,) = studio.told(protocol.PadReleased)
        assert released.tick - pad.tick == pytest.approx(480, abs=1)
        assert (49, "on") in [(key, what) for _, what, key, _ in studio.synth.log]
        studio.do(protocol.Stop())
        studio.run(20)
        assert still_sounding(studio.system.port("Synth").messages) == set()

    def test_nothing_plays_so_there_is_no_tick(self):
        studio = Studio(inputs=["Pads"])
        studio.use(inputs=[PADS])
        studio.run(100)
        studio.system.listened[0].receive([0x99, 36, 1], studio.clock.now_ns())
        assert studio.told(protocol.PadStruck)[0].tick is None

    def test_pads_that_are_let_go_while_their_port_goes_do_not_stick(self):
        studio = Studio("Synth", inputs=["Pads"])
        studio.use(SYNTH, inputs=[PADS])
        studio.run(100)
        studio.system.listened[0].receive([0x99, 36, 100], studio.clock.now_ns())
        studio.system.inputs.remove("Pads")
        studio.run(2_000)
        assert still_sounding(studio.system.port("Synth").messages) == set()
        assert [lost.name for lost in studio.told(protocol.PortLost)] == ["Pads"]
        studio.system.inputs.append("Pads")
        studio.run(2_000)
        assert len(studio.system.listened) == 2

    def test_pads_do_not_stick_when_they_are_listened_to_no_more(self):
        studio = Studio("Synth", inputs=["Pads"])
        studio.use(SYNTH, inputs=[PADS])
        studio.run(100)
        studio.system.listened[0].receive([0x99, 36, 100], studio.clock.now_ns())
        studio.use(SYNTH)
        studio.run(100)
        assert still_sounding(studio.system.port("Synth").messages) == set()
        assert studio.system.listened[0].closed

    def test_what_is_not_there_or_busy_is_told_of_and_taken_up_later(self):
        studio = Studio()
        studio.use(inputs=[PADS])
        studio.run(3_000)
        assert len(studio.told(protocol.PortProblem)) == 1
        studio.system.inputs.append("Pads")
        studio.system.busy.add("Pads")
        studio.run(3_000)
        assert len(studio.told(protocol.PortProblem)) == 2
        studio.system.busy.clear()
        studio.run(1_500)
        assert studio.told(protocol.PortReady) == [protocol.PortReady("Pads")]


def test_a_clock_is_listened_to_whether_its_pads_are_wanted_or_not():
    studio = Studio(inputs=["Pads"])
    studio.keeper.listen_for_clock("Pads")
    studio.run(1_500)
    studio.system.listened[0].receive([0xF8], 77)
    assert studio.followed == [("Pads", (0xF8,), 77)]
    studio.use(inputs=[PADS])
    studio.run(100)
    assert [port.closed for port in studio.system.listened] == [True, False]
    studio.keeper.listen_for_clock(None)
    studio.use()
    studio.run(100)
    assert all(port.closed for port in studio.system.listened)


def test_the_thread_looks_when_it_is_told_to_and_lets_go_of_everything():
    studio = Studio("Synth", inputs=["Pads"])
    studio.keeper.start()
    studio.keeper.want(protocol.MidiSettings((SYNTH,), (PADS,)))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (studio.system.opened and studio.system.listened) and time.monotonic() < deadline:
        time.sleep(0.001)
    studio.keeper.close()
    assert studio.system.port("Synth").closed
    assert studio.system.listened[0].closed
    assert studio.system.closed
    assert studio.keeper.fault is None
    assert not any(thread.name == "midi-keeper" for thread in threading.enumerate())


def test_a_fault_is_kept_for_the_main_thread():
    studio = Studio()

    def broken() -> None:
        raise ZeroDivisionError

    studio.system.look = broken
    studio.keeper._run()
    assert isinstance(studio.keeper.fault, ZeroDivisionError)


def test_the_virtual_ports_come_back_with_the_server_that_offered_them():
    studio = Studio()
    studio.use(MidiOutputSettings(VIRTUAL_PORT), inputs=[MidiInputSettings(VIRTUAL_PORT)])
    studio.run(1_500)
    (out_port,), (in_port,) = studio.system.opened, studio.system.listened
    out_port.gone = in_port.gone = True
    studio.system.busy.add(VIRTUAL_PORT)
    studio.run(3_000)
    assert out_port.closed
    assert in_port.closed
    assert studio.told(protocol.PortLost)
    studio.system.busy.clear()
    studio.run(1_500)
    assert len(studio.system.opened) == len(studio.system.listened) == 2
    assert not studio.system.opened[1].closed
