"""The tab: jobs at the left; beside them a folder to learn from, or one of the jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from drumapp.core.kit_map import KitMap
from drumapp.gui.theme import Theme
from drumapp.gui.training.folder_view import FolderView
from drumapp.gui.training.jobs_panel import JobsPanel


class TrainingPage(QWidget):
    """Attributes: jobs; folder; job, made when a job is first looked at: its plots take their time to load."""

    def __init__(self, theme: Theme, kit_maps: Callable[[], Sequence[KitMap]]) -> None:
        super().__init__()
        self.setObjectName("trainingPage")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # where nothing in it has the focus yet
        self._theme = theme
        self.jobs = JobsPanel(theme)
        self.folder = FolderView(theme, kit_maps)
        self._job = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.folder)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.jobs)
        layout.addWidget(self.stack, 1)

    @property
    def job(self):
        """The view of a job."""
        if self._job is None:
            from drumapp.gui.training.job_view import JobView

            self._job = JobView(self._theme)
            self.stack.addWidget(self._job)
        return self._job

    @property
    def shows_job(self) -> bool:
        """Whether a job is looked at."""
        return self._job is not None and self.stack.currentWidget() is self._job

    def show_folder(self) -> None:
        """The folder and the form."""
        self.stack.setCurrentWidget(self.folder)

    def show_job(self) -> None:
        """The job."""
        self.stack.setCurrentWidget(self.job)
