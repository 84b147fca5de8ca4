"""What the Help menu does, and the welcome at the very first start."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from drumapp import resources
from drumapp.gui.aside import Aside
from drumapp.gui.help.tour import Tour
from drumapp.gui.help.viewer import HelpViewer
from drumapp.gui.main_window import MainWindow
from drumapp.logs import log_file, log_folder

DOCUMENTS = {
    "help_guide": "guide.md",
    "help_logic": "routing/logic.md",
    "help_garageband": "routing/garageband.md",
    "help_ableton": "routing/ableton.md",
    "help_hydrogen": "routing/hydrogen.md",
}
"""Which document each of these actions shows, within the folder of documents."""


class HelpControl(QObject):
    """Signals: said (sentence for the status line). Attributes: tour; viewer, None until it is first opened."""

    said = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._aside = Aside()
        self._aside.failed.connect(self.said)
        self.tour = Tour(window)
        self.viewer: HelpViewer | None = None
        handlers = {
            "help_tour": self.tour.start,
            "help_places": self.show_places,
            "help_diagnostics": self.copy_diagnostics,
            "help_log": show_log,
        }
        for name, document in DOCUMENTS.items():
            handlers[name] = lambda document=document: self.show_document(document)
        for name, act in handlers.items():
            window.actions_by_name[name].triggered.connect(lambda _=False, act=act: act())

    def close(self) -> None:
        """Wait for what is being looked into."""
        self.tour.end()
        self._aside.close()

    def show_document(self, name: str) -> None:
        """Show a document by its place in the folder of documents."""
        self._open_viewer().open_document(resources.docs_folder() / name)

    def show_places(self) -> None:
        """Show where this installation's files lie on this computer."""
        from drumapp.gui.help import whereabouts

        self._open_viewer().open_text(whereabouts.page())

    def copy_diagnostics(self) -> None:
        """Put what ``drumapp doctor`` prints on the clipboard; it takes a moment to find out."""
        self.said.emit("Looking at everything …")
        self._aside.ask(_diagnostics, self._copy)

    def _copy(self, text: str) -> None:
        QApplication.clipboard().setText(text)
        self.said.emit("Diagnostics copied")

    def _open_viewer(self) -> HelpViewer:
        if self.viewer is None:
            self.viewer = HelpViewer(self._window)
        return self.viewer


def show_log() -> None:
    """Open the log in whatever shows text, or where there is none yet, its folder."""
    path = log_file() if log_file().is_file() else log_folder()
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _diagnostics() -> str:
    from drumapp.examination import examine, report

    return report(examine())
