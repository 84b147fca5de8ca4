"""The window: layout and menus only. Who acts on them is decided in application.py."""

from __future__ import annotations

import base64
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from drumapp.gui.actions import build_menus
from drumapp.gui.banner import Banner
from drumapp.gui.cowriting.strip import AlternativesStrip
from drumapp.gui.dropped_files import SOUNDFONT_SUFFIXES, dropped_file, dropped_folder
from drumapp.gui.drummer_panel import PANEL_WIDTH, DrummerPanel
from drumapp.gui.export_strip import ExportStrip
from drumapp.gui.page_tabs import BEAT, TRAINING, PageTabs
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.gui.recent_menu import RecentMenu
from drumapp.gui.status_line import StatusLine
from drumapp.gui.takes.panel import TakesPanel
from drumapp.gui.theme import Theme
from drumapp.gui.transport_bar import TransportBar
from drumapp.storage.project_file import SUFFIX

FIRST_SIZE = (1280, 800)
LEAST_SIZE = (1208, 620)


class MainWindow(QMainWindow):
    """Transport bar over the roll and the drummer's panel, or over the Training tab; status line at the foot.

    Signals: closing when the window goes; painted at the first paint that shows all of it; project_dropped and
    soundfont_dropped (Path); folder_dropped (Path); folder_hovers (whether a folder is dragged over it);
    page_shown (its name).
    Attributes: may_close, asked before the window goes.
    """

    closing = Signal()
    painted = Signal()
    project_dropped = Signal(object)
    soundfont_dropped = Signal(object)
    folder_dropped = Signal(object)
    folder_hovers = Signal(bool)
    page_shown = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle("Drumapp")
        self.setAcceptDrops(True)
        self.may_close: Callable[[], bool] = lambda: True
        self.transport = TransportBar(theme)
        self.tabs = PageTabs()
        self.banner = Banner(theme)
        self.offers = Banner(theme)
        self.roll = PianoRoll(theme.colours)
        self.drummer_panel = DrummerPanel(theme)
        self.takes = TakesPanel(theme)
        self.alternatives = AlternativesStrip(theme)
        self.export_strip = ExportStrip()
        self.status = StatusLine(theme)
        self.actions_by_name = build_menus(self, self.roll)
        self.recent = RecentMenu(self)
        menus = {action.text().replace("&", ""): action.menu() for action in self.menuBar().actions()}
        self.file_menu, self.lanes_menu = menus["File"], menus["Lanes"]
        self._beat_menus = [menus[name] for name in ("Edit", "Notes", "Lanes")]
        self._training_page: QWidget | None = None
        self.file_menu.insertMenu(self.actions_by_name["save"], self.recent)
        theme.changed.connect(lambda: self.roll.set_colours(theme.colours))
        self._painted = False
        beat = QWidget()
        body = QHBoxLayout(beat)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.roll, 1)
        self.side = _side_column(self.drummer_panel, self.takes)
        body.addWidget(self.side)
        self.pages = QStackedWidget()
        self.pages.addWidget(beat)
        layout = QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.transport)
        layout.addWidget(self.tabs)
        layout.addWidget(self.banner)
        layout.addWidget(self.offers)
        layout.addWidget(self.alternatives)
        layout.addWidget(self.export_strip)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.status)
        central = QWidget()
        central.setLayout(layout)
        self.setCentralWidget(central)
        self.setMinimumSize(*LEAST_SIZE)
        # On a screen no larger than that, the title bar would push the status line over its edge.
        title_bar = QSize(0, self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight))
        self.resize(QSize(*FIRST_SIZE).boundedTo(self.screen().availableSize() - title_bar))
        self.roll.canvas.setFocus()

    def set_training_page(self, page: QWidget) -> None:
        """Take the Training tab in."""
        self._training_page = page
        self.pages.addWidget(page)

    @property
    def page(self) -> str:
        """The page that is shown, by its name."""
        return TRAINING if self.pages.currentWidget() is self._training_page else BEAT

    def show_page(self, name: str) -> None:
        """Show a page. What changes the beat waits until that is in sight."""
        training = name == TRAINING and self._training_page is not None
        self.pages.setCurrentWidget(self._training_page if training else self.pages.widget(0))
        self.tabs.show_page(self.page)
        for menu in self._beat_menus:
            menu.menuAction().setEnabled(not training)
        (self.pages.currentWidget() if training else self.roll.canvas).setFocus()
        self.page_shown.emit(self.page)

    @property
    def geometry_text(self) -> str:
        """Place and size, as text for the settings."""
        return base64.b64encode(self.saveGeometry().data()).decode()

    def restore_geometry_text(self, text: str | None) -> None:
        """Go back to a place and size; text that makes no sense changes nothing."""
        if not text:
            return
        try:
            data = base64.b64decode(text, validate=True)
        except ValueError:
            return  # a damaged entry is no reason to trouble anyone: the window keeps its first size
        self.restoreGeometry(QByteArray(data))

    def paintEvent(self, event) -> None:
        """Notice the first time."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()

    def keyPressEvent(self, event) -> None:
        """Return presses the button that has the focus, as Space belongs to Play."""
        button = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QAbstractButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event) -> None:
        """Take projects, soundfonts and folders; what the roll takes never comes here."""
        data = event.mimeData()
        if dropped_file(data, (SUFFIX, *SOUNDFONT_SUFFIXES)) is not None or dropped_folder(data) is not None:
            event.acceptProposedAction()
            self.folder_hovers.emit(dropped_folder(data) is not None)

    def dragLeaveEvent(self, _event) -> None:
        """What was dragged went elsewhere."""
        self.folder_hovers.emit(False)

    def dropEvent(self, event) -> None:
        """Take it once the drop is over: a question to the user would hold up the program it came from."""
        self.folder_hovers.emit(False)
        path = dropped_file(event.mimeData(), (SUFFIX, *SOUNDFONT_SUFFIXES))
        folder = dropped_folder(event.mimeData()) if path is None else None
        if folder is not None:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, lambda: self.folder_dropped.emit(folder))
        if path is not None:
            event.acceptProposedAction()
            dropped = self.soundfont_dropped if path.suffix.lower() in SOUNDFONT_SUFFIXES else self.project_dropped
            QTimer.singleShot(0, self, lambda: dropped.emit(path))

    def closeEvent(self, event) -> None:
        """Tell whoever has to tidy up, if the window may go."""
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _side_column(panel: QWidget, takes: QWidget) -> QWidget:
    """The drummer over its takes, which have the room that is left."""
    side = QWidget()
    side.setObjectName("side")
    side.setFixedWidth(PANEL_WIDTH)
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(panel)
    column.addWidget(takes, 1)
    return side
