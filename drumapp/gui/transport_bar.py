"""The bar at the top: Generate, transport, position, tempo, metre, bars, output."""

from __future__ import annotations

import time

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from drumapp.core.timing import DEFAULT_TEMPO, MAX_TEMPO, MIN_TEMPO, BarPosition, Metre
from drumapp.gui import icons
from drumapp.gui.choice_box import ChoiceBox
from drumapp.gui.level_meter import LevelMeter
from drumapp.gui.number_field import NumberField, tabular
from drumapp.gui.sound.output_button import OutputButton
from drumapp.gui.theme import Theme

METRES = (
    *(f"{beats}/4" for beats in (2, 3, 4, 5, 6, 7, 9)),
    *(f"{beats}/8" for beats in (3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15)),
    *(f"{beats}/16" for beats in (3, 5, 7, 9, 11, 13, 15)),
)
MOST_BARS, DEFAULT_BARS = 64, 8
_POSITION_SECONDS = 0.03
_POSITION_TIP = "Position: bar, beat, tick"
LEAST_VOLUME_DB, MOST_VOLUME_DB = -40, 6


class TransportBar(QFrame):
    """Buttons and numbers; what they do is decided elsewhere.

    Signals: generate_clicked, go_on_clicked, play_clicked, stop_clicked; loop_toggled (on); tempo_changed (bpm) while
    it is dragged and tempo_edited (bpm) when done; tapped, once a beat, by who wants that tempo; metre_chosen (Metre);
    bars_changed (bars, 0 for endless); volume_changed (dB).
    """

    generate_clicked = Signal()
    go_on_clicked = Signal()
    play_clicked = Signal()
    stop_clicked = Signal()
    loop_toggled = Signal(bool)
    tempo_changed = Signal(float)
    tempo_edited = Signal(float)
    tapped = Signal()
    metre_chosen = Signal(object)
    bars_changed = Signal(int)
    volume_changed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transportBar")
        self._theme = theme
        self._playing = False
        self.generate = QPushButton("Generate")
        self.generate.setObjectName("generate")
        self.generate.setToolTip("Generate (G): a fresh beat from a fresh memory")
        self.generate.setIconSize(QSize(22, 22))
        self.go_on = _icon_button("Go on", "Go on (R): from the flag in the ruler, after all that stands before it")
        self.play = _icon_button("Play", "Play (Space)")
        self.stop = _icon_button("Stop", "Stop (.): rewind, and let the drummer rest")
        self.record = _icon_button("Record", "Record (Ctrl+R): MIDI pads. Right-click for how", checkable=True)
        self.record.setObjectName("record")
        self.loop = _icon_button("Loop", "Loop (L): repeat the beat once it is written", checkable=True)
        self.metronome = _icon_button("Metronome", "Metronome (C)", checkable=True)
        self.endless = _icon_button("Endless", "Endless: the drummer writes until you stop it", checkable=True)
        self.position = QLabel(str(BarPosition(1, 1, 0)))
        self._position_shown_at, self._runs = 0.0, False
        self.position.setObjectName("position")
        self.position.setProperty("countingIn", False)
        self.position.setToolTip(_POSITION_TIP)
        self.position.setAccessibleName("Position")
        font = tabular(self.position.font())
        font.setPixelSize(20)
        self.position.setFont(font)
        self.position.setMinimumWidth(self.position.fontMetrics().horizontalAdvance("0000.00.000"))
        self.position.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tempo = NumberField(
            theme,
            "Tempo",
            least=MIN_TEMPO,
            most=MAX_TEMPO,
            default=DEFAULT_TEMPO,
            decimals=1,
            unit="bpm",
            width=100,
        )
        self.tempo.setToolTip("Tempo: drag, wheel, or type; double-click for 120")
        self.tap = QToolButton()
        self.tap.setText("Tap")
        self.tap.setProperty("role", "narrow")
        self.tap.setToolTip("Tap (T): click or press once a beat to set the tempo")
        self.metre = ChoiceBox("Metre", "Metre: beats in a bar, and their note value")
        self.metre.setFixedWidth(72)
        self.bars = NumberField(
            theme,
            "Bars",
            least=1,
            most=MOST_BARS,
            default=DEFAULT_BARS,
            unit="bars",
            unit_of_one="bar",
            width=76,
        )
        self.bars.setToolTip("How many bars Generate writes: drag, wheel, or type; double-click for 8")
        self.output = OutputButton(theme)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(LEAST_VOLUME_DB, MOST_VOLUME_DB)
        self.volume.setFixedWidth(96)
        self.volume.setAccessibleName("Volume")
        self.meter = LevelMeter(theme)
        self.metre.addItems(METRES)
        self._lay_out()
        self._connect()
        theme.changed.connect(self._recolour)
        self._recolour()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addWidget(self.generate)
        layout.addWidget(self.go_on)
        layout.addSpacing(8)
        for button in (self.play, self.stop, self.record, self.loop, self.metronome):
            layout.addWidget(button)
        layout.addSpacing(8)
        layout.addWidget(self.position)
        layout.addSpacing(8)
        layout.addWidget(self.tempo)
        layout.addWidget(self.tap)
        layout.addWidget(self.metre)
        layout.addSpacing(8)
        layout.addWidget(self.bars)
        layout.addWidget(self.endless)
        layout.addStretch(1)
        layout.addWidget(self.output)
        level = QVBoxLayout()
        level.setSpacing(4)
        level.addStretch(1)
        level.addWidget(self.volume)
        level.addWidget(self.meter, 0, Qt.AlignmentFlag.AlignHCenter)
        level.addStretch(1)
        layout.addLayout(level)

    def _connect(self) -> None:
        self.generate.clicked.connect(self.generate_clicked)
        self.go_on.clicked.connect(self.go_on_clicked)
        self.play.clicked.connect(self.play_clicked)
        self.stop.clicked.connect(self.stop_clicked)
        self.loop.toggled.connect(self.loop_toggled)
        self.tempo.changed.connect(self.tempo_changed)
        self.tempo.edited.connect(self.tempo_edited)
        self.tap.pressed.connect(self.tapped)
        self.metre.activated.connect(lambda _: self.metre_chosen.emit(Metre.parse(self.metre.currentText())))
        self.bars.changed.connect(lambda _: self.bars_changed.emit(self.chosen_bars))
        self.endless.toggled.connect(self._endless_toggled)
        self.volume.valueChanged.connect(self._volume_moved)

    # What is shown

    @property
    def chosen_bars(self) -> int:
        """Bars of the next take, 0 for endless."""
        return 0 if self.endless.isChecked() else round(self.bars.value)

    def set_bars(self, bars: int) -> None:
        """Show bars of the next take, 0 for endless."""
        self.endless.setChecked(bars == 0)
        self.bars.set_value(bars or DEFAULT_BARS)

    def set_metre(self, metre: Metre) -> None:
        """Show a metre, also one that is not among those offered."""
        text = str(metre)
        if self.metre.findText(text) < 0:
            self.metre.addItem(text)
        self.metre.setCurrentText(text)

    def set_position(self, position: BarPosition, *, counting_in: bool = False, running: bool = False) -> None:
        """Show where the music is, or how far its count-in is; while it is running, only so often that it can be read,
        since a label is dear to paint.
        """
        now = time.monotonic()
        if running and self._runs and now - self._position_shown_at < _POSITION_SECONDS:
            return
        self._position_shown_at, self._runs = now, running
        text = str(position)
        if text != self.position.text():
            self.position.setText(text)
        if counting_in != self.position.property("countingIn"):
            self.position.setProperty("countingIn", counting_in)
            self.position.setToolTip("Counting in: bars before the music, beat, tick" if counting_in else _POSITION_TIP)
            self.position.style().unpolish(self.position)
            self.position.style().polish(self.position)

    def set_volume(self, volume_db: float) -> None:
        """Show a volume; no signal."""
        self.volume.blockSignals(True)
        self.volume.setValue(round(volume_db))
        self.volume.blockSignals(False)
        self._say_volume()

    def set_playing(self, playing: bool) -> None:
        """Play becomes Pause and back."""
        if playing != self._playing:
            self._playing = playing
            self._recolour()

    def set_recording(self, recording: bool) -> None:
        """The record button turns red, or back."""
        self.record.setChecked(recording)
        self._recolour()

    def _endless_toggled(self, endless: bool) -> None:
        self.bars.setEnabled(not endless)
        self.bars_changed.emit(self.chosen_bars)

    def _volume_moved(self, value: int) -> None:
        self._say_volume()
        self.volume_changed.emit(float(value))

    def _say_volume(self) -> None:
        self.volume.setToolTip(f"Volume: {self.volume.value():+d} dB")

    def _recolour(self) -> None:
        colours = self._theme.colours
        self.generate.setIcon(icons.icon("generate", colours.accent_text, size=22))
        self.go_on.setIcon(icons.icon("go_on", colours.text, colours.control_edge))
        name = "pause" if self._playing else "play"
        self.play.setIcon(icons.icon(name, colours.text, colours.control_edge))
        self.play.setToolTip(f"{name.capitalize()} (Space)")
        self.play.setAccessibleName(name.capitalize())
        record = colours.record if self.record.isChecked() else colours.text
        self.record.setIcon(icons.icon("record", record, colours.control_edge))
        shapes = {"stop": self.stop, "loop": self.loop, "metronome": self.metronome, "endless": self.endless}
        for shape, button in shapes.items():
            button.setIcon(icons.icon(shape, colours.text, colours.control_edge))


def _icon_button(name: str, help_text: str, *, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "icon")
    button.setCheckable(checkable)
    button.setAccessibleName(name)
    button.setToolTip(help_text)
    button.setIconSize(QSize(20, 20))
    return button
