"""A dialog that asks for a few numbers, such as how far to quantise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from drumapp.gui.number_field import NumberField
from drumapp.gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Amount:
    """A whole number that is asked for."""

    name: str
    least: int
    most: int
    default: int
    unit: str = ""


class AmountsDialog(QDialog):
    """``agreed`` carries the numbers, in the order they were asked for. While it is open the music goes on."""

    agreed = Signal(tuple)

    def __init__(self, title: str, hint: str, amounts: Sequence[Amount], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fields = [
            NumberField(
                theme,
                amount.name,
                least=amount.least,
                most=amount.most,
                default=amount.default,
                unit=amount.unit,
                width=112,
            )
            for amount in amounts
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for row, (amount, field) in enumerate(zip(amounts, self.fields, strict=True)):
            grid.addWidget(QLabel(amount.name), row, 0)
            grid.addWidget(field, row, 1)
        words = QLabel(hint)
        words.setProperty("role", "hint")
        words.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.agreed.emit(self.amounts))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(words)
        layout.addLayout(grid)
        layout.addWidget(buttons)

    @property
    def amounts(self) -> tuple[int, ...]:
        """The numbers shown."""
        return tuple(round(field.value) for field in self.fields)
