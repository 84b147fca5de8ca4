"""Files the system asks us to open while we run: macOS sends them as events, not on the command line."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QFileOpenEvent


class DocumentsToOpen(QObject):
    """``wanted`` (Path) for each; those that come before anybody listens are kept for :meth:`hand_over`."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._early: list[Path] | None = []

    def take(self, event: QEvent) -> bool:
        """Whether an event that the system sent to the application was such a request."""
        if not isinstance(event, QFileOpenEvent) or not event.url().isLocalFile():
            return False
        path = Path(event.file())
        if self._early is None:
            self.wanted.emit(path)
        else:
            self._early.append(path)
        return True

    def hand_over(self) -> list[Path]:
        """What came so far; from now on ``wanted`` tells."""
        early, self._early = self._early or [], None
        return early
