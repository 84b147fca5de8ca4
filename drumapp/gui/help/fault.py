"""When the program has a fault: the work is put in safety first, then the user is told, and offered the log."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from drumapp.gui.help.control import show_log

SAFE = "Your work is safe: it is on disk as it stands now, and should Drumapp end, the next start offers it."
UNSAFE = "Your work could not be put on disk. Please save it now, under another name if need be."
_WIDTH = 620


class FaultDialog(QDialog):
    """Says that something went wrong, and whether the work is safe. Attributes: words, trace, copy, log."""

    def __init__(self, trace: str, *, safe: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Drumapp has a fault")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        cause = QLabel("Something in Drumapp went wrong. You can go on; what you did last may not have been done.")
        self.words = QLabel(SAFE if safe else UNSAFE)
        self.words.setProperty("role", "title")
        self.trace = QPlainTextEdit(trace)
        self.trace.setReadOnly(True)
        self.trace.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        for label in (cause, self.words):
            label.setWordWrap(True)
        buttons = QDialogButtonBox()
        self.copy, self.log = QPushButton("Copy what went wrong"), QPushButton("Show the log")
        going_on = QPushButton("Go on")
        going_on.setDefault(True)
        buttons.addButton(self.log, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(going_on, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(trace))
        self.log.clicked.connect(show_log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        for part in (self.words, cause, self.trace, buttons):
            layout.addWidget(part)
        self.resize(_WIDTH, self.sizeHint().height())


class FaultControl(QObject):
    """Give :meth:`tell` to :func:`drumapp.logs.log_uncaught`. Attributes: dialog, the last one, or None.

    A fault of one place is shown once: one in a timer would otherwise open dialogs faster than they can be closed.
    """

    _happened = Signal(str, str)

    def __init__(self, window: QWidget, keep_safe: Callable[[], bool]) -> None:
        """``keep_safe`` puts the work on disk and returns whether it is there."""
        super().__init__()
        self._window, self._keep_safe = window, keep_safe
        self._shown: set[str] = set()
        self.dialog: FaultDialog | None = None
        self._happened.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def tell(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """From any thread: there was this fault."""
        last = traceback.extract_tb(trace)[-1:]
        place = f"{kind.__name__} {last[0].filename}:{last[0].lineno}" if last else kind.__name__
        self._happened.emit(place, "".join(traceback.format_exception(kind, error, trace)))

    def _show(self, place: str, trace: str) -> None:
        safe = self._keep_safe()
        if place in self._shown or (self.dialog is not None and self.dialog.isVisible()):
            return
        self._shown.add(place)
        self.dialog = FaultDialog(trace, safe=safe, parent=self._window)
        self.dialog.destroyed.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        self.dialog = None
