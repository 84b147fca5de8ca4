"""Projects in the whole window: new, open, save, recent files, the question before unsaved work goes."""

import os
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.core.kit import DrumKit, Lane
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project, Take
from drumapp.core.timing import Metre, MetreMap, TempoMap
from drumapp.gui.application import Application
from drumapp.gui.dialogs import Unsaved
from drumapp.midi.smf import write_pattern
from drumapp.settings import MAX_RECENT_FILES, Settings, load_settings
from drumapp.storage.project_file import open_project, save_project
from tests.gui.gui_fakes import Answers, RecordingEngine, make_application
from tests.gui.window_acts import BAR, BEAT, let_run, trigger

OTHER = Pattern.of([Note(240, 42, 64)], tempo=TempoMap.constant(91), metre=MetreMap.constant(Metre(7, 8)), name="other")


@pytest.fixture
def second(qapp, qtbot) -> Iterator[Application]:
    made = make_application(qapp, Settings(theme="dark"), RecordingEngine(), Answers())
    qtbot.addWidget(made.window)
    yield made
    made.window.close()


def draw(application: Application, pattern: Pattern = BEAT) -> None:
    application.document.replace(pattern, "Draw")


def drag(target, path: Path) -> bool:
    """Drag a file onto a widget and let go; whether it was taken. The events go as Qt sends them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, no_key)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    drop = QDropEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, no_key)
    QApplication.sendEvent(target, drop)
    return drop.isAccepted()


def test_what_is_saved_comes_back_the_same(application, second, answers: Answers, tmp_path: Path) -> None:
    draw(application, OTHER)
    panel = application.window.drummer_panel
    QTest.keyClick(panel.wildness.pad, Qt.Key.Key_Right)
    panel.feel.setChecked(False)
    application.window.transport.bars_changed.emit(16)
    answers.saves = tmp_path / "Verse"
    trigger(application, "save")
    assert second.projects.open(tmp_path / "Verse.drumapp")

    assert second.document.pattern == OTHER
    assert second.projects.snapshot() == application.projects.snapshot()
    assert second.window.drummer_panel.time.value == panel.time.value != 1.0
    assert not second.window.drummer_panel.feel.isChecked()
    assert second.settings.bars == 16
    assert not second.document.undo(), "nothing of the document before comes back"


def test_kit_takes_and_what_a_newer_version_wrote_survive_saving(application, tmp_path: Path) -> None:
    path = tmp_path / "rich.drumapp"
    kit = DrumKit("Mine", (Lane("Boom", 36), Lane("Tick", 42)))
    take = Take("1", "first", starred=True, seed=7, settings={"feel": True}, result=BEAT)
    save_project(Project(BEAT, kit, {"bars": 4, "mood": "calm"}, (take,)), path)
    newer = path.read_bytes().replace(b'"version":1', b'"colour":"red","version":1', 1)
    body = newer[: newer.rindex(b'{"end"')]
    path.write_bytes(body + b'{"end":{"checksum":"%08x"}}\n' % zlib.crc32(body))
    application.projects.open(path)
    application.document.replace(OTHER, "Draw")
    trigger(application, "save")

    saved = open_project(path).project
    assert (saved.pattern, saved.kit, saved.takes) == (OTHER, kit, (take,))
    assert saved.drummer["mood"] == "calm"
    assert saved.unknown.file == {"colour": "red"}


@pytest.mark.parametrize("nonsense", [{"bars": -5, "feel": "yes", "seed": 2.5, "memory_range": 1e9}, {"style": 7}])
def test_drummer_settings_without_sense_leave_those_of_the_window(application, tmp_path: Path, nonsense) -> None:
    save_project(Project(BEAT, drummer=nonsense), tmp_path / "odd.drumapp")
    assert application.projects.open(tmp_path / "odd.drumapp")

    assert application.document.pattern.notes == BEAT.notes
    assert (application.settings.bars, application.settings.feel, application.settings.seed) == (4, True, None)


def test_title_and_mark_follow_name_and_changes(application, answers: Answers, tmp_path: Path) -> None:
    window = application.window
    assert window.windowTitle() == "Untitled[*] – Drumapp"
    assert not window.isWindowModified()
    draw(application)
    assert window.isWindowModified()
    answers.saves = tmp_path / "Chorus.drumapp"
    trigger(application, "save")
    assert window.windowTitle() == "Chorus[*] – Drumapp"
    assert not window.isWindowModified()
    application.document.set_tempo(99)
    assert window.isWindowModified()
    application.document.undo()
    assert not window.isWindowModified(), "back at what was saved"
    application.document.undo()
    assert window.isWindowModified()
    application.document.redo()
    application.window.drummer_panel.feel.setChecked(not application.settings.feel)
    assert window.isWindowModified(), "the drummer's settings are part of the project"
    answers.saves = None
    trigger(application, "save")
    assert not window.isWindowModified()
    assert len(answers.asked) == 1, "a document that has a file is saved without a question"


@pytest.mark.parametrize("act", ["new", "open", "close"])
def test_cancel_keeps_the_unsaved_document(application, answers: Answers, tmp_path: Path, act: str) -> None:
    save_project(Project(OTHER), tmp_path / "other.drumapp")
    answers.opens = tmp_path / "other.drumapp"
    answers.unsaved = Unsaved.CANCEL
    draw(application)
    if act == "close":
        assert not application.window.close()
        assert application.window.isVisible()
    else:
        trigger(application, act)

    assert application.document.pattern is BEAT
    assert answers.asked_of_unsaved == ["beat"]
    answers.unsaved = Unsaved.DISCARD


@pytest.mark.parametrize("act", ["new", "open", "close"])
def test_save_in_the_question_saves_first(application, answers: Answers, tmp_path: Path, act: str) -> None:
    save_project(Project(OTHER), tmp_path / "other.drumapp")
    answers.opens, answers.saves = tmp_path / "other.drumapp", tmp_path / "mine.drumapp"
    answers.unsaved = Unsaved.SAVE
    draw(application)
    if act == "close":
        assert application.window.close()
    else:
        trigger(application, act)
        assert application.document.pattern.notes == (OTHER.notes if act == "open" else ())

    assert open_project(tmp_path / "mine.drumapp").project.pattern == BEAT


def test_save_in_the_question_without_a_name_closes_nothing(application, answers: Answers) -> None:
    answers.unsaved, answers.saves = Unsaved.SAVE, None
    draw(application)
    assert not application.window.close()
    assert application.document.pattern is BEAT
    answers.unsaved = Unsaved.DISCARD
    trigger(application, "new")
    assert application.document.pattern.length == 0
    assert application.window.windowTitle() == "Untitled[*] – Drumapp"
    trigger(application, "new")
    assert len(answers.asked_of_unsaved) == 2, "an empty document is no loss"


def test_a_midi_file_opens_as_a_new_document_of_its_name(application, answers: Answers, tmp_path: Path) -> None:
    write_pattern(BEAT, tmp_path / "groove.mid")
    save_project(Project(OTHER), tmp_path / "other.drumapp")
    application.projects.open(tmp_path / "other.drumapp")
    answers.opens = tmp_path / "groove.mid"
    trigger(application, "open")

    assert application.document.pattern.notes == BEAT.notes
    assert application.window.windowTitle() == "groove[*] – Drumapp"
    assert not application.projects.modified
    assert application.projects.path is None
    answers.saves = None
    trigger(application, "save")
    assert answers.asked[-1][1].name == "groove.drumapp"
    assert open_project(tmp_path / "other.drumapp").project.pattern == OTHER


def test_a_project_dropped_on_window_or_roll_is_opened(application, qtbot, tmp_path: Path) -> None:
    for name, pattern, place in (
        ("one", BEAT, application.window),
        ("two", OTHER, application.window.roll.canvas),
    ):
        save_project(Project(pattern), tmp_path / f"{name}.drumapp")
        assert drag(place, tmp_path / f"{name}.drumapp")
        qtbot.waitUntil(lambda pattern=pattern: application.document.pattern == pattern)
    assert not drag(application.window, tmp_path / "picture.png")


def test_recent_projects_are_offered_remembered_and_forgotten(application, answers: Answers, tmp_path: Path) -> None:
    menu = application.window.recent
    assert not menu.isEnabled()
    paths = [tmp_path / f"{number} & co.drumapp" for number in range(MAX_RECENT_FILES + 2)]
    for path in paths:
        save_project(Project(BEAT), path)
        application.projects.open(path)
    application.projects.open(paths[5])
    assert application.settings.recent_files[:2] == (paths[5], paths[-1])
    assert len(application.settings.recent_files) == MAX_RECENT_FILES
    paths[-1].unlink()
    menu.actions()[1].trigger()
    assert paths[-1].name in answers.errors.pop()
    assert paths[-1] not in application.settings.recent_files
    menu.actions()[1].trigger()
    assert application.projects.path == application.settings.recent_files[0] == paths[-2]
    application.window.close()
    assert load_settings().recent_files == application.settings.recent_files
    menu.actions()[-1].trigger()
    assert not menu.isEnabled()


def test_a_file_that_another_changed_is_overwritten_only_on_request(application, answers, tmp_path: Path) -> None:
    path = tmp_path / "shared.drumapp"
    save_project(Project(BEAT), path)
    application.projects.open(path)
    draw(application, OTHER)
    save_project(Project(replace(BEAT, name="theirs")), path)
    trigger(application, "save")
    assert "shared.drumapp was changed by another" in answers.asked_to_overwrite[0]
    assert open_project(path).project.pattern.name == "theirs"
    assert application.projects.modified
    answers.overwrites = True
    trigger(application, "save")
    assert open_project(path).project.pattern == OTHER
    trigger(application, "save")
    assert len(answers.asked_to_overwrite) == 2
    assert not answers.errors


def test_the_second_window_on_a_file_is_told(application, second: Application, tmp_path: Path) -> None:
    path = tmp_path / "shared.drumapp"
    save_project(Project(BEAT), path)
    second.window.show()
    assert application.projects.open(path)
    assert second.projects.open(path)
    assert not application.window.banner.isVisible()
    assert "shared.drumapp is open in another window" in second.window.banner.cause.text()
    trigger(second, "new")
    assert not second.window.banner.isVisible()
    assert second.projects.open(path)
    trigger(application, "new")
    trigger(second, "new")
    assert second.projects.open(path)
    assert not second.window.banner.isVisible(), "the other window has closed it"


def test_a_damaged_project_opens_in_part_and_is_saved_elsewhere(application, answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / "cut.drumapp"
    save_project(Project(Pattern.of([Note(tick, 36, 100) for tick in range(0, 9600, 120)])), path)
    damaged = path.read_bytes()[:-900]
    path.write_bytes(damaged)
    application.projects.open(path)
    assert 0 < len(application.document.pattern) < 80
    banner = application.window.banner
    assert banner.isVisible()
    assert "another name" in banner.detail.text()
    answers.saves = None
    trigger(application, "save")
    assert answers.asked[-1][1] == tmp_path / "cut (recovered).drumapp"
    assert path.read_bytes() == damaged
    answers.saves = tmp_path / "whole.drumapp"
    banner.buttons[0].click()
    assert not open_project(answers.saves).problems
    assert not banner.isVisible()


@pytest.mark.parametrize("content", [b"", b"not a project", b'{"format":"drumapp project","version":999}\n'])
def test_a_bad_file_is_refused_and_what_was_there_stays(application, answers, tmp_path: Path, content: bytes) -> None:
    application.projects.open(saved_beat(tmp_path))
    bad = tmp_path / "bad.drumapp"
    bad.write_bytes(content)
    assert not application.projects.open(bad)
    assert "bad.drumapp" in answers.errors.pop()
    assert not application.projects.open(tmp_path / "gone.mid")
    assert "gone.mid" in answers.errors.pop()
    assert application.document.pattern == BEAT
    assert application.window.windowTitle() == "beat[*] – Drumapp"


def saved_beat(folder: Path) -> Path:
    save_project(Project(BEAT), folder / "beat.drumapp")
    return folder / "beat.drumapp"


def test_a_folder_that_takes_no_file_is_named_and_the_work_stays(application, answers: Answers, tmp_path: Path) -> None:
    draw(application)
    answers.saves = tmp_path / "no such folder" / "beat.drumapp"
    trigger(application, "save")
    assert "no such folder" in answers.errors.pop()
    assert application.projects.modified
    assert application.projects.path is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind the administrator")
def test_a_read_only_folder_is_named(application, answers: Answers, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    draw(application)
    answers.saves = folder / "beat.drumapp"
    trigger(application, "save")
    assert "permission denied" in answers.errors.pop()


def test_a_take_saved_midway_is_whole_bars_and_goes_on(application, qtbot, answers: Answers, tmp_path: Path) -> None:
    application.drummer.generate()
    let_run(qtbot, application, lambda: application.document.pattern.length > 1.5 * BAR)
    application.conductor.pause()
    answers.saves = tmp_path / "half.drumapp"
    trigger(application, "save")
    so_far = application.document.pattern
    application.conductor.play()
    let_run(qtbot, application, lambda: not application.document.in_take)

    half = open_project(answers.saves).project.pattern
    assert half.notes == so_far.notes
    assert half.length % BAR == 0
    assert application.document.pattern.length == 4 * BAR
    assert application.projects.modified
