"""Files are written whole or not at all: a failed write leaves what was there before."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from drumapp.core.errors import DrumappError


class WriteError(DrumappError):
    """A file that could not be written; whatever was there before is untouched."""


def write_atomically(path: Path, data: bytes | Callable[[BinaryIO], object], *, durable: bool = True) -> None:
    """Put ``data`` into ``path`` in one move: a reader sees the old file or the new one, never half of either.

    Args: data, or who writes it into the open, empty file that is given.

    A symbolic link is followed, and the permissions of a file that is replaced are kept. Without ``durable`` a power
    cut may leave neither file; for what is written anew every second.
    Raises WriteError, naming file and cause, and what a writer raises of its own; nothing of the attempt is left behind
    then.
    """
    target = path
    temporary: Path | None = None
    try:
        target = _target_of(path)
        mode = _mode_for(target)
        descriptor, temporary = _temporary_beside(target)
        with os.fdopen(descriptor, "wb") as file:
            if callable(data):
                data(file)
            else:
                file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
        temporary = None
    except OSError as error:
        raise WriteError(f"Cannot write {path}: {_cause(error, target)}.") from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def check_writable(path: Path) -> None:
    """Raise the WriteError that :func:`write_atomically` would raise for this path if it were called now.

    To be asked before work that takes long, whose result would be lost.
    """
    target = path
    try:
        target = _target_of(path)
        descriptor, temporary = _temporary_beside(target)
        os.close(descriptor)
        temporary.unlink()
    except OSError as error:
        raise WriteError(f"Cannot write {path}: {_cause(error, target)}.") from error


def _target_of(path: Path) -> Path:
    """The file to be replaced or made. Raises OSError where that may not be."""
    try:
        target = Path(os.path.realpath(path))
    except ValueError as error:  # a name with a NUL in it
        raise OSError(errno.EINVAL, str(error)) from error
    if target.is_dir():
        raise IsADirectoryError
    if target.exists():
        if not target.is_file():
            # The move would put a plain file in the place of the system's /dev/null.
            raise OSError(errno.EINVAL, "It is a device or a pipe, not a file")
        if not os.access(target, os.W_OK):
            # The move asks only the folder; a file its owner has write-protected is not ours to swap.
            raise PermissionError
    return target


def _temporary_beside(target: Path) -> tuple[int, Path]:
    """A new, open file in the target's folder: its descriptor and path."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".part")
    return descriptor, Path(name)


def _mode_for(target: Path) -> int:
    """Permissions of the file to be replaced, or those a new file of this user would get."""
    try:
        return target.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _cause(error: OSError, target: Path) -> str:
    if isinstance(error, FileNotFoundError) and not target.parent.is_dir():
        return f"the folder {target.parent} does not exist"
    if isinstance(error, NotADirectoryError):
        return f"{target.parent} is not a folder"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, PermissionError):
        return "permission denied"
    if error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error) or type(error).__name__
