"""What was read of MIDI files, kept on disk by their content, so that no file is read twice.

A folder of the user's cache holds two files. ``index.sqlite`` says what each content holds, by the SHA-256 of its
bytes, and for each folder that was scanned which file had which content, and its stamp then. ``notes.bin`` holds the
notes of all contents, end to end, and is mapped into memory. Either may be deleted at any time; both are made again.

Notes are appended while the index is locked for writing, and the index says where they end: what a process that died
in between has appended is overwritten by the next.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumapp.core.errors import DrumappError
from drumapp.midi.corpus.contents import NOTES, FileContent
from drumapp.midi.corpus.walk import FoundFile, Stamp, reason_of

INDEX, NOTES_FILE = "index.sqlite", "notes.bin"
READER_VERSION = 1
"""Raised when files are read otherwise than before: what an older version kept is forgotten then."""
_BUSY_SECONDS = 60.0
_BUSY_STEP_SECONDS = 0.01
_NEVER = -1
_MOST_ASKED = 500
"""Older SQLites take 999 values in a statement."""

_TABLES = """
CREATE TABLE IF NOT EXISTS contents (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, fault TEXT, refusal TEXT, format INTEGER, resolution INTEGER,
    tracks INTEGER, notes INTEGER, length INTEGER, seconds REAL, bpm REAL, metre TEXT, tempos TEXT, metres TEXT,
    name TEXT, keys BLOB, music INTEGER, first INTEGER
);
CREATE TABLE IF NOT EXISTS folders (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, folder INTEGER, directory BLOB, name BLOB, size INTEGER, changed INTEGER, entered INTEGER,
    number INTEGER, content INTEGER, problem TEXT, UNIQUE (folder, directory, name)
);
CREATE TABLE IF NOT EXISTS state (version INTEGER, notes INTEGER);
"""
_CONTENT_FIELDS = (
    "digest, fault, refusal, format, resolution, tracks, notes, length, seconds, bpm, metre, tempos, metres, name, "
    "keys, music, first"
)


class CacheError(DrumappError):
    """The cache cannot be made or used; the sentence names it and the cause."""


class SpoiltCacheError(CacheError):
    """A cache whose index is damaged; :meth:`Cache.begin_anew` mends it."""


class KnownFile(NamedTuple):
    """What the cache says of a file: its stamp then, its content or why it could not be read."""

    stamp: Stamp | None
    content: int | None
    problem: str


class ReadFile(NamedTuple):
    """A file that was read: its name and stamp; the digest of its bytes and what they hold, None where that is in the
    cache already; or the problem that kept it from being read.
    """

    found: FoundFile
    digest: bytes = b""
    content: FileContent | None = None
    problem: str = ""


@dataclass(frozen=True)
class ContentRow:
    """Where the notes of a content lie, its tempo and metre, as JSON, its length in ticks, and its name."""

    first: int
    notes: int
    length: int
    tempos: str
    metres: str
    name: str


class Cache:
    """An open cache. Without a folder, or where that cannot be written, it lasts as long as it is open.

    Many threads and processes may read and write one at a time.

    Attributes: ``folder``; ``lasting``, whether what is read is kept for the next time.
    """

    def __init__(self, folder: Path | None) -> None:
        self.lasting = folder is not None and _usable(folder)
        self.folder = (
            folder if folder is not None and self.lasting else Path(tempfile.mkdtemp(prefix="drumapp-corpus-"))
        )
        try:
            try:
                self._index = _open_index(self.folder)
            except sqlite3.OperationalError:
                raise  # it is in use for long, or the disk is full: nothing that deleting it would mend
            except sqlite3.DatabaseError:
                _forget(self.folder)
                self._index = _open_index(self.folder)
        except (sqlite3.Error, OSError) as error:
            cause = reason_of(error) if isinstance(error, OSError) else str(error)
            raise CacheError(f"Cannot open what was read of MIDI files before, {self.folder}: {cause}.") from error
        self._map: NDArray[np.void] | None = None
        self._close = weakref.finalize(self, _let_go, self._index, None if self.lasting else self.folder)

    def begin_anew(self) -> None:
        """Forget everything: the index is damaged. Raises CacheError where that cannot be."""
        self._map = None
        self._index.close()
        try:
            _forget(self.folder)
            self._index = _open_index(self.folder)
        except (sqlite3.Error, OSError) as error:
            raise CacheError(f"The cache in {self.folder} is damaged; delete that folder and scan again.") from error
        self._close.detach()
        self._close = weakref.finalize(self, _let_go, self._index, None if self.lasting else self.folder)

    def close(self) -> None:
        """Let go of the files; a cache that is forgotten does so by itself."""
        self._map = None
        self._close()

    def folder_number(self, path: Path) -> int:
        """The number of a folder that is scanned."""
        with self._writing():
            self._index.execute("INSERT OR IGNORE INTO folders (path) VALUES (?)", (os.fsencode(path),))
        (number,) = self._index.execute("SELECT id FROM folders WHERE path = ?", (os.fsencode(path),)).fetchone()
        return int(number)

    def known(self, folder: int, directory: str) -> dict[str, KnownFile]:
        """What is known of the files of a directory, by name."""
        rows = self._index.execute(
            "SELECT name, size, changed, entered, number, content, problem FROM files"
            " WHERE folder = ? AND directory = ?",
            (folder, os.fsencode(directory)),
        )
        return {
            os.fsdecode(name): KnownFile(None if size == _NEVER else (size, changed, entered, number), content, problem)
            for name, size, changed, entered, number, content, problem in rows
        }

    def known_digests(self, digests: Sequence[bytes]) -> set[bytes]:
        """Those of some digests whose contents are known."""
        known: set[bytes] = set()
        for start in range(0, len(digests), _MOST_ASKED):
            some = digests[start : start + _MOST_ASKED]
            marks = ",".join("?" * len(some))
            known.update(
                row[0] for row in self._index.execute(f"SELECT digest FROM contents WHERE digest IN ({marks})", some)
            )
        return known

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """The index locked for writing, which is undone where the block fails."""
        try:
            self._index.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._index.rollback()
                raise
            self._index.commit()
        except (sqlite3.Error, OSError) as error:
            cause = reason_of(error) if isinstance(error, OSError) else str(error)
            kind = SpoiltCacheError if type(error) is sqlite3.DatabaseError else CacheError
            raise kind(f"Cannot keep what was read of the MIDI files in {self.folder}: {cause}.") from error

    def add(self, folder: int, read: Mapping[str, Sequence[ReadFile]]) -> None:
        """Keep what was read of a folder's files, given by directory."""
        with self._writing():
            self._add_contents([file.content for files in read.values() for file in files if file.content is not None])
            self._index.executemany(
                # A file keeps its number: whoever looked into the folder before still knows it by that.
                "INSERT INTO files (folder, directory, name, size, changed, entered, number, content, problem)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT id FROM contents WHERE digest = ?), ?)"
                " ON CONFLICT (folder, directory, name) DO UPDATE SET size = excluded.size,"
                " changed = excluded.changed, entered = excluded.entered, number = excluded.number,"
                " content = excluded.content, problem = excluded.problem",
                [
                    (
                        folder,
                        os.fsencode(directory),
                        os.fsencode(file.found.name),
                        *(file.found.stamp or (_NEVER,) * 4),
                        file.digest,
                        file.problem,
                    )
                    for directory, files in read.items()
                    for file in files
                ],
            )

    def forget(self, folder: int, directory: str, names: Iterable[str]) -> None:
        """Forget files that are gone from a directory."""
        with self._writing():
            self._index.executemany(
                "DELETE FROM files WHERE folder = ? AND directory = ? AND name = ?",
                [(folder, os.fsencode(directory), os.fsencode(name)) for name in names],
            )

    def _add_contents(self, contents: Sequence[FileContent]) -> None:
        if not contents:
            return
        (first,) = self._index.execute("SELECT notes FROM state").fetchone()
        end, rows = first, []
        for content in contents:
            rows.append((*content[:-1], end))
            end += len(content.columns) // NOTES.itemsize
        with (self.folder / NOTES_FILE).open("r+b") as file:
            file.seek(first * NOTES.itemsize)
            file.write(b"".join([content.columns for content in contents]))
        marks = ",".join("?" * len(rows[0]))
        self._index.executemany(f"INSERT OR IGNORE INTO contents ({_CONTENT_FIELDS}) VALUES ({marks})", rows)
        self._index.execute("UPDATE state SET notes = ?", (end,))

    def keep_directories(self, folder: int, directories: set[str]) -> None:
        """Forget what is known of a folder's directories that are gone."""
        rows = self._index.execute("SELECT DISTINCT directory FROM files WHERE folder = ?", (folder,)).fetchall()
        gone = [(folder, row[0]) for row in rows if os.fsdecode(row[0]) not in directories]
        if gone:
            with self._writing():
                self._index.executemany("DELETE FROM files WHERE folder = ? AND directory = ?", gone)

    def rows(self, folder: int, fields: str) -> Iterator[tuple[Any, ...]]:
        """Fields of a folder's files and of their contents, in order of directory and name."""
        return self._index.execute(
            f"SELECT {fields} FROM files LEFT JOIN contents ON contents.id = files.content"
            " WHERE folder = ? ORDER BY directory, files.name",
            (folder,),
        )

    def told(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes, bytes, str, str]]:
        """Of at most 512 files, by number, in no order: number, directory, name, its problem, its content's."""
        marks = ",".join("?" * len(numbers))
        return self._index.execute(
            "SELECT files.id, directory, files.name, problem, refusal FROM files"
            f" LEFT JOIN contents ON contents.id = files.content WHERE files.id IN ({marks})",
            numbers,
        )

    def file_number(self, folder: int, directory: str, name: str) -> int | None:
        """The number of a file; None where there is none of that name."""
        row = self._index.execute(
            "SELECT id FROM files WHERE folder = ? AND directory = ? AND name = ?",
            (folder, os.fsencode(directory), os.fsencode(name)),
        ).fetchone()
        return None if row is None else int(row[0])

    def content(self, number: int) -> ContentRow:
        """Where the notes of a content lie, and what goes with them."""
        row = self._index.execute(
            "SELECT first, notes, length, tempos, metres, name FROM contents WHERE id = ?", (number,)
        ).fetchone()
        if row is None:
            raise CacheError(f"The cache in {self.folder} was deleted while it was in use; scan the folder again.")
        return ContentRow(*row)

    def notes(self, first: int, count: int) -> NDArray[np.void]:
        """Notes as the notes file holds them, NOTES (count,), mapped into memory."""
        if self._map is None or len(self._map) < first + count:
            self._map = self._mapped()
        if len(self._map) < first + count:
            raise CacheError(f"The cache in {self.folder} was deleted while it was in use; scan the folder again.")
        return self._map[first : first + count]

    def _mapped(self) -> NDArray[np.void]:
        with (self.folder / NOTES_FILE).open("rb") as file:
            size = file.seek(0, os.SEEK_END) // NOTES.itemsize
            if size == 0:
                return np.zeros(0, NOTES)
            return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), NOTES, size)


def _let_go(index: sqlite3.Connection, temporary: Path | None) -> None:
    index.close()
    if temporary is not None:
        shutil.rmtree(temporary, ignore_errors=True)


def _usable(folder: Path) -> bool:
    """Whether a folder is there, or can be made, and can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / NOTES_FILE).open("ab"):
            return True
    except OSError:
        return False


def _forget(folder: Path) -> None:
    for name in (INDEX, f"{INDEX}-wal", f"{INDEX}-shm", NOTES_FILE):
        (folder / name).unlink(missing_ok=True)


def _open_index(folder: Path) -> sqlite3.Connection:
    """The index, made if need be; that of another version of the reader is emptied."""
    (folder / NOTES_FILE).touch()
    index = sqlite3.connect(
        folder / INDEX, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
    )
    try:
        index.execute("PRAGMA synchronous = OFF")  # a cache may be lost with the power; a process may die any time
        _write_ahead(index)
        if not _is_whole(index, folder):
            index.execute("BEGIN IMMEDIATE")
            if not _is_whole(index, folder):  # or another process has just made it
                for table in ("contents", "folders", "files", "state"):
                    index.execute(f"DROP TABLE IF EXISTS {table}")
                for statement in _TABLES.split(";")[:-1]:
                    index.execute(statement)
                index.execute("INSERT INTO state VALUES (?, 0)", (READER_VERSION,))
            index.execute("COMMIT")
    except BaseException:
        index.close()
        raise
    return index


def _write_ahead(index: sqlite3.Connection) -> None:
    """Let readers go on beside a writer. SQLite does not wait by itself where another changes the mode as well."""
    end = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            index.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_BUSY_STEP_SECONDS)
        else:
            return


def _is_whole(index: sqlite3.Connection, folder: Path) -> bool:
    """Whether an index is there, of this version of the reader, with the notes that it tells of."""
    if not index.execute("SELECT 1 FROM sqlite_master WHERE name = 'state'").fetchone():
        return False
    row = index.execute("SELECT version, notes FROM state").fetchone()
    return row is not None and row[0] == READER_VERSION and not _is_short(folder, row[1])


def _is_short(folder: Path, notes: int) -> bool:
    """Whether the notes file holds less than the index says."""
    return (folder / NOTES_FILE).stat().st_size < notes * NOTES.itemsize
