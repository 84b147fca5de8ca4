import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.errors import DrumappError
from drumapp.core.kit import HOUSE_KIT, DrumKit, Lane
from drumapp.core.kit_map import ABLETON_808, ABLETON_909, LOGIC, ROLAND_TD, KitMap
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.midi.smf import MidiFileError, pattern_to_bytes, read_contents, read_pattern, write_pattern

TICKS = st.integers(0, 40_000)
METRES = st.builds(Metre, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))
TEMPOS = st.one_of(st.integers(2000, 40_000).map(lambda hundredths: hundredths / 100), st.floats(20, 400))
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
FINE = st.one_of(st.integers(1, 68).map(lambda times: 480 * times), st.integers(480, 32_767))
KEYS = st.sampled_from([0, 36, 38, 127])
COARSE = st.integers(24, 479)


def changes(draw: st.DrawFn) -> list[int]:
    return sorted(draw(st.sets(TICKS, max_size=3)) | {0})


@st.composite
def patterns(draw: st.DrawFn, keys: st.SearchStrategy[int] = KEYS) -> Pattern:
    """Any pattern with a note: crowded keys, notes within notes and alike, some beyond the end."""
    starts = st.one_of(TICKS, st.sampled_from([0, 60, 61, 480]))
    durations = st.one_of(st.integers(1, 500), st.integers(1, 40_000))
    note = st.builds(Note, starts, keys, st.integers(1, 127), durations)
    return Pattern.of(
        draw(st.lists(note, min_size=1, max_size=12)),
        length=draw(st.one_of(st.none(), st.integers(0, 100_000))),
        tempo=TempoMap(tuple(TempoChange(tick, draw(TEMPOS)) for tick in changes(draw))),
        metre=MetreMap(tuple(MetreChange(tick, draw(METRES)) for tick in changes(draw))),
        name=draw(NAMES),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round_trip")


def read_back(folder: Path, data: bytes, key_map: Mapping[int, int] | None = None) -> Pattern:
    path = folder / f"beat{os.getpid()}.mid"
    path.write_bytes(data)
    return read_pattern(path, key_map=key_map)


@given(pattern=patterns(), midi_format=st.sampled_from([0, 1]), resolution=FINE)
@settings(max_examples=300, deadline=None)
def test_round_trip_is_exact(folder: Path, pattern: Pattern, midi_format: int, resolution: int) -> None:
    data = pattern_to_bytes(pattern, midi_format=midi_format, ticks_per_quarter=resolution)
    assert read_back(folder, data) == pattern


@given(pattern=patterns(), resolution=FINE)
@settings(max_examples=100, deadline=None)
def test_round_trip_in_a_track_for_each_lane_is_exact(folder: Path, pattern: Pattern, resolution: int) -> None:
    back = read_back(folder, pattern_to_bytes(pattern, midi_format=1, ticks_per_quarter=resolution, kit=HOUSE_KIT))
    lanes = {note.pitch for note in pattern.notes}
    # The name of a pattern that plays a single lane is that lane's.
    assert back == (pattern if len(lanes) > 1 else replace(pattern, name=back.name))


kit_maps = st.sampled_from([ROLAND_TD, LOGIC, ABLETON_808, ABLETON_909])


@given(pattern=patterns(st.sampled_from([36, 38, 42, 45])), kit_map=kit_maps, midi_format=st.sampled_from([0, 1]))
@settings(max_examples=100, deadline=None)
def test_a_kit_map_there_and_back_changes_nothing(
    folder: Path, pattern: Pattern, kit_map: KitMap, midi_format: int
) -> None:
    data = pattern_to_bytes(pattern, midi_format=midi_format, key_map=kit_map.from_general_midi)
    assert read_back(folder, data, kit_map.to_general_midi) == pattern


@given(pattern=patterns(), resolution=COARSE, midi_format=st.sampled_from([0, 1]))
@settings(max_examples=200, deadline=None)
def test_a_coarse_resolution_moves_by_half_a_tick_and_loses_no_stroke_but_to_a_louder_one(
    folder: Path, pattern: Pattern, resolution: int, midi_format: int
) -> None:
    back = read_back(folder, pattern_to_bytes(pattern, midi_format=midi_format, ticks_per_quarter=resolution))
    tick = 480 / resolution
    slack = tick / 2 + 0.5
    for note in pattern.notes:
        near = [other for other in back.notes if other.pitch == note.pitch and abs(other.start - note.start) <= slack]
        assert any(other.velocity >= note.velocity for other in near)
    for note in back.notes:
        assert any(
            (note.pitch, note.velocity) == (other.pitch, other.velocity)
            and abs(note.start - other.start) <= slack
            and (abs(note.stop - other.stop) <= slack or note.duration <= tick + 1)
            for other in pattern.notes
        )
        assert note.duration >= 1
    # What has been rounded once stays as it is.
    again = pattern_to_bytes(back, midi_format=midi_format, ticks_per_quarter=resolution)
    assert read_back(folder, again) == back


def test_strokes_that_fall_together_leave_the_loudest_and_double_strokes_stay(folder: Path) -> None:
    flam = [Note(1000, 38, 40, 30), Note(1004, 38, 110, 30), Note(1005, 38, 110, 90)]
    doubled = [Note(480, 36, 100, 60), Note(480, 36, 100, 60), Note(480, 36, 90, 10)]
    pattern = Pattern.of([*doubled, *flam])
    at_24 = read_back(folder, pattern_to_bytes(pattern, ticks_per_quarter=24))
    assert at_24.notes == (Note(480, 36, 90, 20), *doubled[:2], Note(1000, 38, 110, 100))
    assert len(read_back(folder, pattern_to_bytes(pattern))) == 6


def test_drums_that_a_kit_map_lays_on_one_key_leave_the_loudest(folder: Path) -> None:
    crashes = [Note(0, 49, 90), Note(0, 52, 110), Note(0, 55, 100), Note(480, 55, 60)]
    data = pattern_to_bytes(Pattern.of(crashes), key_map=ABLETON_808.from_general_midi)
    assert read_back(folder, data).notes == (Note(0, 49, 110), Note(480, 49, 60))


def test_a_note_is_never_shorter_than_a_tick_and_never_runs_into_the_next(folder: Path) -> None:
    roll = [Note(20 * number, 38, 100, 1) for number in range(12)]
    back = read_back(folder, pattern_to_bytes(Pattern.of(roll), ticks_per_quarter=24))
    assert back.notes == tuple(Note(20 * number, 38, 100, 20) for number in range(12))


@pytest.mark.parametrize("resolution", [0, 23, 32_768, -480])
def test_other_resolutions_are_a_programming_mistake(resolution: int) -> None:
    with pytest.raises(ValueError, match="ticks per quarter must be 24 to 32767"):
        pattern_to_bytes(Pattern(), ticks_per_quarter=resolution)


def test_keys_outside_midi_are_a_programming_mistake(tmp_path: Path) -> None:
    path = tmp_path / "beat.mid"
    write_pattern(Pattern.of([Note(0, 36, 100)]), path)
    for wrong in ({36: 128}, {5: -1}):
        with pytest.raises(ValueError, match="0 to 127"):
            pattern_to_bytes(Pattern(), key_map=wrong)
        with pytest.raises(ValueError, match="0 to 127"):
            read_pattern(path, key_map=wrong)


def test_a_track_for_each_lane_that_plays(tmp_path: Path) -> None:
    kit = DrumKit("mine", (Lane("Hat, closed", 42), Lane("Snare", 38), Lane("Boom", 36)))
    pattern = Pattern.of([Note(0, 36, 100), Note(0, 42, 90), Note(480, 36, 80), Note(960, 75, 70)], name="Beat")
    path = tmp_path / "lanes.mid"
    write_pattern(pattern, path, midi_format=1, kit=kit)
    contents = read_contents(path)
    assert contents.name == "Beat"
    assert [(part.name, part.id, part.keys) for part in contents.parts] == [
        ("Hat, closed", (2, 10), {42: 1}),
        ("Boom", (3, 10), {36: 2}),
        ("Claves", (4, 10), {75: 1}),
    ]
    assert read_pattern(path) == pattern
    with pytest.raises(ValueError, match="format 1"):
        pattern_to_bytes(pattern, kit=kit)


def test_tracks_of_lanes_keep_the_lanes_apart_that_a_map_lays_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "lanes.mid"
    notes = [Note(0, 49, 90), Note(480, 55, 80)]
    write_pattern(Pattern.of(notes), path, midi_format=1, kit=HOUSE_KIT, key_map=LOGIC.from_general_midi)
    parts = read_contents(path).parts
    assert [(part.name, part.keys) for part in parts] == [("Crash", {49: 1}), ("Splash", {49: 1})]


@pytest.mark.parametrize("pattern", [Pattern.of([Note(0, 36, 100, 60), Note(60, 36, 90, 60)])])
def test_what_midi_can_say_is_said_plainly(pattern: Pattern) -> None:
    """No event of ours in the files of nearly everyone."""
    assert b"\xff\x7f" not in pattern_to_bytes(pattern)
    assert b"drumapp" not in pattern_to_bytes(pattern)


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
