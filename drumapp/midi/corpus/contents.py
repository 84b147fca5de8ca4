"""What the bytes of many MIDI files hold, read at once: the drums of each as columns, or why there are none.

:func:`drumapp.midi.smf.decode_drums` reads any file there is, carefully and one at a time. Most files are plain: their
drums are on channel 10, every note is ended, every track ends where it says. Those are read here by a shorter way, five
times faster, to the same notes; whatever is not plain goes the long way.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from symusic.core import ScoreTick, TrackTick

from drumapp.core.timing import TICKS_PER_QUARTER, MetreMap, TempoMap
from drumapp.midi.chunks import DRUM_CHANNEL, Chunks, split_chunks, variable_length
from drumapp.midi.damage import first_bad_byte
from drumapp.midi.errors import Fault, MidiFileError
from drumapp.midi.length import END_MARKER, implied_length
from drumapp.midi.own_event import find_own_event, may_begin_with_own_event
from drumapp.midi.resolution import from_file
from drumapp.midi.sewing import END_OF_TRACK, LONG_SILENCE, MAX_FILE_TICKS, every_key_once
from drumapp.midi.smf import MAX_NOTES, decode_drums
from drumapp.midi.time_maps import metre_map, tempo_map

NOTES = np.dtype([("start", "<u4"), ("pitch", "u1"), ("velocity", "u1")])
"""A note as it is kept: start in ticks, 480 a quarter. How long a drum is held says nothing to learn from."""
KEY_COUNTS = np.dtype([("key", "u1"), ("count", "<u4")])
LONGEST_TICKS = (1 << 32) - 1
_FILES_AT_ONCE = 64
"""Few enough for their columns to stay in the processor's cache."""


_Map = TypeVar("_Map", TempoMap, MetreMap)
_First = TypeVar("_First", float, str)
_MAPS_REMEMBERED = 4096


class FileContent(NamedTuple):
    """What a file's bytes hold, whatever the file is called.

    ``digest``, SHA-256 of the bytes; ``fault`` and ``refusal``, kind and clause ("it is damaged (...)"), "" for a file
    that can be read; its format, ticks a quarter and number of tracks; ``notes``, how many; ``length`` in ticks;
    ``seconds``; ``bpm`` and ``metre`` at the start; ``tempos`` and ``metres``, JSON of [tick, value]; name;
    ``keys``, KEY_COUNTS; ``music``, a number that files share which play the same notes; ``columns``, NOTES, in no
    order.
    """

    digest: bytes
    fault: str = ""
    refusal: str = ""
    midi_format: int = 0
    resolution: int = 0
    tracks: int = 0
    notes: int = 0
    length: int = 0
    seconds: float = 0.0
    bpm: float = 0.0
    metre: str = ""
    tempos: str = ""
    metres: str = ""
    name: str = ""
    keys: bytes = b""
    music: int = 0
    columns: bytes = b""


def contents_of(files: Sequence[tuple[bytes, bytes]]) -> list[FileContent]:
    """What files hold, each given by the SHA-256 of its bytes and the bytes."""
    contents = []
    for start in range(0, len(files), _FILES_AT_ONCE):
        some = files[start : start + _FILES_AT_ONCE]
        plain = [_read_plainly(data) for _, data in some]
        shorter = iter(_columns_of([read for read in plain if read is not None]))
        for (digest, data), read in zip(some, plain, strict=True):
            columns = next(shorter) if read is not None else None
            if read is None or columns is None:
                contents.append(_read_carefully(digest, data))
            else:
                contents.append(_content(digest, read, columns))
    return contents


def refused(digest: bytes, clause: str, fault: Fault) -> FileContent:
    """A file that cannot be read, and why."""
    return FileContent(digest, str(fault), clause)


class _PlainFile(NamedTuple):
    """What is taken of a plain file; ticks of ``notes``, which are _RAW, and ``end`` are the file's own. No more is
    held on to: the next file is read into the same memory, which the processor still has at hand.
    """

    midi_format: int
    resolution: int
    tracks: int
    notes: bytes
    end: int
    name: str
    tempo: tuple[TempoMap, float, str]
    metre: tuple[MetreMap, str, str]


class _Columns(NamedTuple):
    columns: bytes
    keys: bytes
    last: int
    music: int


_RAW = np.dtype([("time", "<i4"), ("duration", "<i4"), ("pitch", "u1"), ("velocity", "u1"), ("", "V2")])
"""How symusic lays notes out in memory. What it pickles of them is their number and these, and is had at a fifth of
the cost of its columns.
"""
_RAW_HEAD = 4

_MARKER = f"drumapp {secrets.token_hex(8)}: end of a track"  # drawn, so that no file can hold it
_TAIL = b"".join(
    [
        b"\xff\x06",
        variable_length(len(_MARKER)),
        _MARKER.encode(),
        LONG_SILENCE,
        every_key_once(DRUM_CHANNEL - 1),
        b"\0",
        END_OF_TRACK,
    ]
)
"""As :mod:`drumapp.midi.sewing` has it, but for the drums' channel alone."""
_DRUM_STRIKE = bytes([0x90 | DRUM_CHANNEL - 1])


def _read_plainly(data: bytes) -> _PlainFile | None:
    """A file by the short way; None for one that is not plain."""
    if _DRUM_STRIKE not in data:
        return None
    try:
        chunks = split_chunks(data)
        if may_begin_with_own_event(chunks.tracks[0]) and find_own_event(chunks.tracks[0]).tempos:
            return None  # it tells tempos that MIDI cannot
        score = ScoreTick.from_midi(_sewn(chunks, data))
    except (MidiFileError, RuntimeError, ValueError, UnicodeDecodeError):
        return None
    end = _end(score, len(chunks.tracks))
    drums = [track for track in score.tracks if track.is_drum]
    if end is None or not drums or any(track.name != drums[0].name for track in drums[1:]):
        return None
    notes = _raw_notes(drums[0]) if len(drums) == 1 else b"".join(map(_raw_notes, drums))
    if not notes or len(notes) > MAX_NOTES * _RAW.itemsize:
        return None
    resolution = chunks.ticks_per_quarter
    try:
        tempo = _TEMPOS.of(score.tempos, resolution)
        metre = _METRES.of(score.time_signatures, resolution)
    except MidiFileError:
        return None
    return _PlainFile(chunks.midi_format, resolution, len(chunks.tracks), notes, end, drums[0].name, tempo, metre)


def _end(score: ScoreTick, tracks: int) -> int | None:
    """Where the last track ends; None where the tracks do not end where they say, or what else is told of the end."""
    marks = score.markers
    if len(marks) == 1 == tracks:
        mark = marks[0]
        return mark.time if mark.text == _MARKER and 0 <= mark.time <= MAX_FILE_TICKS else None
    ends = [mark.time for mark in marks if mark.text == _MARKER]
    if len(ends) < tracks or any(mark.text == END_MARKER for mark in marks):
        return None
    return (
        max(ends)
        if 0 <= min(mark.time for mark in marks) <= max(mark.time for mark in marks) <= MAX_FILE_TICKS
        else None
    )


def _raw_notes(track: TrackTick) -> bytes:
    """A track's notes as _RAW. Where a version of symusic pickles them otherwise, they come from its columns."""
    notes = track.notes
    state: bytes = notes.__getstate__()
    if len(state) == _RAW_HEAD + len(notes) * _RAW.itemsize:
        return state[_RAW_HEAD:]
    columns = notes.numpy()
    raw = np.zeros(len(notes), _RAW)
    for name in ("time", "duration", "pitch", "velocity"):
        raw[name] = columns[name]
    return raw.tobytes()


def _sewn(chunks: Chunks, data: bytes) -> bytes:
    """The file with tails. Raises ValueError for a track that does not end where it says."""
    extra = len(_TAIL) - len(END_OF_TRACK)
    parts = [b"MThd\0\0\0\6", data[8:14]]
    for track in chunks.tracks:
        if not track.endswith(END_OF_TRACK):
            raise ValueError("a track does not end where it says")
        parts += (b"MTrk", (len(track) + extra).to_bytes(4, "big"), track[: -len(END_OF_TRACK)], _TAIL)
    return b"".join(parts)


def _columns_of(files: Sequence[_PlainFile]) -> list[_Columns | None]:
    """The columns of plain files, all at once; None for one that turns out not to be plain: a note is never ended."""
    if not files:
        return []
    raw = np.frombuffer(b"".join([file.notes for file in files]), _RAW)
    counts = np.array([len(file.notes) // _RAW.itemsize for file in files])
    owner = np.repeat(np.arange(len(files)), counts)
    start = raw["time"].astype(np.int64)
    stop = start + raw["duration"]
    firsts = np.cumsum(counts) - counts
    is_plain = (np.minimum.reduceat(start, firsts) >= 0) & (np.maximum.reduceat(stop, firsts) <= MAX_FILE_TICKS)
    resolutions = np.array([file.resolution for file in files])
    if (resolutions != TICKS_PER_QUARTER).any():
        resolution = np.repeat(resolutions, counts)
        start = _from_files(start, resolution)
        is_plain &= np.maximum.reduceat(start, firsts) <= LONGEST_TICKS
    columns = np.empty(len(raw), NOTES)
    columns["start"], columns["pitch"], columns["velocity"] = start, raw["pitch"], raw["velocity"]
    keys, key_counts = _key_counts(owner, raw["pitch"], len(files))
    musics = _music(start, raw["pitch"], raw["velocity"], firsts)
    packed = columns.tobytes()
    found: list[_Columns | None] = []
    note = key = 0
    size, key_size = NOTES.itemsize, KEY_COUNTS.itemsize
    of_files = (is_plain, counts, key_counts, np.maximum.reduceat(start, firsts), musics)
    for plain, notes, used, last, music in zip(*(values.tolist() for values in of_files), strict=True):
        rows, struck = slice(note * size, (note + notes) * size), slice(key * key_size, (key + used) * key_size)
        found.append(_Columns(packed[rows], keys[struck], last, music) if plain else None)
        note, key = note + notes, key + used
    return found


def _from_files(ticks: NDArray[np.int64], resolution: NDArray[np.int64]) -> NDArray[np.int64]:
    """:func:`drumapp.midi.resolution.from_file` for ticks of files of many resolutions."""
    converted: NDArray[np.int64] = (2 * TICKS_PER_QUARTER * ticks + resolution) // (2 * resolution)
    return converted


def _key_counts(owner: NDArray[np.int64], pitch: NDArray[np.uint8], files: int) -> tuple[bytes, NDArray[np.int64]]:
    """KEY_COUNTS of all files, one after the other, and how many each has."""
    table = np.bincount(owner * 128 + pitch, minlength=files * 128).reshape(files, 128)
    rows, keys = np.nonzero(table)
    counts = np.empty(len(rows), KEY_COUNTS)
    counts["key"], counts["count"] = keys, table[rows, keys]
    return counts.tobytes(), np.bincount(rows, minlength=files)


def _music(
    start: NDArray[np.int64], pitch: NDArray[np.uint8], velocity: NDArray[np.uint8], firsts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """A number for what is played in each file, whatever the order of the notes: the sum of a hash of each."""
    mixed = start.view(np.uint64) << np.uint64(14)
    mixed |= pitch.astype(np.uint64) << np.uint64(7)
    mixed |= velocity
    shifted = np.empty_like(mixed)
    for shift, factor in _MIXING:  # after Stafford's thirteenth variant of MurmurHash3's finaliser
        np.right_shift(mixed, np.uint64(shift), out=shifted)
        mixed ^= shifted
        mixed *= np.uint64(factor)
    np.right_shift(mixed, np.uint64(31), out=shifted)
    mixed ^= shifted
    return np.add.reduceat(mixed, firsts).view(np.int64)


_MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def _content(digest: bytes, read: _PlainFile, found: _Columns) -> FileContent:
    tempo, bpm, tempos = read.tempo
    metre, first_metre, metres = read.metre
    length = implied_length(metre, found.last, from_file(read.end, read.resolution))
    if length > LONGEST_TICKS:
        return _too_long(digest)
    return FileContent(
        digest,
        "",
        "",
        read.midi_format,
        read.resolution,
        read.tracks,
        len(found.columns) // NOTES.itemsize,
        length,
        tempo.seconds_at(length),
        bpm,
        first_metre,
        tempos,
        metres,
        read.name,
        found.keys,
        found.music,
        found.columns,
    )


def _read_carefully(digest: bytes, data: bytes) -> FileContent:
    try:
        drums = decode_drums(data)
    except MidiFileError as error:
        return refused(digest, _placed(str(error), error.fault, data), error.fault)
    if max(int(drums.table[-1, 0]), drums.length) > LONGEST_TICKS:
        return _too_long(digest)
    columns = _packed(drums.table)
    keys, _ = _key_counts(np.zeros(len(columns), np.int64), columns["pitch"], 1)
    return FileContent(
        digest,
        midi_format=drums.chunks.midi_format,
        resolution=drums.chunks.ticks_per_quarter,
        tracks=len(drums.chunks.tracks),
        notes=len(columns),
        length=drums.length,
        seconds=drums.tempo.seconds_at(drums.length),
        bpm=drums.tempo.changes[0].bpm,
        metre=str(drums.metre.changes[0].metre),
        tempos=_tempo_json(drums.tempo),
        metres=_metre_json(drums.metre),
        name=drums.name,
        keys=keys,
        music=int(_music(drums.table[:, 0], columns["pitch"], columns["velocity"], np.zeros(1, np.int64))[0]),
        columns=columns.tobytes(),
    )


def _packed(table: NDArray[np.int64]) -> NDArray[np.void]:
    columns = np.empty(len(table), NOTES)
    columns["start"], columns["pitch"], columns["velocity"] = table[:, 0], table[:, 1], table[:, 2]
    return columns


def _placed(clause: str, fault: Fault, data: bytes) -> str:
    """A clause on damage with the place where it begins."""
    place = first_bad_byte(data) if fault is Fault.DAMAGED else None
    return clause if place is None else f"{clause} at byte {place:,}"


def _too_long(digest: bytes) -> FileContent:
    return refused(digest, "it is absurdly long", Fault.UNSUPPORTED)


class _Maps(Generic[_Map, _First]):
    """Tempo or metre maps, with what holds at the start and their JSON, of the lists symusic gives: most files share
    one of a few.
    """

    def __init__(
        self, make: Callable[[Any, int], _Map], first: Callable[[_Map], _First], to_json: Callable[[_Map], str]
    ) -> None:
        self._make: Callable[[Any, int], _Map] = make
        self._first: Callable[[_Map], _First] = first
        self._to_json: Callable[[_Map], str] = to_json
        self._made: dict[tuple[bytes, int], tuple[_Map, _First, str]] = {}

    def of(self, events: Any, resolution: int) -> tuple[_Map, _First, str]:
        """Raises MidiFileError as the maps' makers do."""
        key = (events.__getstate__(), resolution)
        made = self._made.get(key)
        if made is None:
            _check_span(event.time for event in events)
            if len(self._made) >= _MAPS_REMEMBERED:
                self._made.clear()
            found = self._make(events, resolution)
            made = self._made[key] = (found, self._first(found), self._to_json(found))
        return made


def _check_span(ticks: Iterable[int]) -> None:
    if not all(0 <= tick <= MAX_FILE_TICKS for tick in ticks):
        raise MidiFileError("it is absurdly long or damaged")


def _tempo_json(tempo: TempoMap) -> str:
    return json.dumps([[change.tick, change.bpm] for change in tempo.changes])


def _metre_json(metre: MetreMap) -> str:
    return json.dumps([[change.tick, str(change.metre)] for change in metre.changes])


def _tempos_of(events: Any, resolution: int) -> TempoMap:
    return tempo_map([(event.time, event.mspq) for event in events], resolution, {})


def _metres_of(events: Any, resolution: int) -> MetreMap:
    return metre_map([(event.time, event.numerator, event.denominator) for event in events], resolution)


_TEMPOS: _Maps[TempoMap, float] = _Maps(_tempos_of, lambda tempo: tempo.changes[0].bpm, _tempo_json)
_METRES: _Maps[MetreMap, str] = _Maps(_metres_of, lambda metre: str(metre.changes[0].metre), _metre_json)
