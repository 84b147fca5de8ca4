"""The outer shape of a Standard MIDI File: its header and its track chunks, checked before anything is decoded.

Layout after the Standard MIDI Files 1.0 specification (RP-001): a chunk is four letters, a big-endian length of four
bytes and that many bytes; ``MThd`` holds format, number of tracks and division, ``MTrk`` holds events.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from drumapp.midi.errors import Fault, MidiFileError

DRUM_CHANNEL = 10
"""The channel of General MIDI's drums, counted from 1 as musicians do; on the wire channels count from 0."""

_CHUNK_HEAD = 8
_HEADER_BYTES = 6
_SMPTE_BIT = 0x8000


@dataclass(frozen=True, slots=True)
class Chunks:
    """A file's resolution and its tracks.

    Attributes: midi_format 0 or 1; ticks_per_quarter, 1 to 32767; tracks, the undecoded bytes of each ``MTrk`` chunk.
    """

    midi_format: int
    ticks_per_quarter: int
    tracks: tuple[bytes, ...]


def split_chunks(data: bytes) -> Chunks:
    """Take a MIDI file apart into its tracks.

    Raises MidiFileError with a clause that goes on from "Cannot open NAME: " for bytes that are no MIDI file, cut off,
    format 2, timed in SMPTE frames or without a resolution.
    """
    if data[:4] != b"MThd":
        raise MidiFileError("it is not a MIDI file", Fault.NOT_MIDI)
    if len(data) < _CHUNK_HEAD + _HEADER_BYTES:
        raise MidiFileError("it is cut off in its header")
    header_length, midi_format, track_count, division = struct.unpack_from(">IHHH", data, 4)
    if header_length < _HEADER_BYTES:
        raise MidiFileError("its header is damaged")
    if midi_format == 2:
        raise MidiFileError(
            "it holds independent sequences (MIDI format 2); export it as format 0 or 1", Fault.UNSUPPORTED
        )
    if midi_format > 2:
        raise MidiFileError(f"its header is damaged (there is no MIDI format {midi_format})")
    if division & _SMPTE_BIT:
        raise MidiFileError(
            "it is timed in SMPTE frames, not in beats; export it with ticks per quarter note", Fault.SMPTE
        )
    if division == 0:
        raise MidiFileError("its header is damaged (zero ticks per quarter note)")
    if track_count == 0:
        raise MidiFileError("it holds no tracks", Fault.NO_DRUMS)
    return Chunks(midi_format, division, _tracks(data, _CHUNK_HEAD + header_length, track_count))


def _tracks(data: bytes, position: int, count: int) -> tuple[bytes, ...]:
    """The first ``count`` track chunks; chunks of other kinds are passed over, as the specification asks."""
    tracks: list[bytes] = []
    while len(tracks) < count:
        if position + _CHUNK_HEAD > len(data):
            raise MidiFileError(f"it is cut off (its header promises {count} tracks, {len(tracks)} are there)")
        kind = data[position : position + 4]
        length = int.from_bytes(data[position + 4 : position + 8], "big")
        position += _CHUNK_HEAD
        if position + length > len(data):
            missing = position + length - len(data)
            raise MidiFileError(f"it is cut off or damaged ({missing:,} bytes missing from track {len(tracks) + 1})")
        if kind == b"MTrk":
            tracks.append(data[position : position + length])
        position += length
    return tuple(tracks)


def join_chunks(chunks: Chunks) -> bytes:
    """The bytes of a MIDI file with these tracks."""
    head = struct.pack(">4sIHHH", b"MThd", 6, chunks.midi_format, len(chunks.tracks), chunks.ticks_per_quarter)
    return head + b"".join(struct.pack(">4sI", b"MTrk", len(track)) + track for track in chunks.tracks)


def variable_length(value: int) -> bytes:
    """A number from 0 to 2**28 - 1 in MIDI's variable-length form; raises ValueError for others."""
    if not 0 <= value < 1 << 28:
        raise ValueError(f"{value} does not fit into a MIDI variable-length number")
    encoded = [value & 0x7F]
    while value := value >> 7:
        encoded.append(value & 0x7F | 0x80)
    return bytes(reversed(encoded))
