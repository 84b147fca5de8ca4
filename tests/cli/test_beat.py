"""Which tracks of a MIDI file a command takes, and by which kit map it reads their keys."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from drumapp.cli.beat import add_beat_options, find_kit_map, read_beat
from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import ABLETON_808, BUILT_IN_KIT_MAPS, GENERAL_MIDI, ROLAND_TD, KitMap
from drumapp.midi.smf import MidiFileError
from drumapp.settings import FOLDER_VARIABLE, kit_maps_folder
from drumapp.storage.kit_map_file import KitMapFileError, save_kit_map
from tests.midi.midi_bytes import meta, midi, off, on, track


def hits(name: str, channel: int, *keys: int) -> bytes:
    events = [event for key in keys for event in ((60, on(key, 100, channel)), (60, off(key, channel)))]
    return track((0, meta(3, name.encode())), *events)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "settings"))


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.mid"
    path.write_bytes(midi(track(), hits("SoCal", 0, 36, 22), hits("Bass", 1, 40), hits("bass", 2, 41)))
    return path


def keys(path: Path, *options: str) -> list[int]:
    parser = argparse.ArgumentParser()
    add_beat_options(parser)
    return [note.pitch for note in read_beat(parser.parse_args([str(path), *options])).notes]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--track", "SoCal"], [36, 22]),
        (["--track", "2"], [36, 22]),
        (["--track", " socal "], [36, 22]),
        (["--track", "BASS"], [40, 41]),
        (["--track", "3", "--track", "4"], [40, 41]),
        (["--track", "3", "--track", "bass"], [40, 41]),
        (["--track", "SoCal", "--kit-map", "roland-td"], [36, 42]),
        (["--track", "SoCal", "--kit-map", "Roland TD"], [36, 42]),
        (["--track", "SoCal", "--kit-map", "guess"], [36, 42]),
        (["--track", "Bass", "--kit-map", "guess"], [40, 41]),
        (["--track", "Bass", "--kit-map", "ableton-808-core-kit"], [43, 75]),
    ],
)
def test_tracks_and_maps(song: Path, options: list[str], expected: list[int]) -> None:
    assert keys(song, *options) == expected


def test_where_nothing_tells_the_tracks_are_named(song: Path) -> None:
    for options in ([], ["--kit-map", "guess"]):
        with pytest.raises(
            DrumappError, match=r'with --track: 2 \("SoCal" on channel 1\), 3 \("Bass" on channel 2\), 4'
        ):
            keys(song, *options)


def test_a_track_that_is_not_there(song: Path) -> None:
    with pytest.raises(DrumappError, match=r"song\.mid has no track 'Keys' that plays; there are: 2 \("):
        keys(song, "--track", "Keys")


def test_what_is_no_midi_file_is_said_first(tmp_path: Path) -> None:
    with pytest.raises(MidiFileError, match="no such file"):
        keys(tmp_path / "none.mid", "--track", "1")


def test_maps_of_the_users_own(song: Path, tmp_path: Path) -> None:
    stored = save_kit_map(KitMap("My pads", {38: (36,), 42: (22,)}), kit_maps_folder())
    assert keys(song, "--track", "2", "--kit-map", "my-pads") == [38, 42]
    assert keys(song, "--track", "2", "--kit-map", str(stored.path)) == [38, 42]
    with pytest.raises(KitMapFileError, match="no such file"):
        keys(song, "--track", "2", "--kit-map", str(tmp_path / "none.kitmap.json"))


def test_every_built_in_map_can_be_named() -> None:
    assert [find_kit_map(kit_map.name) for kit_map in BUILT_IN_KIT_MAPS] == list(BUILT_IN_KIT_MAPS)
    assert find_kit_map("general-midi") is GENERAL_MIDI
    assert find_kit_map("ROLAND-td") is ROLAND_TD
    assert find_kit_map("ableton 808 core kit") is ABLETON_808


def test_a_map_that_is_not_there_is_said_with_those_that_are() -> None:
    save_kit_map(KitMap("My pads"), kit_maps_folder())
    (kit_maps_folder() / "bad.kitmap.json").write_bytes(b"?")
    with pytest.raises(
        DrumappError, match=r"no kit map 'ronald'; there are: general-midi, .*, my-pads\. Cannot open .*bad"
    ):
        find_kit_map("ronald")
