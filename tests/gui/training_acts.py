"""Folders of small MIDI files, and a user who drops them on the window."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from drumapp.core.pattern import Note, Pattern
from drumapp.gui.application import Application
from drumapp.gui.training.control import TrainingControl
from drumapp.lstm.presets import PRESETS, Preset
from drumapp.midi.smf import write_pattern
from tests.lstm.drummers import random_beat

TINY: Preset = PRESETS["groove-small"].changed(
    {"hidden": 12, "pitch_units": 6, "velocity_units": 5, "batch": 4, "length": 32, "events": 10**9, "checks": 10**5}
)

REFUSED = {"broken.mid": "header", "short.mid": "too short", "twin.mid": "same notes"}
"""The files of a folder of :func:`mixed_folder` that are refused, and a word of why."""


def beats(folder: Path, number: int = 8, *, bpm: float = 120.0, first: int = 0) -> Path:
    """A folder of so many beats."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + number):
        write_pattern(random_beat(seed, notes=120, bpm=bpm), folder / f"{seed}.mid")
    return folder


def mixed_folder(folder: Path) -> Path:
    """Eight beats, three files that are refused, and one that is no MIDI file."""
    beats(folder)
    (folder / "broken.mid").write_bytes(b"MThd\0\0\0\6nonsense")
    write_pattern(Pattern.of([Note(0, 36, 100)], length=1920), folder / "short.mid")
    shutil.copy(folder / "0.mid", folder / "twin.mid")
    (folder / "read me.txt").write_text("these are beats")
    return folder


def drop(target: QWidget, path: Path) -> bool:
    """Drag a file or folder over a widget and let it fall; whether it was taken."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, no_key)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(target, QDropEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, no_key))
    return True


def open_folder(qtbot, application: Application, folder: Path) -> TrainingControl:
    """Drop a folder on the window and wait until it is read and counted."""
    assert drop(application.window, folder)
    QApplication.processEvents()
    control = application.training.control
    reports: list[object] = []
    control.work.reported.connect(reports.append)
    stack = control.page.folder.stack
    qtbot.waitUntil(
        lambda: bool(reports) or (stack.currentIndex() == 0 and control.page.folder.drop_zone.problem.text() != ""),
        timeout=20_000,
    )
    if reports:
        qtbot.waitUntil(lambda: control.page.folder.files.model.rowCount() > 0, timeout=10_000)
    return control


def reasons(control: TrainingControl) -> dict[str, str]:
    """Of every file that the table shows, by name, what it says of it."""
    model = control.page.folder.files.model
    return {model.index(row, 0).data(): model.index(row, 1).data() for row in range(model.rowCount())}
