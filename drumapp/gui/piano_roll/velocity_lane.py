"""The velocity lane under the roll: a stalk for every stroke, its head as high as the stroke is loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.core.pattern import Note
from drumapp.gui.piano_roll.grid import Level, lines
from drumapp.gui.piano_roll.lane_parts import HEADER_WIDTH
from drumapp.gui.piano_roll.note_index import NoteColumns
from drumapp.gui.piano_roll.painting import BINNED_FROM, family_indices, loudest_by_pixel
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.piano_roll.velocity_gestures import DragVelocity, DrawVelocities, Height

if TYPE_CHECKING:
    from drumapp.gui.piano_roll.editor import RollEditor

VELOCITY_PER_NOTCH = 4
FIRST_HEIGHT = 104
LEAST_HEIGHT = 48
HEAD_PX = 3.5
GRAB_PX = 6.0
_MARGIN = 8.0
_HEADS_UP_TO = 1500
_MARKS = (32, 64, 96)


class VelocityLane(QWidget):
    """Paints the scene's velocities; edits through the editor it is given."""

    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._editor: RollEditor | None = None
        self._gesture: DragVelocity | DrawVelocities | None = None
        self._picture: QPixmap | None = None
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
        self._picture = None
        self.update()

    # Where velocities lie

    def y_of(self, velocity: float) -> float:
        """Pixels from the top to a velocity's head."""
        return self.height() - _MARGIN - velocity / 127 * (self.height() - 2 * _MARGIN)

    def velocity_at(self, y: float) -> int:
        """The velocity at a height, 1-127."""
        room = max(self.height() - 2 * _MARGIN, 1.0)
        return min(max(round((self.height() - _MARGIN - y) / room * 127), 1), 127)

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
        if self._picture is None:
            self._picture = self._draw_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if isinstance(self._gesture, DrawVelocities):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._scene.colours.text), 1.5))
            view = self._scene.view
            ends = [QPointF(view.x_of(end.tick), self.y_of(end.velocity)) for end in self._gesture.line]
            painter.drawLine(QLineF(*ends))

    def _draw_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        scene, colours, view = self._scene, self._scene.colours, self._scene.view
        painter = QPainter(picture)
        painter.fillRect(self.rect(), QColor(colours.roll))
        painter.setPen(QPen(QColor(colours.line_beat), 1))
        for mark in _MARKS:
            painter.drawLine(QLineF(0, round(self.y_of(mark)), self.width(), round(self.y_of(mark))))
        painter.setPen(QPen(QColor(colours.line_bar), 1))
        for line in lines(scene.metre, view.left, view.right, view.pixels_per_tick):
            if line.level is Level.BAR:
                painter.drawLine(QLineF(round(view.x_of(line.tick)), 0, round(view.x_of(line.tick)), self.height()))
        self._paint_stalks(painter, scene.index.between(view.left, view.right))
        self._paint_selected(painter, scene.selected.between(view.left, view.right))
        painter.end()
        return picture

    def _paint_stalks(self, painter: QPainter, notes: NoteColumns) -> None:
        if len(notes) > BINNED_FROM:
            notes = loudest_by_pixel(notes, self._scene.view.pixels_per_tick)
        x, y = self._heads(notes)
        foot = self.height() - _MARGIN
        families, colours_of = family_indices(self._scene, notes)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(x) <= _HEADS_UP_TO)
        for family in np.unique(families):
            chosen = families == family
            colour = QColor(colours_of[int(family)])
            places = list(zip(x[chosen].tolist(), y[chosen].tolist(), strict=True))
            # Beyond so many they stand shoulder to shoulder; a pen of one pixel is many times quicker there.
            painter.setPen(QPen(colour, 1.5 if len(x) <= _HEADS_UP_TO else 1))
            painter.drawLines([QLineF(px, foot, px, py) for px, py in places])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            if len(x) <= _HEADS_UP_TO:
                for px, py in places:
                    painter.drawEllipse(QPointF(px, py), HEAD_PX, HEAD_PX)
            else:
                painter.drawRects([QRectF(px - 1, py - 1, 3, 3) for px, py in places])

    def _paint_selected(self, painter: QPainter, notes: NoteColumns) -> None:
        if len(notes) > BINNED_FROM:
            notes = loudest_by_pixel(notes, self._scene.view.pixels_per_tick)
        colours = self._scene.colours
        painter.setBrush(QColor(colours.accent))
        painter.setPen(QPen(QColor(colours.text), 1.5))
        places = list(zip(*(values.tolist() for values in self._heads(notes)), strict=True))
        if len(places) > _HEADS_UP_TO:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.drawRects([QRectF(px - 1, py - 1, 3, 3) for px, py in places])
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for px, py in places:
            painter.drawEllipse(QPointF(px, py), HEAD_PX + 1, HEAD_PX + 1)

    def _heads(self, notes: NoteColumns) -> tuple[np.ndarray, np.ndarray]:
        view = self._scene.view
        x = (notes.starts - view.left) * view.pixels_per_tick + 0.5
        y = self.height() - _MARGIN - notes.velocities / 127 * (self.height() - 2 * _MARGIN)
        return x, y


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
            middle = self.height() - _MARGIN - velocity / 127 * (self.height() - 2 * _MARGIN)
            place = QRectF(0, min(max(middle - 8, 0), self.height() - 16), self.width() - 8, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(velocity))
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())


def _columns(notes: NoteColumns) -> tuple[np.ndarray, ...]:
    return notes.starts, notes.durations, notes.pitches, notes.velocities
