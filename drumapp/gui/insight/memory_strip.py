"""The heat map of the drummer's memory. It needs pyqtgraph: it is imported when the strip is first opened."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip

from drumapp.gui.insight.insight import MemoryFilm
from drumapp.gui.insight.memory_picture import MIDDLE, MemoryPicture, held_at
from drumapp.gui.piano_roll.grid import Level, lines
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.piano_roll.spans import Pixels
from drumapp.gui.theme import Colours

pg.setConfigOptions(imageAxisOrder="row-major", exitCleanup=False)

_NEAR_PX = 4
_MARK_PX = 5
_LEVELS = 256
_LINE_OPACITY = 0.6
_FRESH = "Memory drawn at random here"
_FLAG = "The drummer goes on from here"


class MemoryStrip(pg.GraphicsView):
    """Shows a film over the scene's time. ``wheeled`` hands every wheel event on."""

    wheeled = Signal(object)

    _ready = False  # GraphicsView resizes itself while it is made

    def __init__(self, scene: Scene) -> None:
        super().__init__(background=None)
        self._roll = scene
        self._film: MemoryFilm | None = None
        self._picture: MemoryPicture | None = None
        self._held = np.zeros(0, np.int64)  # which memory each column shows
        self._sentence = ""
        self._image = pg.ImageItem()
        self.addItem(self._image)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Memory strip")
        self.setFrameShape(self.Shape.NoFrame)
        self._ready = True
        self.recolour()

    @property
    def film(self) -> MemoryFilm | None:
        """What is shown."""
        return self._film

    @property
    def sentence(self) -> str:
        """What is said in its stead."""
        return self._sentence

    @property
    def marks(self) -> tuple[float, ...]:
        """Where memory was drawn anew, in pixels from the left edge."""
        return tuple(self._roll.view.pixel_of(tick) + 0.5 for tick in self._film.fresh) if self._film else ()

    def show_film(self, film: MemoryFilm) -> None:
        """Show a take's memory."""
        self._film, self._sentence, self._picture = film, "", None
        self.redraw()

    def say(self, sentence: str) -> None:
        """There is no memory to show: say why."""
        self._film, self._sentence, self._picture = None, sentence, None
        self.redraw()

    def recolour(self) -> None:
        """The theme is another."""
        colours = self._roll.colours
        self.setBackground(colours.roll)
        self._image.setLookupTable(colour_table(colours))
        self.redraw()

    def redraw(self) -> None:
        """Draw everything anew: the time in sight, the film or the size are others."""
        width, height = self.width(), self.height()
        shown = self._film is not None and width > 0 and height > 0
        self._image.setVisible(shown)
        if shown:
            ratio = self.devicePixelRatioF()
            lines = max(round(height * ratio), 1)
            if self._picture is None or self._drawn_for != lines:
                self._picture, self._drawn_for = MemoryPicture(self._film, lines), lines
            pixels = Pixels(replace(self._roll.view, width=float(width)), ratio)
            self._held = held_at(self._film, pixels, self._roll.length)
            picture = np.ascontiguousarray(self._picture.columns(self._held))
            self._image.setImage(picture, autoLevels=False, levels=None)
            self._image.setRect(QRectF(0, 0, width, height))
        self.viewport().update()

    def words_at(self, x: float, y: float) -> str:
        """What lies under a pixel: a mark, or a value."""
        if self._picture is None or self._film is None:
            return self._sentence
        if any(abs(mark - x) <= _NEAR_PX for mark in self.marks):
            return _FRESH
        view, flag = self._roll.view, self._roll.flag
        if flag is not None and abs(view.pixel_of(flag) - x) <= _NEAR_PX:
            return _FLAG
        ratio = self.devicePixelRatioF()
        column = int(x * ratio)
        memory = int(self._held[column]) if 0 <= column < len(self._held) else -1
        value = self._picture.value_at(memory, int(y * ratio))
        if value is None:
            return ""
        number = f"{value.value:.2f}".replace("-", "\N{MINUS SIGN}")
        return f"Layer {value.layer}, unit {value.unit}: {self._film.half} = {number}"

    # Events

    def resizeEvent(self, event) -> None:
        """As many lines and columns as there are."""
        super().resizeEvent(event)
        if self._ready:
            self.redraw()

    def wheelEvent(self, event) -> None:
        """As over the roll."""
        self.wheeled.emit(event)
        event.accept()

    def viewportEvent(self, event) -> bool:
        """Say what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip:
            at = event.pos()
            QToolTip.showText(event.globalPos(), self.words_at(at.x(), at.y()), self)
            return True
        return super().viewportEvent(event)

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Bars' lines, marks, or what there is to say; counted in the widget's pixels."""
        colours = self._roll.colours
        painter.save()
        painter.resetTransform()
        if self._film is None:
            painter.setPen(QColor(colours.text_dim))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self._sentence)
        else:
            self._paint_lines(painter)
            for x in self.marks:
                self._paint_mark(painter, x, QColor(colours.text))
            flag = self._roll.flag
            if flag is not None:
                painter.setPen(QPen(QColor(colours.accent_hover), 2))
                x = self._roll.view.pixel_of(flag) + 0.5
                painter.drawLine(QLineF(x, 0, x, self.height()))
        painter.restore()

    def _paint_lines(self, painter: QPainter) -> None:
        """Between bars, and between the layers."""
        view, colours = self._roll.view, self._roll.colours
        line = QColor(colours.roll)
        line.setAlphaF(_LINE_OPACITY)
        for bar in lines(self._roll.metre, *view.reach, view.pixels_per_tick):
            if bar.level is Level.BAR:
                painter.fillRect(view.pixel_of(bar.tick), 0, 1, self.height(), line)
        layers = self._film.values.shape[1]
        for layer in range(1, layers):
            painter.fillRect(0, round(self.height() * layer / layers), self.width(), 1, QColor(colours.roll))

    def _paint_mark(self, painter: QPainter, x: float, colour: QColor) -> None:
        """A line through all units, with a diamond at its head."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self._roll.colours.roll)
        for pen in (QPen(ground, 3), QPen(colour, 1)):
            painter.setPen(pen)
            painter.drawLine(QLineF(x, 0, x, self.height()))
        corners = ((x, 0), (x + _MARK_PX, _MARK_PX), (x, 2 * _MARK_PX), (x - _MARK_PX, _MARK_PX))
        painter.setPen(QPen(ground, 1))
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def colour_table(colours: Colours) -> NDArray[np.uint8]:
    """The colour of each level, red, green, blue and opacity: (256, 4). Level 0 is nothing."""
    stops = (1 / (_LEVELS - 1), MIDDLE / (_LEVELS - 1), 1.0)
    ends = [colours.memory_below, colours.roll, colours.memory_above]
    scale = pg.ColorMap(stops, [QColor(end) for end in ends])
    table = scale.map(np.arange(_LEVELS) / (_LEVELS - 1), mode=pg.ColorMap.BYTE).copy()
    table[0] = 0
    return table
