"""Work that a process left behind when it died: found, offered, taken up or declined."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from drumapp.storage.journal import JOURNAL_SUFFIX, LOCK_SUFFIX, PART_SUFFIX, journal_folder
from drumapp.storage.journal_records import JournalError, Origin, ReadJournal, read_journal, read_origin
from drumapp.storage.locks import FileLock, try_lock

DECLINED_SUFFIX = ".declined"
KEEP_DECLINED_SECONDS = 7 * 24 * 3600.0
MAX_JOURNAL_BYTES = 2 << 30

_HEAD_BYTES = 64 << 10
_STALE_LOCK_SECONDS = 3600.0


@dataclass(frozen=True)
class AbandonedSession:
    """A journal whose process is dead.

    Attributes: journal, the file; origin, None where its first record cannot be read; edited, seconds since 1970 of the
    last write.
    """

    journal: Path
    origin: Origin | None
    edited: float

    @property
    def name(self) -> str:
        """What the document was called, for people."""
        path = None if self.origin is None else self.origin.path
        return "Untitled" if path is None else path.stem


class Recovery:
    """A recovered project. Its journal stays, and no other window can take it, until one of the methods is called.

    Attributes: project; origin, whose stamp belongs to the file the work was begun from; problems, one sentence for
    each thing that could not be read.
    """

    def __init__(self, journal: Path, lock: FileLock, read: ReadJournal) -> None:
        self.project = read.project
        self.origin = read.origin
        self.problems = read.problems
        if read.unread:
            self.problems += (
                f"The last {read.unread:,} bytes of the journal are cut off or damaged; "
                "what was edited last may be missing.",
            )
        self._journal = journal
        self._lock = lock

    def finish(self) -> None:
        """The work is safe in another journal or file: remove this one. Raises JournalError when that fails."""
        try:
            self._journal.unlink(missing_ok=True)
        except OSError as error:
            raise JournalError(f"Cannot remove the journal {self._journal}: {error.strerror}.") from error
        finally:
            self.put_back()

    def put_back(self) -> None:
        """Leave the journal to be offered again."""
        self._lock.release()


def find_abandoned(folder: Path | None = None) -> list[AbandonedSession]:
    """Sessions to offer, the last edited first. Those of living windows and those declined are not among them.

    Raises LockError when the folder does not let itself be searched for living windows.
    """
    folder = journal_folder() if folder is None else folder
    found = []
    for journal in sorted(folder.glob(f"*{JOURNAL_SUFFIX}")):
        lock = try_lock(_lock_path(journal))
        if lock is None:
            continue
        try:
            found.append(_session(journal))
        except FileNotFoundError:  # its window ended in good order meanwhile
            continue
        except OSError:  # offered all the same: taking it up says what is wrong
            found.append(AbandonedSession(journal, None, 0.0))
        finally:
            lock.release()
    return sorted(found, key=lambda session: session.edited, reverse=True)


def recover(session: AbandonedSession) -> Recovery:
    """Take a session up: all that can be read of it.

    Begin a journal of its own for the project, and ``keep`` it there, before ``finish``.
    Raises JournalError, naming file and cause: taken by another window, or nothing in it can be read.
    """
    lock = _claim(session)
    try:
        with session.journal.open("rb") as file:
            data = file.read(MAX_JOURNAL_BYTES + 1)
        if len(data) > MAX_JOURNAL_BYTES:
            raise JournalError(f"it is larger than {MAX_JOURNAL_BYTES >> 30} GB")
        read = read_journal(data)
    except JournalError as error:
        lock.release()
        raise JournalError(f"Cannot recover work from {session.journal}: {error}.") from error
    except OSError as error:
        lock.release()
        cause = (error.strerror or str(error)).lower()
        raise JournalError(f"Cannot recover work from {session.journal}: {cause}.") from error
    return Recovery(session.journal, lock, read)


def decline(session: AbandonedSession, now: float) -> Path:
    """Do not offer a session again; its file, which is returned, is kept for a week from ``now``, seconds since 1970.

    Raises JournalError, naming file and cause.
    """
    lock = _claim(session)
    kept = session.journal.with_suffix(DECLINED_SUFFIX)
    try:
        session.journal.replace(kept)
        os.utime(kept, (now, now))
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise JournalError(f"Cannot set {session.journal} aside: {cause}.") from error
    finally:
        lock.release()
    return kept


def delete_old(now: float, folder: Path | None = None) -> None:
    """Delete what was declined more than a week before ``now``, seconds since 1970, and what dead processes left.

    Raises JournalError, naming the file that cannot be deleted.
    """
    folder = journal_folder() if folder is None else folder
    for path in [*folder.glob(f"*{DECLINED_SUFFIX}"), *folder.glob(f"*{PART_SUFFIX}")]:
        try:
            if now - path.stat().st_mtime > KEEP_DECLINED_SECONDS:
                path.unlink()
        except FileNotFoundError:  # another window was first
            continue
        except OSError as error:
            raise JournalError(f"Cannot delete {path}: {error.strerror}.") from error
    for path in folder.glob(f"*{LOCK_SUFFIX}"):
        try:
            fresh = now - path.stat().st_mtime <= _STALE_LOCK_SECONDS
        except FileNotFoundError:
            continue
        # A lock just made belongs to a window that is starting.
        if fresh or path.with_suffix(JOURNAL_SUFFIX).exists():
            continue
        lock = try_lock(path)
        if lock is not None:
            lock.release()


def _session(journal: Path) -> AbandonedSession:
    with journal.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        edited = os.fstat(file.fileno()).st_mtime
    try:
        origin = read_origin(head)
    except JournalError:
        origin = None
    return AbandonedSession(journal, origin, edited)


def _claim(session: AbandonedSession) -> FileLock:
    lock = try_lock(_lock_path(session.journal))
    if lock is None or not session.journal.exists():
        if lock is not None:
            lock.release()
        raise JournalError(f"The work in {session.journal} has been taken up or declined in another window.")
    return lock


def _lock_path(journal: Path) -> Path:
    return journal.with_suffix(LOCK_SUFFIX)
