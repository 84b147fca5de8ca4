"""Project files on disk: opened, saved whole or not at all, and never over another's work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from drumapp.atomic import write_atomically
from drumapp.core.document_files import PROJECT_SUFFIX
from drumapp.core.project import Project
from drumapp.storage.fields import FieldError
from drumapp.storage.locks import replacing
from drumapp.storage.project_lines import ProjectFileError, project_from_bytes, project_to_bytes

__all__ = [
    "SUFFIX",
    "FileChangedError",
    "FileStamp",
    "OpenedProject",
    "ProjectFileError",
    "has_changed",
    "open_project",
    "save_project",
]

SUFFIX = PROJECT_SUFFIX
MAX_FILE_BYTES = 512 << 20


class FileChangedError(ProjectFileError):
    """The file on disk is not the one that was opened: somebody else saved it meanwhile."""


@dataclass(frozen=True)
class FileStamp:
    """What a file held when it was read or written; tells whether it is still the same.

    The content is compared, not the time: clocks differ between machines, and a copy put back unchanged is no change.
    """

    size: int
    digest: str

    @classmethod
    def of(cls, data: bytes) -> FileStamp:
        """The stamp of a file that holds ``data``."""
        return cls(len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class OpenedProject:
    """A project as opened.

    Attributes: project; stamp of the file, for saving it again; problems, one sentence for each thing that could not
    be read, empty for a sound file.
    """

    project: Project
    stamp: FileStamp
    problems: tuple[str, ...] = ()


def open_project(path: Path) -> OpenedProject:
    """Open a project file. What is cut off or damaged is left out and told of in ``problems``.

    Raises ProjectFileError, naming file and cause: missing, unreadable, not a project, from a newer version, with a
    value that makes no sense, too large, or with nothing left to read.
    """
    data = _read(path)
    try:
        read = project_from_bytes(data)
    except ProjectFileError as error:
        raise ProjectFileError(f"Cannot open {path}: {error}.") from error
    return OpenedProject(read.project, FileStamp.of(data), read.problems)


def save_project(project: Project, path: Path, *, since: FileStamp | None = None) -> FileStamp:
    """Save a project, all or nothing; gives the stamp of the file as it is now.

    Args: since, the stamp of the file when it was opened or last saved. With it, a file that somebody else changed
    meanwhile is not overwritten. Leave it out for a new name, or where the user chose to overwrite.
    Raises FileChangedError, ProjectFileError for a project that cannot be stored, WriteError naming file and cause;
    the file is as it was then.
    """
    try:
        data = project_to_bytes(project)
    except FieldError as error:
        raise ProjectFileError(f"Cannot save {path}: {error}.") from error
    if len(data) > MAX_FILE_BYTES:
        raise ProjectFileError(f"Cannot save {path}: it would be larger than {MAX_FILE_BYTES >> 20} MB.")
    if since is None:
        write_atomically(path, data)
    else:
        with replacing(path):
            if has_changed(path, since):
                raise FileChangedError(
                    f"{path} was changed by another window or program since you opened it; "
                    "save under another name, or overwrite it."
                )
            write_atomically(path, data)
    return FileStamp.of(data)


def has_changed(path: Path, since: FileStamp) -> bool:
    """Whether the file holds something else than it did; one that is gone has not changed, nothing can be lost.

    Raises ProjectFileError when it is there but cannot be read.
    """
    try:
        if path.stat().st_size != since.size:
            return True
        return FileStamp.of(path.read_bytes()) != since
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ProjectFileError(f"Cannot read {path}: {_cause(error)}.") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ProjectFileError(f"Cannot open {path}: {_cause(error)}.") from error
    if len(data) > MAX_FILE_BYTES:
        raise ProjectFileError(f"Cannot open {path}: it is larger than {MAX_FILE_BYTES >> 20} MB.")
    return data


def _cause(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)
