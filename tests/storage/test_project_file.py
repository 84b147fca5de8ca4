from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from drumapp.core import note_run
from drumapp.core.kit import HOUSE_KIT
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.project import Project
from drumapp.core.timing import Metre, MetreMap
from drumapp.storage import project_lines
from drumapp.storage.migrations import Records, migrate
from drumapp.storage.project_file import ProjectFileError, open_project, save_project
from drumapp.storage.project_lines import project_from_bytes, project_to_bytes
from tests.storage.projects import beat, patterns, projects

Line = dict[str, Any]


def edited(data: bytes, change: Callable[[list[Line]], None]) -> bytes:
    """A project file's bytes after ``change`` had its way with the lines."""
    lines = [json.loads(line) for line in data.splitlines()]
    change(lines)
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def record(lines: list[Line], name: str) -> Any:
    return next(line[name] for line in lines if next(iter(line)) == name)


@settings(max_examples=200, deadline=None)
@given(pattern=patterns)
def test_every_pattern_comes_back_exactly(pattern: Pattern) -> None:
    assert project_from_bytes(project_to_bytes(Project(pattern))).project.pattern == pattern


@pytest.mark.parametrize("denominator", [1, 2, 4, 8, 16, 32])
def test_every_metre_comes_back(denominator: int) -> None:
    for numerator in range(1, 33):
        metre = MetreMap.constant(Metre(numerator, denominator))
        pattern = Pattern.of([Note(metre.bar_start(3), 36, 100)], metre=metre)
        assert project_from_bytes(project_to_bytes(Project(pattern))).project.pattern == pattern


@settings(max_examples=60, deadline=None)
@given(project=projects())
def test_what_is_saved_is_what_was_there(project: Project) -> None:
    data = project_to_bytes(project)
    read = project_from_bytes(data)
    assert read.project == project
    assert read.problems == ()
    assert project_to_bytes(read.project) == data


def test_a_saved_file_opens(tmp_path: Path) -> None:
    path = tmp_path / "Größe.drumapp"
    stamp = save_project(beat(), path)
    opened = open_project(path)
    assert (opened.project, opened.stamp, opened.problems) == (beat(), stamp, ())


def test_an_empty_project_opens(tmp_path: Path) -> None:
    path = tmp_path / "a.drumapp"
    save_project(Project(), path)
    assert open_project(path).project == Project()


def test_a_hundred_thousand_notes_make_the_round_trip() -> None:
    notes = tuple(Note(7 * index, 35 + index % 47, 1 + index % 127, 60) for index in range(100_000))
    project = Project(Pattern(NoteRun(notes), 700_000))
    assert project_from_bytes(project_to_bytes(project)).project == project


def test_saving_leaves_notes_as_they_are_held() -> None:
    project = Project(Pattern.of(Note(tick, 36, 100) for tick in range(1000)))
    notes = project.pattern.notes
    assert isinstance(notes, NoteRun)
    for _ in range(2):
        note_run.rest([notes])
    assert project_from_bytes(project_to_bytes(project)).project == project
    for _ in range(2):
        note_run.rest([notes])
    project_to_bytes(project)
    assert all(piece._notes is None for piece in notes.pieces)


def test_the_file_is_one_that_other_programs_can_read() -> None:
    first, pattern, *_ = [json.loads(line) for line in project_to_bytes(beat(4)).decode("ascii").splitlines()]
    assert first == {"format": "drumapp project", "version": 1, "notes": 4, "takes": 1}
    assert pattern["pattern"]["tempo"] == [[0, 120.0]]
    assert pattern["pattern"]["metre"] == [[0, "4/4"]]


def test_unknown_fields_of_every_kind_are_kept() -> None:
    def strangers(lines: list[Line]) -> None:
        lines[0]["author"] = "me"
        record(lines, "pattern")["swing"] = 0.6
        record(lines, "kit")["maker"] = {"name": "x"}
        record(lines, "kit")["lanes"][2]["colour"] = "#fff"
        record(lines, "take")["rating"] = [1, None]
        record(lines, "take")["result"]["mood"] = "calm"
        lines.insert(-1, {"video": {"file": "a.mp4"}})

    read = project_from_bytes(edited(project_to_bytes(beat()), strangers))
    again = [json.loads(line) for line in project_to_bytes(read.project).splitlines()]
    assert again[0]["author"] == "me"
    assert record(again, "pattern")["swing"] == 0.6
    assert record(again, "kit")["maker"] == {"name": "x"}
    assert record(again, "kit")["lanes"][2]["colour"] == "#fff"
    assert record(again, "take")["rating"] == [1, None]
    assert record(again, "take")["result"]["mood"] == "calm"
    assert record(again, "video") == {"file": "a.mp4"}


def test_a_hand_edited_file_opens_and_says_so() -> None:
    def faster(lines: list[Line]) -> None:
        record(lines, "pattern")["tempo"] = [[0, 99]]

    read = project_from_bytes(b"\xef\xbb\xbf" + edited(project_to_bytes(beat()), faster).replace(b"\n", b"\r\n\r\n"))
    assert read.project.pattern.bpm == 99
    assert len(read.project.pattern) == 64
    assert any("changed outside" in problem for problem in read.problems)


def test_records_may_come_in_any_order() -> None:
    def shuffled(lines: list[Line]) -> None:
        rest = lines[1:]
        random.Random(1).shuffle(rest)
        lines[1:] = rest

    assert project_from_bytes(edited(project_to_bytes(beat()), shuffled)).project == beat()


def test_a_newer_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "new.drumapp"
    path.write_bytes(b'{"format":"drumapp project","version":2,"notes":"who knows"}\n{"pattern":[]}\n')
    with pytest.raises(ProjectFileError, match=r"Cannot open .*new\.drumapp: a newer version of Drumapp wrote it"):
        open_project(path)


def test_older_records_are_brought_up_one_version_at_a_time() -> None:
    def renamed(records: Records) -> Records:
        return [{"beat": old["rhythm"]} for old in records]

    def doubled(records: Records) -> Records:
        return [{"beat": old["beat"] * 2} for old in records]

    assert migrate([{"rhythm": 1}], 3, {3: renamed, 4: doubled}, target=5) == [{"beat": 2}]
    assert migrate([{"beat": 1}], 4, {3: renamed, 4: doubled}, target=5) == [{"beat": 2}]
    assert migrate([{"beat": 1}], 5, {}, target=5) == [{"beat": 1}]


def in_pattern(name: str, value: object) -> Callable[[list[Line]], None]:
    return lambda lines: record(lines, "pattern").__setitem__(name, value)


def in_first(name: str, value: object) -> Callable[[list[Line]], None]:
    return lambda lines: lines[0].__setitem__(name, value)


def in_note(index: int, value: object) -> Callable[[list[Line]], None]:
    return lambda lines: record(lines, "notes")[3].__setitem__(index, value)


def in_lane(name: str, value: object) -> Callable[[list[Line]], None]:
    return lambda lines: record(lines, "kit")["lanes"][1].__setitem__(name, value)


def in_take(name: str, value: object) -> Callable[[list[Line]], None]:
    return lambda lines: record(lines, "take").__setitem__(name, value)


def twice(name: str) -> Callable[[list[Line]], None]:
    return lambda lines: lines.append({name: record(lines, name)})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (in_pattern("tempo", [[0, 0]]), "tempo"),
        (in_pattern("tempo", [[0, 10_000]]), "tempo"),
        (in_pattern("tempo", [[0, -120]]), "tempo"),
        (in_pattern("tempo", [[0, "120"]]), "tempo"),
        (in_pattern("tempo", [[0, True]]), "tempo"),
        (in_pattern("tempo", [[0, float("nan")]]), "NaN"),
        (in_pattern("tempo", [[0, float("inf")]]), "Infinity"),
        (in_pattern("tempo", []), "tempo"),
        (in_pattern("tempo", None), "tempo"),
        (in_pattern("tempo", [[480, 120]]), "tempo"),
        (in_pattern("tempo", [[0, 120], [0, 100]]), "tempo"),
        (in_pattern("tempo", [[0, 120], [-480, 100]]), "tempo tick"),
        (in_pattern("tempo", [120]), "tempo"),
        (in_pattern("metre", [[0, "4/5"]]), "metre"),
        (in_pattern("metre", [[0, "0/4"]]), "metre"),
        (in_pattern("metre", [[0, 4]]), "metre"),
        (in_pattern("metre", [[0, "4/" + "9" * 5000]]), "metre|digits"),
        (in_pattern("length", -1), "length"),
        (in_pattern("length", 1.5), "length"),
        (in_pattern("length", "1920"), "length"),
        (in_pattern("length", 1 << 41), "length"),
        (in_pattern("name", 5), "name"),
        (in_first("notes", 10_000_000), "notes"),
        (in_first("notes", -1), "notes"),
        (in_first("takes", 10_000_000), "takes"),
        (in_first("version", 0), "version"),
        (in_first("version", "1"), "version"),
        (in_first("version", True), "version"),
        (in_note(0, -1), "start"),
        (in_note(0, "0"), "start"),
        (in_note(0, 0.5), "start"),
        (in_note(1, 128), "pitch"),
        (in_note(2, 0), "velocity"),
        (in_note(2, True), "velocity"),
        (in_note(3, 0), "duration"),
        (in_note(3, 1 << 41), "duration"),
        (lambda lines: record(lines, "notes").append([0, 36, 100]), "note"),
        (lambda lines: lines.append({"notes": 7}), "note"),
        (in_lane("key", 57), "lanes"),
        (in_lane("key", 128), "key of lane 2"),
        (in_lane("name", None), "name of lane 2"),
        (in_lane("family", "strings"), "family of lane 2"),
        (in_lane("choke_group", -1), "choke_group of lane 2"),
        (in_lane("volume_db", 99), "volume_db of lane 2"),
        (in_lane("pan", "left"), "pan of lane 2"),
        (in_lane("muted", 1), "muted of lane 2"),
        (in_take("seed", -1), "seed"),
        (in_take("seed", 1e9), "seed"),
        (in_take("starred", "yes"), "starred"),
        (in_take("settings", []), "settings"),
        (in_take("made", -1), "made"),
        (
            in_take("result", {"length": 9, "tempo": [[0, 120]], "metre": [[0, "4/4"]], "notes": [[-1, 36, 9, 60]]}),
            "start",
        ),
        (in_take("result", {"length": 9, "tempo": [[0, 5]], "metre": [[0, "4/4"]], "notes": []}), "tempo"),
        (twice("take"), "take id '1'"),
        (twice("kit"), "kit"),
        (twice("pattern"), "pattern"),
        (twice("drummer"), "drummer"),
        (twice("end"), "end"),
        (lambda lines: record(lines, "drummer").__setitem__("x", float("nan")), "NaN"),
    ],
)
def test_absurd_values_are_refused_by_the_name_of_their_field(
    tmp_path: Path, change: Callable[[list[Line]], None], field: str
) -> None:
    path = tmp_path / "a.drumapp"
    path.write_bytes(edited(project_to_bytes(beat()), change))
    with pytest.raises(ProjectFileError, match=rf"^Cannot open .*a\.drumapp: .*({field})"):
        open_project(path)


def test_a_number_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(ProjectFileError, match="not a number that a file can hold"):
        project_from_bytes(project_to_bytes(beat()).replace(b"120.0", b"1e999"))


def test_more_notes_than_announced_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    data = project_to_bytes(beat(64)).replace(b'"notes":64', b'"notes":4')
    monkeypatch.setattr(project_lines, "MAX_NOTES", 40)
    with pytest.raises(ProjectFileError, match="notes must be at most 40"):
        project_from_bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"\0" * 1000,
        b"MThd\0\0\0\6\0\0\0\1\1\xe0",
        b"[1,2]\n",
        b"7",
        b'{"format":"something else","version":1}\n',
        b'{"format":"drumapp project","version":1,"notes":0,"takes":0}\n',
        b'{"a":' * 100_000,
        b'{"format":"drumapp project","version":1,"notes":0,"takes":0}\n' + b'{"x":' * 100_000,
        b'{"format":"drumapp project","version":' + b"9" * 5000 + b"}",
        b'{"format":"\xff"}',
    ],
)
def test_what_is_no_project_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.drumapp"
    path.write_bytes(data)
    with pytest.raises(ProjectFileError, match=r"^Cannot open .*a\.drumapp: .+\.$"):
        open_project(path)


def test_missing_files_and_folders_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="there is no such file"):
        open_project(tmp_path / "none.drumapp")
    with pytest.raises(ProjectFileError, match=r"Cannot open .*directory"):
        open_project(tmp_path)
    with pytest.raises(ProjectFileError, match="Cannot open"):
        open_project(tmp_path / "a\0b")


def test_cut_off_anywhere_it_opens_as_far_as_it_goes_and_says_so() -> None:
    whole = beat(40)
    data = project_to_bytes(whole)
    opened = 0
    for length in range(len(data) - 1):
        try:
            read = project_from_bytes(data[:length])
        except ProjectFileError:
            assert length < data.index(b'{"kit"')
            continue
        opened += 1
        notes = read.project.pattern.notes
        assert notes == whole.pattern.notes[: len(notes)]
        assert len(notes) in (0, 16, 32, 40)
        assert read.project.pattern.length == whole.pattern.length
        assert read.problems
        if len(notes) < 40:
            assert f"{len(notes)} of 40 notes could be read." in read.problems
    assert opened > len(data) // 2


def test_cut_off_after_the_first_notes_all_of_them_are_there() -> None:
    data = project_to_bytes(beat(40))
    at = data.index(b'{"notes"', data.index(b'{"notes":[') + 1)
    read = project_from_bytes(data[: at + 20])
    assert len(read.project.pattern) == 16
    assert read.problems == (
        "The file is cut off.",
        f"Damaged lines could not be read: {data[:at].count(10) + 1}.",
        "16 of 40 notes could be read.",
        "0 of 1 takes could be read.",
    )


def test_a_damaged_line_loses_itself_alone() -> None:
    data = project_to_bytes(beat(40)).replace(b'{"pattern":', b'#"pattern":').replace(b'{"kit":', b'{"kit"#')
    read = project_from_bytes(data)
    assert read.project.pattern.notes == beat(40).pattern.notes
    assert read.project.kit == HOUSE_KIT
    assert read.project.takes == beat().takes
    assert "Damaged lines could not be read: 2, 3." in read.problems
    assert "Tempo, metre, length and name could not be read." in read.problems


def test_no_flipped_bit_goes_unnoticed() -> None:
    whole = beat(24)
    data = project_to_bytes(whole)
    chance = random.Random(5)
    for _ in range(1500):
        at = chance.randrange(len(data))
        damaged = bytearray(data)
        damaged[at] ^= 1 << chance.randrange(8)
        try:
            read = project_from_bytes(bytes(damaged))
        except ProjectFileError:
            continue
        assert read.problems, (at, damaged[at])
