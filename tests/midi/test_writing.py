import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.midi.smf import MidiFileError, pattern_to_bytes, read_pattern, write_pattern

TICKS = st.integers(0, 40_000)
METRES = st.builds(Metre, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))
TEMPOS = st.integers(2000, 40_000).map(lambda hundredths: hundredths / 100)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Any pattern MIDI can tell: of two notes on one key, the one that starts first ends first."""
    keys = draw(st.lists(st.integers(0, 127), unique=True, min_size=1, max_size=4))
    notes = []
    for key in keys:
        starts = sorted(draw(st.lists(TICKS, unique=True, min_size=1, max_size=8)))
        stop = 0
        for start in starts:
            stop = max(stop, start + 1) + draw(st.integers(0, 500))
            notes.append(Note(start, key, draw(st.integers(1, 127)), stop - start))
    tempo_ticks = sorted(draw(st.sets(TICKS, max_size=3)) | {0})
    metre_ticks = sorted(draw(st.sets(TICKS, max_size=3)) | {0})
    return Pattern.of(
        notes,
        length=draw(st.one_of(st.none(), st.integers(0, 100_000))),
        tempo=TempoMap(tuple(TempoChange(tick, draw(TEMPOS)) for tick in tempo_ticks)),
        metre=MetreMap(tuple(MetreChange(tick, draw(METRES)) for tick in metre_ticks)),
        name=draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round_trip")


@given(pattern=patterns(), midi_format=st.sampled_from([0, 1]))
@settings(max_examples=150, deadline=None)
def test_round_trip_is_exact(folder: Path, pattern: Pattern, midi_format: int) -> None:
    path = folder / f"beat{os.getpid()}.mid"
    path.write_bytes(pattern_to_bytes(pattern, midi_format=midi_format))
    assert read_pattern(path) == pattern


@given(bpm=st.floats(20, 400))
@settings(deadline=None)
def test_any_tempo_comes_back_as_near_as_whole_microseconds_allow(folder: Path, bpm: float) -> None:
    path = folder / f"tempo{os.getpid()}.mid"
    write_pattern(Pattern.of([Note(0, 36, 100)], tempo=TempoMap.constant(bpm)), path)
    assert 60e6 / read_pattern(path).bpm == pytest.approx(60e6 / bpm, abs=1)


def test_bytes_follow_the_specification() -> None:
    pattern = Pattern.of([Note(0, 36, 100, 60)], tempo=TempoMap.constant(120), name="A")
    events = (
        b"\x00\xff\x03\x01A"
        b"\x00\xff\x51\x03\x07\xa1\x20"
        b"\x00\xff\x58\x04\x04\x02\x18\x08"
        b"\x00\x99\x24\x64"
        b"\x3c\x89\x24\x40"
        b"\x8e\x44\xff\x2f\x00"
    )
    expected = b"MThd\0\0\0\x06\0\0\0\x01\x01\xe0MTrk" + len(events).to_bytes(4, "big") + events
    assert pattern_to_bytes(pattern) == expected


def test_format_1_has_a_conductor_and_a_drum_track() -> None:
    data = pattern_to_bytes(Pattern.of([Note(0, 36, 100)], name="Beat"), midi_format=1)
    assert data[8:12] == b"\0\x01\0\x02"
    assert data.count(b"MTrk") == 2
    assert data.count(b"Beat") == 2


def test_key_struck_again_at_its_end_is_switched_off_first() -> None:
    data = pattern_to_bytes(Pattern.of([Note(0, 36, 100, 60), Note(60, 36, 90, 60)]))
    assert data.index(b"\x89\x24\x40") < data.index(b"\x99\x24\x5a")


def test_whole_bars_need_no_marker_and_odd_lengths_do(tmp_path: Path) -> None:
    whole, odd, short = (Pattern.of([Note(0, 36, 100)], length=length) for length in (3840, 3841, 10))
    assert b"end of pattern" not in pattern_to_bytes(whole)
    for pattern in (whole, odd, short):
        write_pattern(pattern, tmp_path / "beat.mid")
        assert read_pattern(tmp_path / "beat.mid") == pattern


def test_other_formats_are_a_programming_mistake() -> None:
    with pytest.raises(ValueError, match="0 or 1"):
        pattern_to_bytes(Pattern(), midi_format=2)


def test_absurd_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MidiFileError, match="too long"):
        write_pattern(Pattern(length=1 << 29), tmp_path / "beat.mid")
    assert list(tmp_path.iterdir()) == []


def test_failure_names_the_file_and_keeps_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "beat.mid"
    path.write_bytes(b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DrumappError, match=r"beat\.mid: no space left on device"):
        write_pattern(Pattern.of([Note(0, 36, 100)]), path)
    assert path.read_bytes() == b"old"


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(DrumappError, match="does not exist"):
        write_pattern(Pattern.of([Note(0, 36, 100)]), tmp_path / "none" / "beat.mid")
