from __future__ import annotations

import errno
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from drumapp.atomic import WriteError
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project, Take
from drumapp.storage.project_file import FileChangedError, ProjectFileError, has_changed, open_project, save_project
from drumapp.storage.project_lines import project_to_bytes
from tests.storage.projects import beat


def test_a_change_by_another_program_is_not_overwritten_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "a.drumapp"
    stamp = save_project(beat(8), path)
    theirs = project_to_bytes(beat(9))
    path.write_bytes(theirs)
    assert has_changed(path, stamp)
    with pytest.raises(FileChangedError, match=r"a\.drumapp was changed by another window or program"):
        save_project(beat(10), path, since=stamp)
    assert path.read_bytes() == theirs
    save_project(beat(10), path)
    assert open_project(path).project == beat(10)


def test_a_change_of_the_same_size_and_time_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.drumapp"
    stamp = save_project(beat(8), path)
    before = path.stat()
    path.write_bytes(project_to_bytes(beat(8)).replace(b"Beat", b"Bear"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert has_changed(path, stamp)


def test_a_file_put_back_or_removed_does_not_bar_saving(tmp_path: Path) -> None:
    path = tmp_path / "a.drumapp"
    stamp = save_project(beat(8), path)
    path.unlink()
    stamp = save_project(beat(9), path, since=stamp)
    path.write_bytes(path.read_bytes())
    save_project(beat(10), path, since=stamp)
    assert open_project(path).project == beat(10)


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.drumapp"
    stamp = save_project(beat(8), path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(WriteError, match=r"Cannot write .*a\.drumapp: no space left on device"):
            save_project(beat(9), path, since=stamp)
    assert open_project(path).project == beat(8)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "project",
    [
        replace(beat(), drummer={"x": float("nan")}),
        replace(beat(), drummer={"x": object()}),
        replace(beat(), takes=(Take("1", settings={"x": float("inf")}),)),
        replace(beat(), pattern=Pattern.of([Note(1 << 50, 36, 100)])),
    ],
)
def test_what_could_not_be_opened_again_is_not_saved(tmp_path: Path, project: Project) -> None:
    path = tmp_path / "a.drumapp"
    with pytest.raises(ProjectFileError, match=r"^Cannot save .*a\.drumapp: "):
        save_project(project, path)
    assert not path.exists()


SAVE_ONCE_TOLD = """
import sys
from pathlib import Path
from drumapp.storage.project_file import FileChangedError, open_project, save_project
from dataclasses import replace
path = Path(sys.argv[1])
opened = open_project(path)
project = replace(opened.project, pattern=replace(opened.project.pattern, name=sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
try:
    save_project(project, path, since=opened.stamp)
    print("saved", flush=True)
except FileChangedError:
    print("refused", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot lock a file that is to be replaced")
def test_of_windows_that_save_at_once_one_wins_and_the_others_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.drumapp"
    save_project(beat(), path)
    windows = {
        name: subprocess.Popen(
            [sys.executable, "-c", SAVE_ONCE_TOLD, str(path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two", "three")
    }
    for window in windows.values():
        assert window.stdout is not None
        assert window.stdout.readline() == "ready\n"
    for window in windows.values():
        assert window.stdin is not None
        window.stdin.write("\n")
        window.stdin.flush()
    answers = {name: window.communicate()[0].strip() for name, window in windows.items()}
    assert sorted(answers.values()) == ["refused", "refused", "saved"]
    winner = next(name for name, answer in answers.items() if answer == "saved")
    assert open_project(path).project.pattern.name == winner
