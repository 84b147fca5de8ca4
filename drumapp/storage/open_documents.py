"""Which files are open in a window, so that the second to open one is told."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from drumapp.storage.locks import FileLock, note_of, try_lock
from drumapp.storage.state_folder import make_folder, state_folder


def mark_open(path: Path, state: Path | None = None) -> FileLock | None:
    """Mark the file as open here until the lock is released; None when another window has it open.

    Windows of this user on this machine are seen. Whoever else changes the file is noticed when it is saved.
    Raises DrumappError when the state folder cannot be made or holds no locks.
    """
    lock = _lock_file(path, state)
    make_folder(lock.parent)
    return try_lock(lock, f"process {os.getpid()}")


def warning(path: Path, state: Path | None = None) -> str:
    """The sentence for the second window: which file, who has it, what that means."""
    holder = note_of(_lock_file(path, state))
    who = f"another window ({holder})" if holder else "another window"
    return f"{path} is open in {who}; whichever of the two saves last will be asked before it overwrites the other."


def _lock_file(path: Path, state: Path | None) -> Path:
    # One file, one lock, whatever links lead there.
    name = hashlib.sha256(os.fsencode(os.path.normcase(os.path.realpath(path)))).hexdigest()[:32]
    return (state or state_folder()) / "open" / f"{name}.lock"
