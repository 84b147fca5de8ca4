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


class PortPage(Page):
    """How a port is used. ``changed`` carries its choice. Attributes: on, kit_map and offset, which every port has."""

    changed = Signal(object)

    def __init__(self, theme: Theme, choice: OutputChoice | InputChoice, on: str, kit_map: str, offset: str) -> None:
        super().__init__()
        self._choice = choice
        self.on = CheckBox(theme, on)
        self.kit_map = ChoiceBox("Kit map", kit_map)
        self.offset = NumberField(
            theme, "Offset", least=-MAX_OFFSET_MS, most=MAX_OFFSET_MS, default=0.0, decimals=1, unit="ms", width=112
        )
        self.offset.setToolTip(offset)
        self.column.insertWidget(2, self.on)
        self.on.toggled.connect(lambda on: self._change(on=on))
        self.kit_map.activated.connect(lambda _: self._change(kit_map=self.kit_map.currentText()))
        self.offset.edited.connect(lambda value: self._change(offset_ms=value))

    def _show_shared(self, choice: OutputChoice | InputChoice, maps: Sequence[str], problem: str) -> None:
        """What every port has; for a page whose signals are blocked."""
        self._choice = choice
        self.title.setText(choice.port)
        self.on.setChecked(choice.on)
        fill(self.kit_map, maps, choice.kit_map)
        self.offset.set_value(choice.offset_ms)
        self.show_problem(problem)

    def _change(self, **values: object) -> None:
        if not self.signalsBlocked():
            self._choice = replace(self._choice, **values)
            self.changed.emit(self._choice)


class OutputPage(PortPage):
    """``changed`` carries the OutputChoice."""

    def __init__(self, theme: Theme, lanes: Sequence[Lane]) -> None:
        super().__init__(
            theme,
            OutputChoice("?"),
            "Play through this port",
            "Which keys the device has its drums on",
            "Notes are sent earlier (below 0) or later than the beat",
        )
        self.channel = NumberField(theme, "Channel", least=1, most=16, default=DRUM_CHANNEL, width=112)
        self.choke = ChoiceBox("Choke", "How another drum of its group cuts a drum off")
        self.choke.addItems(list(_CHOKES.values()))
        self.clock = CheckBox(theme, "Send clock, start, stop and song position")
        self.click = CheckBox(theme, "Send the metronome")
        self.drums = DrumList(theme, lanes)
        self.add_row("Channel", self.channel)
        self.add_row("Kit map", self.kit_map)
        self.add_row("Offset", self.offset)
        self.add_row("Choke by", self.choke)
        for widget in (self.clock, self.click, self.drums):
            self.column.addWidget(widget)
        self.channel.edited.connect(lambda value: self._change(channel=round(value)))
        self.choke.activated.connect(lambda index: self._change(choke=list(_CHOKES)[index]))
        self.clock.toggled.connect(lambda on: self._change(send_clock=on))
        self.click.toggled.connect(lambda on: self._change(click=on))
        self.drums.chosen.connect(lambda keys: self._change(keys=keys))

    def show_choice(self, choice: OutputChoice, maps: Sequence[str], problem: str) -> None:
        """Show how a port is used; no signal."""
        self.blockSignals(True)
        self._show_shared(choice, maps, problem)
        self.channel.set_value(choice.channel)
        self.choke.setCurrentIndex(list(_CHOKES).index(choice.choke))
        self.clock.setChecked(choice.send_clock)
        self.click.setChecked(choice.click)
        self.drums.show_keys(choice.keys)
        self.blockSignals(False)


class InputPage(PortPage):
    """``changed`` carries the InputChoice."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme,
            InputChoice("?"),
            "Listen to this port",
            "Which keys the pads send for which drum",
            "What the controller holds back: taken off the time at which a note arrives",
        )
        self.channel = ChoiceBox("Channel", "On which channel pads are heard")
        self.channel.addItems(["All", *(str(channel) for channel in range(1, 17))])
        self.sounds = CheckBox(theme, "Pads are heard at once")
        self.add_row("Channel", self.channel)
        self.add_row("Kit map", self.kit_map)
        self.add_row("Offset", self.offset)
        self.column.addWidget(self.sounds)
        self.column.addStretch(1)
        self.channel.activated.connect(lambda index: self._change(channel=index or None))
        self.sounds.toggled.connect(lambda on: self._change(sounds=on))

    def show_choice(self, choice: InputChoice, maps: Sequence[str], problem: str) -> None:
        """Show how a port is used; no signal."""
        self.blockSignals(True)
        self._show_shared(choice, maps, problem)
        self.channel.setCurrentIndex(choice.channel or 0)
        self.sounds.setChecked(choice.sounds)
        self.blockSignals(False)


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
