"""A journal's bytes: records of length, checksum and JSON. Reading stops at the first that is broken.

The first record says whose journal it is, the second holds a whole project, each one after it what changed since.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from drumapp.core.errors import DrumappError
from drumapp.core.project import Project
from drumapp.storage.differences import apply_difference
from drumapp.storage.fields import FieldError, NotJsonError, parse_object, text, to_json, whole
from drumapp.storage.project_file import FileStamp
from drumapp.storage.project_lines import ProjectFileError, project_from_bytes, project_pieces

FORMAT = "drumapp journal"
VERSION = 1

_FRAME = struct.Struct("<II")


class JournalError(DrumappError):
    """A journal that cannot be read or written; one sentence that names the file and the cause."""


@dataclass(frozen=True)
class Origin:
    """Which document a journal belongs to.

    Attributes: path of its file, None while it has none; stamp of that file when it was opened or last saved; started,
    seconds since 1970.
    """

    path: Path | None = None
    stamp: FileStamp | None = None
    started: float = 0.0


@dataclass(frozen=True)
class ReadJournal:
    """What a journal holds: origin, the project after the last sound record, how many bytes could not be read."""

    origin: Origin
    project: Project
    unread: int = 0
    problems: tuple[str, ...] = ()


def frame(payload: bytes) -> bytes:
    """One record."""
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def write_opening(file: BinaryIO, origin: Origin, project: Project) -> int:
    """Write the first two records of a journal into an empty file, piece by piece; how many bytes they are. Raises
    FieldError for a project that cannot be stored, and OSError.
    """
    head = {
        "format": FORMAT,
        "version": VERSION,
        "path": None if origin.path is None else str(origin.path),
        "stamp": None if origin.stamp is None else {"size": origin.stamp.size, "digest": origin.stamp.digest},
        "started": origin.started,
    }
    file.write(frame(to_json(head)))
    start, length, checksum = file.tell(), 0, 0
    file.write(_FRAME.pack(length, checksum))
    for piece in project_pieces(project):
        file.write(piece)
        length += len(piece)
        checksum = zlib.crc32(piece, checksum)
    file.seek(start)
    file.write(_FRAME.pack(length, checksum))
    return start + _FRAME.size + length


def read_origin(data: bytes) -> Origin:
    """Whose journal it is, from its first record. Raises JournalError with a clause."""
    for payload, _ in _payloads(data):
        return _origin(payload)
    raise JournalError("it is damaged at its very start")


def read_journal(data: bytes) -> ReadJournal:
    """All that can be read of a journal. Raises JournalError, with a clause, when not even its first project can."""
    records = _payloads(data)
    try:
        head, _ = next(records)
        snapshot, read = next(records)
    except StopIteration:
        raise JournalError("it is damaged before its first project") from None
    origin = _origin(head)
    try:
        opened = project_from_bytes(snapshot)
    except ProjectFileError as error:
        raise JournalError(str(error)) from error
    project = opened.project
    for payload, stop in records:
        try:
            project = apply_difference(project, parse_object(payload))
        except (FieldError, NotJsonError):
            break
        read = stop
    return ReadJournal(origin, project, len(data) - read, opened.problems)


def _payloads(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Each sound record's payload with the offset where it ends, up to the first that is broken."""
    offset = 0
    while offset + _FRAME.size <= len(data):
        length, checksum = _FRAME.unpack_from(data, offset)
        start, offset = offset + _FRAME.size, offset + _FRAME.size + length
        payload = data[start:offset]
        # Length and checksum of zero agree, and zeros are what a machine that lost power leaves at the end of files.
        if length == 0 or len(payload) != length or zlib.crc32(payload) != checksum:
            return
        yield payload, offset


def _origin(payload: bytes) -> Origin:
    try:
        head = parse_object(payload)
        if head.get("format") != FORMAT:
            raise JournalError("it is not a Drumapp journal")
        if whole("version", head.get("version"), 1, 1 << 31) > VERSION:
            raise JournalError("a newer version of Drumapp wrote it")
        stamp, path = head.get("stamp"), head.get("path")
        started = head.get("started")
        return Origin(
            None if path is None else Path(text("path", path)),
            None
            if not isinstance(stamp, dict)
            else FileStamp(whole("size", stamp.get("size"), 0, 1 << 62), text("digest", stamp.get("digest"))),
            float(started) if isinstance(started, int | float) else 0.0,
        )
    except (FieldError, NotJsonError) as error:
        raise JournalError(str(error)) from error
