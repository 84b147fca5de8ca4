"""The row under the transport bar: which page is shown, and the training that is under way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QToolButton

BEAT, TRAINING = "beat", "training"
_PAGES = (
    (BEAT, "Beat", "The beat in the roll (Ctrl+1)"),
    (TRAINING, "Training", "Train a drummer on MIDI files of your own (Ctrl+2)"),
)
HEIGHT = 34


class PageTabs(QFrame):
    """``chosen`` carries a page's name. Attributes: buttons, by name; job, the training that is under way."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pageTabs")
        self.setFixedHeight(HEIGHT)
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(4)
        for name, text, hint in _PAGES:
            button = QPushButton(text)
            button.setCheckable(True)
            button.setChecked(name == BEAT)
            button.setProperty("role", "tab")
            button.setToolTip(hint)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, page=name: self.chosen.emit(page))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[name] = button
        row.addStretch(1)
        self.job = QToolButton()
        self.job.setProperty("role", "quiet")
        self.job.setAccessibleName("Training under way")
        self.job.setToolTip("Show the training that is under way")
        self.job.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.job.hide()
        row.addWidget(self.job)

    def show_page(self, name: str) -> None:
        """Mark a page; no signal."""
        self.buttons[name].setChecked(True)

    def show_job(self, words: str) -> None:
        """Say what is trained; "" is nothing."""
        self.job.setText(words)
        self.job.setVisible(bool(words))
