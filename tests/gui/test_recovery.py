"""Unsaved work that outlives the window: journalled, offered at the next start, taken up or declined."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project
from drumapp.gui.application import Application
from drumapp.gui.dialogs import Dialogs, Unsaved
from drumapp.settings import Settings
from drumapp.storage.journal import Journal, journal_folder
from drumapp.storage.journal_records import Origin
from drumapp.storage.project_file import FileStamp, open_project, save_project
from drumapp.storage.recovery import find_abandoned
from tests.gui.gui_fakes import Answers, RecordingEngine, make_application
from tests.gui.window_acts import BEAT, click, let_run, trigger

Opener = Callable[[], Application]
MORE = BEAT.with_notes([Note(960, 36, 100)])


@pytest.fixture
def open_window(qapp, qtbot, answers: Answers) -> Iterator[Opener]:
    """Opens windows as a start of the program does, journal and all."""
    opened = []

    def make() -> Application:
        made = make_application(qapp, Settings(theme="dark", bars=2), RecordingEngine(), answers)
        qtbot.addWidget(made.window)
        made.window.show()
        made.start_rooms()
        opened.append(made)
        return made

    yield make
    for made in opened:
        made.end_at_once()


def leave_behind(pattern: Pattern, origin: Origin | None = None) -> None:
    """A journal as a dead process leaves it: its lock is lifted, its file is there."""
    journal = Journal(Project(), origin or Origin())
    journal.keep(Project(pattern), 0.0)
    journal._lock.release()


def journals() -> list[Path]:
    return sorted(journal_folder().glob("*.journal"))


def test_nothing_is_offered_where_nothing_was_lost(open_window: Opener) -> None:
    window = open_window().window
    assert not window.offers.isVisible()
    assert not journals()


def test_every_change_is_journalled_and_a_clean_end_leaves_nothing(open_window: Opener, qtbot) -> None:
    application = open_window()
    application.document.replace(BEAT, "Draw")
    qtbot.waitUntil(lambda: bool(journals()))
    application.drummer.generate()
    let_run(qtbot, application, lambda: not application.document.in_take)
    assert application.window.close()
    assert not journals()
    assert not list(journal_folder().iterdir())
    assert not any(thread.name == "journal" for thread in threading.enumerate())


def test_cancelled_closing_keeps_the_journal(open_window: Opener, answers: Answers, qtbot) -> None:
    application = open_window()
    answers.unsaved = Unsaved.CANCEL
    application.document.replace(BEAT, "Draw")
    qtbot.waitUntil(lambda: bool(journals()))
    assert not application.window.close()
    assert journals()


def test_saving_ends_the_journal_and_the_next_change_begins_it_anew(open_window, answers, qtbot, tmp_path) -> None:
    application = open_window()
    application.document.replace(BEAT, "Draw")
    qtbot.waitUntil(lambda: bool(journals()))
    answers.saves = tmp_path / "beat.drumapp"
    trigger(application, "save")
    assert not journals()
    application.document.replace(MORE, "Draw")
    qtbot.waitUntil(lambda: bool(journals()))


def test_ended_by_the_system_the_work_is_offered_and_taken_up(open_window: Opener, answers: Answers) -> None:
    first = open_window()
    first.document.replace(BEAT, "Draw")
    first.end_at_once()
    assert not answers.asked_of_unsaved
    release_lock_of(journals()[0])

    second = open_window()
    assert second.window.offers.isVisible()
    assert "Untitled" in second.window.offers.cause.text()
    click(second.window.offers.buttons[0])
    assert second.document.pattern == BEAT
    assert second.projects.modified
    assert not second.window.offers.isVisible()
    assert len(journals()) == 1, "its own, the other is done with"


def test_ended_by_the_system_in_the_middle_of_a_question(qapp, qtbot) -> None:
    application = make_application(qapp, Settings(theme="dark"), RecordingEngine(), Answers())
    qtbot.addWidget(application.window)
    application.projects._asking = Dialogs(application.window)
    application.window.show()
    application.start_rooms()
    application.document.replace(BEAT, "Draw")
    asked = []

    def end() -> None:
        asked.append(qapp.activeModalWidget().text())
        application.end_at_once()

    QTimer.singleShot(50, end)
    trigger(application, "new")
    assert "beat" in asked[0]
    assert application.document.pattern is BEAT
    assert not application.window.isVisible()
    assert journals()


def release_lock_of(journal: Path) -> None:
    """What the system does when a process ends."""
    journal.with_suffix(".lock").unlink()


def test_declined_work_is_not_offered_again_and_is_kept(open_window: Opener) -> None:
    leave_behind(BEAT)
    application = open_window()
    click(application.window.offers.buttons[1])
    assert not application.window.offers.isVisible()
    assert application.document.pattern.length == 0
    kept = list(journal_folder().glob("*.declined"))
    assert len(kept) == 1
    assert str(kept[0]) in application.window.status.music.text()
    assert not open_window().window.offers.isVisible()
    assert kept[0].exists()
    long_ago = time.time() - 8 * 24 * 3600
    os.utime(kept[0], (long_ago, long_ago))
    open_window()
    assert not kept[0].exists()


def test_several_are_offered_one_after_another(open_window: Opener, answers: Answers) -> None:
    leave_behind(BEAT)
    os.utime(journals()[0], (1_000_000, 1_000_000))
    leave_behind(MORE)
    application = open_window()
    banner = application.window.offers
    click(banner.buttons[0])
    assert application.document.pattern == MORE
    assert banner.isVisible()
    answers.unsaved = Unsaved.CANCEL
    click(banner.buttons[0])
    assert len(answers.asked_of_unsaved) == 1, "what was recovered first is not saved yet"
    assert banner.isVisible()
    answers.unsaved = Unsaved.DISCARD
    click(banner.buttons[0])
    assert application.document.pattern == BEAT
    assert not banner.isVisible()


def test_recovered_work_is_saved_over_its_file_only_if_that_is_unchanged(open_window, answers, tmp_path: Path) -> None:
    path = tmp_path / "beat.drumapp"
    stamp = save_project(Project(BEAT), path)
    leave_behind(MORE, origin=Origin(path, stamp))
    application = open_window()
    assert "beat" in application.window.offers.cause.text()
    click(application.window.offers.buttons[0])
    assert application.window.windowTitle() == "beat[*] – Drumapp"
    assert application.window.isWindowModified()
    save_project(Project(replace(BEAT, name="theirs")), path)
    trigger(application, "save")
    assert answers.asked_to_overwrite
    assert open_project(path).project.pattern.name == "theirs"
    answers.overwrites = True
    trigger(application, "save")
    assert open_project(path).project.pattern == MORE
    assert not journals()


def test_a_journal_that_cannot_be_read_is_told_of_and_left(open_window: Opener, answers: Answers) -> None:
    leave_behind(BEAT)
    journals()[0].write_bytes(b"nonsense")
    application = open_window()
    click(application.window.offers.buttons[0])
    assert "Cannot recover work" in answers.errors[0]
    assert journals()
    assert not application.window.offers.isVisible()


def test_a_damaged_end_is_told_of(open_window: Opener) -> None:
    leave_behind(BEAT)
    with journals()[0].open("ab") as file:
        file.write(b"\xff" * 20)
    application = open_window()
    click(application.window.offers.buttons[0])
    assert application.document.pattern == BEAT
    assert "cut off or damaged" in application.window.banner.cause.text()


def test_where_no_journal_can_be_kept_the_banner_says_so_and_all_else_works(open_window, monkeypatch, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(tmp_path / "file"))
    application = open_window()
    assert "Cannot make the folder" in application.window.banner.cause.text()
    application.document.replace(BEAT, "Draw")
    assert application.projects.modified


def test_a_disk_that_fails_later_is_told_and_told_off_when_it_works_again(open_window, qtbot, monkeypatch) -> None:
    from drumapp.storage import journal

    application = open_window()
    real = journal.write_opening

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "write_opening", full)
    application.document.replace(BEAT, "Draw")
    banner = application.window.banner
    qtbot.waitUntil(banner.isVisible)
    assert "no space left on device" in banner.cause.text()
    monkeypatch.setattr(journal, "write_opening", real)
    qtbot.waitUntil(lambda: not banner.isVisible())
    assert journals()


def test_a_long_take_leaves_a_small_journal(open_window: Opener) -> None:
    application = open_window()
    application.document.begin_take(Pattern(), None)
    project_bytes = 0
    for bar in range(400):
        notes = [Note(bar * 1920 + step * 120, 42, 90) for step in range(16)]
        application.document.append(notes, (bar + 1) * 1920)
        application.projects._journal.write_now()
        project_bytes += 16 * len(b"[100000,42,90,60],")
    application.document.end_take(400 * 1920)
    application.projects._journal.write_now()
    assert journals()[0].stat().st_size < 3 * project_bytes + (256 << 10)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills the window as POSIX does")
@pytest.mark.parametrize("in_file", [False, True])
def test_after_kill_9_the_next_start_brings_the_take_back(open_window, tmp_path: Path, in_file: bool) -> None:
    path = tmp_path / "verse.drumapp"
    stamp: FileStamp | None = save_project(Project(BEAT), path) if in_file else None
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.gui.window_process", *([str(path)] if in_file else [])],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    )
    counts = []
    with program:
        assert program.stdout is not None
        for line in program.stdout:
            notes, size = map(int, line.split())
            counts.append(notes)
            if size and notes > 60:
                break
        program.kill()
    assert program.returncode == -signal.SIGKILL
    assert len(find_abandoned()) == 1

    application = open_window()
    banner = application.window.offers
    assert banner.isVisible()
    assert ("verse" if in_file else "Untitled") in banner.cause.text()
    click(banner.buttons[0])
    pattern = application.document.pattern
    one_second_before = counts[max(len(counts) - 21, 0)]
    assert len(pattern) >= one_second_before
    assert len(pattern) > 0
    assert pattern.length % pattern.first_metre.ticks_per_bar == 0
    assert application.projects.path == (path if in_file else None)
    assert application.projects._stamp == stamp
    assert not application.window.banner.isVisible()
