"""Shows which control of a MIDI device does what, and binds more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from drumapp.core.midi_learn import MidiControl
from drumapp.gui.recording.midi_learn import MidiLearn
from drumapp.gui.recording.targets import Button, Target
from drumapp.gui.theme import Theme

_HINT = (
    "Click a line, then press a button, strike a pad or move a knob of your MIDI device: from then on it does that. "
    "Buttons and pads act when they are pressed; the numbers at the end follow a knob or a fader. A pad that is bound "
    "is not recorded, but it still sounds."
)
_NOTHING_HEARD = "Nothing has come in yet. The device must be one of the MIDI inputs."
_ROW_HEIGHT = 28
_WIDTH = 496


class LearnDialog(QDialog):
    """While it is open the music goes on, and what is bound acts. Attributes: table, heard, clear."""

    def __init__(self, learn: MidiLearn, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("MIDI learn")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._learn, self._theme = learn, theme
        self._targets: tuple[Target, ...] = tuple(learn.targets.values())
        self.table = QTableWidget(len(self._targets), 2)
        self.table.setAccessibleName("What can be bound, and what it is bound to")
        self.table.setHorizontalHeaderLabels(["Does", "Bound to"])
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        self.heard = QLabel(_NOTHING_HEARD)
        self.heard.setProperty("role", "hint")
        self.clear = QPushButton("Clear")
        self.clear.setAutoDefault(False)
        self.clear.setToolTip("Clear (Delete): nothing is bound to the chosen line any more")
        self._lay_out()
        self._connect()
        for row, target in enumerate(self._targets):
            for column in range(2):
                self.table.setItem(row, column, QTableWidgetItem())
            self.table.item(row, 0).setText(target.title)
        self._show()

    def _lay_out(self) -> None:
        hint = QLabel(_HINT)
        hint.setProperty("role", "hint")
        hint.setWordWrap(True)
        foot = QHBoxLayout()
        foot.addWidget(self.clear)
        foot.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        foot.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(hint)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.heard)
        layout.addLayout(foot)
        lines = _ROW_HEIGHT * len(self._targets) + self.table.horizontalHeader().sizeHint().height() + 2
        self.table.setMaximumHeight(lines)
        self.setMinimumWidth(_WIDTH)
        around = hint.heightForWidth(_WIDTH - 48) + 136
        self.resize(_WIDTH, min(lines + around, self.screen().availableSize().height()))

    def _connect(self) -> None:
        self.table.cellClicked.connect(lambda row, _: self._wait_for(row))
        self.table.cellActivated.connect(lambda row, _: self._wait_for(row))
        self.table.currentCellChanged.connect(lambda *_: self._show())
        self.clear.clicked.connect(self._clear)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        delete.activated.connect(self._clear)
        self._learn.changed.connect(self._show)
        self._learn.heard.connect(self._show_heard)
        self._learn.refused.connect(self.heard.setText)
        self.finished.connect(lambda _: self._learn.wait_for(None))

    def keyPressEvent(self, event) -> None:
        """Escape stops waiting before it closes the dialog."""
        if event.key() == Qt.Key.Key_Escape and self._learn.waiting is not None:
            self._learn.wait_for(None)
        else:
            super().keyPressEvent(event)

    # What is shown

    def _show(self) -> None:
        colours = self._theme.colours
        for row, target in enumerate(self._targets):
            waiting = target.name == self._learn.waiting
            control = self._learn.control_of(target.name)
            item = self.table.item(row, 1)
            item.setText(_waiting_words(target) if waiting else str(control or "–"))
            item.setForeground(QColor(colours.text if control is not None or waiting else colours.text_dim))
        current = self._current
        self.clear.setEnabled(current is not None and self._learn.control_of(current.name) is not None)

    def _show_heard(self, control: MidiControl) -> None:
        self.heard.setText(f"Came in last: {control}")

    @property
    def _current(self) -> Target | None:
        row = self.table.currentRow()
        return self._targets[row] if row >= 0 else None

    # What is done

    def _wait_for(self, row: int) -> None:
        self._learn.wait_for(self._targets[row].name)

    def _clear(self) -> None:
        if self._current is not None:
            self._learn.free(self._current.name)


def _waiting_words(target: Target) -> str:
    return "Press, strike or move it now …" if isinstance(target, Button) else "Move a knob or a fader now …"
