"""The submenu of projects opened or saved before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget


class RecentMenu(QMenu):
    """``chosen`` carries the Path of the one clicked; ``cleared`` says that the user wants an empty list."""

    chosen = Signal(object)
    cleared = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("&Recent projects", parent)
        self.setToolTipsVisible(True)

    def show_files(self, paths: Sequence[Path]) -> None:
        """Offer these, the last used first."""
        self.clear()
        for number, path in enumerate(paths, 1):
            # An ampersand in a file's name is no key to press.
            action = self.addAction(f"&{number % 10}  {path.stem.replace('&', '&&')}")
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, chosen=path: self.chosen.emit(chosen))
        if paths:
            self.addSeparator()
            self.addAction("&Clear the list").triggered.connect(lambda: self.cleared.emit())
        self.setEnabled(bool(paths))
