"""A text field laid over what it changes: a number, a name."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit


class InlineEditor(QLineEdit):
    """``left`` says whether what was typed shall count.

    Keys that end it end here: Return must not reach the widget below, which might open the field again.
    """

    left = Signal(bool)

    def keyPressEvent(self, event) -> None:
        """Return and Enter accept, Escape thinks better of it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit(True)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit(False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event) -> None:
        """To go elsewhere accepts, but for the menu that a right click opens over the field itself."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit(True)
