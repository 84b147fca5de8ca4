"""The event that tells what MIDI cannot: heeded for the notes it was written for, and else passed over."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoChange, TempoMap
from drumapp.midi.chunks import split_chunks
from drumapp.midi.decoding import decode
from drumapp.midi.own_event import NOTHING_TOLD, NoteTable, find_own_event
from drumapp.midi.smf import pattern_to_bytes, read_pattern
from tests.midi.midi_bytes import meta, midi, off, on, tempo, track

NESTED = Pattern.of([Note(0, 36, 100, 100), Note(10, 36, 90, 20), Note(0, 38, 80, 300)])
AS_MIDI_TELLS = (Note(0, 36, 100, 30), Note(0, 38, 80, 300), Note(10, 36, 90, 90))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own_event")


def read(folder: Path, data: bytes) -> Pattern:
    path = folder / f"beat{os.getpid()}.mid"
    path.write_bytes(data)
    return read_pattern(path)


def test_a_note_within_another_comes_back_with_its_own_end(folder: Path) -> None:
    assert read(folder, pattern_to_bytes(NESTED)) == NESTED


def test_without_the_event_midis_reading_holds(folder: Path) -> None:
    data = pattern_to_bytes(NESTED)
    assert data.count(b"\x7ddrumapp\x01") == 1
    assert read(folder, data.replace(b"\x7ddrumapp\x01", b"\x7ddrumapp\x02")).notes == AS_MIDI_TELLS


def test_notes_that_were_changed_elsewhere_are_taken_as_they_are(folder: Path) -> None:
    data = pattern_to_bytes(NESTED)
    louder = data.replace(bytes([0x99, 36, 100]), bytes([0x99, 36, 101]))
    assert [note.duration for note in read(folder, louder).notes] == [note.duration for note in AS_MIDI_TELLS]


def test_a_tempo_between_two_microseconds_comes_back(folder: Path) -> None:
    tempos = TempoMap((TempoChange(0, 97.123456789), TempoChange(480, 120.0), TempoChange(960, 399.99999)))
    assert read(folder, pattern_to_bytes(Pattern.of([Note(0, 36, 100)], tempo=tempos))).tempo == tempos


def test_a_tempo_that_was_changed_elsewhere_is_taken_as_it_is(folder: Path) -> None:
    data = pattern_to_bytes(Pattern.of([Note(0, 36, 100)], tempo=TempoMap.constant(97.123456789)))
    slower = data.replace(b"\xff\x51\x03" + round(60e6 / 97.123456789).to_bytes(3, "big"), tempo(600_000))
    assert read(folder, slower).bpm == 100


def own(checksum: int, stops: list[tuple[int, int]], tempos: list[tuple[int, float]]) -> bytes:
    content = b"\x7ddrumapp\x01" + struct.pack("<III", checksum, len(stops), len(tempos))
    content += b"".join(struct.pack("<II", *stop) for stop in stops)
    return meta(0x7F, content + b"".join(struct.pack("<Id", *entry) for entry in tempos))


@pytest.mark.parametrize("bpm", [float("nan"), float("inf"), -120.0, 0.0, 19.0, 1e300, 121.0])
def test_tempos_that_make_no_sense_are_passed_over(folder: Path, bpm: float) -> None:
    data = midi(track((0, own(0, [], [(0, bpm)])), (0, tempo(500_000)), (0, on(36)), (9, off(36))))
    assert read(folder, data).bpm == 120


@pytest.mark.parametrize("stop", [0, 5, 0xFFFFFFFF, 1 << 28])
@pytest.mark.parametrize("place", [0, 1, 0xFFFFFFFF])
def test_ends_that_make_no_sense_are_passed_over(folder: Path, place: int, stop: int) -> None:
    """Even where somebody has worked out the checksum."""
    plain = track((5, on(36)), (9, off(36)))
    (part,) = decode(split_chunks(midi(plain))).parts
    notes = NoteTable(part.start, part.stop, part.pitch, part.velocity)
    event = own(notes.checksum(notes.order()), [(place, stop)], [])
    assert read(folder, midi(track((0, event), (5, on(36)), (9, off(36))))).notes == (Note(5, 36, 100, 9),)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\0",
        b"\0\xff\x7f",
        b"\0\xff\x7f\x08\x7ddrumapp",
        b"\0\xff\x7f\x08\x7ddrumapp\x01\0\0",
        b"\0\xff\x7f\x15\x7ddrumapp\x01" + struct.pack("<III", 0, 0xFFFFFFFF, 0),
        b"\0\xff\x7f\x15\x7ddrumapp\x01" + struct.pack("<III", 0, 0, 0xFFFFFFFF),
        b"\0\xff\x7f\x15\x7ddrumapp\x01" + struct.pack("<III", 0, 0xFFFFFFFF, 0xFFFFFFFF),
        b"\0\xff\x01\x15\x7ddrumapp\x01" + struct.pack("<III", 0, 0, 0),
    ],
)
def test_other_events_and_those_cut_off_tell_nothing(start: bytes) -> None:
    found = find_own_event(start)
    assert not found
    assert found is NOTHING_TOLD


@given(content=st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_content_leaves_a_file_readable(folder: Path, content: bytes) -> None:
    event = meta(0x7F, b"\x7ddrumapp\x01" + content)
    pattern = read(folder, midi(track((0, event), (0, on(36)), (60, off(36)), (0, on(38)), (9, off(38)))))
    assert pattern.notes == (Note(0, 36, 100, 60), Note(60, 38, 100, 9))
