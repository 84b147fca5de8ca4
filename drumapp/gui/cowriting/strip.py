"""The strip above the roll from which one of several ways to write some bars is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from drumapp.gui import icons
from drumapp.gui.theme import Theme

AS_IT_WAS = 0


class AlternativesStrip(QFrame):
    """Shows ways by number, from 1; 0 stands for what was there before. Hidden while there is nothing to choose.

    Signals: chosen (number); more_wanted; kept; left, to go back to what was there.
    Attributes: buttons by number; keep; more; close_button; words.
    """

    chosen = Signal(int)
    more_wanted = Signal()
    kept = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alternatives")
        self.setAccessibleName("Alternatives")
        self._theme = theme
        self.words = QLabel()
        self.words.setProperty("role", "title")
        self.hint = QLabel()
        self.hint.setProperty("role", "hint")
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.chosen)
        self.buttons: dict[int, QPushButton] = {}
        self._ways = QHBoxLayout()
        self._ways.setSpacing(4)
        self.more = QPushButton("More")
        self.more.setToolTip("Four more")
        self.more.clicked.connect(self.more_wanted)
        self.keep = QPushButton("Keep")
        self.keep.setObjectName("keep")
        self.keep.setToolTip("Keep what is heard now (Return), as a take in the list; Undo brings back what was there")
        self.keep.clicked.connect(self.kept)
        self.close_button = QToolButton()
        self.close_button.setProperty("role", "quiet")
        self.close_button.setToolTip("Leave it as it was (Escape)")
        self.close_button.setAccessibleName("Leave it as it was")
        self.close_button.clicked.connect(self.left)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 6, 8, 6)
        layout.setSpacing(12)
        layout.addWidget(self.words)
        layout.addLayout(self._ways)
        layout.addWidget(self.more)
        layout.addWidget(self.hint, 1)
        layout.addWidget(self.keep)
        layout.addWidget(self.close_button)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.hide()

    def open(self, words: str) -> None:
        """Begin with what was there, and nothing to choose yet."""
        for button in self.buttons.values():
            self._group.removeButton(button)
            button.deleteLater()
        self.buttons = {}
        self.words.setText(words)
        self._add(AS_IT_WAS, "As it was", "What was there before (0)")
        self.show_chosen(AS_IT_WAS)
        self.show_busy()
        self.show()
        self.buttons[AS_IT_WAS].setFocus()

    def add_ways(self, number: int) -> None:
        """So many more to choose from."""
        for way in range(len(self.buttons), len(self.buttons) + number):
            self._add(way, str(way), f"Way {way}" + f" ({way})" * (way < 10))

    def show_chosen(self, number: int) -> None:
        """Show which is heard now."""
        self.buttons[number].setChecked(True)
        self.keep.setEnabled(number != AS_IT_WAS)

    def show_best(self, number: int | None) -> None:
        """Mark the way after which what follows is least surprising."""
        for way, button in self.buttons.items():
            if way != AS_IT_WAS:
                best = way == number
                button.setText(f"{way} •" if best else str(way))
                button.setAccessibleName(f"Way {way}" + ", leads on best" * best)
        self.hint.setText("• leads on best into what follows" if number is not None else "")

    def show_busy(self) -> None:
        """While the drummer writes there is nothing more to ask for."""
        self.more.setEnabled(False)
        self.hint.setText("Writing …")

    def show_more(self, *, possible: bool) -> None:
        """The drummer is done; whether more can be asked for."""
        self.more.setEnabled(possible)

    def keyPressEvent(self, event) -> None:
        """Digits choose, Return keeps, Escape leaves."""
        digit = event.key() - Qt.Key.Key_0
        if 0 <= digit <= 9 and digit in self.buttons and not event.modifiers():
            self.buttons[digit].click()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.keep.isEnabled():
                self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _add(self, number: int, text: str, hint: str) -> None:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setProperty("role", "way")
        button.setToolTip(hint)
        self._group.addButton(button, number)
        self._ways.addWidget(button)
        self.buttons[number] = button

    def _recolour(self) -> None:
        self.close_button.setIcon(icons.icon("close", self._theme.colours.text_dim))
