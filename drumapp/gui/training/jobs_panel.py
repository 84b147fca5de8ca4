"""The list of jobs at the left of the tab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QListView, QPushButton, QStyle, QStyledItemDelegate, QVBoxLayout, QWidget

from drumapp.gui import icons
from drumapp.gui.theme import Colours, Theme
from drumapp.gui.training.words import state_words
from drumapp.jobs.job import Job, JobState, JobStatus

PANEL_WIDTH = 224
ROW_HEIGHT = 50
_ICON_PX = 16
_ROLE = Qt.ItemDataRole.UserRole
_SHAPES = {
    JobState.NEW: "waiting",
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "play",
    JobState.PAUSED: "pause",
    JobState.FINISHED: "done",
    JobState.STOPPED: "stop",
    JobState.FAILED: "warning",
    JobState.INTERRUPTED: "warning",
}
EMPTY_TEXT = "What is being trained is listed here. It goes on when the program is closed."


@dataclass(frozen=True)
class Listed:
    """A job as it is listed: its folder, its drummer's name, where it stands."""

    job: Job
    name: str
    status: JobStatus


class JobsModel(QAbstractListModel):
    """The jobs, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: Sequence[Listed] = ()

    def show_jobs(self, jobs: Sequence[Listed]) -> None:
        """Show these; lines that stay the same stay where they are."""
        if [entry.job for entry in jobs] != [entry.job for entry in self._jobs]:
            self.beginResetModel()
            self._jobs = jobs
            self.endResetModel()
        elif list(jobs) != list(self._jobs):
            self._jobs = jobs
            self.dataChanged.emit(self.index(0), self.index(len(jobs) - 1))

    def at(self, index: QModelIndex) -> Listed | None:
        """The job of a line."""
        return self._jobs[index.row()] if index.isValid() and index.row() < len(self._jobs) else None

    def index_of(self, job: Job | None) -> QModelIndex:
        """The line of a job; none that is valid where it is not listed."""
        row = next((row for row, entry in enumerate(self._jobs) if entry.job == job), -1)
        return self.index(row) if row >= 0 else QModelIndex()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self._jobs)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name and state."""
        entry = self.at(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.name}: {state_words(entry.status)}"
        return entry if role == _ROLE else None


class JobsPanel(QFrame):
    """Signals: new_wanted; chosen (Job). Attributes: model; view."""

    new_wanted = Signal()
    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("jobsPanel")
        self.setFixedWidth(PANEL_WIDTH)
        self._theme = theme
        self.model = JobsModel(self)
        self.view = QListView()
        self.view.setAccessibleName("Training jobs")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(theme, self.view))
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.new = QPushButton("New drummer")
        self.new.setCheckable(True)
        self.new.setChecked(True)
        self.new.setProperty("role", "place")
        self.new.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.new.setToolTip("Choose a folder and train a drummer on it")
        self.hint = QLabel(EMPTY_TEXT)
        self.hint.setProperty("role", "hint")
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(16, 0, 16, 0)
        title = QLabel("Jobs")
        title.setProperty("role", "title")
        title.setContentsMargins(16, 8, 16, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 1, 0)
        layout.setSpacing(6)
        button = QVBoxLayout()
        button.setContentsMargins(12, 0, 12, 0)
        button.addWidget(self.new)
        layout.addLayout(button)
        layout.addWidget(title)
        layout.addWidget(self.hint)
        layout.addWidget(self.view, 1)
        layout.addStretch(0)
        self.new.clicked.connect(self._new_clicked)
        self.view.clicked.connect(self._clicked)
        self.view.activated.connect(self._clicked)
        self.view.selectionModel().currentChanged.connect(self._moved)
        theme.changed.connect(self.view.viewport().update)
        self.show_jobs(())

    def show_jobs(self, jobs: Sequence[Listed]) -> None:
        """Show these; the cursor stays on its job."""
        current = self.model.at(self.view.currentIndex())
        self.view.selectionModel().blockSignals(True)
        self.model.show_jobs(jobs)
        if current is not None:
            self.view.setCurrentIndex(self.model.index_of(current.job))
        self.view.selectionModel().blockSignals(False)
        self.hint.setVisible(not jobs)
        self.view.setVisible(bool(jobs))

    def show_chosen(self, job: Job | None) -> None:
        """Mark a job, or the new drummer; no signal."""
        self.new.setChecked(job is None)
        self.view.selectionModel().blockSignals(True)
        self.view.setCurrentIndex(self.model.index_of(job))
        self.view.selectionModel().blockSignals(False)
        self.view.viewport().update()

    def _new_clicked(self) -> None:
        self.new.setChecked(True)
        self.new_wanted.emit()

    def _clicked(self, index: QModelIndex) -> None:
        entry = self.model.at(index)
        if entry is not None:
            self.chosen.emit(entry.job)

    def _moved(self, index: QModelIndex, _before: QModelIndex) -> None:
        if self.view.hasFocus():
            self._clicked(index)


class _Delegate(QStyledItemDelegate):
    """Two lines and a bar."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option, _index) -> QSize:
        """Two lines and a bar."""
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter, option, index) -> None:
        """Name over state; how far it is below, while it is not over."""
        entry: Listed = index.data(_ROLE)
        colours, rect, status = self._theme.colours, option.rect, entry.status
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.fillRect(rect, QColor(colours.accent_soft if selected else colours.hover))
        ratio = painter.device().devicePixelRatioF()
        shape = icons.pixmap(_SHAPES[status.state], _colour(colours, status.state), _ICON_PX, ratio)
        painter.drawPixmap(rect.left() + 14, rect.top() + 8, shape)
        text = QRect(rect.left() + 38, rect.top() + 6, rect.width() - 50, 36)
        painter.setPen(QColor(colours.text))
        name = painter.fontMetrics().elidedText(entry.name, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        font = QFont(option.font)
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(colours.text_dim))
        words = painter.fontMetrics().elidedText(state_words(status), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text.translated(0, 20), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, words)
        if status.share and not status.state.is_over:
            bar = QRectF(text.left(), rect.bottom() - 7, text.width(), 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(bar, 1.5, 1.5)
            bar.setWidth(bar.width() * min(status.share, 1.0))
            running = status.state is JobState.RUNNING
            painter.setBrush(QColor(colours.accent if running else colours.control_edge))
            painter.drawRoundedRect(bar, 1.5, 1.5)
        painter.restore()


def _colour(colours: Colours, state: JobState) -> str:
    if state in (JobState.FAILED, JobState.INTERRUPTED):
        return colours.warning
    if state is JobState.RUNNING:
        return colours.accent_hover
    return colours.meter if state is JobState.FINISHED else colours.text_dim
