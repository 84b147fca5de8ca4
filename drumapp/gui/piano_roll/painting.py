"""How the roll looks: grid and notes, drawn in bulk from arrays."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from drumapp.core.kit import DrumKit, Family
from drumapp.gui.piano_roll.grid import STEP_TICKS, Level, lines
from drumapp.gui.piano_roll.note_index import NoteColumns
from drumapp.gui.piano_roll.scene import Band, Scene
from drumapp.gui.theme import Colours

SHADES = 12  # steps of lightness from the softest to the loudest stroke
LEAST_HEIGHT = 0.24  # of the lane, for velocity 1
ROUNDED_UP_TO = 1500  # rounded corners are dear; beyond so many notes on the page nobody sees them
BINNED_FROM = 4000  # beyond so many, notes that share a pixel column are drawn as the loudest of them
_FAMILIES = tuple(Family)


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
    by_level: dict[Level, list[QLineF]] = {level: [] for level in Level}
    for line in lines(scene.metre, view.left, view.right, view.pixels_per_tick, step_of(scene)):
        x = round(view.x_of(line.tick))
        by_level[line.level].append(QLineF(x, 0, x, bottom))
    for level, colour in zip(Level, (colours.line_step, colours.line_beat, colours.line_bar), strict=True):
        painter.setPen(QPen(QColor(colour), 1))
        painter.drawLines(by_level[level])
    _paint_outside(painter, scene, bottom)


def _paint_outside(painter: QPainter, scene: Scene, bottom: float) -> None:
    """Dim what lies before the music, after its end and under the last lane."""
    view, beyond = scene.view, QColor(scene.colours.beyond)
    start = view.x_of(0)
    if start > 0:
        painter.fillRect(QRectF(0, 0, round(start), bottom), beyond)
    if scene.end is not None and (stop := view.x_of(scene.end)) < view.width:
        painter.fillRect(QRectF(round(stop) + 1, 0, view.width - round(stop), bottom), beyond)
    if bottom < view.height:
        painter.fillRect(QRectF(0, bottom, view.width, view.height - bottom), beyond)


def note_boxes(scene: Scene, notes: NoteColumns) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Where notes lie and what colour they have.

    Returns boxes (notes, 4) as x, y, width, height in pixels; family and shade indices (notes,). Notes of keys without
    a lane are left out. Velocity shows as height as well as shade, so that it can be told without telling colours.
    """
    rows = _row_table(scene.kit)[notes.pitches]
    known = rows >= 0
    rows = rows[known]
    view = scene.view
    x = (notes.starts[known] - view.left) * view.pixels_per_tick
    width = np.maximum(notes.durations[known] * view.pixels_per_tick - 1.0, least_note_px(view.pixels_per_tick))
    loudness = notes.velocities[known] / 127.0
    room = view.row_height - 4.0
    height = np.maximum(room * (LEAST_HEIGHT + (1.0 - LEAST_HEIGHT) * loudness), 2.0)
    y = (rows + 1) * view.row_height - view.top - 2.0 - height
    shade = np.minimum((loudness * SHADES).astype(np.int64), SHADES - 1)
    return np.stack([x, y, width, height], axis=1), _family_table(scene.kit)[rows], shade


def paint_notes(painter: QPainter, scene: Scene, notes: NoteColumns) -> None:
    """The notes, a brush for each colour and one call for all of its boxes."""
    if len(notes) == 0:
        return
    if len(notes) > BINNED_FROM:
        notes = loudest_by_pixel(notes, scene.view.pixels_per_tick)
    boxes, families, shades = note_boxes(scene, notes)
    brushes = _brushes(scene.colours)
    rounded = len(boxes) <= ROUNDED_UP_TO
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, rounded)
    colour_keys = families * SHADES + shades
    for key in np.unique(colour_keys):
        painter.setBrush(brushes[int(key)])
        chosen = boxes[colour_keys == key].tolist()
        if rounded:
            for x, y, width, height in chosen:
                painter.drawRoundedRect(QRectF(x, y, width, height), 1.5, 1.5)
        else:
            painter.drawRects([QRectF(*box) for box in chosen])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_selection(painter: QPainter, scene: Scene, notes: NoteColumns) -> None:
    """A frame around each selected note, readable on every colour by its two shades."""
    if len(notes) == 0:
        return
    if len(notes) > BINNED_FROM:
        notes = loudest_by_pixel(notes, scene.view.pixels_per_tick)
    boxes, _, _ = note_boxes(scene, notes)
    colours = scene.colours
    painter.setBrush(Qt.BrushStyle.NoBrush)
    frames = ((colours.accent, 2.0, 1.5), (colours.text, 1.0, 0.0))
    if len(boxes) > ROUNDED_UP_TO:
        frames = ((colours.accent, 1.0, 0.0),)
    for colour, width, outset in frames:
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRects(
            [QRectF(x - outset, y - outset, w + 2 * outset, h + 2 * outset) for x, y, w, h in boxes.tolist()]
        )


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


def step_of(scene: Scene) -> int:
    """Ticks from step line to step line: those of the snap grid, sixteenths where it is off."""
    return STEP_TICKS if scene.snap.is_off else scene.snap.step


def family_indices(scene: Scene, notes: NoteColumns) -> tuple[NDArray[np.int64], list[str]]:
    """The family of each note as an index into the colours, which come second; keys without a lane are percussion."""
    rows = _row_table(scene.kit)[notes.pitches]
    families = np.where(rows >= 0, _family_table(scene.kit)[rows], _FAMILIES.index(Family.PERCUSSION))
    return families, [scene.colours.families[family] for family in _FAMILIES]


def least_note_px(pixels_per_tick: float) -> float:
    """How wide even the shortest note is drawn: to be seen, but apart from one a sixteenth later."""
    return min(max(STEP_TICKS * pixels_per_tick - 2.0, 2.0), 5.0)


def loudest_by_pixel(notes: NoteColumns, pixels_per_tick: float) -> NoteColumns:
    """One note for each key and pixel column that several share: the loudest."""
    column = (notes.starts * pixels_per_tick).astype(np.int64)
    place = column * 128 + notes.pitches
    order = np.lexsort((-notes.velocities, place))
    _, first = np.unique(place[order], return_index=True)
    kept = order[first]
    return NoteColumns(notes.starts[kept], notes.durations[kept], notes.pitches[kept], notes.velocities[kept])


def bounds(boxes: NDArray[np.float64]) -> QRectF:
    """The rectangle around boxes (notes, 4), with a pixel to spare for smoothed edges."""
    if len(boxes) == 0:
        return QRectF()
    left, top = boxes[:, 0].min(), boxes[:, 1].min()
    right, bottom = (boxes[:, 0] + boxes[:, 2]).max(), (boxes[:, 1] + boxes[:, 3]).max()
    return QRectF(QPointF(left - 1, top - 1), QPointF(right + 1, bottom + 1))


@lru_cache(maxsize=8)
def _row_table(kit: DrumKit) -> NDArray[np.int64]:
    table = np.full(128, -1, dtype=np.int64)
    for key, row in kit.row_of_key.items():
        table[key] = row
    return table


@lru_cache(maxsize=8)
def _family_table(kit: DrumKit) -> NDArray[np.int64]:
    return np.array([_FAMILIES.index(lane.family) for lane in kit.lanes], dtype=np.int64)


def _brushes(colours: Colours) -> list[QBrush]:
    """A brush for every family and shade, softest first; family * SHADES + shade."""
    roll = QColor(colours.roll)
    return [
        QBrush(_mixed(roll, QColor(colours.families[family]), 0.45 + 0.55 * shade / (SHADES - 1)))
        for family in _FAMILIES
        for shade in range(SHADES)
    ]


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    """``share`` of the other colour over the one."""
    return QColor(
        round(one.red() + (other.red() - one.red()) * share),
        round(one.green() + (other.green() - one.green()) * share),
        round(one.blue() + (other.blue() - one.blue()) * share),
    )
