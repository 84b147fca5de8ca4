"""How the ruler looks."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from drumapp.core.timing import Range
from drumapp.gui.piano_roll.grid import CLOSEST_NUMBERS_PX, Level, bar_stride, lines
from drumapp.gui.piano_roll.scene import Scene

RULER_HEIGHT = 40
STRIP_PX = 13  # the upper part, where the loop is drawn
HEAD_PX = 6
_LEAST_NUMBER_ROOM = 24
_END_PX = 7
FLAG_PX, FLAG_HEIGHT_PX = 12, 10  # the pennant of the resume flag, at the foot, under the numbers


def paint_ruler(painter: QPainter, size: QSize, scene: Scene, loop: Range | None) -> None:
    """Loop above, numbers below it, tick marks at the foot; all but the playhead's head."""
    view, colours = scene.view, scene.colours
    width, height = size.width(), size.height()
    painter.fillRect(0, 0, width, height, QColor(colours.window))
    painter.fillRect(QRectF(0, 0, width, STRIP_PX), QColor(colours.field))
    if loop is not None:
        _paint_loop(painter, scene, loop)
    per_bar = scene.metre.metre_at(max(int(view.left), 0)).ticks_per_bar * view.pixels_per_tick
    stride = bar_stride(per_bar, CLOSEST_NUMBERS_PX)
    before = 2 * CLOSEST_NUMBERS_PX / view.pixels_per_tick
    for line in lines(scene.metre, view.left - before, view.right, view.pixels_per_tick):
        x = view.pixel_of(line.tick)
        if line.level is Level.STEP:
            continue
        bar = line.level is Level.BAR
        mark = 14 if bar else 8
        painter.fillRect(x, height - mark, 1, mark, QColor(colours.line_bar if bar else colours.line_beat))
        if bar and (line.bar - 1) % stride == 0 and x < width - _LEAST_NUMBER_ROOM:
            painter.setPen(QColor(colours.text_dim))
            place = QRectF(x + 5, STRIP_PX, 64, height - STRIP_PX - 6)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(line.bar))
    if scene.end:
        _paint_end(painter, scene, height)
    if scene.flag is not None:
        _paint_flag(painter, scene, scene.flag, height)
    painter.setPen(QPen(QColor(colours.border), 1))
    painter.drawLine(0, height - 1, width, height - 1)


def _paint_loop(painter: QPainter, scene: Scene, loop: Range) -> None:
    """Filled while it repeats, an outline while it only waits to."""
    view, colours = scene.view, scene.colours
    left, right = view.x_of(loop.start), view.x_of(loop.stop)
    box = QRectF(left + 0.5, 2.5, max(right - left - 1, 3), STRIP_PX - 5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.accent if scene.looping else colours.control_edge), 1))
    painter.setBrush(QColor(colours.accent) if scene.looping else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_end(painter: QPainter, scene: Scene, height: int) -> None:
    """A flag where the music ends."""
    x = scene.view.pixel_of(scene.end or 0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(scene.colours.text_dim), 1))
    painter.drawLine(QLineF(x + 0.5, STRIP_PX + 2, x + 0.5, height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(scene.colours.text_dim))
    top = STRIP_PX + 2
    corners = (QPointF(x + 0.5, top), QPointF(x + 0.5 - _END_PX, top + _END_PX / 2), QPointF(x + 0.5, top + _END_PX))
    painter.drawPolygon(QPolygonF(corners))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_flag(painter: QPainter, scene: Scene, tick: int, height: int) -> None:
    """A pennant, blown the way the music goes, where the drummer would go on."""
    x, colour = scene.view.pixel_of(tick) + 0.5, QColor(scene.colours.accent_hover)
    top, foot = height - FLAG_HEIGHT_PX - 1, height - 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5))
    painter.drawLine(QLineF(x, STRIP_PX + 2, x, height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    notch = QPointF(x + FLAG_PX - 3, (top + foot) / 2)
    corners = [QPointF(x, top), QPointF(x + FLAG_PX, top), notch, QPointF(x + FLAG_PX, foot), QPointF(x, foot)]
    painter.drawPolygon(QPolygonF(corners))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_head(painter: QPainter, scene: Scene, foot: int) -> None:
    """The playhead's head, down to the ruler's foot."""
    x = scene.view.pixel_of(scene.playhead) + 0.5
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(scene.colours.playhead))
    upper, lower = foot - 2 * HEAD_PX, foot - HEAD_PX
    corners = ((x - HEAD_PX, upper), (x + HEAD_PX, upper), (x + HEAD_PX, lower), (x, foot), (x - HEAD_PX, lower))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
