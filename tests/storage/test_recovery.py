from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note
from drumapp.core.project import Project
from drumapp.storage.journal import Journal, journal_folder
from drumapp.storage.journal_records import JournalError, Origin, frame, write_opening
from drumapp.storage.locks import LockError, try_lock
from drumapp.storage.open_documents import mark_open, warning
from drumapp.storage.project_file import FileChangedError, FileStamp, save_project
from drumapp.storage.recovery import (
    KEEP_DECLINED_SECONDS,
    AbandonedSession,
    decline,
    delete_old,
    find_abandoned,
    recover,
)
from drumapp.storage.state_folder import state_folder
from tests.storage.projects import beat

NOW = 2_000_000_000.0


def louder(project: Project) -> Project:
    return replace(project, pattern=project.pattern.with_notes([Note(5, 36, 127)]))


def opening_records(origin: Origin, project: Project) -> bytes:
    file = io.BytesIO()
    assert write_opening(file, origin, project) == len(file.getvalue())
    return file.getvalue()


def abandoned(folder: Path, name: str = "lost", project: Project | None = None, path: Path | None = None) -> Path:
    """The journal of a process that is dead."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / f"{name}.journal"
    journal.write_bytes(opening_records(Origin(path, None, 1.0), project or beat()))
    return journal


def only(folder: Path) -> AbandonedSession:
    (session,) = find_abandoned(folder)
    return session


def test_nothing_is_offered_where_nothing_ever_was(tmp_path: Path) -> None:
    assert find_abandoned(tmp_path / "nowhere") == []
    delete_old(NOW, tmp_path / "nowhere")


def test_a_living_window_is_not_offered(tmp_path: Path) -> None:
    journal = Journal(Project(), Origin(), tmp_path)
    journal.record(beat())
    journal.tick(0)
    assert find_abandoned(tmp_path) == []
    with pytest.raises(JournalError, match="another window"):
        recover(AbandonedSession(journal.path, None, 0))
    with pytest.raises(JournalError, match="another window"):
        decline(AbandonedSession(journal.path, None, 0), NOW)
    journal.close()


def test_the_last_edited_comes_first_and_bears_its_files_name(tmp_path: Path) -> None:
    os.utime(abandoned(tmp_path, "b", path=tmp_path / "Old song.drumapp"), (10, 10))
    os.utime(abandoned(tmp_path, "a"), (20, 20))
    assert [(session.name, session.edited) for session in find_abandoned(tmp_path)] == [
        ("Untitled", 20),
        ("Old song", 10),
    ]


def test_accepted_work_is_in_the_new_journal_before_the_old_one_goes(tmp_path: Path) -> None:
    path = tmp_path / "song.drumapp"
    stamp = save_project(beat(), path)
    folder = tmp_path / "recovery"
    folder.mkdir()
    old = folder / "lost.journal"
    old.write_bytes(opening_records(Origin(path, stamp, 1.0), louder(beat())))
    recovery = recover(only(folder))
    assert (recovery.project, recovery.problems) == (louder(beat()), ())
    assert (recovery.origin.path, recovery.origin.stamp) == (path, stamp)
    assert find_abandoned(folder) == []
    journal = Journal(beat(), recovery.origin, folder)
    journal.keep(recovery.project, 0)
    assert old.exists()
    recovery.finish()
    assert not old.exists()
    assert journal.path.exists()
    journal.close()
    assert list(folder.iterdir()) == []


def test_recovered_work_does_not_overwrite_a_file_that_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "song.drumapp"
    stamp = save_project(beat(), path)
    folder = tmp_path / "recovery"
    folder.mkdir()
    (folder / "lost.journal").write_bytes(opening_records(Origin(path, stamp, 1.0), louder(beat())))
    save_project(beat(3), path)
    recovery = recover(only(folder))
    with pytest.raises(FileChangedError):
        save_project(recovery.project, path, since=recovery.origin.stamp)
    recovery.finish()


def test_work_put_back_is_offered_again_and_work_taken_is_not(tmp_path: Path) -> None:
    abandoned(tmp_path)
    session = only(tmp_path)
    recovery = recover(session)
    with pytest.raises(JournalError, match="another window"):
        recover(session)
    recovery.put_back()
    recovery.put_back()
    recover(only(tmp_path)).finish()
    assert find_abandoned(tmp_path) == []
    with pytest.raises(JournalError, match="has been taken up or declined"):
        recover(session)


def test_declined_work_is_not_offered_again_kept_for_a_week_and_then_deleted(tmp_path: Path) -> None:
    journal = abandoned(tmp_path)
    before = journal.read_bytes()
    kept = decline(only(tmp_path), NOW)
    assert find_abandoned(tmp_path) == []
    delete_old(NOW + KEEP_DECLINED_SECONDS - 60, tmp_path)
    assert kept.read_bytes() == before
    delete_old(NOW + KEEP_DECLINED_SECONDS + 60, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_work_that_nobody_has_decided_on_is_never_deleted(tmp_path: Path) -> None:
    journal = abandoned(tmp_path)
    os.utime(journal, (10, 10))
    delete_old(NOW, tmp_path)
    assert only(tmp_path).journal == journal


def test_locks_and_parts_that_the_dead_left_are_swept_up_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    for name in ("dead.lock", "dead.part", ".dead.journal.xyz.part"):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (10, 10))
    living = Journal(Project(), Origin(), tmp_path)
    lock = living.path.with_suffix(".lock")
    os.utime(lock, (10, 10))
    delete_old(NOW, tmp_path)
    assert list(tmp_path.iterdir()) == [lock]
    living.close()


def test_a_journal_that_is_cut_off_gives_what_it_can_and_says_so(tmp_path: Path) -> None:
    journal = abandoned(tmp_path)
    journal.write_bytes(journal.read_bytes() + frame(b'{"drummer":{}}')[:-3])
    recovery = recover(only(tmp_path))
    assert recovery.project == beat()
    assert recovery.problems == (
        "The last 19 bytes of the journal are cut off or damaged; what was edited last may be missing.",
    )
    recovery.put_back()


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "damaged before its first project"),
        (frame(b"{}") * 2, "not a Drumapp journal"),
        (frame(json.dumps({"format": "drumapp journal", "version": 2}).encode()) * 2, "newer version of Drumapp"),
        (opening_records(Origin(), beat())[:200], "damaged before its first project"),
    ],
)
def test_a_journal_with_nothing_to_read_is_told_and_stays_until_declined(
    tmp_path: Path, data: bytes, cause: str
) -> None:
    journal = tmp_path / "lost.journal"
    journal.write_bytes(data)
    session = only(tmp_path)
    with pytest.raises(JournalError, match=rf"^Cannot recover work from .*lost\.journal: .*{cause}.*\.$"):
        recover(session)
    assert journal.exists()
    decline(session, NOW)
    assert find_abandoned(tmp_path) == []


def test_a_journal_that_cannot_be_read_is_told_and_keeps_no_other_from_being_offered(tmp_path: Path) -> None:
    (tmp_path / "bad.journal").mkdir()
    good = abandoned(tmp_path)
    first, second = find_abandoned(tmp_path)
    assert first.journal == good
    with pytest.raises(JournalError, match=r"Cannot recover work from .*bad\.journal: is a directory"):
        recover(second)


# Locks, here and in another process


HOLD = """
import sys
from pathlib import Path
from drumapp.storage.open_documents import mark_open
print(mark_open(Path(sys.argv[1]), Path(sys.argv[2])) is not None, flush=True)
sys.stdin.read()
"""


def test_the_second_window_on_a_file_is_told_until_the_first_dies(tmp_path: Path) -> None:
    path, state = tmp_path / "song.drumapp", tmp_path / "state"
    path.write_bytes(b"")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert mark_open(path, state) is None
        assert mark_open(tmp_path / "." / "song.drumapp", state) is None
        assert f"{path} is open in another window (process {other.pid})" in warning(path, state)
        elsewhere = mark_open(tmp_path / "other.drumapp", state)
        assert elsewhere is not None
        elsewhere.release()
        other.kill()
    mine = mark_open(path, state)
    assert mine is not None
    assert mark_open(path, state) is None
    mine.release()
    mine.release()
    assert list((state / "open").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows needs a privilege to make symbolic links")
def test_a_link_to_a_file_is_the_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "song.drumapp")
    lock = mark_open(tmp_path / "song.drumapp", tmp_path)
    assert lock is not None
    assert mark_open(tmp_path / "link", tmp_path) is None
    lock.release()


def test_a_lock_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(LockError, match=r"Cannot lock .*no such file or directory"):
        try_lock(tmp_path / "nowhere" / "a.lock")
    (tmp_path / "state").write_bytes(b"")
    with pytest.raises(DrumappError, match="Cannot make the folder"):
        mark_open(tmp_path / "song.drumapp", tmp_path / "state")


def test_the_state_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path))
    assert state_folder() == tmp_path
    journal = Journal(Project(), Origin(None, FileStamp.of(b"")))
    assert journal.path.parent == journal_folder() == tmp_path / "recovery"
    journal.close()
    monkeypatch.delenv("DRUMAPP_STATE_DIR")
    assert state_folder().name == "drumapp"
