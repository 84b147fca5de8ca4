"""The document as a project in a file: new, open, save, whether it is modified, and its journal."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from drumapp.core.document_files import MIDI_SUFFIXES
from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Pattern
from drumapp.core.project import Project
from drumapp.gui.dialogs import DOCUMENT_FILES, PROJECT_FILES, Asking, Unsaved
from drumapp.gui.document import Document
from drumapp.gui.drummer_choices import choices_of, take_up
from drumapp.gui.journal_keeping import JournalKeeping
from drumapp.gui.midi_import import look_into, read_as, usual_choice
from drumapp.settings import MAX_RECENT_FILES, Settings
from drumapp.storage.journal_records import Origin
from drumapp.storage.locks import FileLock
from drumapp.storage.open_documents import mark_open, warning
from drumapp.storage.project_file import SUFFIX, FileChangedError, FileStamp, open_project, save_project
from drumapp.storage.recovery import Recovery

UNTITLED = "Untitled"


class ProjectControl(QObject):
    """One project at a time.

    Signals: begun when another document took the place of the one before; named when its name or file is another or it
    became modified or is no longer; undecided (Path of a MIDI file) when the user has to choose its drums;
    choices_changed when the drummer's settings came out of a project; recent_changed; said (sentence for the status
    line); problem (topic, cause, remedy), the cause empty when it is gone.
    Attributes: path, the document's file, None while it has none.
    """

    begun = Signal()
    named = Signal()
    choices_changed = Signal()
    recent_changed = Signal()
    said = Signal(str)
    problem = Signal(str, str, str)
    undecided = Signal(object)

    def __init__(self, document: Document, settings: Settings, asking: Asking) -> None:
        super().__init__()
        self._document, self._settings, self._asking = document, settings, asking
        self.path: Path | None = None
        self._stamp: FileStamp | None = None
        self._damaged = False
        self._lock: FileLock | None = None
        self._saved: Project | None = self.snapshot()
        self._was_modified = False
        self._closed = False
        self._journal = JournalKeeping()
        self._journal.problem.connect(self._journal_problem)
        for signal in (
            document.replaced, document.appended, document.timing_changed, document.kit_changed, document.loop_changed,
            document.locks_changed, document.takes_changed,
        ):  # fmt: skip
            signal.connect(self.note_change)

    # What there is

    @property
    def name(self) -> str:
        """What the document is called: as its file, else as its pattern."""
        return self.path.stem if self.path is not None else self._document.pattern.name or UNTITLED

    @property
    def modified(self) -> bool:
        """Whether anything would be lost without saving. What has no file, no notes and no takes is nothing."""
        return self._differs(self.snapshot())

    def snapshot(self) -> Project:
        """The document as it stands; cheap, as nothing of it is copied."""
        pattern = self._document.pattern
        if self._document.in_take and pattern.length:
            # What a drummer has begun is whole bars when it is opened again, so that it can be looped.
            pattern = replace(pattern, length=pattern.metre.bar_start(pattern.bars))
        project = self._document.project
        return replace(project, pattern=pattern, drummer=choices_of(self._settings, project.drummer))

    def note_change(self) -> None:
        """The document or the drummer's settings may be others: hand them to the journal."""
        project = self.snapshot()
        modified = self._differs(project)
        self._journal.record(project if modified or self._saved is None else self._saved)
        if modified != self._was_modified:
            self._was_modified = modified
            self.named.emit()

    # What the user does

    def start(self) -> None:
        """Begin to keep a journal; before this nothing touches the disk."""
        self._begin_journal()
        self.note_change()

    def new(self) -> None:
        """An empty document in the same tempo and metre."""
        if self.may_leave():
            pattern = self._document.pattern
            self._begin(Project(pattern=Pattern(tempo=pattern.tempo, metre=pattern.metre)))

    def ask_open(self) -> None:
        """Let the user choose a project or MIDI file, and open it."""
        path = self._asking.file_to_open("Open", self._settings.recent_folder, DOCUMENT_FILES)
        if path is not None:
            self.open(path)

    def open(self, path: Path) -> bool:
        """Open a project, or a MIDI file as a new one; whether that was done. The document before is asked about."""
        if not self.may_leave():
            return False
        return self._open_midi(path) if path.suffix.lower() in MIDI_SUFFIXES else self._open_project(path)

    def save(self) -> bool:
        """Save into the document's file; ask for one where there is none, or where that one is damaged."""
        if self.path is None or self._damaged:
            return self.save_as()
        return self._write(self.path, self._stamp)

    def save_as(self) -> bool:
        """Save into a file the user names; whether that was done."""
        folder = self.path.parent if self.path is not None else self._settings.recent_folder or Path.home()
        name = f"{self.name} (recovered)" if self._damaged else self.name
        path = self._asking.file_to_save("Save as", folder / f"{name}{SUFFIX}", PROJECT_FILES)
        if path is None:
            return False
        return self._write(path if path.suffix else path.with_suffix(SUFFIX), None)

    def clear_recent(self) -> None:
        """Forget which projects were opened."""
        self._settings.recent_files = ()
        self.recent_changed.emit()

    def may_leave(self) -> bool:
        """Whether the document may be closed: nothing is unsaved, or the user saved it or let it go."""
        if not self.modified:
            return True
        answer = self._asking.what_of_unsaved(self.name)
        if answer is Unsaved.SAVE:
            return self.save()
        return answer is Unsaved.DISCARD

    def take_up(self, recovery: Recovery) -> None:
        """Go on with recovered work. Raises DrumappError when it cannot be kept safe; nothing has changed then."""
        project, origin = recovery.project, recovery.origin
        try:
            self._journal.begin_with(project, Origin(origin.path, origin.stamp, time.time()))
        except DrumappError:
            recovery.put_back()
            raise
        self._show(project, origin.path, origin.stamp, saved=False)
        self._damaged = bool(recovery.problems)
        self._tell_damage(recovery.problems)
        try:
            recovery.finish()
        except DrumappError as error:
            self.problem.emit("recovered", str(error), "The work is open here as well.")

    def keep_safe(self) -> bool:
        """Put the document as it stands on disk, in its journal, at once; whether nothing of it can be lost now."""
        project = self.snapshot()
        if not self._differs(project):
            return True
        self._journal.record(project)
        return self._journal.write_now()

    def close(self, *, keep: bool) -> None:
        """End the journal. With ``keep`` unsaved work stays on disk, to be offered at the next start."""
        if self._closed:
            return
        self._closed = True
        if keep and self.modified:
            self._journal.leave()
        else:
            self._journal.end()
        self._unlock()

    # How it is done

    def _open_project(self, path: Path) -> bool:
        try:
            opened = open_project(path)
        except DrumappError as error:
            self._forget(path)
            self._asking.show_error(str(error))
            return False
        self._begin(opened.project, path, opened.stamp)
        self._damaged = bool(opened.problems)
        self._tell_damage(opened.problems)
        self._remember(path)
        return True

    def _open_midi(self, path: Path) -> bool:
        """As a project of its own. Where it does not tell its drums, the project is empty until the user has chosen."""
        try:
            choice = usual_choice(look_into(path))
            project = Project(pattern=read_as(path, choice)) if choice.parts else Project()
        except DrumappError as error:
            self._asking.show_error(str(error))
            return False
        self._settings.recent_folder = path.parent
        self._begin(project)
        if not choice.parts:
            self.undecided.emit(path)
        return True

    def _write(self, path: Path, since: FileStamp | None) -> bool:
        project = self.snapshot()
        self._journal.record(project)
        self._journal.write_now()
        try:
            try:
                stamp = save_project(project, path, since=since)
            except FileChangedError as error:
                if not self._asking.may_overwrite(str(error)):
                    return False
                stamp = save_project(project, path)
        except DrumappError as error:
            self._asking.show_error(str(error))
            return False
        self._journal.saved(project, path, stamp)
        if path != self.path:
            self._lock_file(path)
        self.path, self._stamp, self._saved, self._damaged = path, stamp, project, False
        self.problem.emit("damage", "", "")
        self.note_change()  # a drummer may have written on meanwhile
        self._remember(path)
        self.named.emit()
        self.said.emit(f"Saved {path.name}")
        return True

    def _begin(self, project: Project, path: Path | None = None, stamp: FileStamp | None = None) -> None:
        self._journal.end()  # first: what comes is no change of the document before
        self._show(project, path, stamp, saved=True)
        self._begin_journal()

    def _begin_journal(self) -> None:
        self._journal.begin(self._saved or self.snapshot(), Origin(self.path, self._stamp, time.time()))

    def _show(self, project: Project, path: Path | None, stamp: FileStamp | None, *, saved: bool) -> None:
        if path != self.path:
            self._lock_file(path)
        self.path, self._stamp, self._damaged = path, stamp, False
        self._tell_damage(())
        take_up(self._settings, project.drummer)
        self.choices_changed.emit()
        self._document.begin_anew(project)
        self._saved = self.snapshot() if saved else None
        self.note_change()
        self.begun.emit()
        self.named.emit()

    def _differs(self, project: Project) -> bool:
        if self.path is None and not project.pattern.length and not project.takes:
            return False
        return project != self._saved

    def _lock_file(self, path: Path | None) -> None:
        self._unlock()
        cause = ""
        if path is not None:
            try:
                self._lock = mark_open(path)
                cause = "" if self._lock is not None else warning(path)
            except DrumappError as error:
                cause = str(error)
        self.problem.emit("file", cause, "")

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _tell_damage(self, problems: tuple[str, ...]) -> None:
        remedy = "Save under another name, so that the damaged file stays as it is." if problems else ""
        self.problem.emit("damage", " ".join(problems), remedy)

    def _journal_problem(self, sentence: str | None) -> None:
        self.problem.emit("journal", sentence or "", "")

    def _remember(self, path: Path) -> None:
        path = path.absolute()
        self._settings.recent_folder = path.parent
        others = [recent for recent in self._settings.recent_files if recent != path]
        self._settings.recent_files = (path, *others)[:MAX_RECENT_FILES]
        self.recent_changed.emit()

    def _forget(self, path: Path) -> None:
        """A file that is gone is no longer offered."""
        if not path.exists():
            kept = [recent for recent in self._settings.recent_files if recent != path]
            self._settings.recent_files = tuple(kept)
            self.recent_changed.emit()
