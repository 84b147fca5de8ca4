"""The Help menu: the tour, documents, places, diagnostics; the welcome; and what happens at a fault."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp import logs, resources
from drumapp.core.pattern import Note, Pattern
from drumapp.gui import icons
from drumapp.gui.application import Application
from drumapp.gui.documents_to_open import DocumentsToOpen
from drumapp.gui.help import whereabouts
from drumapp.gui.help.control import DOCUMENTS
from drumapp.gui.help.fault import SAFE, UNSAFE
from drumapp.gui.help.tour import STOPS, bubble_place
from drumapp.gui.running import begin
from drumapp.settings import settings_file
from drumapp.storage.journal import journal_folder
from drumapp.storage.project_file import save_project
from tests.gui.gui_fakes import RecordingEngine

BEAT = Pattern.of([Note(0, 36, 100, 60), Note(480, 38, 90, 60)], length=1920)


def press_escape(application: Application) -> None:
    QTest.keyClick(application.window.roll.canvas, Qt.Key.Key_Escape)


# The welcome


def test_the_very_first_start_plays_a_beat_and_shows_the_tour_without_a_question(
    application: Application, engine: RecordingEngine, qtbot
) -> None:
    assert not settings_file().exists()
    application.start_rooms()
    begin(application, DocumentsToOpen(), [], never_started=True)
    qtbot.waitUntil(lambda: engine.playing and len(application.document.pattern.notes) > 4)
    assert application.help.tour.place == 0
    assert QApplication.activeModalWidget() is None
    assert settings_file().exists(), "the next start must not be a first one"


def test_a_later_start_is_left_alone(application: Application, engine: RecordingEngine) -> None:
    begin(application, DocumentsToOpen(), [], never_started=False)
    assert application.help.tour.place is None
    assert not engine.playing


def test_who_comes_with_a_document_gets_that_and_no_welcome(application: Application, tmp_path: Path) -> None:
    path = tmp_path / "mine.drumapp"
    application.document.replace(BEAT, "Beat")
    save_project(application.projects.snapshot(), path)
    application.projects.new()
    begin(application, DocumentsToOpen(), [path], never_started=True)
    assert application.projects.path == path
    assert application.help.tour.place is None


def test_documents_that_the_system_sends_are_kept_until_somebody_listens(tmp_path: Path) -> None:
    opening, heard = DocumentsToOpen(), []
    opening.wanted.connect(heard.append)
    early, late = tmp_path / "early.mid", tmp_path / "late.mid"
    assert opening.take(QFileOpenEvent(QUrl.fromLocalFile(str(early))))
    assert heard == []
    assert opening.hand_over() == [early]
    assert opening.take(QFileOpenEvent(QUrl.fromLocalFile(str(late))))
    assert heard == [late]
    assert not opening.take(QEvent(QEvent.Type.ApplicationActivate))
    assert not opening.take(QFileOpenEvent(QUrl("https://example.org/a.mid")))


# The tour


def test_the_tour_has_five_stops_and_ends(application: Application, qtbot) -> None:
    tour = application.help.tour
    application.window.actions_by_name["help_tour"].trigger()
    titles = []
    with qtbot.waitSignal(tour.ended):
        for number in range(len(STOPS)):
            assert tour.bubble.isVisible()
            assert tour.bubble.count.text() == f"{number + 1} of 5"
            titles.append(tour.bubble.title.text())
            tour.bubble.on.click()
    assert len(set(titles)) == 5
    assert tour.place is None
    assert not tour.bubble.isVisible()


@pytest.mark.parametrize("way", ["button", "escape"])
def test_the_tour_can_be_skipped_at_any_stop(application: Application, way: str) -> None:
    tour = application.help.tour
    for stop in range(len(STOPS)):
        tour.start()
        for _ in range(stop):
            tour.go_on()
        if way == "escape":
            press_escape(application)
        elif tour.bubble.skip.isVisible():
            tour.bubble.skip.click()
        else:
            tour.bubble.on.click()
        assert tour.place is None


def test_during_the_tour_the_window_works_on(application: Application, engine: RecordingEngine) -> None:
    application.document.replace(BEAT, "Beat")
    application.start_rooms()
    application.help.tour.start()
    QTest.keyClick(application.window.roll.canvas, Qt.Key.Key_Space)
    assert engine.playing
    assert application.help.tour.place == 0


def test_the_bubble_stays_in_a_small_window_and_off_the_bars_above_the_roll(application: Application, qtbot) -> None:
    window, tour = application.window, application.help.tour
    window.resize(window.minimumSize())
    window.banner.show_problem("sound", "No sound device.", "Start one.")
    tour.start()
    for _ in STOPS:
        qtbot.waitUntil(lambda: window.rect().contains(tour.bubble.geometry()))
        banner = QRect(window.banner.mapTo(window, window.banner.rect().topLeft()), window.banner.size())
        qtbot.waitUntil(lambda banner=banner: not banner.intersects(tour.bubble.geometry()))
        tour.go_on()


def test_a_part_that_is_hidden_is_not_marked(application: Application) -> None:
    application.window.side.hide()
    tour = application.help.tour
    tour.start()
    for _ in range(3):
        tour.go_on()
    assert tour.bubble.isVisible()
    assert not tour._mark.isVisible()


@pytest.mark.parametrize(
    "target",
    [
        QRect(10, 10, 100, 40),
        QRect(900, 700, 60, 20),
        QRect(0, 100, 900, 600),
        QRect(700, 0, 300, 300),
        QRect(0, 0, 1, 1),
    ],
)
@pytest.mark.parametrize("room", [QRect(0, 90, 1000, 680), QRect(0, 0, 400, 300)])
def test_bubbles_are_placed_within_the_room(target: QRect, room: QRect) -> None:
    bubble = QRect(0, 0, 340, 150)
    assert room.contains(QRect(bubble_place(target, bubble, room), bubble.size()))


# Documents, places, diagnostics


@pytest.mark.parametrize(("action", "document"), DOCUMENTS.items())
def test_documents_are_shown_with_their_pictures(application: Application, action: str, document: str) -> None:
    application.window.actions_by_name[action].trigger()
    viewer = application.help.viewer
    assert viewer is not None
    pages = viewer.pages
    source = (resources.docs_folder() / document).read_text(encoding="utf-8")
    assert source.partition("\n")[0].lstrip("# ") in pages.toPlainText()
    pictures = [line.partition("](")[2].rstrip(")") for line in source.splitlines() if line.startswith("![")]
    assert pictures
    for picture in pictures:
        shown = pages.loadResource(2, QUrl(picture))
        assert 100 < shown.deviceIndependentSize().width() <= 740, picture
    viewer.close()


def test_a_link_leads_to_another_document(application: Application) -> None:
    application.help.show_document("routing/ableton.md")
    pages = application.help.viewer.pages
    pages.anchorClicked.emit(QUrl("../routing.md"))
    assert "Playing other programs" in pages.toPlainText()
    application.help.viewer.close()


def test_a_document_that_is_missing_is_said_to_be(application: Application) -> None:
    application.help.show_document("nothing.md")
    assert "nothing.md is missing" in application.help.viewer.pages.toPlainText()
    application.help.viewer.close()


def test_places_are_this_computers(application: Application, tmp_path: Path) -> None:
    application.window.actions_by_name["help_places"].trigger()
    told = application.help.viewer.pages.toPlainText()
    for place in whereabouts.places():
        assert str(place.path) in told.replace("\n", "")
    assert str(tmp_path) in told
    application.help.viewer.close()


def test_places_with_odd_names_do_not_break_the_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    odd = tmp_path / "a|b (c) [d] <e>"
    odd.mkdir()
    monkeypatch.setenv("DRUMAPP_STATE_DIR", str(odd))
    rows = [line for line in whereabouts.page().splitlines() if line.startswith("| ")]
    assert all(line.replace("\\|", "").count("|") == 4 for line in rows)


def test_diagnostics_are_what_doctor_prints(application: Application, qtbot) -> None:
    with qtbot.waitSignal(
        application.help.said, check_params_cb=lambda said: said == "Diagnostics copied", timeout=30000
    ):
        application.window.actions_by_name["help_diagnostics"].trigger()
    told = QApplication.clipboard().text()
    assert "Model" in told
    assert "Versions" in told
    assert "Generate can" in told


# Faults


def fault(application: Application, words: str = "odd") -> None:
    try:
        raise RuntimeError(words)
    except RuntimeError as error:
        application.faults.tell(type(error), error, error.__traceback__)


def test_a_fault_puts_the_work_in_safety_before_it_is_told(application: Application, qtbot) -> None:
    application.start_rooms()
    application.document.replace(BEAT, "Beat")
    fault(application)
    qtbot.waitUntil(lambda: application.faults.dialog is not None)
    dialog = application.faults.dialog
    assert dialog.words.text() == SAFE
    assert "RuntimeError: odd" in dialog.trace.toPlainText()
    assert [path for path in journal_folder().iterdir() if path.stat().st_size > 100]
    dialog.copy.click()
    assert "RuntimeError: odd" in QApplication.clipboard().text()
    dialog.accept()


def test_a_fault_says_so_where_the_work_cannot_be_put_on_disk(application: Application, qtbot) -> None:
    application.start_rooms()
    application.document.replace(BEAT, "Beat")
    application.projects._journal.end()
    fault(application)
    qtbot.waitUntil(lambda: application.faults.dialog is not None)
    assert application.faults.dialog.words.text() == UNSAFE
    application.faults.dialog.accept()


def test_faults_of_one_place_are_shown_once(application: Application, qtbot) -> None:
    for _ in range(2):
        fault(application)
        QApplication.processEvents()
        if application.faults.dialog is not None:
            application.faults.dialog.accept()
        qtbot.waitUntil(lambda: application.faults.dialog is None)
    assert len(application.faults._shown) == 1


def test_a_fault_in_another_thread_is_logged_and_told_in_the_windows(
    application: Application, qtbot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    assert logs.start_logging() is None
    logs.log_uncaught(application.faults.tell)

    def fail() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail, name="worker")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: application.faults.dialog is not None)
    application.faults.dialog.accept()
    logs.stop_logging()
    assert "ValueError: in a thread" in logs.log_file().read_text(encoding="utf-8")
    assert "the thread worker" in logs.log_file().read_text(encoding="utf-8")
    assert "ValueError: in a thread" in capsys.readouterr().err


# The icon


@pytest.mark.usefixtures("qapp")
def test_the_program_has_an_icon_of_its_own() -> None:
    icon = icons.application_icon()
    assert {16, 32, 48, 128} <= {size.width() for size in icon.availableSizes()}
    picture = icon.pixmap(QSize(128, 128)).toImage()
    assert picture.pixelColor(64, 20).blue() > 150
    assert picture.pixelColor(1, 1).alpha() == 0


@pytest.mark.usefixtures("qapp")
def test_without_its_file_the_program_starts_with_no_icon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "application_icon", lambda: tmp_path / "gone.svg")
    assert icons.application_icon().isNull()
