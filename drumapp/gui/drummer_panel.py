"""The panel beside the roll: who drums, and how."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from drumapp.gui import icons
from drumapp.gui.choice_box import CheckBox, ChoiceBox
from drumapp.gui.number_field import NumberField, tabular
from drumapp.gui.style_names import style_name
from drumapp.gui.theme import Theme
from drumapp.gui.xy_pad import Axis, XYPad
from drumapp.lstm.presets import DEFAULT_TEMPERATURE

PANEL_WIDTH = 248
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.3, 2.0
MOST_MEMORY = 1.0
LARGEST_SEED = 2**63 - 1
_CAPTION_PX = 70


class Wildness(QWidget):
    """How freely the drummer draws time and drums: a pad for both, and the two numbers to be typed.

    Signals: changed. Attributes: pad; time, pitch, the number fields.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.time, self.pitch = (
            NumberField(
                theme,
                f"{name} wildness",
                least=LEAST_TEMPERATURE,
                most=MOST_TEMPERATURE,
                default=DEFAULT_TEMPERATURE,
                step=0.05,
                decimals=2,
                width=52,
                height=26,
            )
            for name in ("Timing", "Drum")
        )
        self.pad = XYPad(theme, "Wildness", _axis("timing", "steady", "loose"), _axis("drums", "plain", "wild"))
        self.pad.setToolTip(
            "To the right: freer in when to strike. Upwards: freer in what. In the middle, at 1, it plays as it "
            "learned. Arrow keys step; double-click for the first values"
        )
        numbers = QHBoxLayout()
        numbers.setSpacing(6)
        for text, number, help_text in (
            ("Timing", self.time, "When to strike: 1 is as learned, less is safer, more is wilder"),
            ("Drums", self.pitch, "What to strike: 1 is as learned, less is safer, more is wilder"),
        ):
            label = _caption(text)
            for widget in (label, number):
                widget.setToolTip(help_text)
            numbers.addWidget(label)
            numbers.addWidget(number)
        numbers.insertStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.pad)
        layout.addLayout(numbers)
        self.pad.changed.connect(self._dragged)
        for number in (self.time, self.pitch):
            number.changed.connect(self._typed)

    def set_values(self, time: float, pitch: float) -> None:
        """Show both, no signal."""
        self.time.set_value(time)
        self.pitch.set_value(pitch)
        self.pad.set_values(self.time.value, self.pitch.value)

    def _dragged(self) -> None:
        for number, value in zip((self.time, self.pitch), self.pad.values, strict=True):
            number.set_value(value)
        self.changed.emit()

    def _typed(self) -> None:
        self.pad.set_values(self.time.value, self.pitch.value)
        self.changed.emit()


class DrummerPanel(QFrame):
    """Model, style, wildness, memory, feel and seed of the next take.

    Signals: model_chosen (Path); open_model_requested when another file is wanted; freshen_wanted, memory is to be
    drawn anew now; changed when anything else is other.
    """

    model_chosen = Signal(object)
    open_model_requested = Signal()
    freshen_wanted = Signal()
    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drummerPanel")
        self.setFixedWidth(PANEL_WIDTH)
        self._theme = theme
        self.model = _combo("Model", "The trained network that drums")
        self.style_choice = _combo("Style", "What the drummer aims at; Any lets it choose")
        self.wildness = Wildness(theme)
        self.time, self.pitch = self.wildness.time, self.wildness.pitch
        self.memory = NumberField(
            theme, "Memory range", least=0.0, most=MOST_MEMORY, default=0.1, step=0.05, decimals=2, width=52, height=28
        )
        self.memory.setToolTip(
            "Fresh memory is drawn at random from plus and minus this: more makes the beginnings more diverse"
        )
        self.freshen = QPushButton("Fresh now")
        self.freshen.setProperty("role", "low")
        self.freshen.setAccessibleName("Fresh memory now")
        self.freshen.setToolTip(
            "Fresh memory now: who writes forgets, and goes on with another memory from the next beat"
        )
        self.freshen.setEnabled(False)
        self.feel = CheckBox(theme, "Play with feel")
        self.feel.setToolTip("On: a little before or behind the beat, as people play. Off: exactly on the grid")
        self.playable = CheckBox(theme, "Playable")
        self.playable.setAccessibleName("Only what two hands can play")
        self.playable.setToolTip("On: only what two hands and two feet can play. Off: whatever comes to mind")
        self.seed = QLineEdit()
        self.seed.setFont(tabular(self.seed.font()))
        self.seed.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{1,18}")))
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The same seed, model and settings give the same beat. Type one to keep it")
        self.fresh_seed = QToolButton()
        self.fresh_seed.setCheckable(True)
        self.fresh_seed.setChecked(True)
        self.fresh_seed.setProperty("role", "icon")
        self.fresh_seed.setAccessibleName("New seed each time")
        self.fresh_seed.setToolTip("New seed each time: every Generate gives another beat")
        self.fresh_seed.setIconSize(QSize(20, 20))
        self._lay_out()
        self._connect()
        self.set_styles(())
        theme.changed.connect(self._recolour)
        self._recolour()

    def _lay_out(self) -> None:
        title = QLabel("Drummer")
        title.setProperty("role", "title")
        memory = QHBoxLayout()
        memory.setSpacing(6)
        memory.addWidget(_caption("Memory"))
        memory.addWidget(self.memory)
        memory.addStretch(1)
        memory.addWidget(self.freshen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(6)
        style = _caption("Style")
        for label in (title, style):
            label.setFixedWidth(_CAPTION_PX)
        layout.addLayout(_row(title, self.model))
        layout.addLayout(_row(style, self.style_choice))
        layout.addSpacing(2)
        layout.addWidget(self.wildness)
        layout.addLayout(memory)
        layout.addSpacing(2)
        checks = QHBoxLayout()
        checks.addWidget(self.feel)
        checks.addStretch(1)
        checks.addWidget(self.playable)
        layout.addLayout(checks)
        layout.addLayout(_row(_caption("Seed"), self.seed, self.fresh_seed))
        layout.addStretch(1)

    def _connect(self) -> None:
        self.model.activated.connect(self._model_activated)
        self.style_choice.activated.connect(self.changed)
        self.feel.toggled.connect(self.changed)
        self.playable.toggled.connect(self.changed)
        self.freshen.clicked.connect(self.freshen_wanted)
        self.fresh_seed.toggled.connect(self.changed)
        self.seed.textEdited.connect(self._seed_typed)
        self.wildness.changed.connect(self.changed)
        self.memory.changed.connect(self.changed)

    # What is shown

    def set_models(self, models: list[tuple[str, Path]], chosen: Path | None) -> None:
        """Offer models (name, file) and mark the one that drums."""
        self.model.clear()
        for name, path in models:
            self.model.addItem(name, path)
            self.model.setItemData(self.model.count() - 1, str(path), Qt.ItemDataRole.ToolTipRole)
        self.model.insertSeparator(self.model.count())
        self.model.addItem("Open model …", None)
        places = [place for place, (_, path) in enumerate(models) if path == chosen]
        self.model.setCurrentIndex(places[0] if places else -1)

    def set_styles(self, styles: tuple[str, ...], chosen: str | None = None) -> None:
        """Offer a model's styles; a choice the model does not know becomes Any."""
        self.style_choice.clear()
        self.style_choice.addItem("Any", None)
        for style in styles:
            self.style_choice.addItem(style_name(style), style)
        self.style_choice.setCurrentIndex(styles.index(chosen) + 1 if chosen in styles else 0)
        self.style_choice.setEnabled(bool(styles))

    @property
    def chosen_style(self) -> str | None:
        """A style of the model, or None for any."""
        return self.style_choice.currentData()

    @property
    def fixed_seed(self) -> int | None:
        """The seed to use, or None for a new one each time."""
        if self.fresh_seed.isChecked() or not self.seed.text():
            return None
        return int(self.seed.text())

    def set_wildness(self, time: float, pitch: float) -> None:
        """Show how freely time and drums are drawn, no signal."""
        self.wildness.set_values(time, pitch)

    def set_writing(self, writing: bool) -> None:
        """While the drummer writes, its memory can be freshened."""
        self.freshen.setEnabled(writing)

    def show_seed(self, seed: int) -> None:
        """The seed of the take that was begun."""
        self.seed.setText(str(seed))

    def _model_activated(self, index: int) -> None:
        path = self.model.itemData(index)
        if path is None:
            self.open_model_requested.emit()
        else:
            self.model_chosen.emit(path)

    def _seed_typed(self, text: str) -> None:
        self.fresh_seed.setChecked(not text)
        self.changed.emit()

    def _recolour(self) -> None:
        self.fresh_seed.setIcon(icons.icon("dice", self._theme.colours.text))


def _combo(name: str, help_text: str) -> QComboBox:
    combo = ChoiceBox(name, help_text)
    combo.setMinimumContentsLength(8)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return combo


def _row(label: QLabel, *widgets: QWidget) -> QHBoxLayout:
    """A caption, and beside it what it names."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(label)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, 0 if place else 1)
    return row


def _axis(name: str, low: str, high: str) -> Axis:
    return Axis(name, low, high, LEAST_TEMPERATURE, 1.0, MOST_TEMPERATURE, DEFAULT_TEMPERATURE)


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "caption")
    return label
