"""A window without a window: edits, journals and saves until it is killed. Run with the state folder and the file.

It takes up what an earlier one left behind, and prints the number of each edit with the time at which it was made.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.project import Project
from drumapp.storage.journal import Journal, JournalThread, journal_folder
from drumapp.storage.journal_records import Origin
from drumapp.storage.project_file import open_project, save_project
from drumapp.storage.recovery import find_abandoned, recover

EDITS_PER_SECOND = 20
EDITS_PER_SAVE = 61
START = Project(Pattern.of([Note(120 * index, 42, 90) for index in range(500)], name="0"))


def edited(project: Project) -> Project:
    """The next edit: another note, an older one louder, and the number of edits as the name."""
    number = edits(project) + 1
    notes = list(project.pattern.notes)
    notes[number % 400] = notes[number % 400]._replace(velocity=1 + number % 127)
    notes.append(Note(120 * number, 36, 100))
    return replace(project, pattern=replace(project.pattern, notes=NoteRun(sorted(notes)), name=str(number)))


def edits(project: Project) -> int:
    return int(project.pattern.name)


def main(state: Path, path: Path) -> None:
    project, stamp = START, None
    if path.exists():
        opened = open_project(path)
        project, stamp = opened.project, opened.stamp
    folder = journal_folder(state)
    journal = Journal(project, Origin(path, stamp, time.time()), folder)
    for session in find_abandoned(folder) if folder.exists() else []:
        recovery = recover(session)
        if edits(recovery.project) > edits(project):
            project = recovery.project
            journal.keep(project, time.monotonic())
        recovery.finish()
    JournalThread(journal, lambda problem: print(problem, file=sys.stderr, flush=True))
    due = time.monotonic()
    while True:
        project = edited(project)
        made = time.monotonic()
        journal.record(project)
        print(edits(project), made, flush=True)
        if edits(project) % EDITS_PER_SAVE == 0:
            journal.write_now(made)
            stamp = save_project(project, path, since=stamp)
            journal.saved(project, path, stamp)
        due += 1 / EDITS_PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
