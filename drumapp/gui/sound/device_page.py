"""The page of the sound device: which, through what, how fast, and what delay comes of it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton

from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.number_field import NumberField
from drumapp.gui.setup_page import Page
from drumapp.gui.sound.control import SILENT_DEVICE, SoundControl
from drumapp.gui.sound.output_button import SYNTH_NAMES
from drumapp.gui.theme import Theme
from drumapp.playback.output_settings import (
    DEFAULT_DEVICE,
    MAX_BUFFER_MS,
    MAX_OFFSET_MS,
    MIN_BUFFER_MS,
    NO_DEVICE,
    SoundSettings,
)

SAMPLE_RATES = (44_100, 48_000, 88_200, 96_000, 192_000)
_ANY_DRIVER = "The first that works"
_NAMES = {DEFAULT_DEVICE: "The system's default", NO_DEVICE: "None: play in silence"}


class DevicePage(Page):
    """What is chosen counts at once, while it plays too. Attributes: its fields; state, what came of it in words."""

    def __init__(self, theme: Theme, control: SoundControl) -> None:
        super().__init__()
        self._control = control
        self.title.setText("Sound device")
        self.driver = ChoiceBox("Driver", "The part of the system through which the device is reached")
        self.device = ChoiceBox("Device", "Where the sound goes")
        self.look = QPushButton("Look again")
        self.look.setToolTip("Look for devices that were connected meanwhile")
        self.look.setAutoDefault(False)
        self.rate = ChoiceBox("Sample rate", "Frames a second that are rendered; the system converts where it must")
        self.buffer = NumberField(
            theme, "Buffer", least=MIN_BUFFER_MS, most=MAX_BUFFER_MS, default=20, unit="ms", width=112
        )
        self.buffer.setToolTip("Sound that the device holds back. Less answers sooner; with too little it stutters")
        self.synth = ChoiceBox("Synth", "What plays the soundfont")
        self.synth.addItems(list(SYNTH_NAMES.values()))
        self.offset = NumberField(
            theme, "Offset", least=-MAX_OFFSET_MS, most=MAX_OFFSET_MS, default=0.0, decimals=1, unit="ms", width=112
        )
        self.offset.setToolTip("Drums are struck earlier (below 0) or later than the beat, for a delay nobody knows of")
        self.add_row("Driver", self.driver)
        self.add_row("Device", self.device)
        self.add_row("Sample rate", self.rate)
        self.add_row("Buffer", self.buffer)
        self.add_row("Synth", self.synth)
        self.add_row("Offset", self.offset)
        foot = QHBoxLayout()
        foot.addWidget(self.look)
        foot.addStretch(1)
        self.column.addLayout(foot)
        self.state = self.add_hint()
        self.column.addStretch(1)
        self._devices: list[str] = []
        self._drivers: list[str] = []
        self.driver.activated.connect(self._choose_driver)
        self.device.activated.connect(self._choose_device)
        self.rate.activated.connect(lambda index: control.choose_rate(self._rates()[index]))
        self.buffer.edited.connect(lambda value: control.choose_buffer(round(value)))
        self.synth.activated.connect(lambda index: control.choose_synth(list(SYNTH_NAMES)[index]))
        self.offset.edited.connect(control.set_offset)
        self.look.clicked.connect(control.ask_devices)
        control.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen, what there is, and what came of it."""
        control, sound = self._control, self._control.sound
        found = dict.fromkeys(info.backend for info in control.devices)
        self._drivers = ["", *dict.fromkeys([*found, *([sound.backend] if sound.backend else [])])]
        _offer(self.driver, [name or _ANY_DRIVER for name in self._drivers], self._drivers.index(sound.backend))
        there = [info.name for info in control.devices if sound.backend in ("", info.backend)]
        self._devices = list(dict.fromkeys([DEFAULT_DEVICE, *there, NO_DEVICE, sound.device]))
        names = [_NAMES.get(name, name) for name in self._devices]
        if sound.device not in (*there, *_NAMES) and control.devices:
            names[-1] += " (not there now)"
        _offer(self.device, names, self._devices.index(sound.device))
        rates = self._rates()
        _offer(self.rate, [rate_words(rate) for rate in rates], rates.index(sound.sample_rate))
        if not self.buffer.busy:
            self.buffer.set_value(sound.buffer_ms)
        self.synth.setCurrentIndex(list(SYNTH_NAMES).index(sound.synth))
        if not self.offset.busy:
            self.offset.set_value(sound.offset_ms)
        for field in (self.driver, self.buffer):
            field.setEnabled(sound.device != NO_DEVICE)
        self.show_problem(control.refusal)
        self.state.setText(self._state_words(sound))

    def _rates(self) -> list[int]:
        return sorted({*SAMPLE_RATES, self._control.sound.sample_rate})

    def _state_words(self, sound: SoundSettings) -> str:
        control, latest = self._control, self._control.latest
        if control.busy:
            return "One moment …"
        if latest is None:
            return "Nothing sounds yet."
        if latest.device == SILENT_DEVICE:
            words = f"{latest.description}, at {rate_words(latest.sample_rate)}. Nobody hears it: there is no device"
            return f"{words}." if sound.device == NO_DEVICE else f"{words}. One is looked for every few seconds."
        return (
            f"{latest.description}, at {rate_words(latest.sample_rate)} through {latest.device}. Latency "
            f"{latest.latency_ms:g} ms: drums that you strike by hand are heard so much later. The beat is played "
            "ahead by as much, and is on time."
        )

    def _choose_driver(self, index: int) -> None:
        """A device that this driver does not know gives way to the default."""
        driver = self._drivers[index]
        there = {info.name for info in self._control.devices if driver in ("", info.backend)}
        device = self._control.sound.device
        self._control.choose_device(device if device in there else DEFAULT_DEVICE, driver)

    def _choose_device(self, index: int) -> None:
        self._control.choose_device(self._devices[index], self._control.sound.backend)


def rate_words(rate: int) -> str:
    """A sample rate as people say it."""
    return f"{rate / 1000:g} kHz"


def _offer(box: ChoiceBox, names: list[str], index: int) -> None:
    """Offer names, of which one is chosen; an open list is not disturbed where nothing is another."""
    if [box.itemText(place) for place in range(box.count())] != names:
        box.clear()
        box.addItems(names)
    box.setCurrentIndex(index)
