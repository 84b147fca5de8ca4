"""MIDI ports and sync: chosen in menu and dialog, remembered, and what becomes of them told."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from drumapp.gui.midi_setup.control import ABSENT
from drumapp.gui.setup_dialog import SetupDialog
from drumapp.playback.engine import (
    VIRTUAL_PORT,
    MidiPortsChanged,
    Playhead,
    PortLost,
    PortProblem,
    PortReady,
    SyncProblem,
)
from drumapp.port_choices import InputChoice, OutputChoice
from tests.gui.window_acts import trigger

MODULE, PADS = "TD-17:TD-17 MIDI 1", "Launchpad"


@pytest.fixture
def midi(application):
    application.midi.start()
    happen(application, MidiPortsChanged((MODULE,), (MODULE, PADS)))
    return application.midi


@pytest.fixture
def dialog(application, midi) -> SetupDialog:
    assert midi.output_ports
    trigger(application, "midi_setup")
    return application.window.findChild(SetupDialog)


def happen(application, *events) -> None:
    application.engine.events += events
    application.conductor.tick()


def line(dialog: SetupDialog, kind: str, port: str):
    rows = [dialog.list.item(row) for row in range(dialog.list.count())]
    return next(item for item in rows if item.data(Qt.ItemDataRole.UserRole) == (kind, port))


def test_at_first_no_port_is_used(midi, engine) -> None:
    assert engine.midi.outputs == engine.midi.inputs == ()
    assert [choice.port for choice in midi.outputs] == [VIRTUAL_PORT, MODULE]
    assert [choice.port for choice in midi.inputs] == [VIRTUAL_PORT, MODULE, PADS]


@pytest.mark.usefixtures("midi")
def test_the_output_s_menu_switches_ports(application, engine) -> None:
    button = application.window.transport.output
    button.fill_menu()
    action = next(action for action in button.menu().actions() if action.text() == MODULE)
    assert not action.isChecked()
    action.trigger()
    assert [output.port for output in engine.midi.outputs] == [MODULE]
    assert MODULE in button.toolTip()
    assert " +" in button.text()
    button.fill_menu()
    next(action for action in button.menu().actions() if action.text() == MODULE).trigger()
    assert engine.midi.outputs == ()
    assert application.settings.midi_outputs == (OutputChoice(MODULE, on=False),), "how it was used is not forgotten"


def test_a_tick_in_the_list_uses_a_port(dialog, engine) -> None:
    line(dialog, "output", VIRTUAL_PORT).setCheckState(Qt.CheckState.Checked)
    line(dialog, "input", PADS).setCheckState(Qt.CheckState.Checked)
    assert [output.port for output in engine.midi.outputs] == [VIRTUAL_PORT]
    assert [entry.port for entry in engine.midi.inputs] == [PADS]
    assert dialog.output.on.isChecked()


def test_every_field_of_an_output_reaches_the_engine(dialog, engine, application) -> None:
    dialog.choose(("output", MODULE))
    page = dialog.output
    page.on.click()
    page.channel._change(3, done=True)
    page.kit_map.setCurrentText("Roland TD")
    page.kit_map.activated.emit(0)
    page.offset._change(-12.5, done=True)
    page.choke.setCurrentIndex(1)
    page.choke.activated.emit(1)
    page.clock.click()
    page.click.click()
    page.drums.all.click()
    page.drums.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    (output,) = engine.midi.outputs
    assert (output.port, output.channel, output.offset_ms, output.choke) == (MODULE, 3, -12.5, "pressure")
    assert output.kit_map.name == "Roland TD"
    assert output.send_clock
    assert output.click_keys is not None
    first = application.document.kit.lanes[0].key
    assert output.keys == {lane.key for lane in application.document.kit.lanes} - {first}
    dialog.choose(("output", VIRTUAL_PORT))
    dialog.choose(("output", MODULE))
    assert page.channel.value == 3
    assert not page.drums.all.isChecked()
    assert application.settings.midi_outputs[0].channel == 3


def test_every_field_of_an_input_reaches_the_engine(dialog, engine) -> None:
    dialog.choose(("input", PADS))
    page = dialog.input
    page.on.click()
    page.channel.setCurrentIndex(4)
    page.channel.activated.emit(4)
    page.offset._change(5, done=True)
    page.sounds.click()
    (entry,) = engine.midi.inputs
    assert (entry.port, entry.channel, entry.offset_ms, entry.sounds) == (PADS, 4, 5.0, False)


def test_the_synth_leaves_out_what_others_play(dialog, engine) -> None:
    dialog.choose(("synth", ""))
    dialog.synth.drums.all.click()
    for row in range(1, dialog.synth.drums.list.count()):
        dialog.synth.drums.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert len(engine.midi.synth_keys) == 1
    dialog.synth.drums.all.click()
    assert engine.midi.synth_keys is None


def test_ports_that_come_and_go_are_told(application, midi, dialog) -> None:
    midi.switch_output(MODULE, on=True)
    sentence = f"The MIDI port {MODULE} is gone; the music goes on without it until it is back."
    happen(application, MidiPortsChanged((), (PADS,)), PortLost(MODULE, sentence))
    assert application.window.banner.isVisible()
    assert application.window.banner.cause.text() == sentence
    dialog.choose(("output", MODULE))
    assert dialog.output.problem.text() == sentence
    assert line(dialog, "output", MODULE).checkState() is Qt.CheckState.Checked, "it is wanted still"
    happen(application, MidiPortsChanged((MODULE,), (PADS,)), PortReady(MODULE))
    assert not application.window.banner.isVisible()
    assert application.window.status.music.text() == f"The MIDI port {MODULE} is back"
    assert dialog.output.problem.isHidden()


def test_a_port_that_is_given_up_is_no_problem_any_more(application, midi) -> None:
    midi.switch_output(MODULE, on=True)
    happen(application, PortProblem(MODULE, "It is busy."))
    assert application.window.banner.isVisible()
    application.window.banner.buttons[0].click()
    assert isinstance(application.window.findChild(QDialog), SetupDialog)
    midi.switch_output(MODULE, on=False)
    assert not application.window.banner.isVisible()


def test_somebody_s_time_is_followed(application, dialog, engine) -> None:
    dialog.choose(("sync", ""))
    page = dialog.sync
    page.buttons["clock"].click()
    assert (engine.sync.source, engine.sync.port) == ("clock", VIRTUAL_PORT)
    page.port.setCurrentText(PADS)
    page.port.activated.emit(0)
    assert engine.sync.port == PADS
    dialog.notice(Playhead(leader_bpm=None))
    assert page.state.text() == "Nothing comes yet."
    dialog.notice(Playhead(leader_bpm=118.04, locked=False))
    assert page.state.text() == "118.0 beats a minute, settling …"
    page.buttons["link"].click()
    assert engine.sync.source == "link"
    happen(application, SyncProblem("Ableton Link is not installed."))
    assert page.problem.text() == "Ableton Link is not installed."
    page.buttons["internal"].click()
    assert engine.sync.source == "internal"
    assert not application.window.banner.isVisible()


def test_music_that_the_leader_starts_goes_on_in_the_window(application, engine) -> None:
    from tests.gui.window_acts import BEAT

    application.document.replace(BEAT, "Open")
    engine.start()
    engine.playing = True
    application.conductor.tick()
    assert application.conductor.performance.playing
    engine.playing = False
    application.conductor.tick()
    assert not application.conductor.performance.playing


def test_what_was_used_last_is_used_again(application, engine) -> None:
    application.settings.midi_outputs = (OutputChoice(VIRTUAL_PORT), OutputChoice(MODULE, on=False))
    application.settings.midi_inputs = (InputChoice(PADS),)
    application.settings.sync, application.settings.sync_port = "clock", PADS
    application.midi.start()
    assert [output.port for output in engine.midi.outputs] == [VIRTUAL_PORT]
    assert [entry.port for entry in engine.midi.inputs] == [PADS]
    assert engine.sync.port == PADS


def test_a_port_whose_number_alone_is_new_is_the_one_that_was_used(application, midi) -> None:
    before, after, twin = "Digitakt:Digitakt 24:0", "Digitakt:Digitakt 28:0", "Digitakt:Digitakt 32:0"
    happen(application, MidiPortsChanged((before,), (before,)))
    midi.switch_output(before, on=True)
    midi.switch_input(before, on=True)
    happen(application, MidiPortsChanged((MODULE, after, twin), (after,)))
    assert [choice.port for choice in midi.outputs] == [VIRTUAL_PORT, MODULE, before, twin]
    assert [choice.port for choice in midi.inputs] == [VIRTUAL_PORT, before]
    assert midi.state_of(before, output=True) == midi.state_of(before, output=False) == ""
    happen(application, MidiPortsChanged((MODULE,), ()))
    assert midi.state_of(before, output=True) == ABSENT
