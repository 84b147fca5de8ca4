"""Track chunks to notes and marks, through symusic.

symusic is fast but tells neither where a track ends nor of notes that are never switched off. Both are asked for by
sewing two things onto the end of every track before it is decoded: a marker, whose time is the track's end, and, a
long silence later, a note-off for each key. A note that ends there was open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from symusic.core import ScoreTick, TrackTick

from drumapp.midi.chunks import Chunks, join_chunks, variable_length
from drumapp.midi.errors import MidiFileError

DRUM_CHANNEL = 9
"""Channel 10, counted from 0 as on the wire."""

MAX_FILE_TICKS = (1 << 28) - 1
"""Latest tick, in the file's own resolution, that is taken for music."""

_END_OF_TRACK = b"\xff\x2f\x00"
_OUR_MARKER = "drumapp: end of track"
_MARKER_EVENT = b"\xff\x06" + bytes([len(_OUR_MARKER)]) + _OUR_MARKER.encode()
_LONG_SILENCE = variable_length(MAX_FILE_TICKS)
_ALL_CHANNELS = tuple(range(16))
_MOST_NOTE_OFFS = 4_000_000
"""Sewn on at most: more than a million notes in one channel need, and little enough to be decoded in a second."""

Ticks = NDArray[np.int64]


@dataclass(frozen=True)
class DecodedNotes:
    """Notes as arrays of one length, in the file's order. Ticks are the file's own.

    Attributes: start and stop in ticks (stop is -1 where the file never ends the note), pitch 0-127, velocity 1-127;
    name of the track they stand on, "" where it has none.
    """

    start: Ticks
    stop: Ticks
    pitch: Ticks
    velocity: Ticks
    name: str


@dataclass(frozen=True)
class DecodedFile:
    """What a file holds, in its own ticks.

    Attributes: notes of the drums; tempos as (tick, microseconds a quarter), metres as (tick, numerator, denominator),
    markers as (tick, text), each in order of time; end, the tick at which the last track ends, None if not told.
    """

    notes: DecodedNotes
    tempos: tuple[tuple[int, int], ...]
    metres: tuple[tuple[int, int, int], ...]
    markers: tuple[tuple[int, str], ...]
    end: int | None


def decode(chunks: Chunks) -> DecodedFile:
    """Decode the drums: channel 10 of every track or, where it is empty, the one part that has notes.

    Raises MidiFileError, with a clause that goes on from "Cannot open NAME: ", for damaged tracks, for a file without
    notes, without drums or longer than MAX_FILE_TICKS.
    """
    score = _parse(chunks, (DRUM_CHANNEL,), _drum_parts)
    parts = _drum_parts(score)
    if not parts:
        score = _parse(chunks, _ALL_CHANNELS, _only_part)
        parts = _only_part(score)
    decoded = DecodedFile(
        _notes(parts),
        tuple((tempo.time, tempo.mspq) for tempo in score.tempos),
        tuple((sign.time, sign.numerator, sign.denominator) for sign in score.time_signatures),
        tuple((mark.time, mark.text) for mark in score.markers if mark.text != _OUR_MARKER),
        max(_ends(score), default=None),
    )
    _check_span(decoded)
    return decoded


def _note_offs(channels: Sequence[int], counts: Iterable[int]) -> bytes:
    """Note-offs, all at one tick, as often as ``counts`` says for each key; the first comes after a long silence."""
    keys = b"".join(bytes([key, 0, 0]) * int(count) for key, count in enumerate(counts))[:-1]
    if not keys or not channels:
        return b""
    # Running status: after the first, a note-off is a delta, a key and a velocity.
    return _LONG_SILENCE + b"\0".join(bytes([0x80 | channel]) + keys for channel in channels)


@lru_cache(maxsize=64)
def _one_note_off_a_key(channels: tuple[int, ...]) -> bytes:
    return _note_offs(channels, [1] * 128)


def _drum_parts(score: ScoreTick) -> list[TrackTick]:
    return [track for track in score.tracks if track.is_drum and len(track.notes)]


def _only_part(score: ScoreTick) -> list[TrackTick]:
    parts = [track for track in score.tracks if len(track.notes)]
    if not parts:
        raise MidiFileError("it holds no notes")
    if len(parts) > 1:
        raise MidiFileError("it holds no drums (nothing on channel 10, and more than one part plays)")
    return parts


def _parse(chunks: Chunks, channels: tuple[int, ...], choose: Callable[[ScoreTick], list[TrackTick]]) -> ScoreTick:
    """Decode with note-offs for the given channels sewn on, as many as the chosen parts need."""
    struck = [tuple(channel for channel in channels if 0x90 | channel in track) for track in chunks.tracks]
    _check_note_offs(128 * len(channels) for channels in struck)
    score = _score(chunks, [_one_note_off_a_key(channels) for channels in struck])
    if not any(_has_open_note(part) for part in choose(score)):
        return score
    # One note-off ends one note. A key is struck no more often than its number occurs among the track's bytes.
    counts = [_counts_of_data_bytes(track) for track in chunks.tracks]
    _check_note_offs(len(channels) * int(count.sum()) for channels, count in zip(struck, counts, strict=True))
    return _score(chunks, [_note_offs(*pair) for pair in zip(struck, counts, strict=True)])


def _counts_of_data_bytes(track: bytes) -> Ticks:
    content = np.frombuffer(track, np.uint8)
    return np.bincount(content[content < 128], minlength=128)


def _check_note_offs(counts: Iterable[int]) -> None:
    if sum(counts) > _MOST_NOTE_OFFS:
        raise MidiFileError("it is damaged or absurdly large (too many notes are never ended)")


def _has_open_note(part: TrackTick) -> bool:
    notes = part.notes.numpy()
    return bool(np.any(notes["time"].astype(np.int64) + notes["duration"] > MAX_FILE_TICKS))


def _score(chunks: Chunks, tails: Iterable[bytes]) -> ScoreTick:
    sewn = replace(chunks, tracks=tuple(_sew(track, tail) for track, tail in zip(chunks.tracks, tails, strict=True)))
    score = _symusic(sewn)
    ends = _ends(score)
    if len(ends) < len(chunks.tracks):
        # A track stops early or its last event runs on over what was sewn to it: let it be judged as it is.
        return _symusic(chunks)
    if not 0 <= min(ends) <= max(ends) <= MAX_FILE_TICKS:
        # symusic counts in 32 bits and goes round at the end.
        raise MidiFileError("it is absurdly long or damaged")
    return score


def _symusic(chunks: Chunks) -> ScoreTick:
    try:
        return ScoreTick.from_midi(join_chunks(chunks))
    except (RuntimeError, ValueError, UnicodeDecodeError) as error:
        raise MidiFileError(f"it is damaged ({_plain_words(error)})") from error


def _ends(score: ScoreTick) -> list[int]:
    """The tick at which each track ends, as its sewn-on marker tells."""
    return [mark.time for mark in score.markers if mark.text == _OUR_MARKER]


def _sew(track: bytes, tail: bytes) -> bytes:
    if track.endswith(_END_OF_TRACK):
        body, delta = track[: -len(_END_OF_TRACK)], b""
    else:
        body, delta = track, b"\0"  # some programs leave the end of track out
    return b"".join((body, delta, _MARKER_EVENT, tail, b"\0", _END_OF_TRACK))


def _plain_words(error: Exception) -> str:
    """The message of symusic without its prefix and its standard library's suffix."""
    words = str(error).removeprefix("MiniMidi:").removesuffix("iostream error").strip(" :!.\n")
    return words[:1].lower() + words[1:120] if words else "its events make no sense"


def _notes(parts: list[TrackTick]) -> DecodedNotes:
    arrays = [part.notes.numpy() for part in parts]
    start, duration, pitch, velocity = (
        np.concatenate([array[field] for array in arrays]).astype(np.int64)
        for field in ("time", "duration", "pitch", "velocity")
    )
    stop = start + duration
    stop[stop > MAX_FILE_TICKS] = -1
    name = next((str(part.name) for part in parts if part.name), "")
    return DecodedNotes(start, stop, pitch, velocity, name)


def _check_span(decoded: DecodedFile) -> None:
    """Refuse times that no music has."""
    ticks = [int(decoded.notes.start.min()), int(decoded.notes.start.max())]
    ticks += [tempo[0] for tempo in decoded.tempos]
    ticks += [metre[0] for metre in decoded.metres]
    ticks += [marker[0] for marker in decoded.markers]
    if not 0 <= min(ticks) <= max(ticks) <= MAX_FILE_TICKS:
        raise MidiFileError("it is absurdly long or damaged")
