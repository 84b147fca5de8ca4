"""The names of the drums, left of the roll; a click lets one be heard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.core.kit import Lane
from drumapp.gui.piano_roll.scene import Scene

HEADER_WIDTH = 136
AUDITION_VELOCITY = 100
_CHIP = 4


class LaneHeader(QWidget):
    """``auditioned`` carries the MIDI key and velocity of a drum that was clicked.

    ``lane_chosen`` carries the key of one that was double-clicked, and whether Shift was down, to choose it too.
    """

    auditioned = Signal(int, int)
    lane_chosen = Signal(int, bool)
    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._hovered: int | None = None
        self.setFixedWidth(HEADER_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAccessibleName("Drums")

    def sizeHint(self) -> QSize:
        """Wide enough for the longest of the house's names."""
        return QSize(HEADER_WIDTH, 320)

    def paintEvent(self, _event) -> None:
        """One line a lane: a chip in its family's colour, and its name."""
        scene, view, colours = self._scene, self._scene.view, self._scene.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.window))
        font = self.font()
        font.setPixelSize(13 if view.row_height >= 17 else max(round(view.row_height) - 4, 8))
        painter.setFont(font)
        metrics = QFontMetrics(font)
        for row in range(max(view.row_at(0), 0), min(view.row_at(view.height) + 1, scene.rows)):
            lane = scene.kit.lanes[row]
            top = round(view.y_of(row))
            height = round(view.y_of(row + 1)) - top
            if row == self._hovered:
                painter.fillRect(QRectF(0, top, self.width(), height), QColor(colours.hover))
            painter.fillRect(QRectF(0, top + 1, _CHIP, height - 2), QColor(colours.families[lane.family]))
            painter.setPen(QColor(colours.text))
            place = QRectF(_CHIP + 12, top, self.width() - _CHIP - 20, height)
            name = metrics.elidedText(lane.name, Qt.TextElideMode.ElideRight, int(place.width()))
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QPen(QColor(colours.border), 1))
            painter.drawLine(_CHIP, top + height - 1, self.width(), top + height - 1)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())

    def lane_at(self, y: float) -> Lane | None:
        """The lane under a pixel, or None."""
        row = self._scene.view.row_at(y)
        return self._scene.kit.lanes[row] if 0 <= row < self._scene.rows else None

    def mousePressEvent(self, event) -> None:
        """Let the drum be heard."""
        lane = self.lane_at(event.position().y())
        if lane is not None and event.button() == Qt.MouseButton.LeftButton:
            self.auditioned.emit(lane.key, AUDITION_VELOCITY)

    def mouseDoubleClickEvent(self, event) -> None:
        """Choose the lane; the first of the two clicks has let it be heard."""
        lane = self.lane_at(event.position().y())
        if lane is not None and event.button() == Qt.MouseButton.LeftButton:
            self.lane_chosen.emit(lane.key, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event) -> None:
        """Show which drum a click would play."""
        row = self._scene.view.row_at(event.position().y())
        self._hover(row if row < self._scene.rows else None)

    def leaveEvent(self, event) -> None:
        """No drum is pointed at."""
        self._hover(None)
        super().leaveEvent(event)

    def event(self, event) -> bool:
        """Name the drum and its key in the tool tip."""
        if event.type() == QEvent.Type.ToolTip:
            lane = self.lane_at(event.pos().y())
            self.setToolTip(
                f"{lane.name} (MIDI key {lane.key}). Click to hear it, double-click to select its notes" if lane else ""
            )
        return super().event(event)

    def wheelEvent(self, event) -> None:
        """As over the roll."""
        self.wheeled.emit(event)
        event.accept()

    def _hover(self, row: int | None) -> None:
        if row != self._hovered:
            self._hovered = row
            self.update()
