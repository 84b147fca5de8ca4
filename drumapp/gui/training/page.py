"""The tab: jobs at the left; beside them a folder to learn from, or one of the jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from drumapp.core.kit_map import KitMap
from drumapp.gui.theme import Theme
from drumapp.gui.training.folder_view import FolderView
from drumapp.gui.training.jobs_panel import JobsPanel


class TrainingPage(QWidget):
    """Signals: job_view_made (JobView). Attributes: jobs; folder; job_view, None until a job is first looked at: its
    plots take their time to load.
    """

    job_view_made = Signal(object)

    def __init__(self, theme: Theme, kit_maps: Callable[[], Sequence[KitMap]]) -> None:
        super().__init__()
        self.setObjectName("trainingPage")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # where nothing in it has the focus yet
        self._theme = theme
        self.jobs = JobsPanel(theme)
        self.folder = FolderView(theme, kit_maps)
        self.job_view = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.folder)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.jobs)
        layout.addWidget(self.stack, 1)

    @property
    def shows_job(self) -> bool:
        """Whether a job is looked at."""
        return self.job_view is not None and self.stack.currentWidget() is self.job_view

    def show_folder(self) -> None:
        """The folder and the form."""
        self.stack.setCurrentWidget(self.folder)

    def show_job(self) -> None:
        """The view of a job."""
        if self.job_view is None:
            from drumapp.gui.training.job_view import JobView

            self.job_view = JobView(self._theme)
            self.stack.addWidget(self.job_view)
            self.job_view_made.emit(self.job_view)
        self.stack.setCurrentWidget(self.job_view)
