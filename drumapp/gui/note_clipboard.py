"""The system's clipboard as notes: what is copied here can be pasted elsewhere as a MIDI file, and the other way."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QClipboard

from drumapp.core.document_files import MIDI_SUFFIXES
from drumapp.core.editing import Clipping
from drumapp.core.pattern import Pattern
from drumapp.storage.fields import FieldError, NotJsonError, listed, parse_object, to_json, whole
from drumapp.storage.records import MAX_TICK, check_storable, notes_of

OWN_TYPE = "application/x-drumapp-notes"
MIDI_TYPES = ("audio/midi", "audio/x-midi", "audio/mid")
FILE_NAME = "Drumapp notes.mid"


class NoteClipboard:
    """Puts clippings onto a clipboard in three forms, and takes back whichever of them is there.

    The forms: the clipping itself, to the tick, for this program's windows; a MIDI file's bytes; the address of such a
    file, which file managers paste. The file lies in a folder that goes with this object.
    """

    def __init__(self, clipboard: QClipboard) -> None:
        self._clipboard = clipboard
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def put(self, clipping: Clipping, like: Pattern) -> None:
        """Put a clipping of a pattern onto the clipboard. Raises DrumappError when it cannot be written as MIDI."""
        from drumapp.midi.smf import pattern_to_bytes

        pattern = clipping.as_pattern(like)
        midi = pattern_to_bytes(pattern)
        data = QMimeData()
        data.setData(OWN_TYPE, _own_form(clipping))
        for kind in MIDI_TYPES:
            data.setData(kind, midi)
        path = self._write(midi)
        if path is not None:
            data.setUrls([QUrl.fromLocalFile(str(path))])
        self._clipboard.setMimeData(data)

    def take(self) -> Clipping | None:
        """The notes on the clipboard, None where there are none. Raises DrumappError for MIDI that cannot be read."""
        data = self._clipboard.mimeData()
        if data is None:  # an empty clipboard, on some platforms
            return None
        if data.hasFormat(OWN_TYPE):
            return clipping_of(bytes(data.data(OWN_TYPE).data()))
        for kind in MIDI_TYPES:
            if data.hasFormat(kind):
                return _clipping_of_midi(bytes(data.data(kind).data()))
        for url in data.urls():
            path = Path(url.toLocalFile())
            if url.isLocalFile() and path.suffix.lower() in MIDI_SUFFIXES:
                return _clipping_of_file(path)
        return None

    def close(self) -> None:
        """Delete the file."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _write(self, midi: bytes) -> Path | None:
        """The file for who pastes files; None on a disk that takes none, as the other forms do without."""
        try:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="drumapp-")
            path = Path(self._folder.name) / FILE_NAME
            path.write_bytes(midi)
        except OSError:
            return None
        return path


def clipping_of(data: bytes) -> Clipping | None:
    """A clipping in this program's own form; None for what only claims to be one."""
    try:
        stored = parse_object(data)
        notes = tuple(sorted(notes_of(listed("notes", stored.get("notes")))))
        length = whole("length", stored.get("length"), 0, MAX_TICK)
        return Clipping(notes, length, whole("upbeat", stored.get("upbeat"), 0, MAX_TICK))
    except (FieldError, NotJsonError):
        return None


def _own_form(clipping: Clipping) -> bytes:
    check_storable(clipping.notes)
    return to_json({"notes": clipping.notes, "length": clipping.length, "upbeat": clipping.upbeat})


def _clipping_of_midi(data: bytes) -> Clipping:
    from drumapp.midi.smf import pattern_from_bytes

    return _clipping_of_pattern(pattern_from_bytes(data, "the clipboard"))


def _clipping_of_file(path: Path) -> Clipping:
    from drumapp.midi.smf import read_pattern

    return _clipping_of_pattern(read_pattern(path))


def _clipping_of_pattern(pattern: Pattern) -> Clipping:
    return Clipping(tuple(pattern.notes), pattern.length)
