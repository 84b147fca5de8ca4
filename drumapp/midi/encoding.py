"""Patterns to the bytes of a Standard MIDI File."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Pattern
from drumapp.core.timing import TICKS_PER_QUARTER, MetreChange, MetreMap
from drumapp.midi.chunks import DRUM_CHANNEL, Chunks, join_chunks, variable_length
from drumapp.midi.errors import MidiFileError
from drumapp.midi.length import END_MARKER, implied_length
from drumapp.midi.own_event import NoteTable, own_event
from drumapp.midi.resolution import MAX_RESOLUTION, MIN_RESOLUTION, from_file, to_file
from drumapp.midi.sewing import END_OF_TRACK, MAX_FILE_TICKS
from drumapp.midi.time_maps import beats_per_minute, microseconds
from drumapp.note_table import note_table

_NOTE_ON, _NOTE_OFF = 0x90 | DRUM_CHANNEL - 1, 0x80 | DRUM_CHANNEL - 1
_OFF_VELOCITY = 64
_TEXT_NAME, _TEXT_MARKER = 0x03, 0x06

# (tick, order within the tick, event): note-offs come before note-ons, so that a key struck again is not cut off.
_Event = tuple[int, int, bytes]
_META, _OFF, _ON = 0, 1, 2


def pattern_to_bytes(
    pattern: Pattern,
    *,
    midi_format: int = 0,
    ticks_per_quarter: int = TICKS_PER_QUARTER,
    key_map: Mapping[int, int] | None = None,
    kit: DrumKit | None = None,
) -> bytes:
    """The pattern as a MIDI file: drums on channel 10, tempo, metre and name. The same pattern gives the same bytes.

    Format 0 puts all into one track, format 1 the notes into a track of their own or, with a kit, into one track for
    each of its lanes that plays, named after it. At 480 ticks a quarter and any finer resolution the file reads back as
    the very pattern (see :mod:`drumapp.midi.own_event`). At coarser ones ticks are rounded, halves up, and a note lasts
    one tick at least.

    Args: ticks_per_quarter, 24 to 32,767; key_map gives the keys to be written for the pattern's, as a kit map's
    ``from_general_midi`` does. Of strokes that only rounding or the map brings to one tick and key, the loudest stays,
    then the longest.
    Raises MidiFileError for a pattern longer than a MIDI file holds; ValueError for another format or resolution, a
    kit with format 0, or a map that gives no MIDI key.
    """
    if midi_format not in (0, 1):
        raise ValueError(f"MIDI format must be 0 or 1, not {midi_format}")
    if not MIN_RESOLUTION <= ticks_per_quarter <= MAX_RESOLUTION:
        raise ValueError(f"ticks per quarter must be {MIN_RESOLUTION} to {MAX_RESOLUTION}, not {ticks_per_quarter}")
    if kit is not None and midi_format == 0:
        raise ValueError("a track for each lane needs MIDI format 1")
    end = _end(pattern, ticks_per_quarter)
    if end > MAX_FILE_TICKS:
        raise MidiFileError("The pattern is too long for a MIDI file; make it shorter.")
    notes, lanes = _file_notes(pattern, ticks_per_quarter, key_map)
    if kit is None:
        lanes = np.zeros_like(lanes)
    name = _name(pattern.name)
    head = name + _map_events(pattern, notes, ticks_per_quarter, end)
    told = own_event(notes, lanes << 7 | notes.pitch, _unspeakable_tempos(pattern, ticks_per_quarter))
    if told:
        head = [(0, _META, told.to_bytes()), *head]
    if midi_format == 0:
        tracks = [head + _note_events(notes)]
    elif kit is None:
        tracks = [head, name + _note_events(notes)]
    else:
        tracks = [head]
        for lane in kit.with_keys(frozenset(lanes.tolist())).lanes:
            if (lanes == lane.key).any():
                tracks.append(_name(lane.name) + _note_events(_chosen(notes, lanes == lane.key)))
    return join_chunks(Chunks(midi_format, ticks_per_quarter, tuple(_track(events, end) for events in tracks)))


def key_table(key_map: Mapping[int, int] | None) -> NDArray[np.int64]:
    """The key that a map gives for each of the 128; keys it does not name stay. Raises ValueError outside 0-127."""
    table = np.array([(key_map or {}).get(key, key) for key in range(128)], np.int64)
    if (table & ~127).any():
        raise ValueError("a key map must give MIDI keys, 0 to 127")
    return table


def _end(pattern: Pattern, resolution: int) -> int:
    last = max((note.stop for note in pattern.notes), default=0)
    end = max(pattern.length, last, pattern.tempo.changes[-1].tick, pattern.metre.changes[-1].tick)
    # The last note may last longer than it would, to last a tick.
    starts = [to_file(pattern.notes[-1].start, resolution) + 1] if pattern.notes else []
    return max(to_file(end, resolution), *starts, 0)


def _file_notes(
    pattern: Pattern, resolution: int, key_map: Mapping[int, int] | None
) -> tuple[NoteTable, NDArray[np.int64]]:
    """The notes in the file's ticks and keys, by start and pitch, and the key that each has in the pattern."""
    struck, key, velocity, duration = note_table(pattern.notes).T
    start = to_file(struck, resolution)
    stop = np.maximum(to_file(struck + duration, resolution), start + 1)
    pitch = key_table(key_map)[key]
    stays = _staying(start << 7 | pitch, struck << 7 | key, velocity, stop)
    # Of notes with one start on one key, the first struck is the first that is switched off.
    order = np.lexsort((stop, pitch, start))
    order = order[stays[order]]
    return NoteTable(start[order], stop[order], pitch[order], velocity[order]), key[order]


def _staying(
    place: NDArray[np.int64], stroke: NDArray[np.int64], velocity: NDArray[np.int64], stop: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which notes stay: of different strokes that come to one place in the file, the loudest, then the longest."""
    _, group = np.unique(place, return_inverse=True)
    order = np.lexsort((stop, velocity, group))
    ends_group = np.ones(len(group), np.bool_)
    ends_group[order[:-1]] = group[order[:-1]] != group[order[1:]]
    first, last = np.full(len(group), np.iinfo(np.int64).max), np.zeros(len(group), np.int64)
    np.minimum.at(first, group, stroke)
    np.maximum.at(last, group, stroke)
    stays: NDArray[np.bool_] = ends_group | (first == last)[group]
    return stays


def _chosen(notes: NoteTable, mask: NDArray[np.bool_]) -> NoteTable:
    return NoteTable(notes.start[mask], notes.stop[mask], notes.pitch[mask], notes.velocity[mask])


def _unspeakable_tempos(pattern: Pattern, resolution: int) -> dict[int, float]:
    """The tempos that would come back as another one."""
    return {
        to_file(change.tick, resolution): change.bpm
        for change in pattern.tempo.changes
        if beats_per_minute(microseconds(change.bpm)) != change.bpm
    }


def _map_events(pattern: Pattern, notes: NoteTable, resolution: int, end: int) -> list[_Event]:
    # Of changes that rounding brings to one tick the last holds.
    tempos = {to_file(change.tick, resolution): change.bpm for change in pattern.tempo.changes}
    metres = {to_file(change.tick, resolution): change.metre for change in pattern.metre.changes}
    events: list[_Event] = [
        (tick, _META, b"\xff\x51\x03" + microseconds(bpm).to_bytes(3, "big")) for tick, bpm in tempos.items()
    ]
    for tick, metre in metres.items():
        clocks_per_click = max(24 * 4 // metre.denominator, 1)
        power = metre.denominator.bit_length() - 1
        events.append((tick, _META, bytes([0xFF, 0x58, 4, metre.numerator, power, clocks_per_click, 8])))
    as_read = MetreMap(tuple(MetreChange(from_file(tick, resolution), metre) for tick, metre in metres.items()))
    last_start = int(notes.start[-1]) if len(notes.start) else 0
    if implied_length(as_read, from_file(last_start, resolution), from_file(end, resolution)) != pattern.length:
        events.append((to_file(pattern.length, resolution), _META, _text(_TEXT_MARKER, END_MARKER)))
    return events


def _note_events(notes: NoteTable) -> list[_Event]:
    events: list[_Event] = []
    columns = (notes.start, notes.stop, notes.pitch, notes.velocity)
    for start, stop, pitch, velocity in zip(*(column.tolist() for column in columns), strict=True):
        events.append((start, _ON, bytes([_NOTE_ON, pitch, velocity])))
        events.append((stop, _OFF, bytes([_NOTE_OFF, pitch, _OFF_VELOCITY])))
    return events


def _name(name: str) -> list[_Event]:
    return [(0, _META, _text(_TEXT_NAME, name))] if name else []


def _text(kind: int, text: str) -> bytes:
    encoded = text.encode("utf-8", errors="replace")
    return bytes([0xFF, kind]) + variable_length(len(encoded)) + encoded


def _track(events: list[_Event], end: int) -> bytes:
    parts: list[bytes] = []
    now = 0
    for tick, _, event in sorted(events, key=lambda entry: entry[:2]):
        parts += (variable_length(tick - now), event)
        now = tick
    return b"".join((*parts, variable_length(end - now), END_OF_TRACK))
