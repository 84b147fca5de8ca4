"""The strip at the foot of the roll: the whole piece in small, with a window over what is in sight."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.gui.piano_roll.overview_geometry import Grip, Strip, dragged
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.piano_roll.spans import row_table

OVERVIEW_HEIGHT = 34
_MARGIN = 3
_REDRAW_MS = 100  # while a drummer writes, the picture need not be new at every note
_KEY_SHARE = 0.5  # of the page that an arrow key moves the window by


class Overview(QWidget):
    """Signals: scrolled (left tick) when the window is dragged; spanned (left, right ticks) when an edge of it is;
    fit_wanted on a double click.
    """

    scrolled = Signal(float)
    spanned = Signal(float, float)
    fit_wanted = Signal()
    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._picture: QImage | None = None
        self._grip: Grip | None = None
        self._pressed = 0.0
        self._from = (0.0, 0.0)
        self._timer = QTimer(self, interval=_REDRAW_MS, singleShot=True)
        self._timer.timeout.connect(self.redraw)
        self.setFixedHeight(OVERVIEW_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Overview")
        self.setAccessibleDescription("The whole beat; arrow keys move the part that is in sight")
        self.setToolTip("Drag the window to scroll, its edges to zoom; double-click to see all")

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(320, OVERVIEW_HEIGHT)

    def redraw(self) -> None:
        """The notes, lanes or colours are others."""
        self._picture = None
        self.update()

    def move_playhead(self, before: float, after: float) -> None:
        """Paint the two places of the playhead, if they are two."""
        places = [round(self._strip.x_of(tick)) for tick in (before, after)]
        if places[0] != places[1]:
            for place in places:
                self.update(place - 1, 0, 3, self.height())

    def redraw_soon(self) -> None:
        """There are more notes."""
        if not self._timer.isActive():
            self._timer.start()

    @property
    def _strip(self) -> Strip:
        return Strip(float(self._scene.extent), float(self.width()))

    @property
    def _shown(self) -> tuple[float, float]:
        return self._scene.view.left, self._scene.view.right

    # The pointer

    def mousePressEvent(self, event) -> None:
        """Take hold of the window; beside it, bring it there first."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        self._grip = self._strip.grip_at(x, *self._shown)
        if self._grip is Grip.OUTSIDE:
            left, right = self._shown
            self.scrolled.emit(self._strip.tick_at(x) - (right - left) / 2)
            self._grip = Grip.MIDDLE
        self._pressed, self._from = x, self._shown

    def mouseMoveEvent(self, event) -> None:
        """Drag it; or show what could be dragged."""
        x = event.position().x()
        if self._grip is None or not event.buttons() & Qt.MouseButton.LeftButton:
            edge = self._strip.grip_at(x, *self._shown) in (Grip.START, Grip.STOP)
            self.setCursor(Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.ArrowCursor)
            return
        left, right = dragged(self._grip, *self._from, self._strip.tick_at(x - self._pressed))
        if self._grip is Grip.MIDDLE:
            self.scrolled.emit(left)
        else:
            self.spanned.emit(left, right)

    def mouseReleaseEvent(self, event) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = None

    def mouseDoubleClickEvent(self, event) -> None:
        """Show all."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit_wanted.emit()

    def wheelEvent(self, event) -> None:
        """As over the roll."""
        self.wheeled.emit(event)
        event.accept()

    def keyPressEvent(self, event) -> None:
        """Arrows and pages move the window."""
        left, right = self._shown
        page = right - left
        moves = {
            Qt.Key.Key_Left: -_KEY_SHARE * page,
            Qt.Key.Key_Right: _KEY_SHARE * page,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        if event.key() in moves:
            self.scrolled.emit(left + moves[event.key()])
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event) -> None:
        """Everything lies elsewhere."""
        super().resizeEvent(event)
        self.redraw()

    # Painting

    def paintEvent(self, _event) -> None:
        """The piece, what is out of sight dimmed, and the window."""
        if self._picture is None:
            self._picture = self._draw_picture()
        scene, colours = self._scene, self._scene.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.roll))
        painter.drawImage(QRectF(0, _MARGIN, self.width(), self.height() - 2 * _MARGIN), self._picture)
        first, last = self._strip.window(*self._shown)
        veil = QColor(colours.window)
        veil.setAlphaF(0.6)
        painter.fillRect(QRectF(0, 0, first, self.height()), veil)
        painter.fillRect(QRectF(last, 0, self.width() - last, self.height()), veil)
        head = round(self._strip.x_of(scene.playhead))
        painter.fillRect(QRectF(head, 0, 1, self.height()), QColor(colours.playhead))
        painter.setPen(QPen(QColor(colours.text if self.hasFocus() else colours.control_edge), 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(QRectF(first + 0.5, 0.5, max(last - first - 1, 2), self.height() - 1), 3, 3)

    def _draw_picture(self) -> QImage:
        """One pixel column for as many ticks as it stands for, a band for each lane."""
        scene = self._scene
        ratio = self.devicePixelRatioF()
        width = max(round(self.width() * ratio), 1)
        height = max(round((self.height() - 2 * _MARGIN) * ratio), 1)
        pixels = np.zeros((height, width), np.uint32)
        if len(scene.index) and scene.rows:
            struck = np.zeros((scene.rows + 1, width), bool)  # the last row takes keys without a lane, whose row is -1
            rows = row_table(scene.kit)
            for notes in scene.index.stretches():
                columns = np.minimum((notes.starts * (width / scene.extent)).astype(np.int64), width - 1)
                struck[rows[notes.pitches], columns] = True
            struck[:, 1:] |= struck[:, :-1]  # two pixels wide, or a lone note would hardly be seen
            edges = np.linspace(0, height, scene.rows + 1).round().astype(int)
            for row, lane in enumerate(scene.kit.lanes):
                stop = max(edges[row + 1], edges[row] + 1)
                pixels[edges[row] : stop, struck[row]] = QColor(scene.colours.families[lane.family]).rgba()
        image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_ARGB32)
        return image.copy()  # the bytes do not outlive this call
