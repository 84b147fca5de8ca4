"""The Training tab's first page: folders dropped, read, filtered, clicked through."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from drumapp.core.kit_map import ROLAND_TD
from drumapp.core.pattern import Note, Pattern
from drumapp.gui.application import Application
from drumapp.gui.page_tabs import BEAT, TRAINING
from drumapp.gui.training.control import TrainingControl
from drumapp.gui.training.corpus_work import View
from drumapp.midi.corpus import Cache, Filters, look_into
from drumapp.midi.smf import write_pattern
from drumapp.settings import corpus_cache_folder
from tests.gui.gui_fakes import Answers, RecordingEngine, no_thread
from tests.gui.training_acts import REFUSED, beats, drop, mixed_folder, open_folder, reasons
from tests.gui.window_acts import trigger


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRUMAPP_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def opened(qtbot, application: Application, tmp_path: Path) -> TrainingControl:
    """The tab over a folder of good and bad files."""
    return open_folder(qtbot, application, mixed_folder(tmp_path / "beats"))


def wait_for_judgement(qtbot, control: TrainingControl, act) -> None:
    with qtbot.waitSignal(control.work.reported, timeout=10_000):
        act()


def choose(button, *labels: str) -> None:
    """Click entries of a filter's menu."""
    for action in button.menu().actions():
        if action.text() in labels:
            action.trigger()


def test_a_folder_dropped_on_the_window_opens_the_tab(qtbot, application: Application, tmp_path: Path) -> None:
    assert application.window.page == BEAT
    control = open_folder(qtbot, application, mixed_folder(tmp_path / "beats"))
    assert application.window.page == TRAINING
    assert control.page.folder.title.text() == "beats"
    assert control.page.folder.summary.text().startswith("8 of 11 taken")


def test_every_file_is_accounted_for(opened: TrainingControl) -> None:
    told = reasons(opened)
    assert set(told) == {*(f"{number}.mid" for number in range(8)), *REFUSED}
    for name, word in REFUSED.items():
        assert word in told[name], told
    taken = [words for name, words in told.items() if name not in REFUSED]
    assert sorted(taken) == ["held out", *["taken"] * 7]


def test_refused_files_alone_and_those_found_by_name(qtbot, opened: TrainingControl) -> None:
    files = opened.page.folder.files
    with qtbot.waitSignal(opened.work.found):
        files.which.setCurrentIndex(2)
        files.which.activated.emit(2)
    assert set(reasons(opened)) == set(REFUSED)
    files.table.setCurrentIndex(files.model.index(1, 0))
    assert files.hint.text().endswith("short.mid is left out: it is too short: 1 note, and 2 are needed.")
    with qtbot.waitSignal(opened.work.found):
        files.search.setFocus()
        QTest.keyClicks(files.search, "SHORT")
    assert set(reasons(opened)) == {"short.mid"}
    assert "1 of 11 files" in files.hint.text()


def test_a_click_on_a_box_leaves_a_file_out_and_another_takes_it_back(qtbot, opened: TrainingControl) -> None:
    table, model = opened.page.folder.files.table, opened.page.folder.files.model
    row = next(row for row in range(model.rowCount()) if model.index(row, 0).data() == "3.mid")
    place = table.visualRect(model.index(row, 0))

    def click() -> None:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place.left() + 14, place.center().y()))

    wait_for_judgement(qtbot, opened, click)
    assert reasons(opened)["3.mid"] == "you left it out"
    assert opened.corpus is not None
    assert opened.corpus.filters.excluded == ("3.mid",)
    wait_for_judgement(qtbot, opened, click)
    assert "3.mid" in {piece.path.as_posix() for piece in opened.corpus.pieces}


def test_two_clicks_in_a_row_both_count(qtbot, opened: TrainingControl) -> None:
    model = opened.page.folder.files.model
    with qtbot.waitSignal(opened.work.reported, timeout=10_000):
        for row in range(3):
            index = model.index(row, 0)
            model.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert opened.corpus is not None
    assert len(opened.corpus.filters.excluded) == 3


def test_a_filter_shows_at_once_whom_it_refuses(qtbot, opened: TrainingControl) -> None:
    files = opened.page.folder.files
    with qtbot.waitSignal(opened.work.found):
        files.which.setCurrentIndex(2)
        files.which.activated.emit(2)
    with qtbot.waitSignal(opened.work.found):
        files.tempo.changed.emit((200.0, 300.0))
    assert len(reasons(opened)) == 11


def test_files_that_another_scan_found_gone_do_no_harm(qtbot, opened: TrainingControl) -> None:
    """As when a job reads the folder after a file was deleted."""
    assert opened.corpus is not None
    folder = opened.corpus.folder
    (folder / "5.mid").unlink()
    look_into(folder, cache=Cache(corpus_cache_folder()), workers=0)
    files = opened.page.folder.files
    files.model.show_rows(opened.corpus, files.model.rows)
    assert "?" in reasons(opened)
    with qtbot.waitSignals([opened.work.scanned, opened.work.found], timeout=10_000):
        opened.page.folder.again.click()
    assert len(reasons(opened)) == 10
    assert "?" not in reasons(opened)


def test_what_is_damaged_cannot_be_taken(opened: TrainingControl) -> None:
    model = opened.page.folder.files.model
    row = next(row for row in range(model.rowCount()) if model.index(row, 0).data() == "broken.mid")
    assert not model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsUserCheckable
    assert not model.setData(model.index(row, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)


def test_space_switches_the_selected_files(qtbot, opened: TrainingControl) -> None:
    table = opened.page.folder.files.table
    table.setFocus()
    table.selectAll()
    table.setCurrentIndex(opened.page.folder.files.model.index(0, 0))
    table.selectAll()
    wait_for_judgement(qtbot, opened, lambda: qtbot.keyClick(table, Qt.Key.Key_Space))
    assert opened.corpus is not None
    assert not opened.corpus.pieces
    assert not opened.page.folder.form.train.isEnabled(), "one to learn from and one to hold out are needed"


def test_filters_by_tempo_and_folder(qtbot, application: Application, tmp_path: Path) -> None:
    folder = tmp_path / "styles"
    beats(folder / "slow", 3, bpm=70)
    beats(folder / "fast", 4, bpm=170, first=10)
    control = open_folder(qtbot, application, folder)
    files = control.page.folder.files
    wait_for_judgement(qtbot, control, lambda: (files.tempo.most.set_value(100), files.tempo.most.edited.emit(100)))
    assert control.corpus is not None
    assert len(control.corpus.accepted) == 3
    assert files.tempo.text() == "Tempo: 70–100"
    assert reasons(control)["fast/10.mid"] == "its tempo of 170 is outside 70 to 100"
    wait_for_judgement(qtbot, control, files.tempo.any.click)
    wait_for_judgement(qtbot, control, lambda: choose(files.folders, "fast"))
    assert {piece.path.parts[0] for piece in control.corpus.pieces} == {"fast"}
    wait_for_judgement(qtbot, control, lambda: files.twins.click())
    assert control.corpus.filters == Filters(folders=("fast",), duplicates=True)


def test_the_kit_map_is_shown_and_can_be_corrected(qtbot, application: Application, tmp_path: Path) -> None:
    control = open_folder(qtbot, application, beats(tmp_path / "beats" / "kit", 4).parent)
    files = control.page.folder.files
    assert control.corpus is not None
    entry = control.corpus.entry(0)
    assert entry.kit == "General MIDI"
    menu = files.menu_of(entry, 0)
    kits = next(action.menu() for action in menu.actions() if action.text() == "Kit map of kit")
    roland = next(action for action in kits.actions() if action.text() == ROLAND_TD.name)
    wait_for_judgement(qtbot, control, roland.trigger)
    assert control.corpus.kit_choices == {"kit": ROLAND_TD}
    assert {entry.kit for entry in control.corpus.entries(0, 4)} == {ROLAND_TD.name}
    menu.deleteLater()


def test_a_file_is_heard_without_touching_the_beat_and_can_be_opened(
    opened: TrainingControl, application: Application, engine: RecordingEngine
) -> None:
    engine.start()
    before = application.document.pattern
    opened.page.folder.files.listen_wanted.emit(0)
    assert engine.playing
    assert len(engine.pattern.notes) == 120
    assert application.document.pattern is before
    application.conductor.toggle_play()
    assert not engine.playing
    assert engine.pattern.notes == before.notes
    opened.page.folder.files.open_wanted.emit(0)
    assert len(application.document.pattern.notes) == 120
    assert application.window.page == BEAT
    trigger(application, "undo")
    assert application.document.pattern.notes == before.notes


def test_columns_sort(qtbot, opened: TrainingControl) -> None:
    header = opened.page.folder.files.table.horizontalHeader()
    with qtbot.waitSignal(opened.work.found):
        header.setSortIndicator(6, Qt.SortOrder.DescendingOrder)
    model = opened.page.folder.files.model
    notes = [int(model.index(row, 6).data() or 0) for row in range(model.rowCount())]
    assert notes == sorted(notes, reverse=True)
    assert opened.corpus is not None
    with qtbot.waitSignal(opened.work.found) as found:
        opened.work.find(opened.corpus, View(order="verdict"))
    assert [opened.corpus.verdicts[row] == 0 for row in found.args[0]] == [True] * 8 + [False] * 3


def test_figures_are_those_of_the_command_line(qtbot, opened: TrainingControl) -> None:
    folder = opened.page.folder
    qtbot.mouseClick(folder.buttons[1], Qt.MouseButton.LeftButton)
    figures = folder.figures.figures
    assert figures["MIDI files"] == "11"
    assert figures["taken"] == "8"
    assert figures["refused"] == "3, of these 1 duplicates"
    assert figures["other files"] == "1"
    assert figures["notes"] == "960"
    assert figures["notes a file"].startswith("120 to 120")
    assert figures["ticks a quarter"] == "480"
    assert sum(folder.figures.drums._counts) == 960


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder.mkdir(), "is empty"),
        (lambda folder: (folder.mkdir(), (folder / "a.txt").write_text("x")), "holds no MIDI files"),
    ],
)
def test_a_folder_without_midi_says_so(qtbot, application: Application, tmp_path: Path, make, said: str) -> None:
    make(tmp_path / "beats")
    control = open_folder(qtbot, application, tmp_path / "beats")
    zone = control.page.folder.drop_zone
    assert said in zone.problem.text()
    assert not zone.problem.isHidden()
    open_folder(qtbot, application, mixed_folder(tmp_path / "others"))
    assert control.corpus is not None


def test_one_file_of_four_notes_is_shown_and_cannot_be_trained_on(
    qtbot, application: Application, tmp_path: Path
) -> None:
    folder = tmp_path / "beats"
    folder.mkdir()
    write_pattern(Pattern.of([Note(480 * n, 36, 100) for n in range(4)], length=1920), folder / "one.mid")
    control = open_folder(qtbot, application, folder)
    assert reasons(control) == {"one.mid": "taken"}
    assert control.page.folder.form.lack.isVisible()
    assert not control.page.folder.form.train.isEnabled()


def test_a_folder_that_vanished_says_so(qtbot, opened: TrainingControl) -> None:
    assert opened.corpus is not None
    folder = opened.corpus.folder
    shutil.rmtree(folder)
    with qtbot.waitSignal(opened.work.failed):
        opened.page.folder.again.click()
    assert f"There is no folder {folder}" in opened.page.folder.drop_zone.problem.text()
    assert opened.corpus is None


def test_a_file_that_vanished_is_told_when_the_folder_is_read_again(qtbot, opened: TrainingControl) -> None:
    assert opened.corpus is not None
    (opened.corpus.folder / "5.mid").unlink()
    with qtbot.waitSignals([opened.work.scanned, opened.work.found], timeout=10_000):
        opened.page.folder.again.click()
    assert "5.mid" not in reasons(opened)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs files that cannot be read")
def test_a_folder_that_cannot_be_read_is_told(qtbot, application: Application, tmp_path: Path) -> None:
    folder = mixed_folder(tmp_path / "beats")
    beats(folder / "locked", 2)
    (folder / "locked").chmod(0)
    control = open_folder(qtbot, application, folder)
    assert "locked" in control.page.folder.files.problems.text()
    (folder / "locked").chmod(0o700)


def test_a_scan_can_be_left(qtbot, application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from drumapp.gui.training import corpus_work

    reading, go_on = threading.Event(), threading.Event()
    real = corpus_work.look_into

    def slow(*args, progress, **options):
        reading.set()
        go_on.wait(10)
        progress(0.5)
        return real(*args, progress=progress, **options)

    monkeypatch.setattr(corpus_work, "look_into", slow)
    assert drop(application.window, mixed_folder(tmp_path / "beats"))
    qtbot.waitUntil(reading.is_set)
    control = application.training.control
    assert control.page.folder.stack.currentIndex() == 1
    control.page.folder.scanning.cancel.click()
    go_on.set()
    assert control.page.folder.stack.currentIndex() == 0
    control.work.close()
    assert control.corpus is None
    assert no_thread("aside_0")


def test_a_folder_chosen_from_the_menu(qtbot, application: Application, answers: Answers, tmp_path: Path) -> None:
    answers.opens = mixed_folder(tmp_path / "beats")
    trigger(application, "training_page")
    control = application.training.control
    with qtbot.waitSignal(control.work.scanned):
        trigger(application, "train_on_folder")
    assert application.settings.recent_folder == answers.opens
    trigger(application, "beat_page")
    assert application.window.page == BEAT


def test_the_beat_is_left_alone_while_the_tab_is_in_sight(application: Application) -> None:
    trigger(application, "training_page")
    menus = {action.text().replace("&", ""): action for action in application.window.menuBar().actions()}
    assert not menus["Edit"].isEnabled()
    assert menus["Transport"].isEnabled()
    trigger(application, "beat_page")
    assert menus["Edit"].isEnabled()
