"""What is set up of MIDI: how one output, one input, the synth and the time are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton

from drumapp.core.kit import Lane
from drumapp.gui.choice_box import CheckBox, ChoiceBox
from drumapp.gui.midi_setup.drum_list import DrumList
from drumapp.gui.number_field import NumberField
from drumapp.gui.setup_page import Page, fill
from drumapp.gui.theme import Theme
from drumapp.playback.output_settings import DRUM_CHANNEL, MAX_OFFSET_MS
from drumapp.port_choices import InputChoice, OutputChoice

_CHOKES = {"note-off": "A note-off", "pressure": "A note-off and pressure (Roland)"}
SOURCES = {"internal": "Our own time", "clock": "A MIDI clock from", "link": "Ableton Link"}


class OutputPage(Page):
    """``changed`` carries the OutputChoice."""

    changed = Signal(object)

    def __init__(self, theme: Theme, lanes: Sequence[Lane]) -> None:
        super().__init__()
        self._choice = OutputChoice("?")
        self.on = CheckBox(theme, "Play through this port")
        self.channel = NumberField(theme, "Channel", least=1, most=16, default=DRUM_CHANNEL, width=112)
        self.kit_map = ChoiceBox("Kit map", "Which keys the device has its drums on")
        self.offset = _offset_field(theme, "Notes are sent earlier (below 0) or later than the beat")
        self.choke = ChoiceBox("Choke", "How another drum of its group cuts a drum off")
        self.choke.addItems(list(_CHOKES.values()))
        self.clock = CheckBox(theme, "Send clock, start, stop and song position")
        self.click = CheckBox(theme, "Send the metronome")
        self.drums = DrumList(theme, lanes)
        self.column.insertWidget(2, self.on)
        self.add_row("Channel", self.channel)
        self.add_row("Kit map", self.kit_map)
        self.add_row("Offset", self.offset)
        self.add_row("Choke by", self.choke)
        for widget in (self.clock, self.click, self.drums):
            self.column.addWidget(widget)
        self.on.toggled.connect(lambda on: self._change(on=on))
        self.channel.edited.connect(lambda value: self._change(channel=round(value)))
        self.kit_map.activated.connect(lambda _: self._change(kit_map=self.kit_map.currentText()))
        self.offset.edited.connect(lambda value: self._change(offset_ms=value))
        self.choke.activated.connect(lambda index: self._change(choke=list(_CHOKES)[index]))
        self.clock.toggled.connect(lambda on: self._change(send_clock=on))
        self.click.toggled.connect(lambda on: self._change(click=on))
        self.drums.chosen.connect(lambda keys: self._change(keys=keys))

    def show_choice(self, choice: OutputChoice, maps: Sequence[str], problem: str) -> None:
        """Show how a port is used; no signal."""
        self._choice = choice
        self.blockSignals(True)
        self.title.setText(choice.port)
        self.on.setChecked(choice.on)
        self.channel.set_value(choice.channel)
        fill(self.kit_map, maps, choice.kit_map)
        self.offset.set_value(choice.offset_ms)
        self.choke.setCurrentIndex(list(_CHOKES).index(choice.choke))
        self.clock.setChecked(choice.send_clock)
        self.click.setChecked(choice.click)
        self.drums.show_keys(choice.keys)
        self.show_problem(problem)
        self.blockSignals(False)

    def _change(self, **values: object) -> None:
        if not self.signalsBlocked():
            self._choice = replace(self._choice, **values)
            self.changed.emit(self._choice)


class InputPage(Page):
    """``changed`` carries the InputChoice."""

    changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._choice = InputChoice("?")
        self.on = CheckBox(theme, "Listen to this port")
        self.channel = ChoiceBox("Channel", "On which channel pads are heard")
        self.channel.addItems(["All", *(str(channel) for channel in range(1, 17))])
        self.kit_map = ChoiceBox("Kit map", "Which keys the pads send for which drum")
        self.offset = _offset_field(theme, "What the controller holds back: taken off the time at which a note arrives")
        self.sounds = CheckBox(theme, "Pads are heard at once")
        self.column.insertWidget(2, self.on)
        self.add_row("Channel", self.channel)
        self.add_row("Kit map", self.kit_map)
        self.add_row("Offset", self.offset)
        self.column.addWidget(self.sounds)
        self.column.addStretch(1)
        self.on.toggled.connect(lambda on: self._change(on=on))
        self.channel.activated.connect(lambda index: self._change(channel=index or None))
        self.kit_map.activated.connect(lambda _: self._change(kit_map=self.kit_map.currentText()))
        self.offset.edited.connect(lambda value: self._change(offset_ms=value))
        self.sounds.toggled.connect(lambda on: self._change(sounds=on))

    def show_choice(self, choice: InputChoice, maps: Sequence[str], problem: str) -> None:
        """Show how a port is used; no signal."""
        self._choice = choice
        self.blockSignals(True)
        self.title.setText(choice.port)
        self.on.setChecked(choice.on)
        self.channel.setCurrentIndex(choice.channel or 0)
        fill(self.kit_map, maps, choice.kit_map)
        self.offset.set_value(choice.offset_ms)
        self.sounds.setChecked(choice.sounds)
        self.show_problem(problem)
        self.blockSignals(False)

    def _change(self, **values: object) -> None:
        if not self.signalsBlocked():
            self._choice = replace(self._choice, **values)
            self.changed.emit(self._choice)


class SynthPage(Page):
    """``changed`` carries the keys of the drums that the synth plays, None for all."""

    changed = Signal(object)

    def __init__(self, theme: Theme, lanes: Sequence[Lane]) -> None:
        super().__init__()
        self.title.setText("Drums played here")
        self.show_problem("")
        self.drums = DrumList(theme, lanes)
        self.add_hint("Drums that a MIDI port plays can be left out of the program's own sound.")
        self.column.addWidget(self.drums)
        self.drums.chosen.connect(self.changed)


class SyncPage(Page):
    """``changed`` carries the source and the port of a clock."""

    changed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.title.setText("Time")
        self._group = QButtonGroup(self)
        self.buttons = {source: QRadioButton(text) for source, text in SOURCES.items()}
        self.port = ChoiceBox("Clock port", "The port a MIDI clock comes from")
        for source, button in self.buttons.items():
            self._group.addButton(button)
            self.column.addWidget(button)
            if source == "clock":
                self.column.addWidget(self.port)
        self.state = QLabel()
        self.state.setProperty("role", "hint")
        self.state.setWordWrap(True)
        self.column.addWidget(self.state)
        self.column.addStretch(1)
        self._group.buttonClicked.connect(self._change)
        self.port.activated.connect(lambda _: self._change())

    def show_choice(self, source: str, port: str, ports: Sequence[str], problem: str) -> None:
        """Show whose time is kept; no signal."""
        self.buttons[source].setChecked(True)
        fill(self.port, ports, port or (ports[0] if ports else ""))
        self.port.setEnabled(source == "clock")
        self.show_problem(problem)

    def show_leader(self, bpm: float | None, *, locked: bool) -> None:
        """Show what comes from whom is followed."""
        if self.buttons["internal"].isChecked():
            words = "The tempo is that of the beat."
        elif bpm is None:
            words = "Nothing comes yet."
        else:
            words = f"{bpm:.1f} beats a minute" + ("" if locked else ", settling …")
        self.state.setText(words)

    def _change(self, *_: object) -> None:
        source = next(source for source, button in self.buttons.items() if button.isChecked())
        self.port.setEnabled(source == "clock")
        self.changed.emit(source, self.port.currentText() if source == "clock" else "")


def _offset_field(theme: Theme, help_text: str) -> NumberField:
    field = NumberField(
        theme, "Offset", least=-MAX_OFFSET_MS, most=MAX_OFFSET_MS, default=0.0, decimals=1, unit="ms", width=112
    )
    field.setToolTip(help_text)
    return field
