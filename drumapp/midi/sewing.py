"""What is sewn onto a file's tracks before symusic decodes them, so that it tells what it otherwise would not.

symusic is fast, but it tells neither where a track ends, nor of notes that are never switched off, nor which track and
channel a note comes from. So every track gets a tail:

- a marker, whose time is the track's end;
- after a long silence, note-offs: a note that ends there was open;
- controllers that spell the numbers of track and channel;
- on the first track a note, without which symusic would leave out a track that has a name and plays nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from drumapp.midi.chunks import Chunks, variable_length
from drumapp.midi.errors import MidiFileError

MAX_FILE_TICKS = (1 << 28) - 1
"""Latest tick, in the file's own resolution, that is taken for music. What is sewn on lies later."""

END_OF_TRACK = b"\xff\x2f\x00"

ORIGIN_CONTROLS = (117, 118, 119)
"""Controllers without a meaning; each carries seven bits of an origin, the lowest first."""

NoteOffs = Mapping[int, Mapping[int, int]]
"""How many note-offs each key of each channel needs."""

_NOTE_OFF, _NOTE_ON, _CONTROL, _PROGRAM = 0x80, 0x90, 0xB0, 0xC0
# The longest delta there is and, after an empty text, one tick more: later than anything that is taken for music.
LONG_SILENCE = variable_length(MAX_FILE_TICKS) + b"\xff\x01\x00\x01"
_MOST_EVENTS = 4_000_000
"""Sewn on of a kind at most: more than a million notes need, and little enough to be decoded in a second."""


@dataclass(frozen=True)
class Sewn:
    """Tracks with their tails, and the markers' texts, which stand nowhere else, with their track's number from 0."""

    chunks: Chunks
    markers: Mapping[str, int]


def origin_code(track: int, channel: int) -> int:
    """Track and channel, both from 0, as one number of up to 20 bits."""
    return track << 4 | channel


def origin_of(code: int) -> tuple[int, int]:
    """Track and channel, both from 0, of an origin's number."""
    return code >> 4, code & 15


def struck_channels(track: bytes) -> tuple[int, ...]:
    """The channels, from 0, on which a track may strike notes: a note-on's byte may also be part of something else."""
    return tuple(channel for channel in range(16) if _NOTE_ON | channel in track)


def may_choose_program(track: bytes, channel: int) -> bool:
    """Whether a track can hold a program change for a channel, from 0."""
    return _PROGRAM | channel in track


def one_note_off_a_key(track: bytes) -> NoteOffs:
    """What tells which keys of a track are never switched off."""
    return {channel: _EVERY_KEY_ONCE for channel in struck_channels(track)}


def enough_note_offs(track: bytes, open_keys: Mapping[int, Iterable[int]]) -> NoteOffs:
    """What ends every note of a track's open keys, given by channel from 0.

    One note-off ends one note, and a key is struck no more often than its number occurs among the track's bytes.
    """
    most = _counts_of_data_bytes(track)
    return {channel: {key: int(most[key]) for key in keys} for channel, keys in open_keys.items()}


def sew(chunks: Chunks, note_offs: Iterable[NoteOffs]) -> Sewn:
    """The tracks with their tails; ``note_offs`` for each track.

    Raises MidiFileError where the tails would be absurdly long.
    """
    offs = list(note_offs)
    channels = [struck_channels(track) or ((0,) if number == 0 else ()) for number, track in enumerate(chunks.tracks)]
    programs = [_possible_programs(track, struck) for track, struck in zip(chunks.tracks, channels, strict=True)]
    if sum(sum(keys.values()) for needed in offs for keys in needed.values()) > _MOST_EVENTS:
        raise MidiFileError("it is damaged or absurdly large (too many notes are never ended)")
    events_each = 1 + len(ORIGIN_CONTROLS)
    if sum(events_each * len(pair[0]) * len(pair[1]) for pair in zip(channels, programs, strict=True)) > _MOST_EVENTS:
        raise MidiFileError("it is damaged or absurdly large (too many tracks with too many channels and programs)")
    marker = f"drumapp {secrets.token_hex(8)}: end of track "  # drawn, so that no file can hold it
    tracks, markers = [], {}
    for number, track in enumerate(chunks.tracks):
        tail = [_runs_of_note_offs(offs[number])] if offs[number] else []
        tail += [_origin(number, channel, programs[number]) for channel in channels[number]]
        if number == 0:
            channel = channels[0][0]
            tail.append(bytes([_NOTE_ON | channel, 0, 1, 0, _NOTE_OFF | channel, 0, 0]))
        text = f"{marker}{number}"
        tracks.append(_with_tail(track, text.encode(), tail))
        markers[text] = number
    return Sewn(replace(chunks, tracks=tuple(tracks)), markers)


def _with_tail(track: bytes, text: bytes, tail: list[bytes]) -> bytes:
    if track.endswith(END_OF_TRACK):
        body, delta = track[: -len(END_OF_TRACK)], b""
    else:
        body, delta = track, b"\0"  # some programs leave the end of track out
    marker = b"\xff\x06" + variable_length(len(text)) + text
    silence = LONG_SILENCE if tail else b""
    return b"".join((body, delta, marker, silence, b"\0".join(tail), b"\0", END_OF_TRACK))


_EVERY_KEY_ONCE = dict.fromkeys(range(128), 1)


def _runs_of_note_offs(needed: NoteOffs) -> bytes:
    return b"\0".join(
        every_key_once(channel) if keys is _EVERY_KEY_ONCE else _run_of_note_offs(channel, keys)
        for channel, keys in needed.items()
    )


@lru_cache
def every_key_once(channel: int) -> bytes:
    """A note-off for every key of a channel, from 0."""
    return _run_of_note_offs(channel, _EVERY_KEY_ONCE)


def _run_of_note_offs(channel: int, keys: Mapping[int, int]) -> bytes:
    # Running status: after the first, a note-off is a delta, a key and a velocity.
    return bytes([_NOTE_OFF | channel]) + b"".join(bytes([key, 0, 0]) * count for key, count in keys.items())[:-1]


def _origin(track: int, channel: int, programs: tuple[int, ...]) -> bytes:
    """The origin for each program: symusic makes a part of every program of a channel.

    Parts that have no notes it leaves out again.
    """
    code = origin_code(track, channel)
    digits = b"\0".join(bytes([control, code >> 7 * place & 127]) for place, control in enumerate(ORIGIN_CONTROLS))
    return b"\0".join(bytes([_PROGRAM | channel, program, 0, _CONTROL | channel]) + digits for program in programs)


def _possible_programs(track: bytes, channels: tuple[int, ...]) -> tuple[int, ...]:
    """The programs that a track may choose: 0 until it does, then any of its bytes."""
    if not any(may_choose_program(track, channel) for channel in channels):
        return (0,)
    return (0, *(int(value) for value in np.flatnonzero(_counts_of_data_bytes(track)) if value))


def _counts_of_data_bytes(track: bytes) -> NDArray[np.int64]:
    content = np.frombuffer(track, np.uint8)
    return np.bincount(content[content < 128], minlength=128)
