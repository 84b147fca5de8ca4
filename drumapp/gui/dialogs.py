"""The few dialogs: one sentence about what went wrong, file choosers, shortcuts, about."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QMessageBox,
    QWidget,
)

from drumapp import __version__

MIDI_FILES = "MIDI files (*.mid *.midi *.smf)"
PROJECT_FILES = "Drumapp projects (*.drumapp)"
DOCUMENT_FILES = "Projects and MIDI files (*.drumapp *.mid *.midi *.smf)"
WAV_FILES = "WAV files (*.wav)"
FLAC_FILES = "FLAC files (*.flac)"
MODEL_FILES = "Drummers (*.safetensors)"
SOUNDFONT_FILES = "Soundfonts (*.sf2 *.sf3)"


class Unsaved(Enum):
    """What shall become of work that is not saved."""

    SAVE = "save"
    DISCARD = "discard"
    CANCEL = "cancel"


class Asking(Protocol):
    """What the window asks and tells the user in dialogs; tests answer in its place."""

    def show_error(self, sentence: str) -> None:
        """Say what went wrong."""

    def file_to_open(self, caption: str, folder: Path | None, kinds: str) -> Path | None:
        """A file to read, or None when the user thought better of it."""

    def folder_to_open(self, caption: str, folder: Path | None) -> Path | None:
        """A folder to read, or None when the user thought better of it."""

    def file_to_save(self, caption: str, suggestion: Path, kinds: str) -> Path | None:
        """A file to write, or None when the user thought better of it."""

    def folder(self, caption: str, start: Path | None) -> Path | None:
        """A folder that exists, to write into, or None when the user thought better of it."""

    def what_of_unsaved(self, name: str) -> Unsaved:
        """What shall become of a document's unsaved work, before another takes its place."""

    def may_overwrite(self, sentence: str) -> bool:
        """Whether to write over a file that another changed; the sentence says which."""


class Dialogs:
    """The real ones, over a window."""

    def __init__(self, window: QWidget) -> None:
        self._window = window

    def show_error(self, sentence: str) -> None:
        """Say what went wrong. Returns at once: to wait here would hold up the timer that keeps the music going."""
        box = QMessageBox(QMessageBox.Icon.Warning, "Drumapp", sentence, QMessageBox.StandardButton.Ok, self._window)
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def file_to_open(self, caption: str, folder: Path | None, kinds: str) -> Path | None:
        """A file that exists."""
        name, _ = QFileDialog.getOpenFileName(self._window, caption, str(folder or Path.home()), kinds)
        return Path(name) if name else None

    def folder_to_open(self, caption: str, folder: Path | None) -> Path | None:
        """A folder that exists."""
        name = QFileDialog.getExistingDirectory(self._window, caption, str(folder or Path.home()))
        return Path(name) if name else None

    def file_to_save(self, caption: str, suggestion: Path, kinds: str) -> Path | None:
        """A file to write; the user has agreed where one is replaced."""
        dialog = QFileDialog(self._window, caption, str(suggestion.parent), kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Left to us, a suffix that nobody typed could lead to a file that nobody was asked about.
        dialog.setDefaultSuffix(suggestion.suffix)
        dialog.selectFile(suggestion.name)
        return Path(dialog.selectedFiles()[0]) if dialog.exec() else None

    def folder(self, caption: str, start: Path | None) -> Path | None:
        """A folder that exists; the dialog can make one."""
        name = QFileDialog.getExistingDirectory(self._window, caption, str(start or Path.home()))
        return Path(name) if name else None

    def what_of_unsaved(self, name: str) -> Unsaved:
        """Save, Discard or Cancel; Escape cancels."""
        buttons = QMessageBox.StandardButton
        box = QMessageBox(QMessageBox.Icon.Question, "Drumapp", f"Save the changes to “{name}”?", parent=self._window)
        box.setInformativeText("Without saving, they are lost.")
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        return {buttons.Save: Unsaved.SAVE, buttons.Discard: Unsaved.DISCARD}.get(answer, Unsaved.CANCEL)

    def may_overwrite(self, sentence: str) -> bool:
        """Overwrite or Cancel; Escape cancels."""
        box = QMessageBox(QMessageBox.Icon.Warning, "Drumapp", sentence, parent=self._window)
        overwrite = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is overwrite


def show_about(parent: QWidget, drummer: str) -> None:
    """Name, version, and whose playing the drummer learned from."""
    QMessageBox.about(
        parent,
        "About Drumapp",
        f"<h3>Drumapp {__version__}</h3><p>A drum machine that writes its own beats.</p><p>{drummer}</p>",
    )
