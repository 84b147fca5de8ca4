"""The numbers of a preset that can be set by hand: augmentation, the network's size, how it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from drumapp.gui.number_field import NumberField
from drumapp.gui.theme import Theme
from drumapp.lstm.presets import Preset


@dataclass(frozen=True)
class RecipeNumber:
    """A number of a preset: its name there, what it is called, its bounds, step and decimals, what it does."""

    name: str
    label: str
    least: float
    most: float
    step: float
    decimals: int
    help_text: str


VARIATION = (
    RecipeNumber("time_warp", "Time warp", 0, 60, 1, 0, "How far, in ticks, strokes drift to and fro over some bars"),
    RecipeNumber("tempo_scale", "Tempo", 0, 0.9, 0.05, 2, "By what share the tempo that is told is changed, at most"),
    RecipeNumber("velocity_scale", "Loudness", 0, 0.9, 0.05, 2, "By what share strokes are louder or softer, at most"),
    RecipeNumber("lane_swaps", "Hats and ride", 0, 1, 0.05, 2, "Chance that hats and ride change places"),
    RecipeNumber("bar_rotation", "Bar rotation", 0, 1, 0.05, 2, "Chance that a piece begins with another of its bars"),
    RecipeNumber("mirrored_toms", "Mirrored toms", 0, 1, 0.05, 2, "Chance that high and low toms change places"),
)
NETWORK = (
    RecipeNumber("hidden", "Units", 1, 4096, 8, 0, "Units of the recurrent network in each layer"),
    RecipeNumber("layers", "Layers", 1, 3, 1, 0, "Layers of the recurrent network"),
)
SCHOOL = (
    RecipeNumber("learning_rate", "Learning rate", 1e-5, 0.1, 1e-3, 5, "The largest step the weights take"),
    RecipeNumber("batch", "Batch", 1, 4096, 4, 0, "Sequences that are heard side by side"),
    RecipeNumber("length", "Sequence", 1, 4096, 16, 0, "Notes of a sequence"),
    RecipeNumber("weight_decay", "Weight decay", 0, 10, 0.05, 3, "How strongly weights are drawn to nothing"),
    RecipeNumber("dropout_layers", "Dropout", 0, 0.99, 0.05, 2, "Share of what passes between layers that is hidden"),
    RecipeNumber("patience", "Patience", 0, 1000, 1, 0, "It ends after so many checks without a better one; 0 never"),
)


class RecipeNumbers(QWidget):
    """The numbers with their fields. ``changed`` when one is other. Attributes: fields, by name."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._preset: Preset | None = None
        self.fields: dict[str, NumberField] = {}
        self._labels: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        row = 0
        for title, numbers in (("Each file is varied by", VARIATION), ("Network", NETWORK), ("Learning", SCHOOL)):
            head = QLabel(title)
            head.setProperty("role", "caption")
            grid.addWidget(head, row, 0, 1, 2)
            row += 1
            for number in numbers:
                label = QLabel(number.label)
                field = NumberField(
                    theme,
                    number.label,
                    least=number.least,
                    most=number.most,
                    default=number.least,
                    step=number.step,
                    decimals=number.decimals,
                    width=84,
                    height=26,
                )
                for widget in (label, field):
                    widget.setToolTip(number.help_text)
                field.changed.connect(self.changed)
                self.fields[number.name], self._labels[number.name] = field, label
                grid.addWidget(label, row, 0)
                grid.addWidget(field, row, 1)
                row += 1

    def show_preset(self, preset: Preset, *, new_network: bool) -> None:
        """Show a preset's own numbers; the network's size only where it is a new one."""
        self._preset = preset
        for name, value in _values(preset).items():
            self.fields[name].set_value(value)
        for number in NETWORK:
            for widget in (self.fields[number.name], self._labels[number.name]):
                widget.setEnabled(new_network)

    @property
    def changes(self) -> dict[str, Any]:
        """The numbers that are others than the preset's."""
        if self._preset is None:
            return {}
        found: dict[str, Any] = {}
        for number in (*VARIATION, *NETWORK, *SCHOOL):
            own, value = _values(self._preset)[number.name], self.fields[number.name].value
            if abs(value - own) > 10.0**-number.decimals / 2:
                found[number.name] = value if number.decimals else round(value)
        return found


def _values(preset: Preset) -> Mapping[str, float]:
    stored = preset.to_json()
    parts = {**stored["architecture"], **stored["optimisation"], **stored["augmentation"]}
    return {number.name: float(parts[number.name]) for number in (*VARIATION, *NETWORK, *SCHOOL)}
