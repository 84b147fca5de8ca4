"""Standard MIDI Files to patterns and back."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumapp.atomic import write_atomically
from drumapp.core.pattern import DEFAULT_DURATION, Note, Pattern
from drumapp.core.timing import (
    DEFAULT_TEMPO,
    MAX_TEMPO,
    MIN_TEMPO,
    TICKS_PER_QUARTER,
    Metre,
    MetreChange,
    MetreMap,
    TempoChange,
    TempoMap,
)
from drumapp.midi.chunks import split_chunks
from drumapp.midi.decoding import DecodedFile, decode
from drumapp.midi.encoding import MICROSECONDS_PER_MINUTE, pattern_to_bytes
from drumapp.midi.errors import MidiFileError
from drumapp.midi.length import END_MARKER, implied_length

__all__ = ["MAX_FILE_BYTES", "MAX_NOTES", "MidiFileError", "pattern_to_bytes", "read_pattern", "write_pattern"]

MAX_FILE_BYTES = 16 << 20
MAX_NOTES = 1_000_000


def read_pattern(path: Path, *, key_map: Mapping[int, int] | None = None) -> Pattern:
    """The drums of a MIDI file of format 0 or 1: channel 10 of all tracks or, where it is empty, the one part there is.

    Ticks are converted to 480 a quarter, halves rounded up; notes that never end or have no length get
    DEFAULT_DURATION. The pattern is as long as :func:`drumapp.midi.length.implied_length` says.
    Args: key_map gives keys to be replaced by others, as a kit map does.
    Raises MidiFileError, naming file and cause, for a file that is missing, unreadable, empty, damaged, cut off, of
    format 2, timed in SMPTE frames, without drums, larger than MAX_FILE_BYTES or MAX_NOTES, or with a tempo outside
    20-400 or a metre that the program cannot count. Nothing is altered to make it fit.
    """
    data = _read(path)
    try:
        chunks = split_chunks(data)
        decoded = decode(chunks)
        return _pattern(decoded, chunks.ticks_per_quarter, key_map)
    except MidiFileError as error:
        raise MidiFileError(f"Cannot open {path}: {error}.") from error.__cause__


def write_pattern(pattern: Pattern, path: Path, *, midi_format: int = 0) -> None:
    """Write the pattern as :func:`pattern_to_bytes` encodes it, all or nothing.

    Raises DrumappError, naming file and cause; the file that was there before is untouched then.
    """
    write_atomically(path, pattern_to_bytes(pattern, midi_format=midi_format))


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise MidiFileError(f"Cannot open {path}: it is a folder, not a MIDI file.")
        if not stat.S_ISREG(status.st_mode):
            raise MidiFileError(f"Cannot open {path}: it is not a file.")
        if status.st_size > MAX_FILE_BYTES:
            size, limit = status.st_size / (1 << 20), MAX_FILE_BYTES >> 20
            raise MidiFileError(f"Cannot open {path}: {size:,.0f} MB is too large for a drum pattern (up to {limit}).")
        data = path.read_bytes()
    except FileNotFoundError:
        raise MidiFileError(f"Cannot open {path}: there is no such file.") from None
    except (OSError, ValueError) as error:
        cause = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else str(error)
        raise MidiFileError(f"Cannot open {path}: {cause}.") from error
    if not data:
        raise MidiFileError(f"Cannot open {path}: the file is empty.")
    return data


def _pattern(decoded: DecodedFile, resolution: int, key_map: Mapping[int, int] | None) -> Pattern:
    tempo = _tempo_map(decoded, resolution)
    metre = _metre_map(decoded, resolution)
    notes = _notes(decoded, resolution, key_map)
    ends = [tick for tick, text in decoded.markers if text == END_MARKER]
    if ends:
        length = _convert(ends[-1], resolution)
    else:
        end = None if decoded.end is None else _convert(decoded.end, resolution)
        length = implied_length(metre, notes[-1].start, end)
    return Pattern(notes, length, tempo, metre, decoded.notes.name)


def _notes(decoded: DecodedFile, resolution: int, key_map: Mapping[int, int] | None) -> tuple[Note, ...]:
    found = decoded.notes
    if len(found.start) > MAX_NOTES:
        raise MidiFileError(f"{len(found.start):,} notes are too many for a drum pattern (up to {MAX_NOTES:,})")
    if ((found.pitch | found.velocity) & ~127).any() or not found.velocity.all():
        raise MidiFileError("it is damaged (a note's key or velocity is outside 0 to 127)")
    start = _convert_all(found.start, resolution)
    sounds = found.stop > found.start
    duration = np.where(sounds, np.maximum(_convert_all(found.stop, resolution) - start, 1), DEFAULT_DURATION)
    pitch = found.pitch
    if key_map:
        pitch = np.array([key_map.get(key, key) for key in range(128)])[pitch]
    order = np.lexsort((duration, found.velocity, pitch, start))
    columns = (start[order], pitch[order], found.velocity[order], duration[order])
    # What Note._make does, without a Python call for each of the many notes.
    make = partial(tuple.__new__, Note)
    return tuple(map(make, zip(*(column.tolist() for column in columns), strict=True)))


def _convert_all(ticks: NDArray[np.int64], resolution: int) -> NDArray[np.int64]:
    return (2 * TICKS_PER_QUARTER * ticks + resolution) // (2 * resolution)


def _convert(tick: int, resolution: int) -> int:
    """A tick at the file's resolution in ticks of the program's, halves rounded up."""
    return (2 * TICKS_PER_QUARTER * tick + resolution) // (2 * resolution)


def _tempo_map(decoded: DecodedFile, resolution: int) -> TempoMap:
    changes = {0: DEFAULT_TEMPO}  # what the specification says for files that do not tell
    for tick, microseconds in decoded.tempos:
        if microseconds == 0:
            raise MidiFileError("it is damaged (a tempo of no time a beat)")
        bpm = _bpm(microseconds)
        if not MIN_TEMPO <= bpm <= MAX_TEMPO:
            raise MidiFileError(
                f"its tempo of {bpm:,.4g} beats a minute is outside {MIN_TEMPO:g} to {MAX_TEMPO:g};"
                " change it in the program that made the file"
            )
        changes[_convert(tick, resolution)] = bpm
    return TempoMap(tuple(TempoChange(tick, bpm) for tick, bpm in sorted(changes.items())))


def _bpm(microseconds: int) -> float:
    """Beats a minute, to the fewest decimals that MIDI's whole microseconds could stand for: 97, not 96.99995."""
    exact = MICROSECONDS_PER_MINUTE / microseconds
    for decimals in range(7):
        rounded = round(exact, decimals)
        if rounded and round(MICROSECONDS_PER_MINUTE / rounded) == microseconds:
            return rounded
    return exact


def _metre_map(decoded: DecodedFile, resolution: int) -> MetreMap:
    changes = {0: Metre()}
    for tick, numerator, denominator in decoded.metres:
        try:
            changes[_convert(tick, resolution)] = Metre(numerator, denominator)
        except ValueError as error:
            written = f"{numerator}/{denominator}" if denominator else f"{numerator}/(2 to a high power)"
            raise MidiFileError(f"its time signature {written} cannot be used ({error})") from error
    return MetreMap(tuple(MetreChange(tick, metre) for tick, metre in sorted(changes.items())))
