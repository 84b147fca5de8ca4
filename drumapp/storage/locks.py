"""Locks that the system itself lifts when their process dies, however it dies."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from drumapp.core.errors import DrumappError

_NOTE_BYTES = 4096


class LockError(DrumappError):
    """A lock file that cannot be made or locked; one sentence that names it and the cause."""


class FileLock:
    """A lock on a file of its own, held until :meth:`release` or the end of the process. Get one from :func:`try_lock`.

    The file carries a note for whoever finds it locked.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let go and remove the file. A second call does nothing."""
        if self._descriptor is None:
            return
        # Removed while still locked: whoever locks in between sees that the file is gone and takes a new one.
        if sys.platform != "win32":
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None
        if sys.platform == "win32":  # an open file cannot be removed there; if another holds it by now, it stays
            with contextlib.suppress(OSError):
                self.path.unlink()


def try_lock(path: Path, note: str = "") -> FileLock | None:
    """Lock the file at ``path``, made if need be, with a note in it; None when it is locked already, here or elsewhere.

    Raises LockError when the file cannot be made or the file system knows no locks.
    """
    try:
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            try:
                if not _lock(descriptor):
                    os.close(descriptor)
                    return None
                if not _is_still(path, descriptor):
                    os.close(descriptor)
                    continue
                os.ftruncate(descriptor, 0)
                os.write(descriptor, note.encode()[:_NOTE_BYTES])
            except BaseException:
                os.close(descriptor)
                raise
            return FileLock(path, descriptor)
    except OSError as error:
        raise LockError(f"Cannot lock {path}: {(error.strerror or str(error)).lower()}.") from error


def note_of(path: Path) -> str:
    """The note in a lock file; empty when there is none."""
    try:
        with path.open("rb") as file:
            return file.read(_NOTE_BYTES).decode(errors="replace")
    except OSError:
        return ""


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[None]:
    """Keep other windows of the program from replacing the file at ``path`` within this block; waits for its turn.

    The file itself is locked. Once it is replaced, the next in line holds a lock on the file of old, sees that the
    content at ``path`` is another, and refuses. On Windows a file that is open cannot be replaced, so nothing is
    locked there, and only two windows that save in the same instant may miss one another.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # nothing there, or not readable: the check or the write that follows says why
        yield
        return
    try:
        # A file system without locks, such as some network shares, leaves the comparison alone.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the file locked is the one at ``path``, not one that its holder removed meanwhile."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))


if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE = 1 << 30  # beyond the note, which a locked range would keep others from reading

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                return False
            raise
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
