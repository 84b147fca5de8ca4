"""What the pages of the settings dialog are made of."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from drumapp.gui.choice_box import ChoiceBox


class Page(QWidget):
    """A title, what is the matter, rows of names and fields, and what is below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setProperty("role", "title")
        self.title.setWordWrap(True)
        self.problem = QLabel()
        self.problem.setObjectName("dialogProblem")
        self.problem.setWordWrap(True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 0, 0, 0)
        self.column.setSpacing(12)
        for widget in (self.title, self.problem):
            self.column.addWidget(widget)
        self.column.addLayout(self._grid)

    def add_row(self, name: str, field: QWidget) -> None:
        """A field with its name."""
        row = self._grid.rowCount()
        self._grid.addWidget(QLabel(name), row, 0)
        fixed = field.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Fixed
        # Where it is not aligned, a field that keeps its width would keep the others from being wider.
        self._grid.addWidget(field, row, 1, Qt.AlignmentFlag.AlignLeft if fixed else Qt.AlignmentFlag(0))

    def show_problem(self, sentence: str) -> None:
        """Say what is the matter; nothing where all is well."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def add_hint(self, words: str = "") -> QLabel:
        """A few dim words below."""
        hint = QLabel(words)
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        self.column.addWidget(hint)
        return hint


def fill(box: ChoiceBox, names: Sequence[str], chosen: str) -> None:
    """Offer names; the chosen one also where it is none of them."""
    wanted = list(dict.fromkeys([*names, chosen] if chosen else names))
    if [box.itemText(index) for index in range(box.count())] != wanted:
        box.clear()
        box.addItems(wanted)
    box.setCurrentText(chosen)
