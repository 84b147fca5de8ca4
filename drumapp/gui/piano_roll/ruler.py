"""The ruler above the roll: bar numbers, loop, the music's end and the playhead's head, to click and to drag."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.core.timing import Range
from drumapp.gui.piano_roll.grid import STEP_TICKS
from drumapp.gui.piano_roll.layers import sized
from drumapp.gui.piano_roll.ruler_gestures import DrawLoop, Edge, LoopDrag, MoveLoop, ResizeLoop, RulerGrid, end_at
from drumapp.gui.piano_roll.ruler_painting import (
    FLAG_HEIGHT_PX,
    FLAG_PX,
    HEAD_PX,
    RULER_HEIGHT,
    STRIP_PX,
    paint_head,
    paint_ruler,
)
from drumapp.gui.piano_roll.scene import Scene

DRAG_FROM_PX = 4
_NEAR_PX = 6
_FREE = Qt.KeyboardModifier.ControlModifier


class Spot(Enum):
    """What lies under the pointer."""

    OPEN = "open"
    LOOP = "loop"
    LOOP_START = "loop's start"
    LOOP_STOP = "loop's stop"
    HEAD = "playhead"
    END = "end"
    FLAG = "flag"


_CURSORS = {
    Spot.OPEN: Qt.CursorShape.PointingHandCursor,
    Spot.LOOP: Qt.CursorShape.OpenHandCursor,
    Spot.LOOP_START: Qt.CursorShape.SizeHorCursor,
    Spot.LOOP_STOP: Qt.CursorShape.SizeHorCursor,
    Spot.HEAD: Qt.CursorShape.SplitHCursor,
    Spot.END: Qt.CursorShape.SizeHorCursor,
    Spot.FLAG: Qt.CursorShape.SizeHorCursor,
}
_HELP = {
    Spot.OPEN: "Click to move the playhead, drag to mark a loop",
    Spot.LOOP: "Drag to move the loop, double-click to loop the whole beat",
    Spot.LOOP_START: "Drag to change where the loop begins. Ctrl: by the snap grid",
    Spot.LOOP_STOP: "Drag to change where the loop ends. Ctrl: by the snap grid",
    Spot.HEAD: "Drag to move the playhead",
    Spot.FLAG: "From here the drummer goes on (R). Drag it, double-click to send it to the end. Ctrl: by the snap grid",
    Spot.END: "Drag to make the beat longer or shorter. Ctrl: by beats",
}


class Ruler(QWidget):
    """Shows the scene's time.

    Signals: sought (tick), on the nearest step; loop_chosen (Range, or None for the whole beat); end_previewed (tick)
    while the end is dragged, and end_chosen (tick) when it is let go; end_left when it is not; flag_moved (tick, None
    to the end).
    Attributes: end_fixed, while the music's end is not for the user to move.
    """

    sought = Signal(int)
    loop_chosen = Signal(object)
    end_previewed = Signal(int)
    end_chosen = Signal(int)
    end_left = Signal()
    flag_moved = Signal(object)
    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.end_fixed = False
        self._pressed: QPoint | None = None
        self._spot = Spot.OPEN
        self._drag: LoopDrag | None = None
        self._preview: Range | None = None
        self._new_end: int | None = None
        self._still, self._stale = QPixmap(), True
        self.setFixedHeight(RULER_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Ruler")

    def sizeHint(self) -> QSize:
        """As high as its numbers need."""
        return QSize(320, RULER_HEIGHT)

    def paintEvent(self, _event) -> None:
        """Copy what stands still, drawn anew only where it has changed, and draw the playhead's head over it."""
        still = sized(self._still, self.size(), self.devicePixelRatioF())
        painter = QPainter(self)
        if self._stale or still is not self._still:
            self._still, self._stale = still, False
            drawn = QPainter(still)
            drawn.setFont(self.font())
            # With the loop as it would be, while one is dragged.
            paint_ruler(drawn, self.size(), self._scene, self._preview or self._scene.loop)
            drawn.end()
        painter.drawPixmap(0, 0, still)
        paint_head(painter, self._scene, self.height())

    def redraw(self) -> None:
        """Something other than the playhead has changed."""
        self._stale = True
        self.update()

    def move_playhead(self, before: float, after: float) -> None:
        """Paint the two places of the playhead's head, if they are two."""
        places = [self._scene.view.pixel_of(tick) for tick in (before, after)]
        if places[0] != places[1]:
            for place in places:
                self.update(place - HEAD_PX - 1, 0, 2 * HEAD_PX + 3, self.height())

    def changeEvent(self, event) -> None:
        """Another font is another picture."""
        super().changeEvent(event)
        self.redraw()

    def spot_at(self, x: float, y: float) -> Spot:
        """What lies under a pixel."""
        scene, view = self._scene, self._scene.view
        if y < STRIP_PX:
            if scene.loop is None:
                return Spot.OPEN
            left, right = view.x_of(scene.loop.start), view.x_of(scene.loop.stop)
            if abs(x - right) <= _NEAR_PX and x > (left + right) / 2:
                return Spot.LOOP_STOP
            if abs(x - left) <= _NEAR_PX:
                return Spot.LOOP_START
            return Spot.LOOP if left < x < right else Spot.OPEN
        if abs(x - view.x_of(scene.playhead)) <= HEAD_PX + 1 and y >= self.height() - 2 * HEAD_PX - 2:
            return Spot.HEAD
        if scene.flag is not None and y >= self.height() - FLAG_HEIGHT_PX - 3:
            flag = view.x_of(scene.flag)
            least = 2 if scene.flag == scene.end else -3  # there the line is the end's, the pennant the flag's
            if flag + least <= x <= flag + FLAG_PX + 2:
                return Spot.FLAG
        if scene.end and not self.end_fixed and abs(x - view.x_of(scene.end)) <= _NEAR_PX:
            return Spot.END
        return Spot.OPEN

    # The pointer

    def mousePressEvent(self, event) -> None:
        """A click or a drag begins."""
        if event.button() == Qt.MouseButton.LeftButton:
            at = event.position()
            self._pressed, self._spot = at.toPoint(), self.spot_at(at.x(), at.y())

    def mouseMoveEvent(self, event) -> None:
        """Drag what was pressed; or show what a press would do."""
        at = event.position()
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_spot(self.spot_at(at.x(), at.y()))
            return
        if self._spot is Spot.HEAD:
            self._seek(at.x())
            return
        if self._spot is Spot.FLAG:
            free = bool(event.modifiers() & _FREE)
            self.flag_moved.emit(self._grid.nearest(self._scene.view.tick_at(at.x()), free=free))
            return
        begun = self._drag is not None or self._new_end is not None
        if not begun and abs(at.x() - self._pressed.x()) < DRAG_FROM_PX:
            return
        free = bool(event.modifiers() & _FREE)
        tick = self._scene.view.tick_at(at.x())
        if self._spot is Spot.END:
            self._new_end = end_at(tick, self._grid, free=free)
            self.end_previewed.emit(self._new_end)
        else:
            self._drag = self._drag or self._loop_drag()
            self._preview = self._drag.loop(tick, self._grid, free=free)
        self.redraw()

    def mouseReleaseEvent(self, event) -> None:
        """Do it; a press that never became a drag goes there."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        preview, new_end, spot = self._preview, self._new_end, self._spot
        dragged = self._drag is not None or new_end is not None or spot in (Spot.HEAD, Spot.FLAG)
        self._forget_drag()
        if preview is not None:
            self.loop_chosen.emit(preview)
        elif new_end is not None:
            self.end_chosen.emit(new_end)
        elif not dragged:
            self._seek(event.position().x())

    def mouseDoubleClickEvent(self, event) -> None:
        """On the loop: loop everything."""
        at = event.position()
        if event.button() == Qt.MouseButton.LeftButton and self.spot_at(at.x(), at.y()) is Spot.LOOP:
            self.loop_chosen.emit(None)
        elif event.button() == Qt.MouseButton.LeftButton and self.spot_at(at.x(), at.y()) is Spot.FLAG:
            self.flag_moved.emit(None)
        else:
            self.mousePressEvent(event)

    def cancel_drag(self) -> bool:
        """Leave loop and end where they were; whether one was dragged."""
        dragged = self._drag is not None or self._new_end is not None
        if dragged:
            end_dragged = self._new_end is not None
            self._forget_drag()
            if end_dragged:
                self.end_left.emit()
        return dragged

    def wheelEvent(self, event) -> None:
        """As over the roll."""
        self.wheeled.emit(event)
        event.accept()

    @property
    def _grid(self) -> RulerGrid:
        return RulerGrid(self._scene.metre, self._scene.view.pixels_per_tick, self._scene.snap)

    def _loop_drag(self) -> LoopDrag:
        loop, pressed = self._scene.loop, self._scene.view.tick_at(self._pressed.x() if self._pressed else 0)
        if loop is not None and self._spot is Spot.LOOP:
            return MoveLoop(loop, pressed)
        if loop is not None and self._spot in (Spot.LOOP_START, Spot.LOOP_STOP):
            return ResizeLoop(loop, Edge.START if self._spot is Spot.LOOP_START else Edge.STOP)
        return DrawLoop(pressed)

    def _forget_drag(self) -> None:
        self._pressed = self._drag = self._preview = self._new_end = None
        self.redraw()

    def _seek(self, x: float) -> None:
        step = round(max(self._scene.view.tick_at(x), 0) / STEP_TICKS)
        self.sought.emit(step * STEP_TICKS)

    def _show_spot(self, spot: Spot) -> None:
        if self.cursor().shape() != _CURSORS[spot]:
            self.setCursor(_CURSORS[spot])
        self.setToolTip(_HELP[spot])
