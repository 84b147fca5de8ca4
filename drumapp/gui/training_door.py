"""The way to the Training tab, which is built when it is first wanted: it takes its time to load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from drumapp.gui.main_window import MainWindow
from drumapp.gui.page_tabs import BEAT, TRAINING
from drumapp.storage.state_folder import state_folder

if TYPE_CHECKING:
    from drumapp.gui.training.control import TrainingControl


class TrainingDoor(QObject):
    """Builds the tab when it is chosen, when a folder is dropped, or at the start where there are jobs."""

    def __init__(self, window: MainWindow, build: Callable[[], TrainingControl]) -> None:
        super().__init__()
        self._window, self._build = window, build
        self._control: TrainingControl | None = None
        self._closed = False
        window.tabs.chosen.connect(self.show_page)
        window.tabs.job.clicked.connect(lambda: self.control.show_job_at_work())
        window.folder_dropped.connect(self.open_folder)

    @property
    def is_open(self) -> bool:
        """Whether the tab is built."""
        return self._control is not None

    @property
    def control(self) -> TrainingControl:
        """The tab's."""
        if self._control is None:
            self._control = self._build()
        return self._control

    def start(self) -> None:
        """Where there are jobs, show what is under way and whom they taught."""
        if self._control is None and not self._closed and (state_folder() / "jobs").is_dir():
            self.control  # noqa: B018 - to have it built

    def show_page(self, name: str) -> None:
        """Show a page of the window by its name."""
        if name == TRAINING:
            self.control  # noqa: B018 - to have it built
        self._window.show_page(name)

    def show_beat(self) -> None:
        """Show the beat."""
        self.show_page(BEAT)

    def open_folder(self, path: Path) -> None:
        """Show what is in a folder of MIDI files."""
        self.show_page(TRAINING)
        self.control.open_folder(path)

    def say_farewell(self) -> None:
        """The user closes the window: say what goes on without it."""
        farewell = None if self._control is None else self._control.farewell()
        if farewell is not None:
            farewell.show()

    def close(self) -> None:
        """End what belongs to the window."""
        self._closed = True
        if self._control is not None:
            self._control.close()
