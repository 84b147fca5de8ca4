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
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from drumapp.gui import icons
from drumapp.gui.choice_box import CheckBox, ChoiceBox
from drumapp.gui.number_field import NumberField, tabular
from drumapp.gui.style_names import style_name
from drumapp.gui.theme import Theme

PANEL_WIDTH = 248
LEAST_TEMPERATURE, MOST_TEMPERATURE = 0.3, 2.0
MOST_MEMORY = 1.0
LARGEST_SEED = 2**63 - 1
_SLIDER_STEPS = 100


class SliderRow(QWidget):
    """A caption, a slider and the number it stands for. ``changed`` (value) comes from either."""

    changed = Signal(float)

    def __init__(
        self, theme: Theme, caption: str, help_text: str, *, least: float, most: float, default: float
    ) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _SLIDER_STEPS)
        self._slider.setAccessibleName(caption)
        self.number = NumberField(
            theme, caption, least=least, most=most, default=default, step=0.05, decimals=2, width=56, height=26
        )
        label = QLabel(caption)
        head = QHBoxLayout()
        head.addWidget(label, 1)
        head.addWidget(self.number)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._slider)
        for widget in (label, self._slider, self.number):
            widget.setToolTip(help_text)
        self._slider.valueChanged.connect(self._slid)
        self.number.changed.connect(self._numbered)

    @property
    def value(self) -> float:
        """The number."""
        return self.number.value

    def set_value(self, value: float) -> None:
        """Show a number, no signal."""
        self.number.set_value(value)
        self._place_slider()

    def _slid(self, place: int) -> None:
        value = round(self._least + (self._most - self._least) * place / _SLIDER_STEPS, 2)
        if value != self.number.value:
            self.number.set_value(value)
            self.changed.emit(value)

    def _numbered(self, value: float) -> None:
        self._place_slider()
        self.changed.emit(value)

    def _place_slider(self) -> None:
        share = (self.number.value - self._least) / (self._most - self._least)
        self._slider.blockSignals(True)
        self._slider.setValue(round(share * _SLIDER_STEPS))
        self._slider.blockSignals(False)


class DrummerPanel(QFrame):
    """Model, style, wildness, memory, feel and seed of the next take.

    Signals: model_chosen (Path); open_model_requested when another file is wanted; changed when anything else is other.
    """

    model_chosen = Signal(object)
    open_model_requested = Signal()
    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drummerPanel")
        self.setFixedWidth(PANEL_WIDTH)
        self._theme = theme
        self.model = _combo("Model", "The trained network that drums")
        self.style_choice = _combo("Style", "What the drummer aims at; Any lets it choose")
        self.time = SliderRow(
            theme,
            "Timing wildness",
            "When to strike: 1 is as learned, less is safer, more is wilder. Double-click the number for 1",
            least=LEAST_TEMPERATURE,
            most=MOST_TEMPERATURE,
            default=1.0,
        )
        self.pitch = SliderRow(
            theme,
            "Drum wildness",
            "What to strike: 1 is as learned, less is safer, more is wilder. Double-click the number for 1",
            least=LEAST_TEMPERATURE,
            most=MOST_TEMPERATURE,
            default=1.0,
        )
        self.memory = SliderRow(
            theme,
            "Memory range",
            "Fresh memory is drawn at random from plus and minus this: more makes the beginnings more diverse",
            least=0.0,
            most=MOST_MEMORY,
            default=0.1,
        )
        self.feel = CheckBox(theme, "Play with feel")
        self.feel.setToolTip("On: a little before or behind the beat, as people play. Off: exactly on the grid")
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
        seed_row = QHBoxLayout()
        seed_row.setSpacing(8)
        seed_row.addWidget(self.seed, 1)
        seed_row.addWidget(self.fresh_seed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 16)
        layout.setSpacing(6)
        layout.addWidget(title)
        layout.addSpacing(6)
        layout.addWidget(_caption("Model"))
        layout.addWidget(self.model)
        layout.addSpacing(6)
        layout.addWidget(_caption("Style"))
        layout.addWidget(self.style_choice)
        layout.addSpacing(10)
        for row in (self.time, self.pitch, self.memory):
            layout.addWidget(row)
            layout.addSpacing(4)
        layout.addWidget(self.feel)
        layout.addSpacing(6)
        layout.addWidget(_caption("Seed"))
        layout.addLayout(seed_row)
        layout.addStretch(1)

    def _connect(self) -> None:
        self.model.activated.connect(self._model_activated)
        self.style_choice.activated.connect(self.changed)
        self.feel.toggled.connect(self.changed)
        self.fresh_seed.toggled.connect(self.changed)
        self.seed.textEdited.connect(self._seed_typed)
        for row in (self.time, self.pitch, self.memory):
            row.changed.connect(self.changed)

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


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "caption")
    return label
