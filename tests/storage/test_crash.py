"""A process that edits is killed at random moments, as often as a user could possibly have bad luck."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drumapp.core.project import Project
from drumapp.storage.journal import journal_folder
from drumapp.storage.project_file import open_project
from drumapp.storage.recovery import find_abandoned, recover
from tests.storage import editing_process
from tests.storage.editing_process import START, edited, edits

WINDOWS = 10
KILLS_EACH = 3
MAY_BE_LOST_SECONDS = 1.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_thirty_times_a_process_loses_at_most_its_last_second(tmp_path: Path) -> None:
    with ThreadPoolExecutor(WINDOWS) as pool:
        lived = list(pool.map(kill_and_look, [tmp_path / str(index) for index in range(WINDOWS)]))
    assert sum(lived) >= WINDOWS * KILLS_EACH * 5


def kill_and_look(folder: Path) -> int:
    """Kill one window after the other over the same file; each must find what the last left. Gives the edits made."""
    folder.mkdir()
    chance = random.Random(folder.name)
    path = folder / "song.drumapp"
    total = 0
    for _ in range(KILLS_EACH):
        made = made_before_the_kill(folder, path, chance.uniform(0.1, 2.2))
        total += len(made)
        project = what_is_left(folder, path)
        last_number, last_time = made[-1]
        safe = max((number for number, at in made if at <= last_time - MAY_BE_LOST_SECONDS), default=made[0][0] - 1)
        # One more than was told of may have been made: the kill can fall between the edit and the telling.
        assert safe <= edits(project) <= last_number + 1
        assert project == after(edits(project))
    return total


def made_before_the_kill(folder: Path, path: Path, seconds: float) -> list[tuple[int, float]]:
    """Number and time of each edit of a process that was killed so long after its first."""
    program = [sys.executable, editing_process.__file__, str(folder), str(path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = process.stdout.readline()
        if told:
            time.sleep(seconds)
        process.kill()
        told += process.stdout.read()
        complaints = process.stderr.read()
    assert complaints == ""
    lines = told.splitlines(keepends=True)
    return [(int(number), float(at)) for number, at in (line.split() for line in lines if line.endswith("\n"))]


def what_is_left(folder: Path, path: Path) -> Project:
    """The last of what the file and the abandoned journals hold; none of them may be broken."""
    found = [START]
    if path.exists():
        opened = open_project(path)
        assert opened.problems == ()
        found.append(opened.project)
    for session in find_abandoned(journal_folder(folder)):
        assert session.name == "song"
        recovery = recover(session)
        found.append(recovery.project)
        recovery.put_back()
    return max(found, key=edits)


def after(number: int) -> Project:
    """The project after so many edits, made here."""
    project = START
    for _ in range(number):
        project = edited(project)
    return project
