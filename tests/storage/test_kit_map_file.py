from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.atomic import WriteError
from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import BUILT_IN_KIT_MAPS, ROLAND_TD, KitMap
from drumapp.storage.fields import FieldError
from drumapp.storage.kit_map_file import (
    MAX_NAME_LENGTH,
    SUFFIX,
    KitMapFileError,
    delete_kit_map,
    kit_map_from_bytes,
    kit_map_to_bytes,
    list_kit_maps,
    read_kit_map,
    save_kit_map,
)

MINE = KitMap("Mine", {36: (35, 36), 42: (42, 22)}, {44: 42})
STORED: dict[str, Any] = {
    "format": "drumapp kit map",
    "version": 1,
    "name": "Mine",
    "drums": [{"drum": 36, "keys": [35, 36]}, {"drum": 42, "keys": [42, 22]}, {"drum": 44, "stand_in": 42}],
}

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=MAX_NAME_LENGTH).filter(
    lambda name: any(character.isalnum() for character in name)
)


@st.composite
def kit_maps(draw: st.DrawFn) -> KitMap:
    keys = draw(st.dictionaries(st.integers(0, 60), st.integers(0, 127), max_size=8))
    once = {key: drum for drum, key in keys.items()}
    played = draw(st.dictionaries(st.integers(61, 90), st.integers(0, 60), max_size=4))
    return KitMap(draw(names), {drum: (key,) for key, drum in once.items()}, played)


@given(kit_maps())
def test_round_trip(kit_map: KitMap) -> None:
    data = kit_map_to_bytes(kit_map)
    assert kit_map_from_bytes(data) == kit_map
    assert kit_map_to_bytes(kit_map_from_bytes(data)) == data


@pytest.mark.parametrize("kit_map", BUILT_IN_KIT_MAPS, ids=lambda kit_map: kit_map.name)
def test_built_in_maps_can_be_stored(kit_map: KitMap, tmp_path: Path) -> None:
    assert read_kit_map(save_kit_map(kit_map, tmp_path).path) == kit_map


def test_the_file_is_fit_for_people() -> None:
    assert kit_map_to_bytes(MINE).decode() == (
        "{\n"
        '  "format": "drumapp kit map",\n'
        '  "version": 1,\n'
        '  "name": "Mine",\n'
        '  "drums": [\n'
        '    {"drum": 36, "name": "Kick", "keys": [35, 36]},\n'
        '    {"drum": 42, "name": "Closed hat", "keys": [42, 22]},\n'
        '    {"drum": 44, "name": "Pedal hat", "stand_in": 42}\n'
        "  ]\n"
        "}\n"
    )


def test_unknown_fields_are_passed_over_and_order_does_not_matter() -> None:
    stored = {"colour": "red", **STORED, "drums": [{**entry, "why": None} for entry in reversed(STORED["drums"])]}
    assert kit_map_from_bytes(b"\xef\xbb\xbf" + json.dumps(stored).encode()) == MINE


def changed(**fields: Any) -> bytes:
    return json.dumps({name: value for name, value in {**STORED, **fields}.items() if value != "gone"}).encode()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "it is not a kit map, or damaged"),
        (b"{", "it is not a kit map, or damaged"),
        (b"[]", "it is not a kit map, or damaged (not an object)"),
        (b"\xff\xfe", "it is not a kit map, or damaged"),
        (b"[" * 100_000, "it is not a kit map, or damaged"),
        (b"{}", 'it is not a kit map (format must be "drumapp kit map")'),
        (b'{"format": NaN}', "NaN is not a number that a file can hold"),
        (b" " * (1 << 20) + b"{}", "it is larger than 1 MB"),
        (changed(format="drumapp project"), "it is not a kit map (format"),
        (changed(version="gone"), "version must be a whole number from 1 to 1, not None"),
        (changed(version=2), "a newer version of Drumapp wrote it"),
        (changed(version=0), "version must be a whole number from 1 to 1, not 0"),
        (changed(version=True), "version must be"),
        (changed(name="gone"), "name must be text, not None"),
        (changed(name=" "), "name must have a letter or a digit"),
        (changed(name="n" * 101), "name must be at most 100 characters long, not 101"),
        (changed(drums="gone"), "drums must be a list, not None"),
        (changed(drums=[36]), "entry 1 of drums must be an object, not 36"),
        (changed(drums=[{"keys": [36]}]), "drum of entry 1 of drums must be a whole number from 0 to 127, not None"),
        (changed(drums=[{"drum": 36.0, "keys": [36]}]), "drum of entry 1 of drums must be a whole number"),
        (changed(drums=[{"drum": 36}]), "keys of entry 1 of drums must be a list, not None"),
        (changed(drums=[{"drum": 36, "keys": [36, 128]}]), "keys of entry 1 of drums must be a whole number from 0 to"),
        (changed(drums=[{"drum": 36, "keys": []}]), "drum 36 has no keys"),
        (changed(drums=[{"drum": 36, "keys": [36], "stand_in": 35}]), "keys or a stand_in, not both"),
        (changed(drums=[{"drum": 36, "keys": [1]}, {"drum": 36, "stand_in": 2}]), "drum 36 comes twice"),
        (changed(drums=[{"drum": 36, "keys": [1]}, {"drum": 38, "keys": [1]}]), "key 1 means both drum 36 and drum 38"),
        (changed(drums=[{"drum": 36, "stand_in": 36}]), "has a stand-in itself"),
    ],
)
def test_refusals_are_one_sentence_with_file_and_field(tmp_path: Path, data: bytes, cause: str) -> None:
    path = tmp_path / f"bad{SUFFIX}"
    path.write_bytes(data)
    with pytest.raises(KitMapFileError) as caught:
        read_kit_map(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"Cannot open {path}: ")
    assert cause in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@given(data=st.binary(max_size=60), at=st.integers(0, 200))
@settings(max_examples=200)
def test_a_damaged_file_reads_as_a_map_or_is_refused(data: bytes, at: int) -> None:
    sound = kit_map_to_bytes(MINE)
    try:
        found = kit_map_from_bytes(sound[:at] + data + sound[at + len(data) :])
    except FieldError:
        return
    assert kit_map_from_bytes(kit_map_to_bytes(found)) == found


def test_missing_and_folder(tmp_path: Path) -> None:
    with pytest.raises(KitMapFileError, match="there is no such file"):
        read_kit_map(tmp_path / "none")
    with pytest.raises(DrumappError, match="Cannot open"):
        read_kit_map(tmp_path)
    with pytest.raises(KitMapFileError, match="null"):
        read_kit_map(tmp_path / "a\0b")


def test_a_folder_lists_its_maps_by_name_and_tells_of_what_it_cannot_read(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "kit-maps"
    assert list_kit_maps(folder).maps == ()
    for name in ("zebra", "Anna", "mine"):
        save_kit_map(KitMap(name, {36: (35,)}), folder)
    (folder / f"broken{SUFFIX}").write_bytes(b"?")
    (folder / "readme.txt").write_text("not a map")
    found = list_kit_maps(folder)
    assert [stored.kit_map.name for stored in found.maps] == ["Anna", "mine", "zebra"]
    assert all(read_kit_map(stored.path) == stored.kit_map for stored in found.maps)
    (problem,) = found.problems
    assert f"broken{SUFFIX}" in problem


def test_saving_a_name_again_replaces_that_map_and_no_other(tmp_path: Path) -> None:
    first = save_kit_map(KitMap("TD-17 / mine", {36: (35,)}), tmp_path)
    other = save_kit_map(KitMap("td 17 MINE", {36: (33,)}), tmp_path)
    again = save_kit_map(KitMap("TD-17 / mine", {36: (34,)}), tmp_path)
    assert (first.path.name, other.path.name) == (f"td-17-mine{SUFFIX}", f"td-17-mine-2{SUFFIX}")
    assert again.path == first.path
    assert {stored.kit_map.name: stored.kit_map.keys[36] for stored in list_kit_maps(tmp_path).maps} == {
        "TD-17 / mine": (34,),
        "td 17 MINE": (33,),
    }


def test_a_map_renamed_by_hand_keeps_its_file(tmp_path: Path) -> None:
    path = tmp_path / f"whatever{SUFFIX}"
    path.write_bytes(kit_map_to_bytes(MINE))
    assert save_kit_map(MINE, tmp_path).path == path


@given(name=names)
def test_any_name_makes_a_plain_file_name(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("names")
    path = save_kit_map(KitMap(name), folder).path
    assert path.parent == folder
    stem = path.name.removesuffix(SUFFIX)
    assert stem.replace("-", "").isalnum()
    assert stem not in ("con", "nul", "aux", "prn")
    assert len(os.fsencode(path.name)) < 256
    assert [stored.kit_map.name for stored in list_kit_maps(folder).maps] == [name]


@pytest.mark.parametrize("name", ["CON", "nul", "Lpt1", "../../etc/passwd", "a/b", "C:\\x"])
def test_names_that_mean_something_to_a_system(tmp_path: Path, name: str) -> None:
    path = save_kit_map(KitMap(name), tmp_path / "maps").path
    assert path.parent == tmp_path / "maps"
    assert path.name.split(".")[0] not in ("con", "nul", "lpt1")


def test_deleting(tmp_path: Path) -> None:
    stored = save_kit_map(ROLAND_TD, tmp_path)
    delete_kit_map(stored.path)
    assert list_kit_maps(tmp_path).maps == ()
    delete_kit_map(stored.path)
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    with pytest.raises(KitMapFileError, match="it is not a kit map"):
        delete_kit_map(precious)
    assert precious.exists()


def test_what_cannot_be_saved_is_said_and_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KitMapFileError, match="name must be at most 100"):
        save_kit_map(KitMap("n" * 101), tmp_path)
    stored = save_kit_map(MINE, tmp_path)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteError, match=r"kitmap\.json: no space left"):
        save_kit_map(KitMap("Mine", {36: (1,)}), tmp_path)
    assert read_kit_map(stored.path) == MINE
    assert list(tmp_path.iterdir()) == [stored.path]


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    if sys.platform != "win32":
        with pytest.raises(KitMapFileError, match="Cannot look into the folder"):
            list_kit_maps(tmp_path / "file")
    with pytest.raises(DrumappError):
        save_kit_map(MINE, tmp_path / "file" / "below")
