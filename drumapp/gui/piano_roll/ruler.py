"""The ruler above the roll: bar numbers, the loop, the playhead's head; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.gui.piano_roll.grid import CLOSEST_NUMBERS_PX, STEP_TICKS, Level, bar_stride, lines
from drumapp.gui.piano_roll.scene import Scene

RULER_HEIGHT = 32
_HEAD = 6
_LEAST_NUMBER_ROOM = 24


class Ruler(QWidget):
    """``sought`` carries the tick that was clicked, on the nearest step."""

    sought = Signal(int)
    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.setFixedHeight(RULER_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click or drag to move the playhead")
        self.setAccessibleName("Ruler")

    def sizeHint(self) -> QSize:
        """As high as its numbers need."""
        return QSize(320, RULER_HEIGHT)

    def paintEvent(self, _event) -> None:
        """Numbers above, tick marks below."""
        scene, view, colours = self._scene, self._scene.view, self._scene.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.window))
        height = self.height()
        if scene.loop is not None:
            left, right = view.x_of(scene.loop.start), view.x_of(scene.loop.stop)
            painter.fillRect(QRectF(left, height - 4, right - left, 3), QColor(colours.accent))
        per_bar = scene.metre.metre_at(max(int(view.left), 0)).ticks_per_bar * view.pixels_per_tick
        stride = bar_stride(per_bar, CLOSEST_NUMBERS_PX)
        for line in lines(
            scene.metre, view.left - 2 * CLOSEST_NUMBERS_PX / view.pixels_per_tick, view.right, view.pixels_per_tick
        ):
            x = round(view.x_of(line.tick))
            if line.level is Level.STEP:
                continue
            bar = line.level is Level.BAR
            painter.setPen(QPen(QColor(colours.line_bar if bar else colours.line_beat), 1))
            painter.drawLine(QLineF(x, height - (14 if bar else 8), x, height))
            if bar and (line.bar - 1) % stride == 0 and x < self.width() - _LEAST_NUMBER_ROOM:
                painter.setPen(QColor(colours.text_dim))
                place = QRectF(x + 5, 2, 64, height - 10)
                painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(line.bar))
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(0, height - 1, self.width(), height - 1)
        self._paint_head(painter)

    def _paint_head(self, painter: QPainter) -> None:
        x = round(self._scene.view.x_of(self._scene.playhead)) + 0.5
        foot = self.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._scene.colours.playhead))
        corners = ((x - _HEAD, foot - 2 * _HEAD), (x + _HEAD, foot - 2 * _HEAD), (x + _HEAD, foot - _HEAD), (x, foot))
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in (*corners, (x - _HEAD, foot - _HEAD))]))

    def move_playhead(self, before: float, after: float) -> None:
        """Paint the two places of the playhead's head."""
        for tick in (before, after):
            self.update(round(self._scene.view.x_of(tick)) - _HEAD - 1, 0, 2 * _HEAD + 3, self.height())

    def mousePressEvent(self, event) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def mouseMoveEvent(self, event) -> None:
        """Scrub while the button is down."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def wheelEvent(self, event) -> None:
        """As over the roll."""
        self.wheeled.emit(event)
        event.accept()

    def _seek(self, x: float) -> None:
        step = round(max(self._scene.view.tick_at(x), 0) / STEP_TICKS)
        self.sought.emit(step * STEP_TICKS)
