"""What is said when the window closes while a job works: it stays for some seconds and holds nothing up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from drumapp.gui.training.jobs_panel import Listed

SHOWN_MS = 3500
_FLAGS = Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowDoesNotAcceptFocus


def farewell_words(jobs: Sequence[Listed]) -> str:
    """What goes on when the program ends; "" where nothing does."""
    if not jobs:
        return ""
    who = f"“{jobs[0].name}” goes" if len(jobs) == 1 else f"{len(jobs)} drummers go"
    them = "it" if len(jobs) == 1 else "them"
    return f"{who} on learning in the background; you find {them} on the Training tab when you come back."


class Farewell(QLabel):
    """A sentence in the middle of where the window was. A click sends it away."""

    def __init__(self, words: str, window: QWidget) -> None:
        super().__init__(words, None, _FLAGS)
        self.setObjectName("farewell")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose)  # the program ends when it is gone
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(24, 20, 24, 20)
        self.ensurePolished()  # the style sheet has its say in how large it is
        self.resize(self.sizeHint())
        self.move(window.geometry().center() - self.rect().center())
        QTimer.singleShot(SHOWN_MS, self, self.close)

    def mousePressEvent(self, _event) -> None:
        """Read: away with it."""
        self.close()
