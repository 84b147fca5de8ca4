"""Patterns to the bytes of a Standard MIDI File."""

from __future__ import annotations

from drumapp.core.pattern import Pattern
from drumapp.core.timing import TICKS_PER_QUARTER
from drumapp.midi.chunks import Chunks, join_chunks, variable_length
from drumapp.midi.decoding import DRUM_CHANNEL, MAX_FILE_TICKS
from drumapp.midi.errors import MidiFileError
from drumapp.midi.length import END_MARKER, implied_length

MICROSECONDS_PER_MINUTE = 60_000_000

_NOTE_ON, _NOTE_OFF = 0x90 | DRUM_CHANNEL, 0x80 | DRUM_CHANNEL
_OFF_VELOCITY = 64
_TEXT_NAME, _TEXT_MARKER = 0x03, 0x06

# (tick, order within the tick, event): note-offs come before note-ons, so that a key struck again is not cut off.
_Event = tuple[int, int, bytes]
_META, _OFF, _ON = 0, 1, 2


def pattern_to_bytes(pattern: Pattern, *, midi_format: int = 0) -> bytes:
    """The pattern as a MIDI file: 480 ticks a quarter, drums on channel 10, tempo, metre and name.

    The same pattern gives the same bytes. Format 0 puts all into one track, format 1 the notes into a track of their
    own. Two notes on one key, one within the other, come back with their ends exchanged: MIDI cannot tell them apart.
    Raises MidiFileError for a pattern longer than a MIDI file holds, ValueError for any other format.
    """
    if midi_format not in (0, 1):
        raise ValueError(f"MIDI format must be 0 or 1, not {midi_format}")
    last = max((note.stop for note in pattern.notes), default=0)
    end = max(pattern.length, last, pattern.tempo.changes[-1].tick, pattern.metre.changes[-1].tick)
    if end > MAX_FILE_TICKS:
        raise MidiFileError("The pattern is too long for a MIDI file; make it shorter.")
    name = [(0, _META, _text(_TEXT_NAME, pattern.name))] if pattern.name else []
    map_events, note_events = _map_events(pattern, end), _note_events(pattern)
    if midi_format == 0:
        tracks: tuple[bytes, ...] = (_track(name + map_events + note_events, end),)
    else:
        tracks = (_track(name + map_events, end), _track(name + note_events, end))
    return join_chunks(Chunks(midi_format, TICKS_PER_QUARTER, tracks))


def _map_events(pattern: Pattern, end: int) -> list[_Event]:
    events: list[_Event] = []
    for tempo in pattern.tempo.changes:
        microseconds = round(MICROSECONDS_PER_MINUTE / tempo.bpm)
        events.append((tempo.tick, _META, b"\xff\x51\x03" + microseconds.to_bytes(3, "big")))
    for change in pattern.metre.changes:
        numerator, denominator = change.metre.numerator, change.metre.denominator
        clocks_per_click = max(24 * 4 // denominator, 1)
        event = bytes([0xFF, 0x58, 4, numerator, denominator.bit_length() - 1, clocks_per_click, 8])
        events.append((change.tick, _META, event))
    last_start = pattern.notes[-1].start if pattern.notes else 0
    if implied_length(pattern.metre, last_start, end) != pattern.length:
        events.append((pattern.length, _META, _text(_TEXT_MARKER, END_MARKER)))
    return events


def _note_events(pattern: Pattern) -> list[_Event]:
    events: list[_Event] = []
    for note in pattern.notes:
        events.append((note.start, _ON, bytes([_NOTE_ON, note.pitch, note.velocity])))
        events.append((note.stop, _OFF, bytes([_NOTE_OFF, note.pitch, _OFF_VELOCITY])))
    return events


def _text(kind: int, text: str) -> bytes:
    encoded = text.encode("utf-8", errors="replace")
    return bytes([0xFF, kind]) + variable_length(len(encoded)) + encoded


def _track(events: list[_Event], end: int) -> bytes:
    parts: list[bytes] = []
    now = 0
    for tick, _, event in sorted(events, key=lambda entry: entry[:2]):
        parts += (variable_length(tick - now), event)
        now = tick
    return b"".join((*parts, variable_length(end - now), b"\xff\x2f\x00"))
