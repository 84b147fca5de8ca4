"""What MIDI itself cannot say, in an event that other programs pass over.

MIDI ends notes by key: of two notes on one key, the one that starts first ends first. A note that lies within another
one would come back with the other's end. And a tempo is a whole number of microseconds. Where a pattern needs more, the
first event of the first track is a sequencer-specific meta event (FF 7F) that tells the true ends and tempos. It
belongs to these notes alone: a checksum of them is part of it, and a reader who finds others takes the file as it is.
docs/formats.md describes the bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drumapp.midi.chunks import variable_length
from drumapp.midi.sewing import MAX_FILE_TICKS

_MAGIC = b"\x7ddrumapp\x01"
"""7D is the manufacturer's number for those who have none; then our name and the version."""
_META = b"\xff\x7f"
_COUNTS = struct.Struct("<III")
_STOP = np.dtype([("place", "<u4"), ("stop", "<u4")])
_TEMPO = np.dtype([("tick", "<u4"), ("bpm", "<f8")])

Ticks = NDArray[np.int64]


@dataclass(frozen=True)
class NoteTable:
    """Notes as columns of one length: start and stop in the file's ticks, pitch, velocity."""

    start: Ticks
    stop: Ticks
    pitch: Ticks
    velocity: Ticks

    def order(self) -> NDArray[np.intp]:
        """Places of the notes by start, pitch, velocity and stop."""
        return np.lexsort((self.stop, self.velocity, self.pitch, self.start))

    def checksum(self, order: NDArray[np.intp]) -> int:
        """CRC-32 of the columns in an order."""
        columns = (self.start, self.stop, self.pitch, self.velocity)
        return zlib.crc32(np.stack([column[order] for column in columns]).astype("<i8").tobytes())


@dataclass(frozen=True)
class OwnEvent:
    """What is told beside the notes and tempos.

    Attributes: checksum of the notes as MIDI tells them; places of notes in their order, and the true stops of these;
    tempos in beats a minute by the file's tick.
    """

    checksum: int = 0
    places: Ticks = field(default_factory=lambda: np.zeros(0, np.int64))
    stops: Ticks = field(default_factory=lambda: np.zeros(0, np.int64))
    tempos: Mapping[int, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(len(self.places) or self.tempos)

    def true_stops(self, notes: NoteTable) -> Ticks:
        """The notes' stops, put right where these are the notes the event was written for."""
        order = notes.order()
        if not len(self.places) or self.places.max() >= len(order) or self.checksum != notes.checksum(order):
            return notes.stop
        stop = notes.stop.copy()
        stop[order[self.places]] = self.stops
        return stop if bool(((notes.start < stop) & (stop <= MAX_FILE_TICKS)).all()) else notes.stop

    def to_bytes(self) -> bytes:
        """The meta event, without a delta time."""
        stops = np.zeros(len(self.places), _STOP)
        stops["place"], stops["stop"] = self.places, self.stops
        tempos = np.array(list(self.tempos.items()), _TEMPO)
        head = _COUNTS.pack(self.checksum, len(stops), len(tempos))
        content = _MAGIC + head + stops.tobytes() + tempos.tobytes()
        return _META + variable_length(len(content)) + content


NOTHING_TOLD = OwnEvent()


def own_event(notes: NoteTable, group: NDArray[np.int64], tempos: Mapping[int, float]) -> OwnEvent:
    """What must be told beside notes and tempos.

    Args: group, for each note a number that notes share whose note-offs cannot be told apart: those of one key in one
    track; tempos that microseconds cannot say, by the file's tick.
    """
    in_time = np.lexsort((notes.stop, notes.start, group))
    stop = np.empty_like(notes.stop)
    stop[in_time] = notes.stop[np.lexsort((notes.stop, group))]
    wrong = stop != notes.stop
    if not wrong.any():
        return OwnEvent(tempos=tempos)
    told = NoteTable(notes.start, stop, notes.pitch, notes.velocity)
    order = told.order()
    places = np.flatnonzero(wrong[order])
    return OwnEvent(told.checksum(order), places, notes.stop[order[places]], tempos)


def may_begin_with_own_event(track: bytes) -> bool:
    """Whether the first event of a track may be such an event."""
    return _MAGIC in track[:32]


def find_own_event(track: bytes) -> OwnEvent:
    """What the first event of a track tells; NOTHING_TOLD where that is another event or makes no sense."""
    start = track.find(_MAGIC, 0, 32)
    if start < 4 or not track.startswith(b"\0" + _META):
        return NOTHING_TOLD
    content = track[start + len(_MAGIC) :]
    if len(content) < _COUNTS.size:
        return NOTHING_TOLD
    checksum, stop_count, tempo_count = _COUNTS.unpack_from(content)
    tempos_at = _COUNTS.size + stop_count * _STOP.itemsize
    if tempos_at + tempo_count * _TEMPO.itemsize > len(content):
        return NOTHING_TOLD
    stops = np.frombuffer(content, _STOP, stop_count, _COUNTS.size)
    tempos = np.frombuffer(content, _TEMPO, tempo_count, tempos_at)
    return OwnEvent(
        checksum,
        stops["place"].astype(np.int64),
        stops["stop"].astype(np.int64),
        dict(zip(tempos["tick"].tolist(), tempos["bpm"].tolist(), strict=True)),
    )
