"""The list of takes: shown, brought back, compared, named, starred, removed, played again, branched from, kept."""

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from drumapp.core.editing import move
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Take
from drumapp.gui.takes.words import take_details, take_title
from tests.gui.window_acts import BAR, click, let_run, trigger


def play_take(qtbot, application) -> Pattern:
    application.drummer.generate()
    let_run(qtbot, application, lambda: not application.document.in_take)
    application.conductor.stop()
    return application.document.pattern


@pytest.fixture
def panel(application):
    return application.window.takes


@pytest.fixture
def takes(qtbot, application) -> list[Pattern]:
    """Three, the last of them in the roll."""
    application.window.transport.set_bars(2)
    return [play_take(qtbot, application) for _ in range(3)]


def engine_ends(qtbot, application) -> None:
    """The music goes on until the take is written."""

    def ended() -> bool:
        application.engine.position += 100
        return not application.document.in_take

    let_run(qtbot, application, ended)


def titles(panel) -> list[str]:
    return [panel.model.data(panel.model.index(row)) for row in range(panel.model.rowCount())]


def choose(panel, take_id: str) -> None:
    panel.view.setCurrentIndex(panel.model.index_of(take_id))


@pytest.mark.usefixtures("takes")
def test_every_run_is_listed_the_latest_first(panel, application) -> None:
    assert titles(panel) == ["Take 3", "Take 2", "Take 1"]
    assert panel.chosen.id == "3"
    assert not panel.hint.isVisible()
    assert application.document.project.origin == "3"


def test_a_double_click_brings_one_back_and_undo_what_was_there(panel, takes, application) -> None:
    choose(panel, "1")
    spot = panel.view.visualRect(panel.model.index_of("1")).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert application.document.pattern == takes[0]
    assert application.document.project.origin == "1"
    trigger(application, "undo")
    assert application.document.pattern == takes[2]
    assert application.document.project.origin == "3"


def test_a_and_b_change_places_while_they_play_and_are_one_undo(panel, takes, application, engine) -> None:
    application.conductor.play()
    for wanted in (1, 2, 1, 2, 1):
        trigger(application, "ab")
        assert application.document.pattern == takes[wanted]
        assert engine.pattern == takes[wanted]
        assert engine.playing
    trigger(application, "undo")
    assert application.document.pattern == takes[2]
    choose(panel, "1")
    click(panel.put)
    trigger(application, "ab")
    assert application.document.pattern == takes[2]


@pytest.mark.usefixtures("takes")
def test_a_click_on_the_star_stars_and_the_list_can_show_those_alone(panel, application) -> None:
    rect = panel.view.visualRect(panel.model.index_of("2"))
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(14, 20))
    assert application.document.project.take("2").starred
    assert application.document.undo_label == "Star Take 2"
    click(panel.starred_only)
    assert titles(panel) == ["Take 2"]
    trigger(application, "undo")
    assert titles(panel) == []


@pytest.mark.usefixtures("takes")
def test_a_take_is_renamed_where_it_stands(qtbot, panel, application) -> None:
    choose(panel, "2")
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_F2)
    editor = panel.view.findChild(QLineEdit)
    qtbot.keyClicks(editor, "Verse")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: titles(panel) == ["Take 3", "Verse", "Take 1"])
    trigger(application, "undo")
    assert titles(panel) == ["Take 3", "Take 2", "Take 1"]


def test_one_that_is_removed_comes_back_by_undo_in_its_place(panel, takes, application) -> None:
    choose(panel, "2")
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert titles(panel) == ["Take 3", "Take 1"]
    assert application.document.pattern == takes[2]
    trigger(application, "undo")
    assert titles(panel) == ["Take 3", "Take 2", "Take 1"]


def test_a_branch_keeps_what_lies_before_and_goes_another_way(qtbot, takes, application) -> None:
    application.cowriting.takes.branch("1", 2)
    let_run(qtbot, application, lambda: not application.document.in_take)
    application.cowriting.takes.branch("1", 2)
    let_run(qtbot, application, lambda: not application.document.in_take)
    branch = application.document.pattern
    early = [note for note in takes[0].notes if note.start < BAR - 20]
    assert list(branch.notes[: len(early)]) == early
    assert branch != takes[0]
    assert application.document.project.origin == "5"


@pytest.mark.usefixtures("takes")
def test_played_again_it_is_told_whether_it_is_the_same(qtbot, application) -> None:
    status = application.window.status.music
    application.cowriting.takes.replay("1")
    qtbot.waitUntil(lambda: "note for note" in status.text())
    first = application.document.project.take("1")
    edited = replace(first, result=move(first.result, frozenset(first.result.notes[:1]), 3).pattern)
    application.document.change_take(edited, "Edit")
    application.cowriting.takes.replay("1")
    qtbot.waitUntil(lambda: "differ" in status.text())
    application.document.change_take(replace(first, model="another"), "Edit")
    application.cowriting.takes.replay("1")
    qtbot.waitUntil(lambda: "Another drummer" in status.text())


def test_of_a_take_by_a_drummer_who_is_not_here_it_is_told_which(qtbot, takes, application, answers, tmp_path) -> None:
    first = replace(application.document.project.take("1"), model="f00d", drummer="Aunt Mo")
    application.document.change_take(first, "Edit")
    status = application.window.status.music
    application.cowriting.takes.restore("1")
    assert "Aunt Mo" in status.text()
    answers.saves = tmp_path / "beat.drumapp"
    assert application.projects.save()
    application.projects.new()
    status.clear()
    assert application.projects.open(answers.saves)
    assert "Aunt Mo" in status.text()
    assert application.document.pattern == takes[0]
    answers.saves = tmp_path / "beat.mid"
    application.conductor.play()
    assert application.conductor.performance.playing
    status.clear()
    trigger(application, "go_on")
    assert "Aunt Mo" in status.text()
    engine_ends(qtbot, application)
    assert not answers.errors


@pytest.mark.usefixtures("takes")
def test_the_menu_offers_what_can_be_done(application) -> None:
    application.cowriting.takes.open_menu("2", QPoint(10, 10))
    menu = application.cowriting.takes.menu
    entries = {action.text(): action for action in menu.actions() if action.text()}
    assert all(entries[name].isEnabled() for name in ("Put into the roll", "Branch from a bar …", "Play it again"))
    entries["Star"].trigger()
    assert application.document.project.take("2").starred
    menu.close()


def test_a_recipe_without_its_notes_can_only_be_named_and_removed(panel, application) -> None:
    application.document.add_take(Take("1", "old"))
    choose(panel, "1")
    assert not panel.put.isEnabled()
    assert not application.cowriting.takes.restore("1")
    application.cowriting.takes.open_menu("1", QPoint(10, 10))
    entries = {action.text(): action for action in application.cowriting.takes.menu.actions()}
    assert not entries["Put into the roll"].isEnabled()
    assert not entries["Play it again"].isEnabled()
    application.cowriting.takes.menu.close()


def test_the_last_bars_of_an_endless_run_are_kept(qtbot, application, engine) -> None:
    application.window.transport.set_bars(0)
    application.drummer.generate()
    for bar in (1.0, 2.0, 3.0, 4.0, 5.6):
        engine.position = bar * BAR
        let_run(qtbot, application, lambda bar=bar: application.document.pattern.length > (bar + 2) * BAR)
    application.cowriting.takes.keep_bars(4)
    assert application.document.in_take, "the music goes on"
    kept = application.document.project.takes[-1]
    assert kept.name == "Bars 3–6"
    assert kept.starred
    assert kept.result.length == 4 * BAR
    whole = application.document.pattern
    assert kept.result.notes == tuple(
        note._replace(start=note.start - 2 * BAR) for note in whole.notes if 2 * BAR <= note.start < 6 * BAR
    )


def test_the_dialog_asks_how_many_bars_are_to_be_kept(takes, application) -> None:
    application.conductor.seek(BAR + 1500)
    trigger(application, "keep_bars")
    dialog = application.cowriting.takes.dialog
    dialog.accept()
    assert application.document.project.takes[-1].result == replace(takes[2], name=takes[2].name)


def test_bars_without_notes_are_not_kept(application) -> None:
    application.document.replace(Pattern(length=2 * BAR), "Draw")
    application.cowriting.takes.keep_bars(1)
    assert not application.document.project.takes
    assert "nothing" in application.window.status.music.text()


def test_takes_are_saved_and_journalled(takes, application, tmp_path, panel) -> None:
    path = tmp_path / "beat.drumapp"
    application.asking.saves = path
    assert application.projects.save()
    assert not application.projects.modified
    application.cowriting.takes.star("1", starred=True)
    assert application.projects.modified
    application.projects.new()
    assert titles(panel) == []
    assert application.projects.open(path)
    assert titles(panel) == ["Take 3", "Take 2", "Take 1"]
    assert application.document.project.origin == "3"
    choose(panel, "2")
    click(panel.put)
    assert application.document.pattern == takes[1]


@pytest.mark.usefixtures("takes")
def test_a_take_alone_is_worth_asking_about(application) -> None:
    trigger(application, "clear")
    while application.document.undo():
        pass
    assert not application.document.pattern.notes
    assert application.projects.modified


def test_words() -> None:
    noon = datetime(2026, 5, 4, 12, 0)
    take = Take("7", settings={"style": "funk"}, made=noon.timestamp(), result=Pattern.of([Note(0, 36, 1)]))
    assert take_title(take) == "Take 7"
    assert take_title(replace(take, name="Fill")) == "Fill"
    assert take_details(take, noon) == "1 bar · Funk · 120 bpm · 12:00"
    assert take_details(take, datetime(2026, 5, 6)).endswith("04 May 12:00")
    assert take_details(Take("1")) == ""
