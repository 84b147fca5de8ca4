"""A project as the lines of a .drumapp file, and back: docs/formats.md describes them.

One JSON object a line, a few notes to each: of a file that was cut off, all lines before the cut can be read.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NoReturn

from drumapp.core.errors import DrumappError
from drumapp.core.kit import HOUSE_KIT, DrumKit
from drumapp.core.note_run import passing
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.project import Fields, Project, Take, UnknownFields
from drumapp.core.timing import Range
from drumapp.storage.fields import FieldError, NotJsonError, mapping, others, parse_object, text, to_json, whole
from drumapp.storage.migrations import VERSION, Records, migrate
from drumapp.storage.records import (
    MAX_NOTES,
    check_storable,
    kit_fields,
    kit_of,
    locks_of,
    loop_fields,
    loop_of,
    notes_of,
    pattern_fields,
    pattern_of,
    take_fields,
    take_of,
)

FORMAT = "drumapp project"
NOTES_PER_LINE = 16
MAX_TAKES = 100_000
_LINES_PER_PIECE = 64

_FILE_FIELDS = frozenset({"format", "version", "notes", "takes"})


class ProjectFileError(DrumappError):
    """A project file that cannot be opened or saved; one sentence that names the file and the cause."""


@dataclass(frozen=True)
class ReadProject:
    """A project, and in ``problems`` one sentence for each thing that could not be read."""

    project: Project
    problems: tuple[str, ...] = ()


def project_to_bytes(project: Project) -> bytes:
    """The lines of a project. The same project gives the same bytes. Raises FieldError for what cannot be stored."""
    return b"".join(project_pieces(project))


def project_pieces(project: Project) -> Iterator[bytes]:
    """:func:`project_to_bytes`, some kB at a time: the whole of a long take is more than the take itself."""
    check_storable(project.pattern.notes)
    check_storable(tuple(project.locks))
    lines, checksum = _lines(project), 0
    while some := list(islice(lines, _LINES_PER_PIECE)):
        piece = b"\n".join((*some, b""))
        checksum = zlib.crc32(piece, checksum)
        yield piece
    yield to_json({"end": {"checksum": _in_words(checksum)}}) + b"\n"


def project_from_bytes(data: bytes) -> ReadProject:
    """The project in the lines of a file, damaged ones left out and told of in ``problems``.

    Raises ProjectFileError with a clause that goes on from "Cannot open NAME: " for data that is not a project, of a
    newer version, with a value that makes no sense, or with nothing left to read.
    """
    if not data:
        _cannot("it is empty")
    lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
    head = _head(lines[0])
    version = head["version"]
    reader = _Reader(head)
    records: Records = []
    try:
        counts = (whole("notes", head.get("notes"), 0, MAX_NOTES), whole("takes", head.get("takes"), 0, MAX_TAKES))
        for number, line in enumerate(lines[1:], start=2):
            if not line.strip():
                continue
            try:
                records.append(parse_object(line))
            except NotJsonError:
                reader.damaged_lines.append(number)
        for record in migrate(records, version):
            reader.take_in(record)
    except FieldError as error:
        raise ProjectFileError(str(error)) from error
    return reader.result(counts, reader.checksum == _checksum(data[: data.rfind(b'{"end"')]))


def _lines(project: Project) -> Iterator[bytes]:
    notes = project.pattern.notes
    yield to_json(
        {
            "format": FORMAT,
            "version": VERSION,
            "notes": len(notes),
            "takes": len(project.takes),
            **project.unknown.file,
        }
    )
    yield to_json({"pattern": pattern_fields(project.pattern, project.unknown.pattern)})
    yield to_json({"kit": kit_fields(project)})
    if project.loop is not None:
        yield to_json({"loop": loop_fields(project.loop)})
    if project.locks:
        yield to_json({"locks": sorted(project.locks)})
    if project.origin:
        yield to_json({"origin": project.origin})
    yield to_json({"drummer": project.drummer})
    in_turn = passing(notes)
    while line := list(islice(in_turn, NOTES_PER_LINE)):
        yield to_json({"notes": line})
    for take in project.takes:
        yield to_json({"take": take_fields(take)})
    for record in project.unknown.records:
        yield to_json(record)


def _head(line: bytes) -> dict[str, Any]:
    try:
        head = parse_object(line)
    except (NotJsonError, FieldError):
        _cannot("it is not a Drumapp project, or its first line is damaged")
    if head.get("format") != FORMAT:
        _cannot("it is not a Drumapp project")
    version = head.get("version")
    if type(version) is not int or version < 1:
        _cannot(f"version must be a whole number from 1 to {VERSION}")
    if version > VERSION:
        _cannot("a newer version of Drumapp wrote it; update Drumapp to open it")
    return head


@dataclass
class _Reader:
    """What has been read so far."""

    head: dict[str, Any]
    pattern: Pattern | None = None
    kit: DrumKit | None = None
    loop: Range | None = None
    locks: frozenset[Note] | None = None
    origin: str | None = None
    drummer: Fields | None = None
    notes: list[Note] = field(default_factory=list)
    takes: dict[str, Take] = field(default_factory=dict)
    checksum: str | None = None
    damaged_lines: list[int] = field(default_factory=list)
    unknown_pattern: Fields = field(default_factory=dict)
    unknown_kit: Fields = field(default_factory=dict)
    unknown_lanes: dict[int, Fields] = field(default_factory=dict)
    unknown_records: list[Fields] = field(default_factory=list)

    def take_in(self, record: dict[str, Any]) -> None:
        """Take one record in, by the name of its first field. Raises FieldError."""
        match next(iter(record), ""):
            case "notes":
                self.notes += notes_of(record["notes"] if isinstance(record["notes"], list) else [record["notes"]])
                if len(self.notes) > MAX_NOTES:
                    raise FieldError(f"notes must be at most {MAX_NOTES:,}")
            case "pattern":
                self._once("pattern", self.pattern)
                self.pattern, self.unknown_pattern = pattern_of(mapping("pattern", record["pattern"]))
            case "kit":
                self._once("kit", self.kit)
                self.kit, self.unknown_kit, self.unknown_lanes = kit_of(mapping("kit", record["kit"]))
            case "loop":
                self._once("loop", self.loop)
                self.loop = loop_of(record["loop"])
            case "locks":
                self._once("locks", self.locks)
                self.locks = locks_of(record["locks"])
            case "origin":
                self._once("origin", self.origin)
                self.origin = text("origin", record["origin"])
            case "drummer":
                self._once("drummer", self.drummer)
                self.drummer = mapping("drummer", record["drummer"])
            case "take":
                take = take_of(mapping("take", record["take"]))
                self._once(f"take id {take.id!r}", self.takes.get(take.id))
                self.takes[take.id] = take
            case "end":
                self._once("end", self.checksum)
                self.checksum = text("checksum", mapping("end", record["end"]).get("checksum"))
            case _:
                self.unknown_records.append(record)

    def result(self, counts: tuple[int, int], sound: bool) -> ReadProject:
        """The project, with what could not be read. Raises ProjectFileError when nothing could."""
        if self.pattern is None and not self.notes and not self.takes:
            _cannot("it is cut off or damaged before its pattern, so nothing in it can be read")
        notes = NoteRun(sorted(self.notes))
        pattern = self.pattern
        if pattern is None:
            pattern = Pattern.of(notes)
        project = Project(
            replace(pattern, notes=notes),
            HOUSE_KIT if self.kit is None else self.kit,
            {} if self.drummer is None else self.drummer,
            tuple(self.takes.values()),
            UnknownFields(
                others(self.head, _FILE_FIELDS),
                self.unknown_pattern,
                self.unknown_kit,
                self.unknown_lanes,
                tuple(self.unknown_records),
            ),
            self.loop,
            frozenset() if self.locks is None else self.locks,
            self.origin or "",
        )
        return ReadProject(project, () if sound else self._problems(counts))

    def _problems(self, counts: tuple[int, int]) -> tuple[str, ...]:
        problems = []
        if self.checksum is None:
            problems.append("The file is cut off.")
        elif not self.damaged_lines:
            problems.append("The file was changed outside Drumapp or is damaged: look whether it is what you saved.")
        if self.damaged_lines:
            numbers = ", ".join(map(str, self.damaged_lines[:5])) + (" ..." if len(self.damaged_lines) > 5 else "")
            problems.append(f"Damaged lines could not be read: {numbers}.")
        if self.pattern is None:
            problems.append("Tempo, metre, length and name could not be read.")
        if self.kit is None:
            problems.append("The kit could not be read; the house kit stands in for it.")
        if self.drummer is None:
            problems.append("The drummer's settings could not be read.")
        for what, count, found in (("notes", counts[0], len(self.notes)), ("takes", counts[1], len(self.takes))):
            if found != count:
                problems.append(f"{found:,} of {count:,} {what} could be read.")
        return tuple(problems)

    def _once(self, what: str, held: object) -> None:
        if held is not None:
            raise FieldError(f"{what} must not come twice")


def _checksum(body: bytes) -> str:
    return _in_words(zlib.crc32(body))


def _in_words(checksum: int) -> str:
    return f"{checksum:08x}"


def _cannot(clause: str) -> NoReturn:
    raise ProjectFileError(clause)
