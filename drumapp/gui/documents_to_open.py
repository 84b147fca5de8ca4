"""Files the system asks us to open while we run: macOS sends them as events, not on the command line."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class DocumentsToOpen(QObject):
    """``wanted`` (Path) for each; those that come before anybody listens are kept for :meth:`hand_over`."""

    wanted = Signal(object)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._early: list[Path] | None = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the system's requests out of the stream."""
        if isinstance(event, QFileOpenEvent) and event.url().isLocalFile():
            path = Path(event.file())
            if self._early is None:
                self.wanted.emit(path)
            else:
                self._early.append(path)
            return True
        return super().eventFilter(watched, event)

    def hand_over(self) -> list[Path]:
        """What came so far; from now on ``wanted`` tells."""
        early, self._early = self._early or [], None
        return early
