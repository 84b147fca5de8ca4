from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.kit import GENERAL_MIDI_KIT
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.project import Project, Take, UnknownFields
from drumapp.storage import journal as journal_module
from drumapp.storage.differences import apply_difference, difference, splices
from drumapp.storage.fields import FieldError, to_json
from drumapp.storage.journal import Journal, JournalThread
from drumapp.storage.journal_records import JournalError, Origin, read_journal
from drumapp.storage.project_file import FileStamp, save_project
from tests.storage.projects import beat, projects

few_notes = st.lists(
    st.builds(Note, st.integers(0, 6), st.integers(36, 38), st.integers(100, 101), st.just(60)), max_size=12
).map(lambda drawn: tuple(sorted(drawn)))


def stored(changes: dict[str, object]) -> dict[str, object]:
    back: dict[str, object] = json.loads(to_json(changes))
    return back


def with_note(project: Project, tick: int) -> Project:
    return replace(project, pattern=project.pattern.with_notes([Note(tick, 36, 100)]))


def read(journal: Journal) -> Project:
    contents = read_journal(journal.path.read_bytes())
    assert contents.unread == 0
    return contents.project


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(beat(), Origin(), tmp_path)
    yield opened
    opened.close()


# Differences


@settings(max_examples=60, deadline=None)
@given(old=projects(), new=projects())
def test_a_difference_leads_from_any_project_to_any_other(old: Project, new: Project) -> None:
    new = replace(new, unknown=replace(new.unknown, file=old.unknown.file, records=old.unknown.records))
    assert apply_difference(old, stored(difference(old, new))) == new
    assert difference(old, old) == {}


@settings(max_examples=300)
@given(old=few_notes, new=few_notes)
def test_splices_lead_from_any_notes_to_any_others(old: tuple[Note, ...], new: tuple[Note, ...]) -> None:
    before, after = Project(Pattern(old)), Project(Pattern(new))
    assert apply_difference(before, stored(difference(before, after))) == after


def test_an_edit_of_a_long_pattern_is_a_small_difference() -> None:
    notes = tuple(Note(10 * index, 36, 100) for index in range(10_000))
    moved = tuple(sorted((*notes[:100], *notes[101:], Note(90_005, 38, 99))))
    assert splices(notes, moved) == [(100, 1, ()), (9001, 0, (Note(90_005, 38, 99),))]
    louder = tuple(note._replace(velocity=101) if index % 1000 == 5 else note for index, note in enumerate(notes))
    assert len(splices(notes, louder)) == 10


@pytest.mark.parametrize(
    "changes",
    [
        {"splices": [[65, 0, []]]},
        {"splices": [[60, 5, []]]},
        {"splices": [[-1, 0, []]]},
        {"splices": [[5, 2, []], [6, 0, []]]},
        {"splices": [[0, 0, [[-1, 36, 100, 60]]]]},
        {"splices": [7]},
        {"splices": {}},
        {"pattern": []},
        {"order": ["1", "9"], "takes": []},
        {"order": ["1", "1"], "takes": []},
        {"order": ["1"]},
        {"drummer": 5},
    ],
)
def test_a_difference_that_does_not_fit_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(FieldError):
        apply_difference(beat(), changes)


# What is written when


def test_nothing_is_on_disk_while_nothing_is_unsaved(journal: Journal) -> None:
    journal.tick(0)
    journal.record(beat())
    journal.tick(1)
    assert not journal.path.exists()


def test_edits_are_written_a_quarter_of_a_second_apart(journal: Journal) -> None:
    states = [with_note(beat(), tick) for tick in range(5)]
    journal.record(states[0])
    journal.tick(10.0)
    assert read(journal) == states[0]
    journal.record(states[1])
    journal.tick(10.1)
    assert read(journal) == states[0]
    journal.record(states[2])
    journal.tick(10.25)
    assert read(journal) == states[2]
    journal.record(states[3])
    journal.write_now(10.3)
    assert read(journal) == states[3]


def test_every_kind_of_edit_comes_back(journal: Journal) -> None:
    project = beat()
    edits = [
        replace(project, kit=GENERAL_MIDI_KIT),
        replace(project, drummer={"style": "jazz"}),
        project.with_take(Take("2", result=Pattern.of([Note(0, 38, 9)], length=960))),
        project.without_take("1"),
        replace(project, pattern=replace(project.pattern, name="Other", length=0)),
        replace(project, pattern=project.pattern.without_notes()),
        replace(project, unknown=UnknownFields(file={"author": "me"})),
        project.with_take(replace(project.takes[0], starred=False)),
    ]
    for now, edit in enumerate(edits):
        journal.record(edit)
        journal.tick(now)
        assert read(journal) == edit


def test_the_disk_is_flushed_once_a_second_and_only_after_edits(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    for quarter in range(1, 41):  # ten seconds, an edit each
        journal.record(with_note(beat(), quarter))
        journal.tick(quarter / 4)
    assert len(flushed) == 10
    journal.tick(10.9)
    journal.tick(11.5)
    journal.tick(13)
    assert len(flushed) == 11


def test_undoing_everything_is_journalled_too(journal: Journal) -> None:
    journal.record(with_note(beat(), 5))
    journal.tick(0)
    journal.record(beat())
    journal.tick(1)
    assert read(journal) == beat()


def test_a_long_session_does_not_grow_without_end(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "MIN_COMPACTION_BYTES", 1000)
    project, largest = beat(), 0
    for now in range(400):
        kept = [note for note in project.pattern.notes if note.velocity != 1]
        project = replace(project, pattern=replace(project.pattern, notes=NoteRun(sorted([*kept, Note(now, 36, 1)]))))
        journal.record(project)
        journal.tick(now)
        assert read(journal) == project
        largest = max(largest, journal.path.stat().st_size)
    assert largest < 5 * len(to_json([list(note) for note in project.pattern.notes])) + 10_000


def test_saving_and_closing_remove_it(tmp_path: Path) -> None:
    folder = tmp_path / "recovery"
    journal = Journal(Project(), Origin(), folder)
    journal.record(beat())
    journal.tick(0)
    path = tmp_path / "a.drumapp"
    stamp = save_project(beat(), path)
    journal.saved(beat(), path, stamp)
    assert not journal.path.exists()
    journal.tick(5)
    assert not journal.path.exists()
    later = with_note(beat(), 3)
    journal.record(later)
    journal.tick(6)
    contents = read_journal(journal.path.read_bytes())
    assert (contents.project, contents.origin.path, contents.origin.stamp) == (later, path, stamp)
    journal.close()
    journal.close()
    journal.record(beat())
    journal.tick(7)
    assert list(folder.iterdir()) == []


def test_edits_made_while_the_file_was_being_saved_stay_in_the_journal(tmp_path: Path, journal: Journal) -> None:
    journal.record(beat())
    later = with_note(beat(), 3)
    journal.record(later)
    journal.saved(beat(), tmp_path / "a.drumapp", FileStamp.of(b""))
    journal.tick(0)
    assert read(journal) == later


def test_a_journal_that_somebody_tidied_away_is_begun_anew(journal: Journal) -> None:
    journal.record(with_note(beat(), 1))
    journal.tick(0)
    journal.path.unlink()
    journal.record(with_note(beat(), 2))
    journal.tick(1)
    assert read(journal) == with_note(beat(), 2)
    journal.path.unlink()
    journal.tick(2)  # flushes what is not there


# Broken journals


def long_journal(journal: Journal) -> tuple[bytes, list[Project]]:
    """A journal's bytes and the states it went through."""
    states = []
    for now in range(12):
        states.append(with_note(states[-1] if states else beat(), 1000 + now))
        journal.record(states[-1])
        journal.tick(now)
    return journal.path.read_bytes(), states


def test_cut_off_anywhere_it_gives_the_last_state_before_the_cut(journal: Journal) -> None:
    data, states = long_journal(journal)
    reached = -1
    for length in range(len(data) + 1):
        try:
            contents = read_journal(data[:length])
        except JournalError:
            assert reached == -1
            continue
        index = states.index(contents.project)
        assert index in (reached, reached + 1)
        assert (contents.unread == 0) == (index > reached or length == len(data))
        reached = index
    assert reached == len(states) - 1


def test_no_flipped_bit_brings_a_state_that_never_was(journal: Journal) -> None:
    data, states = long_journal(journal)
    chance = random.Random(3)
    for _ in range(1000):
        damaged = bytearray(data)
        damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        with contextlib.suppress(JournalError):
            contents = read_journal(bytes(damaged))
            assert contents.project in states
            assert contents.unread


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\xff" * 100], ids=["empty", "zeros", "ones"])
def test_what_is_no_journal_is_refused(data: bytes) -> None:
    with pytest.raises(JournalError, match="damaged"):
        read_journal(data)


def test_zeros_at_the_end_are_told_as_lost(journal: Journal) -> None:
    data, states = long_journal(journal)
    contents = read_journal(data + b"\0" * 4096)
    assert (contents.project, contents.unread) == (states[-1], 4096)


# A disk that will not take it


def full(_: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_and_the_journal_goes_on_when_there_is_room(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.record(with_note(beat(), 1))
    journal.tick(0)
    journal.record(with_note(beat(), 2))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(JournalError, match=r"no space left on device\. Save your project\.$"):
            journal.tick(1)
    journal.tick(2)
    assert read(journal) == with_note(beat(), 2)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of files")
def test_half_a_record_on_a_full_disk_hides_nothing(journal: Journal) -> None:
    import resource

    journal.record(with_note(beat(), 1))
    journal.tick(0)
    before = journal.path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (before + 20, hard))
    try:
        journal.record(with_note(beat(), 2))
        with pytest.raises(JournalError, match="cannot be kept safe"):
            journal.tick(1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert journal.path.stat().st_size == before + 20
    contents = read_journal(journal.path.read_bytes())
    assert (contents.project, contents.unread) == (with_note(beat(), 1), 20)
    journal.tick(2)
    assert read(journal) == with_note(beat(), 2)


def test_a_project_that_cannot_be_stored_is_told(journal: Journal) -> None:
    journal.record(replace(beat(), drummer={"x": float("nan")}))
    with pytest.raises(JournalError, match="cannot be kept safe"):
        journal.tick(0)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Exception, match=r"Cannot make the folder .*file"):
        Journal(Project(), Origin(), tmp_path / "file" / "recovery")


# The thread


def test_the_thread_writes_and_tells_of_trouble_and_of_its_end(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []
    news = threading.Event()

    def tell(problem: str | None) -> None:
        told.append(problem)
        news.set()

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        thread = JournalThread(journal, tell)
        journal.record(with_note(beat(), 1))
        assert news.wait(30)
        news.clear()
    journal.record(with_note(beat(), 2))
    assert news.wait(30)
    thread.close()
    thread.close()
    assert told[0] is not None
    assert "no space left on device" in told[0]
    assert told[1] is None
    journal.write_now(1e9)
    assert read(journal) == with_note(beat(), 2)
