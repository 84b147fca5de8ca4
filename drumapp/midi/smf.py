"""Standard MIDI Files to patterns and back."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumapp.atomic import write_atomically
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import DEFAULT_DURATION, Note, NoteRun, Pattern
from drumapp.core.timing import TICKS_PER_QUARTER, MetreMap, TempoMap
from drumapp.midi.chunks import DRUM_CHANNEL, Chunks, split_chunks
from drumapp.midi.contents import (
    MidiContents,
    MidiPart,
    PartId,
    default_parts,
    named_for_drums,
    part_label,
    part_labels,
)
from drumapp.midi.decoding import DecodedFile, DecodedPart, decode
from drumapp.midi.encoding import key_table, pattern_to_bytes
from drumapp.midi.errors import Fault, MidiFileError
from drumapp.midi.length import END_MARKER, implied_length
from drumapp.midi.own_event import NoteTable, OwnEvent, find_own_event
from drumapp.midi.resolution import from_file
from drumapp.midi.time_maps import metre_map, tempo_map

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_NOTES",
    "DecodedDrums",
    "MidiContents",
    "MidiFileError",
    "MidiPart",
    "PartId",
    "decode_drums",
    "pattern_from_bytes",
    "pattern_to_bytes",
    "read_contents",
    "read_pattern",
    "write_pattern",
]

MAX_FILE_BYTES = 16 << 20
MAX_NOTES = 1_000_000


def read_contents(path: Path) -> MidiContents:
    """What is in a MIDI file of format 0 or 1: its parts, tempo and metre.

    Raises MidiFileError, naming file and cause, as :func:`read_pattern` does; a file whose drums cannot be told from
    the band, or that has too many notes in all, is no error here.
    """
    chunks, decoded = _decode(path)
    with _naming(path):
        return _contents(chunks, decoded)


def read_pattern(
    path: Path, *, parts: Collection[PartId] | None = None, key_map: Mapping[int, int] | None = None
) -> Pattern:
    """The drums of a MIDI file of format 0 or 1.

    Ticks are converted to 480 a quarter, halves rounded up; notes that never end or have no length get
    DEFAULT_DURATION. The pattern is as long as :func:`drumapp.midi.length.implied_length` says, and named after the
    track it comes from; after the whole file where it comes from tracks of several names.

    Args: parts of :func:`read_contents` to take together; left out, all on channel 10, else all on tracks that are
    named for drums, else the only part there is. key_map gives the keys to be read for the file's, as a kit map's
    ``to_general_midi`` does.
    Raises MidiFileError, naming file and cause, for a file that is missing, unreadable, empty, damaged, cut off, of
    format 2, timed in SMPTE frames, without drums or without a chosen part, larger than MAX_FILE_BYTES or MAX_NOTES, or
    with a tempo outside 20-400 or a metre that the program cannot count. Nothing is altered to make it fit. ValueError
    for no parts at all, or a map that gives no MIDI key.
    """
    if parts is not None and not parts:
        raise ValueError("a pattern needs at least one part")
    chunks, decoded = _decode(path)
    with _naming(path):
        return _drums(decoded, _chosen(decoded, parts), chunks, key_map).pattern


def pattern_from_bytes(data: bytes, source: str) -> Pattern:
    """The drums of a MIDI file that is not on disk, as :func:`read_pattern` gives them.

    Args: source, what to call it in a sentence, such as "the clipboard". Raises MidiFileError, naming it.
    """
    with _naming(source):
        return decode_drums(data).pattern


@dataclass(frozen=True)
class DecodedDrums:
    """The drums of a MIDI file.

    Attributes: its tracks; ``table``, int64 (notes, 4), the fields of :class:`~drumapp.core.pattern.Note`, in order;
    length in ticks, tempo, metre and name of the pattern.
    """

    chunks: Chunks
    table: NDArray[np.int64]
    length: int
    tempo: TempoMap
    metre: MetreMap
    name: str

    @property
    def pattern(self) -> Pattern:
        """The drums as a pattern."""
        # What Note._make does, without a Python call for each of the many notes.
        notes = NoteRun(map(partial(tuple.__new__, Note), self.table.tolist()))
        return Pattern(notes, self.length, self.tempo, self.metre, self.name)


def decode_drums(data: bytes) -> DecodedDrums:
    """The drums of a MIDI file's bytes.

    Raises MidiFileError as :func:`read_pattern` does, but with a clause that goes on from "Cannot open NAME: ".
    """
    if not data:
        raise MidiFileError("it is empty", Fault.NOT_MIDI)
    if len(data) > MAX_FILE_BYTES:
        raise MidiFileError(f"it is larger than {MAX_FILE_BYTES >> 20} MB", Fault.UNSUPPORTED)
    chunks = split_chunks(data)
    decoded = decode(chunks)
    return _drums(decoded, _chosen(decoded, None), chunks, None)


def write_pattern(
    pattern: Pattern,
    path: Path,
    *,
    midi_format: int = 0,
    ticks_per_quarter: int = TICKS_PER_QUARTER,
    key_map: Mapping[int, int] | None = None,
    kit: DrumKit | None = None,
) -> None:
    """Write the pattern as :func:`pattern_to_bytes` encodes it, all or nothing.

    Raises DrumappError, naming file and cause; the file that was there before is untouched then.
    """
    data = pattern_to_bytes(
        pattern, midi_format=midi_format, ticks_per_quarter=ticks_per_quarter, key_map=key_map, kit=kit
    )
    write_atomically(path, data)


def _decode(path: Path) -> tuple[Chunks, DecodedFile]:
    data = _read(path)
    with _naming(path):
        chunks = split_chunks(data)
        return chunks, decode(chunks)


@contextmanager
def _naming(source: object) -> Iterator[None]:
    """Make a sentence that names the file of an error's clause."""
    try:
        yield
    except MidiFileError as error:
        raise MidiFileError(f"Cannot open {source}: {error}.", error.fault) from error.__cause__


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise MidiFileError(f"Cannot open {path}: it is a folder, not a MIDI file.", Fault.UNREADABLE)
        if not stat.S_ISREG(status.st_mode):
            raise MidiFileError(f"Cannot open {path}: it is not a file.", Fault.UNREADABLE)
        if status.st_size > MAX_FILE_BYTES:
            size, limit = status.st_size / (1 << 20), MAX_FILE_BYTES >> 20
            raise MidiFileError(
                f"Cannot open {path}: {size:,.0f} MB is too large for a drum pattern (up to {limit}).",
                Fault.UNSUPPORTED,
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise MidiFileError(f"Cannot open {path}: there is no such file.", Fault.UNREADABLE) from None
    except (OSError, ValueError) as error:
        cause = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise MidiFileError(f"Cannot open {path}: {cause}.", Fault.UNREADABLE) from error
    if not data:
        raise MidiFileError(f"Cannot open {path}: the file is empty.", Fault.NOT_MIDI)
    return data


def _contents(chunks: Chunks, decoded: DecodedFile) -> MidiContents:
    resolution = chunks.ticks_per_quarter
    parts = tuple(
        MidiPart(
            _id(part),
            part.name,
            part.program,
            from_file(int(part.start.min()), resolution),
            from_file(int(part.start.max()), resolution),
            {key: int(count) for key, count in enumerate(np.bincount(part.pitch)) if count},
            part.channel == DRUM_CHANNEL or named_for_drums(part.name),
        )
        for part in decoded.parts
    )
    tempo = tempo_map(decoded.tempos, resolution, find_own_event(chunks.tracks[0]).tempos)
    metre = metre_map(decoded.metres, resolution)
    return MidiContents(
        chunks.midi_format, resolution, decoded.name, tempo, metre, parts, default_parts(_names(decoded))
    )


def _id(part: DecodedPart) -> PartId:
    return PartId(part.track, part.channel)


def _names(decoded: DecodedFile) -> dict[PartId, str]:
    return {_id(part): part.name for part in decoded.parts}


def _chosen(decoded: DecodedFile, wanted: Collection[PartId] | None) -> list[DecodedPart]:
    names = _names(decoded)
    if wanted is None:
        wanted = default_parts(names)
        if not wanted:
            raise MidiFileError(
                "it holds no drums (nothing is on channel 10, no track is named for drums, and more than one part"
                f" plays: {part_labels(names)}); choose the part to take",
                Fault.NO_DRUMS,
            )
    for part in wanted:
        if part not in names:
            raise MidiFileError(f"it has nothing in {part_label(part, '')}; it has {part_labels(names)}")
    return [part for part in decoded.parts if _id(part) in wanted]


def _drums(
    decoded: DecodedFile, parts: list[DecodedPart], chunks: Chunks, key_map: Mapping[int, int] | None
) -> DecodedDrums:
    resolution = chunks.ticks_per_quarter
    told = find_own_event(chunks.tracks[0])
    tempo = tempo_map(decoded.tempos, resolution, told.tempos)
    metre = metre_map(decoded.metres, resolution)
    table = _table(parts, resolution, told, key_map)
    ends = [tick for tick, text in decoded.markers if text == END_MARKER]
    if ends:
        length = from_file(ends[-1], resolution)
    else:
        length = implied_length(metre, int(table[-1, 0]), from_file(decoded.end, resolution))
    names = {part.name for part in parts} - {""}
    name = decoded.name if len(names) > 1 else "".join(names)
    return DecodedDrums(chunks, table, length, tempo, metre, name)


def _table(
    parts: list[DecodedPart], resolution: int, told: OwnEvent, key_map: Mapping[int, int] | None
) -> NDArray[np.int64]:
    count = sum(len(part.start) for part in parts)
    if count > MAX_NOTES:
        raise MidiFileError(f"{count:,} notes are too many for a drum pattern (up to {MAX_NOTES:,})", Fault.UNSUPPORTED)
    columns = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("start", "stop", "pitch", "velocity")
    )
    found = NoteTable(*columns)
    start = from_file(found.start, resolution)
    stop = told.true_stops(found)
    sounds = stop > found.start
    duration = np.where(sounds, np.maximum(from_file(stop, resolution) - start, 1), DEFAULT_DURATION)
    pitch = key_table(key_map)[found.pitch]
    order = np.lexsort((duration, found.velocity, pitch, start))
    return np.stack([column[order] for column in (start, pitch, found.velocity, duration)], axis=1)
