"""The QApplication, or a sentence that says why there can be none."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from PySide6.QtWidgets import QApplication

from drumapp.core.errors import DrumappError
from drumapp.gui import icons
from drumapp.gui.documents_to_open import DocumentsToOpen
from drumapp.gui.theme import BASE_FONT_PX


class DesktopApplication(QApplication):
    """Attributes: documents, those the system asks us to open.

    Not an event filter, through which every event of every widget would go.
    """

    def __init__(self, argv: Sequence[str]) -> None:
        super().__init__(argv)
        self.documents = DocumentsToOpen()

    def event(self, event) -> bool:
        """Take what the system sends to the application itself."""
        return self.documents.take(event) or super().event(event)


def build_qt(argv: Sequence[str]) -> DesktopApplication:
    """The QApplication, with the look that does not depend on the theme. Raises DrumappError without a display."""
    _check_display(argv)
    app = DesktopApplication(["drumapp", *argv])
    app.setApplicationName("Drumapp")
    app.setDesktopFileName("drumapp")
    app.setWindowIcon(icons.application_icon())
    app.setStyle("Fusion")
    font = app.font()
    font.setPixelSize(BASE_FONT_PX)
    app.setFont(font)
    return app


def _check_display(argv: Sequence[str]) -> None:
    """Qt ends the whole process where it finds no display; say it in our own words before that."""
    chosen = "QT_QPA_PLATFORM" in os.environ or any(argument.startswith("-platform") for argument in argv)
    if sys.platform in ("win32", "darwin") or chosen:
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise DrumappError(
            'There is no display to open the window on; "drumapp generate" and "drumapp render" work without one.'
        )
