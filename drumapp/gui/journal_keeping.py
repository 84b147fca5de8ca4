"""The journal of the document in the window: begun, written in the background, ended."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.project import Project
from drumapp.storage.journal import Journal, JournalThread
from drumapp.storage.journal_records import Origin
from drumapp.storage.project_file import FileStamp


class JournalKeeping(QObject):
    """One journal at a time, or none before the first :meth:`begin` and where the disk takes none.

    ``problem`` (a sentence, or None when all is well again) comes in the window's thread.
    """

    problem = Signal(object)
    _told = Signal(object, object)  # by whom, and what: the journal's thread speaks

    def __init__(self) -> None:
        super().__init__()
        self._journal: Journal | None = None
        self._thread: JournalThread | None = None
        self._told.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    def begin(self, project: Project, origin: Origin) -> None:
        """End the journal there is and begin another, for a document that needs no saving."""
        self.end()
        try:
            self._take_up(Journal(project, origin))
        except DrumappError as error:
            self.problem.emit(str(error))

    def begin_with(self, project: Project, origin: Origin) -> None:
        """End the journal there is and begin another with unsaved work, which is on disk when this returns.

        Raises DrumappError when the disk will not take it; the journal there is goes on then.
        """
        journal = Journal(project, origin)
        try:
            journal.keep(project, time.monotonic())
        except DrumappError:
            journal.close()
            raise
        self.end()
        self._take_up(journal)

    def record(self, project: Project) -> None:
        """The document is this now. Never waits."""
        if self._journal is not None:
            self._journal.record(project)

    def write_now(self) -> bool:
        """Put what is recorded on disk; whether it is there. A failure is told by ``problem``."""
        if self._journal is None:
            return False
        return self._tell_failure(lambda journal: journal.write_now(time.monotonic()))

    def saved(self, project: Project, path: Path, stamp: FileStamp) -> None:
        """The document is safe in its file. A failure is told by ``problem``."""
        if self._journal is not None:
            self._journal.record(project)
            self._tell_failure(lambda journal: journal.saved(project, path, stamp))

    def end(self) -> None:
        """Nothing is left to recover: the journal goes. A failure is told by ``problem``."""
        journal = self._stop_thread()
        if journal is None:
            return
        try:
            journal.close()
        except DrumappError as error:
            self.problem.emit(str(error))

    def leave(self) -> None:
        """Write what there is and let it lie for the next start: the program ends before anybody could be asked."""
        self.write_now()
        self._stop_thread()

    def _take_up(self, journal: Journal) -> None:
        self._journal = journal
        self._thread = JournalThread(journal, lambda sentence: self._told.emit(journal, sentence))
        self.problem.emit(None)

    def _stop_thread(self) -> Journal | None:
        if self._thread is not None:
            self._thread.close()
        journal, self._journal, self._thread = self._journal, None, None
        return journal

    def _tell_failure(self, act) -> bool:
        try:
            act(self._journal)
        except DrumappError as error:
            self.problem.emit(str(error))
            return False
        return True

    def _hear(self, journal: Journal, sentence: str | None) -> None:
        if journal is self._journal:  # else it speaks of a document that is closed by now
            self.problem.emit(sentence)
