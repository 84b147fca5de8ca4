"""The velocity lane under the roll: a stalk for every stroke, its head as high as the stroke is loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.core.pattern import Note
from drumapp.gui.piano_roll.lane_parts import HEADER_WIDTH
from drumapp.gui.piano_roll.layers import Scratch, sized
from drumapp.gui.piano_roll.note_index import NoteColumns
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.piano_roll.velocity_gestures import DragVelocity, DrawVelocities, Height
from drumapp.gui.piano_roll.velocity_picture import MARGIN_PX, draw_velocities, head_y

if TYPE_CHECKING:
    from drumapp.gui.piano_roll.editor import RollEditor

VELOCITY_PER_NOTCH = 4
FIRST_HEIGHT = 104
LEAST_HEIGHT = 48
GRAB_PX = 6.0


class VelocityLane(QWidget):
    """Paints the scene's velocities; edits through the editor it is given."""

    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._editor: RollEditor | None = None
        self._gesture: DragVelocity | DrawVelocities | None = None
        self._picture = QPixmap()
        self._stale = True  # what the picture shows is not what there is
        self._scratch = Scratch()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Velocity lane")
        self.setToolTip("Drag a head, or draw a line across many. Of a selection, all are scaled together")

    def edit_with(self, editor: RollEditor) -> None:
        """Say through whom the lane edits."""
        self._editor = editor

    def sizeHint(self) -> QSize:
        """High enough to tell velocities apart."""
        return QSize(320, FIRST_HEIGHT)

    def redraw(self) -> None:
        """Draw everything anew."""
        self._stale = True
        self.update()

    # Where velocities lie

    def y_of(self, velocity: float) -> float:
        """Pixels from the top to a velocity's head."""
        return head_y(velocity, self.height())

    def velocity_at(self, y: float) -> int:
        """The velocity at a height, 1-127."""
        room = max(self.height() - 2 * MARGIN_PX, 1.0)
        return min(max(round((self.height() - MARGIN_PX - y) / room * 127), 1), 127)

    def note_at(self, x: float, y: float) -> Note | None:
        """The note whose head is under a pixel; of several the nearest, selected ones before others."""
        view = self._scene.view
        reach = GRAB_PX / view.pixels_per_tick
        near = self._scene.index.between(view.tick_at(x) - reach, view.tick_at(x) + reach)
        best: tuple[bool, float] | None = None
        found = None
        for start, duration, pitch, velocity in zip(*(column.tolist() for column in _columns(near)), strict=True):
            far = max(abs(view.x_of(start) - x), abs(self.y_of(velocity) - y))
            note = Note(start, pitch, velocity, duration)
            rank = (note not in self._scene.selection, far)
            if far <= GRAB_PX and (best is None or rank < best):
                best, found = rank, note
        return found

    # The pointer

    def mousePressEvent(self, event) -> None:
        """Grab a head, or begin a line."""
        editor = self._editor
        if editor is None or event.button() != Qt.MouseButton.LeftButton or self._gesture is not None:
            return
        at = event.position()
        note = self.note_at(at.x(), at.y())
        if note is None:
            slack = GRAB_PX / self._scene.view.pixels_per_tick
            self._gesture = DrawVelocities(self._height_at(at), editor.selection, slack)
        else:
            if note not in editor.selection:
                editor.select(frozenset({note}))
            self._gesture = DragVelocity(note, editor.selection)
        editor.begin(self._gesture)
        if note is None:
            editor.show_gesture()

    def mouseMoveEvent(self, event) -> None:
        """Go on with it."""
        if self._editor is not None and self._gesture is not None and self._editor.gesture is self._gesture:
            self._gesture.drag(self._height_at(event.position()))
            self._editor.show_gesture()

    def mouseReleaseEvent(self, event) -> None:
        """Do it."""
        if event.button() != Qt.MouseButton.LeftButton or self._gesture is None:
            return
        gesture, self._gesture = self._gesture, None
        if self._editor is not None and self._editor.gesture is gesture:
            self._editor.finish()
        self.redraw()

    def wheelEvent(self, event) -> None:
        """As over the roll."""
        self.wheeled.emit(event)
        event.accept()

    def resizeEvent(self, event) -> None:
        """Heads lie elsewhere."""
        super().resizeEvent(event)
        self.redraw()

    def _height_at(self, at: QPointF) -> Height:
        return Height(self._scene.view.tick_at(at.x()), self.velocity_at(at.y()))

    # Painting

    def paintEvent(self, _event) -> None:
        """The picture, and over it the line that is being drawn."""
        ratio = self.devicePixelRatioF()
        if self._stale or self._picture.devicePixelRatio() != ratio:  # on another screen now
            self._picture = sized(self._picture, self.size(), ratio)
            draw_velocities(self._picture, self._scene, self.size(), self._scratch)
            self._stale = False
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if isinstance(self._gesture, DrawVelocities):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._scene.colours.text), 1.5))
            view = self._scene.view
            ends = [QPointF(view.x_of(end.tick), self.y_of(end.velocity)) for end in self._gesture.line]
            painter.drawLine(QLineF(*ends))


class VelocityHeader(QWidget):
    """The velocity lane's name and scale, beside it."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.setFixedWidth(HEADER_WIDTH)

    def paintEvent(self, _event) -> None:
        """The name at the left, numbers at the right edge."""
        colours = self._scene.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.window))
        painter.setPen(QColor(colours.text))
        painter.drawText(self.rect().adjusted(16, 6, -8, -6), Qt.AlignmentFlag.AlignLeft, "Velocity")
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(colours.text_dim))
        for velocity in (1, 64, 127):
            middle = head_y(velocity, self.height())
            place = QRectF(0, min(max(middle - 8, 0), self.height() - 16), self.width() - 8, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(velocity))
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())


def _columns(notes: NoteColumns) -> tuple[np.ndarray, ...]:
    return notes.starts, notes.durations, notes.pitches, notes.velocities
