"""The MIDI files below a folder and in the zip archives there, found without reading them."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from drumapp.midi.smf import MAX_FILE_BYTES

MIDI_ENDINGS = (".mid", ".midi", ".kar")
ARCHIVE_ENDING = ".zip"

_MOST = (1 << 63) - 1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of others a few bytes can unpack to more than there is memory for, before anybody could see how many they are."""

Stamp = tuple[int, int, int, int]
"""Size, times of change of content and of entry in ns, number on its disk: while these stay, the bytes do."""


class FoundFile(NamedTuple):
    """A file of a directory: its name there, and its stamp, None where the system gives none."""

    name: str
    stamp: Stamp | None


class Directory(NamedTuple):
    """A directory or an archive.

    ``path`` relative to the folder, with slashes, "" for the folder itself; ``files``, the MIDI files right in it, by
    name; ``others``, how many files there are beside; ``problem``, why it cannot be looked into, "" where it can.
    """

    path: str
    files: tuple[FoundFile, ...]
    others: int = 0
    problem: str = ""

    @property
    def is_archive(self) -> bool:
        """Whether it is a zip archive."""
        return self.path.lower().endswith(ARCHIVE_ENDING)


def walk(folder: Path) -> Iterator[Directory]:
    """Every directory below a folder, and every archive, in order of their paths.

    Links are followed, but a directory that was seen before under another name is told as a problem: links may go in a
    circle. What vanishes meanwhile is told as a problem too.
    """
    seen: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        path = waiting.pop()
        if path.lower().endswith(ARCHIVE_ENDING) and not (folder / path).is_dir():
            yield _archive(folder, path)
            continue
        directory, below = _directory(folder, path, seen)
        waiting += reversed(below)
        yield directory


def inside(directory: str, name: str) -> str:
    """The path of a file in a directory, relative to the folder."""
    return f"{directory}/{name}" if directory else name


def reason_of(error: OSError) -> str:
    """What the system says of an error, as the end of a sentence."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def _directory(folder: Path, path: str, seen: set[tuple[int, int]]) -> tuple[Directory, list[str]]:
    files: list[FoundFile] = []
    below: list[str] = []
    others = 0
    try:
        status = (folder / path).stat()
        identity = (status.st_dev, status.st_ino)
        if identity in seen and identity != (0, 0):
            return Directory(path, (), problem="it is a link to a folder that is read already"), []
        seen.add(identity)
        with os.scandir(folder / path) as entries:
            for entry in entries:
                if _is_directory(entry):
                    below.append(inside(path, entry.name))
                elif entry.name.lower().endswith(MIDI_ENDINGS):
                    files.append(FoundFile(entry.name, _stamp(entry)))
                elif entry.name.lower().endswith(ARCHIVE_ENDING):
                    below.append(inside(path, entry.name))
                else:
                    others += 1
    except OSError as error:
        return Directory(path, (), problem=f"the folder cannot be read: {reason_of(error)}"), []
    files.sort()
    below.sort()
    return Directory(path, tuple(files), others), below


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        status = entry.stat()
    except OSError:  # a link to nothing, or gone by now: reading it says so
        return None
    return _as_stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def _as_stamp(*numbers: int) -> Stamp:
    """Numbers as 64 bits hold them: some file systems number files beyond, some files claim other centuries."""
    size, changed, entered, number = (value & _MOST for value in numbers)
    return size, changed, entered, number


def _archive(folder: Path, path: str) -> Directory:
    """The MIDI files in a zip archive, by their names in it."""
    files: list[FoundFile] = []
    others = 0
    try:
        status = (folder / path).stat()
        with zipfile.ZipFile(folder / path) as archive:
            for number, member in enumerate(archive.infolist()):
                if member.is_dir():
                    continue
                if member.filename.lower().endswith(MIDI_ENDINGS):
                    times = status.st_mtime_ns, status.st_ctime_ns
                    stamp = _as_stamp(member.file_size, *times, member.CRC << 24 ^ number)
                    files.append(FoundFile(member.filename, stamp))
                else:
                    others += 1
    except OSError as error:
        return Directory(path, (), problem=f"the archive cannot be read: {reason_of(error)}")
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        return Directory(path, (), problem=f"it is no sound zip archive ({error})")
    unique = {
        file.name: file for file in files
    }  # an archive may hold a name twice; the last one counts, as unzip has it
    return Directory(path, tuple(unique[name] for name in sorted(unique)), others + len(files) - len(unique))


def read_files(folder: Path, directory: Directory, names: list[str]) -> Iterator[bytes | str]:
    """The bytes of files of a directory, in turn, or a clause that says why they cannot be had."""
    if not directory.is_archive or (folder / directory.path).is_dir():
        prefix = str(folder / directory.path)
        for name in names:
            yield _read_file(f"{prefix}{os.sep}{name}")
        return
    try:
        archive = zipfile.ZipFile(folder / directory.path)
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError):
        for _ in names:
            yield "its archive vanished or changed while it was read"
        return
    with archive:
        for name in names:
            yield _read_member(archive, name)


_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe is not waited for


def _read_file(path: str) -> bytes | str:
    try:
        descriptor = os.open(path, _READ)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return "it is not a file"
            data = os.read(descriptor, min(status.st_size, MAX_FILE_BYTES) + 1)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return "it vanished while the folder was read, or it is a link to nothing"
    except OSError as error:
        return f"it cannot be read: {reason_of(error)}"
    except ValueError:
        return "its name is none that a file can have"
    return _sized(data)


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes | str:
    try:
        told = archive.getinfo(name)
        if told.file_size > MAX_FILE_BYTES:
            return _TOO_LARGE
        if told.compress_type not in _PACKINGS:
            return "it is packed in its archive in a rare way; pack it anew as a usual zip"
        with archive.open(told) as member:
            return _sized(member.read(MAX_FILE_BYTES + 1))
    except (OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
        return f"it cannot be taken out of its archive ({error})"
    except (RuntimeError, NotImplementedError):
        return "it cannot be taken out of its archive (which is encrypted, or packed in a way that is not known)"
    except Exception as error:  # noqa: BLE001 - zlib, lzma and bz2 each have errors of their own for damaged data
        return f"it cannot be taken out of its archive ({error})"


def _sized(data: bytes) -> bytes | str:
    if len(data) > MAX_FILE_BYTES:
        return _TOO_LARGE
    return data


_TOO_LARGE = f"it is larger than {MAX_FILE_BYTES >> 20} MB"
