"""Two handles at the foot of the window: drag the beat from them into a DAW or a folder, as MIDI or as sound."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDrag, QPainter, QPen
from PySide6.QtWidgets import QApplication, QWidget

from drumapp.gui import icons
from drumapp.gui.theme import Theme

HEIGHT = 22
_ICON_PX = 14
_PADDING = 8


class DragHandle(QWidget):
    """A handle that hands out a file.

    Signals: wanted when it is dragged: who makes the file calls :meth:`hand_out` with it, at once or a little later;
    left when it is let go before that, and nothing will be dragged.
    Attributes: start_drag, what carries the file from here on; tests put their own in its place.
    """

    wanted = Signal()
    left = Signal()

    def __init__(self, theme: Theme, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._text = theme, text
        self._pressed: QPoint | None = None
        self._waiting = False
        self._hovered = False
        self.start_drag: Callable[[QMimeData], None] = self._drag
        width = self.fontMetrics().horizontalAdvance(text) + _ICON_PX + 3 * _PADDING
        self.setFixedSize(QSize(width, HEIGHT))
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    @property
    def waiting(self) -> bool:
        """Whether it is dragged, and its file is not there yet."""
        return self._waiting

    def hand_out(self, path: Path) -> None:
        """The file is there: drag it, if it is still wanted."""
        if not self._waiting:
            return
        self._waiting = False
        self.update()
        self.start_drag(file_data(path))

    def give_up(self) -> None:
        """There will be no file."""
        self._waiting = False
        self.update()

    def mousePressEvent(self, event) -> None:
        """A drag may begin."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event) -> None:
        """It begins."""
        if self._pressed is None or self._waiting:
            return
        way = event.position().toPoint() - self._pressed
        if way.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self._waiting = True
            self.update()
            self.wanted.emit()

    def mouseReleaseEvent(self, _event) -> None:
        """Let go before the file was there, or before it was dragged at all."""
        self._pressed = None
        if self._waiting:
            self._waiting = False
            self.update()
            self.left.emit()

    def enterEvent(self, event) -> None:
        """The pointer is over it."""
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event) -> None:
        """The pointer is elsewhere."""
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event) -> None:
        """A pill with a grip."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        enabled = self.isEnabled()
        lit = enabled and (self._hovered or self._waiting)
        painter.setBrush(QColor(colours.accent_soft if self._waiting else colours.hover if lit else colours.raised))
        painter.setPen(QPen(QColor(colours.accent if self._waiting else colours.border), 1))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), HEIGHT / 2 - 1, HEIGHT / 2 - 1)
        colour = colours.text if enabled else colours.control_edge
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(_PADDING, (HEIGHT - _ICON_PX) // 2, icons.pixmap("drag", colour, _ICON_PX, ratio))
        painter.setPen(QColor(colour))
        place = self.rect().adjusted(2 * _PADDING + _ICON_PX - 2, 0, -_PADDING, -1)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._text)

    def _drag(self, data: QMimeData) -> None:
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(icons.pixmap("drag", self._theme.colours.text, 32, self.devicePixelRatioF()))
        drag.exec(Qt.DropAction.CopyAction)


def file_data(path: Path) -> QMimeData:
    """What is dragged: the file, by its address."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path.absolute()))])
    return data
