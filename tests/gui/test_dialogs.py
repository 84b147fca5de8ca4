from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from drumapp.gui.application import Application
from drumapp.gui.dialogs import MIDI_FILES, Dialogs


def test_an_error_does_not_hold_up_the_music_while_it_is_read(application: Application, qtbot) -> None:
    asking = Dialogs(application.window)
    shown = []

    def timer_of_the_music() -> None:
        if not shown:
            asking.show_error("The soundfont bad.sf2 is cut short.")
        shown.append(True)

    timer = QTimer(interval=1)
    timer.timeout.connect(timer_of_the_music)
    timer.start()
    qtbot.waitUntil(lambda: len(shown) > 3)
    timer.stop()

    box = application.window.findChild(QMessageBox)
    assert box.isVisible()
    assert box.text() == "The soundfont bad.sf2 is cut short."
    box.accept()
    qtbot.waitUntil(lambda: application.window.findChild(QMessageBox) is None)


def test_the_user_is_asked_about_the_file_that_will_be_written(application: Application, tmp_path: Path) -> None:
    """A suffix added after the question would replace a file that nobody was asked about."""
    (tmp_path / "beat.mid").write_bytes(b"precious")
    asked = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(box.text())
            box.reject()
            QTimer.singleShot(0, lambda: application.window.findChild(QDialog).reject())
            return
        dialog = application.window.findChild(QFileDialog)
        dialog.selectFile("beat")
        QTimer.singleShot(50, answer)
        dialog.accept()

    QTimer.singleShot(0, answer)
    path = Dialogs(application.window).file_to_save("Export MIDI", tmp_path / "Take 1.mid", MIDI_FILES)

    assert path is None
    assert "beat.mid" in asked[0]
