"""What a user does to the window, and the time it takes."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from drumapp.core.pattern import Note, Pattern
from drumapp.gui.application import Application

BAR = 1920
BEAT = Pattern.of([Note(0, 36, 100), Note(480, 38, 90)], name="beat")


def click(widget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.width() // 2, widget.height() // 2))


def let_run(qtbot, application: Application, condition) -> None:
    def passed() -> bool:
        application.conductor.tick()
        return condition()

    qtbot.waitUntil(passed, timeout=20_000)


def trigger(application: Application, name: str) -> None:
    application.window.actions_by_name[name].trigger()
