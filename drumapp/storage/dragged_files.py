"""Files that were dragged out of the window. A DAW may go on reading them where they lie, so they are never deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from drumapp.atomic import write_atomically
from drumapp.storage.state_folder import make_folder, state_folder

_LONGEST_NAME = 60
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')  # what one of the three systems refuses


def dragged_folder() -> Path:
    """Where they lie."""
    return state_folder() / "dragged"


def dragged_file(name: str, suffix: str, data: bytes) -> Path:
    """A file of the dragged folder with this content: one that is there already, or a new one.

    Args: name, as the user calls what is dragged; suffix with its dot.
    Raises DrumappError, naming file and cause, when it cannot be written.
    """
    path = next(path for path in _paths(name, suffix) if not path.exists() or _holds(path, data))
    if not path.exists():
        write_atomically(path, data)
    return path


def new_dragged_path(name: str, suffix: str) -> Path:
    """A path in the dragged folder, which is made, where there is no file yet. Raises DrumappError."""
    return next(path for path in _paths(name, suffix) if not path.exists())


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False  # whatever it is, it is not the file that is wanted


def _paths(name: str, suffix: str) -> Iterator[Path]:
    """Paths to try, one after another, without end."""
    folder = dragged_folder()
    make_folder(folder)
    stem = _NOT_IN_NAMES.sub(" ", name).strip(" .")[:_LONGEST_NAME].strip(" .") or "Beat"
    yield folder / f"{stem}{suffix}"
    for number in count(2):
        yield folder / f"{stem} {number}{suffix}"
