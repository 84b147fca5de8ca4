import os
import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.midi import smf
from drumapp.midi.smf import MidiFileError, pattern_to_bytes, read_contents, read_pattern
from tests.midi.midi_bytes import BEAT, meta, metre, midi, off, on, tempo, track

FAR = 0x0FFFFFFF
DAMAGED = midi(track((0, b"\x99\x90\x50"), (10, off(36))))


def refusal(path: Path) -> str:
    with pytest.raises(MidiFileError) as caught:
        read_pattern(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"Cannot open {path}: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "MiniMidi" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "the file is empty"),
        (b"\0" * 64, "it is not a MIDI file"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "it is not a MIDI file"),
        (b"MT", "it is not a MIDI file"),
        (b"MThd\0\0\0\x06\0", "cut off in its header"),
        (midi(BEAT)[:20], "cut off"),
        (midi(BEAT)[:-1], "cut off or damaged (1 bytes missing from track 1)"),
        (midi(BEAT, count=2), "its header promises 2 tracks, 1 are there"),
        (midi(count=0), "it holds no tracks"),
        (b"MThd\0\0\0\x02" + midi(BEAT)[8:], "its header is damaged"),
        (b"MThd\xff\xff\xff\xff" + midi(BEAT)[8:], "cut off"),
        (midi(BEAT, BEAT, midi_format=2), "format 2"),
        (midi(BEAT, midi_format=77), "there is no MIDI format 77"),
        (midi(BEAT, division=0xE728), "SMPTE"),
        (midi(BEAT, division=0), "zero ticks per quarter note"),
        (DAMAGED, "it is damaged"),
        (midi(track((0, b"\x99"), end=None)), "it is damaged"),
        (midi(track((0, on(36)), (0, b"\xff\x03\x7fshort"))), "it is damaged"),
        (midi(track((0, tempo(500_000)))), "it holds no notes"),
        (midi(track()), "it holds no notes"),
        (midi(track(end=None)), "it holds no notes"),
        (midi(track((0, off(36)))), "it holds no notes"),
        (midi(track((0, on(36, channel=0)), (0, on(40, channel=1)))), "it holds no drums"),
        (midi(track((0, on(36, channel=0))), track((0, on(40, channel=0)))), "it holds no drums"),
        (midi(track((0, tempo(0)), (0, on(36)))), "a tempo of no time a beat"),
        (midi(track((0, tempo(120_000)), (0, on(36)))), "its tempo of 500 beats a minute is outside 20 to 400"),
        (midi(track((0, tempo(6_000_000)), (0, on(36)))), "its tempo of 10 beats a minute"),
        (midi(track((0, on(36)), (9, tempo(1)))), "its tempo of"),
        (midi(track((0, metre(4, 6)), (0, on(36)))), "its time signature 4/64"),
        (midi(track((0, metre(0, 2)), (0, on(36)))), "its time signature 0/4"),
        (midi(track((0, metre(255, 2)), (0, on(36)))), "its time signature 255/4"),
        (midi(track((0, metre(4, 255)), (0, on(36)))), "its time signature 4/(2 to a high power)"),
        (midi(track(*[(FAR, on(36))] * 3)), "absurdly long or damaged"),
        (midi(track(*[(FAR, on(36))] * 9)), "absurdly long or damaged"),
        (midi(track(*[(FAR, tempo(500_000))] * 17), track((0, on(36)), (9, off(36)))), "absurdly long or damaged"),
    ],
)
def test_one_sentence_names_file_and_cause(tmp_path: Path, data: bytes, cause: str) -> None:
    path = tmp_path / "beat.mid"
    path.write_bytes(data)
    assert cause in refusal(path)


def test_missing(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "none.mid")


def test_folder(tmp_path: Path) -> None:
    assert "it is a folder" in refusal(tmp_path)


def test_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "ot a directory" in refusal(tmp_path / "file" / "beat.mid") or sys.platform == "win32"


def test_name_with_a_nul(tmp_path: Path) -> None:
    assert "null" in refusal(tmp_path / "a\0b.mid")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_device_and_pipe_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mid")
    assert "it is not a file" in refusal(tmp_path / "pipe.mid")
    assert "it is not a file" in refusal(Path("/dev/zero"))


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "beat.mid"
    path.write_bytes(midi(BEAT))

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "permission denied" in refusal(path)


def test_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "beat.mid"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    assert "200 MB is too large" in refusal(path)


def test_too_many_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smf, "MAX_NOTES", 10)
    path = tmp_path / "beat.mid"
    path.write_bytes(pattern_to_bytes(Pattern.of(Note(tick, 36, 100) for tick in range(11))))
    assert "11 notes are too many" in refusal(path)


def test_open_notes_on_every_channel_stay_small(tmp_path: Path) -> None:
    """A track of one part that mentions all channels must not grow by the note-offs for each of them."""
    spam = b"".join(bytes([0x90 | channel]) for channel in range(16)) * 1000
    path = tmp_path / "beat.mid"
    path.write_bytes(midi(track((0, meta(1, spam)), *[(1, on(36, 100, 4))] * 2000)))
    assert len(read_pattern(path)) == 2000


def test_a_hundred_thousand_open_notes_are_kept(tmp_path: Path) -> None:
    every_channel = bytes(0x90 | channel for channel in range(16))
    path = tmp_path / "beat.mid"
    path.write_bytes(midi(track((0, meta(1, every_channel)), (0, on(36, 100, 4) + b"\x01\x24\x40" * 100_000))))
    assert len(read_pattern(path)) == 100_001


def test_more_open_notes_than_can_be_ended_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "beat.mid"
    path.write_bytes(midi(track((0, on(36, 36) + b"\x24\x24\x24" * 1_400_000))))
    assert "too many notes are never ended" in refusal(path)


def test_a_track_of_every_program_on_every_channel_stays_small(tmp_path: Path) -> None:
    """Each part is asked for its origin once for every program it may have; many such tracks are refused."""
    every_status = bytes([status | channel for status in (0x90, 0xC0) for channel in range(16)])
    crowded = track((0, meta(1, every_status + bytes(range(128)))), (0, on(36)), (9, off(36)))
    path = tmp_path / "beat.mid"
    path.write_bytes(midi(crowded))
    assert len(read_pattern(path)) == 1
    path.write_bytes(midi(*[crowded] * 1_000))
    tracemalloc.start()
    try:
        assert "too many tracks with too many channels" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_empty_tracks_stay_small(tmp_path: Path) -> None:
    path = tmp_path / "beat.mid"
    path.write_bytes(midi(track((0, on(36, 100, 4)), (9, off(36, 4))), *[track()] * 20_000))
    tracemalloc.start()
    try:
        assert len(read_pattern(path)) == 1
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


VALID = pattern_to_bytes(
    Pattern.of([Note(120 * beat, 36 + beat % 5, 100) for beat in range(32)], name="Fuzz"), midi_format=1
)
SONG = midi(
    track((0, meta(3, b"Song")), (0, tempo(500_000)), (0, metre(7, 3)), end=1920),
    track((0, meta(3, b"Drums")), (0, on(36)), (60, off(36)), (0, on(38)), (10, on(38, 50)), (40, off(38)), end=9),
    track(
        (0, b"\xc0\x21"), (0, b"\x05"), (0, on(40, 100, 0)), (60, off(40, 0)), (0, on(41, 99, 2)), (9000, off(41, 2))
    ),
)
NESTED = pattern_to_bytes(
    Pattern.of([Note(0, 36, 100, 100), Note(10, 36, 90, 20), Note(50, 36, 80, 300)], tempo=TempoMap.constant(97.12345))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def open_or_refuse(path: Path) -> None:
    """Hold that a file opens as a sound pattern, or is refused in one sentence; looking at it says no other thing."""
    try:
        contents = read_contents(path)
    except MidiFileError:
        refusal(path)
        return
    for part in contents.parts:
        pattern = read_pattern(path, parts=[part.id])
        assert Pattern.of(pattern.notes, length=pattern.length).notes == pattern.notes
        assert Counter(note.pitch for note in pattern.notes) == part.keys
        assert (pattern.notes[0].start, pattern.notes[-1].start) == (part.first, part.last)
    if contents.default:
        assert read_pattern(path) == read_pattern(path, parts=contents.default)
    else:
        assert "it holds no drums" in refusal(path)


@given(
    valid=st.sampled_from([VALID, SONG, NESTED]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6),
)
@settings(max_examples=500, deadline=None)
def test_mutated_file_opens_or_is_refused_in_a_sentence(
    folder: Path, valid: bytes, changes: list[tuple[float, int]]
) -> None:
    data = bytearray(valid)
    for place, value in changes:
        data[int(place * len(data))] = value
    path = folder / f"beat{os.getpid()}.mid"
    path.write_bytes(data)
    open_or_refuse(path)


@given(data=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_noise_behind_a_good_header(folder: Path, data: bytes) -> None:
    path = folder / f"noise{os.getpid()}.mid"
    path.write_bytes(midi(b"MTrk" + len(data).to_bytes(4, "big") + data))
    open_or_refuse(path)


@pytest.mark.parametrize("length", range(len(VALID)))
def test_every_cut_is_noticed(tmp_path: Path, length: int) -> None:
    path = tmp_path / "beat.mid"
    path.write_bytes(VALID[:length])
    refusal(path)
