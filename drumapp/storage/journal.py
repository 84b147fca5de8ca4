"""The journal of one open document: what is not saved yet is on disk within half a second.

Bytes handed to the system outlive the process, however it dies; those flushed to the disk outlive the machine.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from drumapp.atomic import WriteError, write_atomically
from drumapp.core.errors import DrumappError
from drumapp.core.project import Project
from drumapp.storage.differences import difference
from drumapp.storage.fields import FieldError, to_json
from drumapp.storage.journal_records import JournalError, Origin, frame, write_opening
from drumapp.storage.locks import FileLock, try_lock
from drumapp.storage.project_file import FileStamp
from drumapp.storage.state_folder import make_folder, state_folder

WRITE_SECONDS = 0.25
FLUSH_SECONDS = 1.0
MIN_COMPACTION_BYTES = 256 << 10
"""Below this a journal is not worth writing anew."""

JOURNAL_SUFFIX = ".journal"
LOCK_SUFFIX = ".lock"
PART_SUFFIX = ".part"


def journal_folder(state: Path | None = None) -> Path:
    """Where journals lie: in the state folder given, or in the user's."""
    return (state or state_folder()) / "recovery"


class Journal:
    """Keeps one document's unsaved work on disk. Any thread may call any method; only :meth:`record` never waits.

    There is no file while there is nothing unsaved. The file's lock is held from the start, so that another window
    does not take the work of a living one for lost.
    """

    def __init__(self, project: Project, origin: Origin, folder: Path | None = None) -> None:
        """Begin at a project that needs no saving. Raises DrumappError when the folder cannot be made or locked."""
        folder = journal_folder() if folder is None else folder
        make_folder(folder)
        name = f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{secrets.token_hex(4)}"
        self.path = folder / f"{name}{JOURNAL_SUFFIX}"
        lock = try_lock(folder / f"{name}{LOCK_SUFFIX}", f"process {os.getpid()}")
        if lock is None:
            raise JournalError(f"Cannot begin the journal {self.path}: another window holds it.")
        self._lock: FileLock = lock
        self._disk = threading.Lock()
        self._latest = self._written = project
        self._origin = origin
        self._exists = False
        self._size = 0  # of what is sound in the file
        self._snapshot_size = 0
        self._last_write = float("-inf")
        self._last_flush = float("-inf")
        self._unflushed = False
        self._closed = False

    def record(self, project: Project) -> None:
        """Remember the document as it is now; :meth:`tick` writes it."""
        self._latest = project

    def tick(self, now: float) -> None:
        """Write what is due at ``now``, in seconds of any steady clock: edits 4 times a second, flushed once.

        Raises JournalError when the disk will not take it; the next tick tries again, and what the file held before
        can still be recovered.
        """
        with self._disk:
            if self._closed:
                return
            try:
                if self._latest is not self._written and now - self._last_write >= WRITE_SECONDS:
                    self._last_write = now
                    self._write(self._latest)
                if self._unflushed and now - self._last_flush >= FLUSH_SECONDS:
                    self._last_flush = now
                    self._flush()
            except (OSError, WriteError, FieldError) as error:
                # Due again at once: a tick that had nothing to do would pass for one that went well.
                self._last_write = self._last_flush = float("-inf")
                raise JournalError(_why(self.path, error)) from error

    def write_now(self, now: float) -> None:
        """Write what is recorded, due or not. Before the document is saved, so that no journal is older than its file.

        Raises JournalError like :meth:`tick`.
        """
        self._last_write = float("-inf")
        self.tick(now)

    def saved(self, project: Project, path: Path, stamp: FileStamp) -> None:
        """The document is safe in its file: the journal begins anew from there.

        Raises JournalError when the old journal cannot be removed.
        """
        with self._disk:
            self._origin = Origin(path, stamp, self._origin.started)
            self._written = project
            self._remove()

    def keep(self, project: Project, now: float) -> None:
        """Write a project whole and flush it at once: work just recovered, before its old journal goes.

        Raises JournalError when the disk will not take it.
        """
        with self._disk:
            self._latest = project
            self._last_write = self._last_flush = now
            try:
                self._write_whole(project)
            except (WriteError, FieldError) as error:
                raise JournalError(_why(self.path, error)) from error

    def close(self) -> None:
        """The document is saved, or the user let it go: nothing is left to recover. A second call does nothing.

        Raises JournalError when the file cannot be removed.
        """
        with self._disk:
            if self._closed:
                return
            self._closed = True
            try:
                self._remove()
            finally:
                self._lock.release()

    def _write(self, project: Project) -> None:
        if not self._exists and project == self._written:  # as saved: there is nothing to lose
            self._written = project
            return
        if not self._exists:
            self._begin(project)
            return
        if project.unknown != self._written.unknown:  # another document altogether
            self._write_whole(project)
            return
        changes = difference(self._written, project)
        if changes:
            try:
                self._append(frame(to_json(changes)))
            except FileNotFoundError:  # somebody tidied up
                self._begin(project)
                return
        self._written = project
        if self._size - self._snapshot_size > max(MIN_COMPACTION_BYTES, 2 * self._snapshot_size):
            self._write_whole(project)

    def _begin(self, project: Project) -> None:
        # Not flushed here, unlike where an older journal is replaced: a slow disk shall not delay the first edits.
        part = self.path.with_suffix(PART_SUFFIX)
        with part.open("wb") as file:
            size = write_opening(file, self._origin, project)
        part.replace(self.path)
        self._begun(project, size)
        self._unflushed = True

    def _append(self, record: bytes) -> None:
        with self.path.open("r+b", buffering=0) as file:
            # What a failed write left behind goes first: nothing after a broken record would ever be read.
            file.truncate(self._size)
            file.seek(self._size)
            rest = memoryview(record)
            while rest:
                rest = rest[file.write(rest) :]
        self._size += len(record)
        self._unflushed = True

    def _write_whole(self, project: Project) -> None:
        write_atomically(self.path, lambda file: write_opening(file, self._origin, project))
        self._begun(project, self.path.stat().st_size)
        self._unflushed = False

    def _begun(self, project: Project, size: int) -> None:
        self._written = project
        self._exists = True
        self._size = self._snapshot_size = size

    def _flush(self) -> None:
        with contextlib.suppress(FileNotFoundError), self.path.open("r+b") as file:
            os.fsync(file.fileno())
        self._unflushed = False

    def _remove(self) -> None:
        try:
            self.path.unlink(missing_ok=True)
            self.path.with_suffix(PART_SUFFIX).unlink(missing_ok=True)
        except OSError as error:
            raise JournalError(f"Cannot remove the journal {self.path}: {error.strerror}.") from error
        self._exists = self._unflushed = False


class JournalThread:
    """Ticks a journal in the background.

    ``problem`` is called from that thread: with a sentence when the journal can no longer be written, with None when
    it can again.
    """

    def __init__(self, journal: Journal, problem: Callable[[str | None], None]) -> None:
        self._journal = journal
        self._problem = problem
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread after what it is writing. The journal stays open. A second call does nothing."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        told: str | None = None
        while not self._ended.wait(WRITE_SECONDS / 2):
            found: str | None = None
            try:
                self._journal.tick(time.monotonic())
            except DrumappError as error:
                found = str(error)
            if found != told:
                told = found
                self._problem(found)


def _why(path: Path, error: Exception) -> str:
    cause = str(error)
    if isinstance(error, OSError) and error.strerror:
        cause = error.strerror[0].lower() + error.strerror[1:]
    return f"Work since the last save cannot be kept safe in {path}: {cause}. Save your project."
