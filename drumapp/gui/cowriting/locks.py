"""Single notes that the drummer leaves as they are."""

from __future__ import annotations

from PySide6.QtCore import QObject

from drumapp.core import editing
from drumapp.gui.document import Document
from drumapp.gui.main_window import MainWindow
from drumapp.gui.piano_roll.editor import RollEditor


class NoteLocks(QObject):
    """Locks the selected notes, and unlocks them when all are."""

    def __init__(self, window: MainWindow, document: Document, editor: RollEditor) -> None:
        super().__init__(window)
        self._window, self._document, self._editor = window, document, editor
        self._action = window.actions_by_name["lock_notes"]
        self._action.triggered.connect(lambda: self.toggle())
        document.locks_changed.connect(self._show)
        editor.selection_changed.connect(self._show)
        self._show()

    def toggle(self) -> None:
        """Lock what is selected; unlock it where all of it is locked."""
        chosen = editing.still_there(self._document.pattern, self._editor.selection)
        if not chosen:
            return
        locks = self._document.project.locks
        notes = "note" if len(chosen) == 1 else "notes"
        if chosen <= locks:
            self._document.set_locks(locks - chosen, f"Unlock {notes}")
        else:
            self._document.set_locks(locks | chosen, f"Lock {notes}")

    def _show(self) -> None:
        locks, chosen = self._document.project.locks, self._editor.selection
        self._window.roll.show_locks(locks)
        self._action.setEnabled(bool(chosen))
        self._action.setText("Unlock notes" if chosen and chosen <= locks else "Lock notes")
