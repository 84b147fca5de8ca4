"""What lies under the roll's notes and over them: the grid and the rubber band."""

from __future__ import annotations

import math

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from drumapp.gui.piano_roll.grid import STEP_TICKS, lines
from drumapp.gui.piano_roll.scene import Band, Scene

_REGION_TINT = 0.16


def paint_grid(painter: QPainter, scene: Scene) -> None:
    """Lanes and time lines, over the whole of the view."""
    view, colours = scene.view, scene.colours
    page = QRectF(0, 0, view.width, view.height)
    painter.fillRect(page, QColor(colours.roll))
    bottom = min(view.y_of(scene.rows), view.height)
    for row in range(max(view.row_at(0), 0), min(view.row_at(view.height) + 1, scene.rows)):
        top = view.y_of(row)
        if row % 2:
            painter.fillRect(QRectF(0, top, view.width, view.row_height), QColor(colours.roll_alternate))
    tint = QColor(colours.accent)
    tint.setAlphaF(_REGION_TINT)
    for region in scene.regions:
        left, right = view.pixel_of(region.start), view.pixel_of(region.stop)
        painter.fillRect(QRectF(left, 0, right - left, bottom), tint)
    hues = [QColor(colour) for colour in (colours.line_step, colours.line_beat, colours.line_bar)]
    foot = math.ceil(bottom)
    for line in lines(scene.metre, *view.reach, view.pixels_per_tick, step_of(scene)):
        painter.fillRect(view.pixel_of(line.tick), 0, 1, foot, hues[line.level])
    _paint_outside(painter, scene, bottom)


def _paint_outside(painter: QPainter, scene: Scene, bottom: float) -> None:
    """Dim what lies before the music, after its end and under the last lane."""
    view, beyond = scene.view, QColor(scene.colours.beyond)
    start = view.pixel_of(0)
    if start > 0:
        painter.fillRect(QRectF(0, 0, start, bottom), beyond)
    if scene.end is not None and (stop := view.pixel_of(scene.end)) < view.width:
        painter.fillRect(QRectF(stop + 1, 0, view.width - stop, bottom), beyond)
    if bottom < view.height:
        painter.fillRect(QRectF(0, bottom, view.width, view.height - bottom), beyond)


def paint_band(painter: QPainter, scene: Scene, band: Band) -> None:
    """The rubber band, over whole rows: what it covers is what it takes."""
    view, accent = scene.view, QColor(scene.colours.accent)
    top = view.y_of(max(band.first_row, 0))
    bottom = view.y_of(min(band.last_row + 1, scene.rows))
    left, right = view.x_of(band.span.start), view.x_of(band.span.stop)
    box = QRectF(left, top, max(right - left, 1.0), max(bottom - top, 1.0))
    painter.setPen(QPen(accent, 1))
    accent.setAlphaF(0.18)
    painter.setBrush(accent)
    painter.drawRect(box)


def paint_cell(painter: QPainter, scene: Scene, cell: Band) -> None:
    """The keyboard's cursor: a frame around a cell, in two shades so that it shows on any note."""
    view = scene.view
    left, right = view.x_of(cell.span.start), view.x_of(cell.span.stop)
    top, bottom = view.y_of(cell.first_row), view.y_of(cell.last_row + 1)
    box = QRectF(left + 0.5, top + 0.5, max(right - left - 1, 4.0), bottom - top - 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(scene.colours.roll), 4))
    painter.drawRect(box)
    painter.setPen(QPen(QColor(scene.colours.accent_hover), 2))
    painter.drawRect(box)


def paint_flag_line(painter: QPainter, scene: Scene, tick: int) -> None:
    """Where the drummer would go on, within the music: what lies behind it would be written anew."""
    x = scene.view.pixel_of(tick) + 0.5
    painter.setPen(QPen(QColor(scene.colours.accent_hover), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QLineF(x, 0, x, scene.view.height))


def step_of(scene: Scene) -> int:
    """Ticks from step line to step line: those of the snap grid, sixteenths where it is off."""
    return STEP_TICKS if scene.snap.is_off else scene.snap.step
