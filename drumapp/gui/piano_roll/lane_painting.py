"""How the lanes' header looks."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from drumapp.core.kit import Lane
from drumapp.gui.piano_roll.lane_parts import CHIP_PX, UNITY, Part, box_of, share_of_volume, volume_text
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.theme import Colours

_GROOVE_PX = 4.0
_KNOB_PX = 4.0


@dataclass(frozen=True, slots=True)
class HeaderState:
    """What the hand is doing.

    Attributes: hovered row and part; current row, framed; drop_row, the edge a dragged lane would go to; moved, the key
    of that lane; mixed, the key of the lane whose volume is dragged, and shown in the place of its name.
    """

    hovered: tuple[int, Part] | None = None
    current: int | None = None
    drop_row: int | None = None
    moved: int | None = None
    mixed: int | None = None


def paint_header(widget: QWidget, scene: Scene, state: HeaderState) -> None:
    """One line a lane: a chip in its family's colour, name, lock, mute, solo and volume."""
    view, colours = scene.view, scene.colours
    painter = QPainter(widget)
    painter.fillRect(widget.rect(), QColor(colours.window))
    font = QFont(widget.font())
    font.setPixelSize(13 if view.row_height >= 17 else max(round(view.row_height) - 4, 8))
    heard = scene.kit.heard_keys
    for row in range(max(view.row_at(0), 0), min(view.row_at(view.height) + 1, scene.rows)):
        lane = scene.kit.lanes[row]
        top = round(view.y_of(row))
        height = round(view.y_of(row + 1)) - top
        hovered = state.hovered[1] if state.hovered is not None and state.hovered[0] == row else None
        if hovered is not None or lane.key == state.moved:
            painter.fillRect(QRectF(0, top, widget.width(), height), QColor(colours.hover))
        colour = QColor(colours.families[lane.family])
        painter.fillRect(QRectF(0, top + 1, CHIP_PX, height - 2), colour)
        audible = lane.key in heard
        text = volume_text(lane.volume_db) if lane.key == state.mixed or hovered is Part.VOLUME else lane.name
        _paint_name(painter, font, text, top, height, QColor(colours.text if audible else colours.text_dim))
        _paint_lock(painter, lane.locked, hovered is Part.LOCK, top, height, colours)
        _paint_switch(painter, "M", lane.muted, hovered is Part.MUTE, Part.MUTE, top, height, colours)
        _paint_switch(painter, "S", lane.soloed, hovered is Part.SOLO, Part.SOLO, top, height, colours)
        _paint_volume(painter, lane, colour if audible else QColor(colours.control_edge), top, height, colours)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(CHIP_PX, top + height - 1, widget.width(), top + height - 1)
        if row == state.current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent_hover), 2))
            painter.drawRect(QRectF(1, top + 1, widget.width() - 3, height - 3))
    if state.drop_row is not None:
        edge = round(view.y_of(state.drop_row))
        painter.fillRect(QRectF(0, edge - 1.5, widget.width(), 3), QColor(colours.accent_hover))
    painter.setPen(QPen(QColor(colours.border), 1))
    painter.drawLine(widget.width() - 1, 0, widget.width() - 1, widget.height())


def _paint_name(painter: QPainter, font: QFont, text: str, top: int, height: int, colour: QColor) -> None:
    box = box_of(Part.NAME, top, height)
    painter.setFont(font)
    painter.setPen(colour)
    place = QRectF(box.x, box.y, box.width, box.height)
    name = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, int(box.width))
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)


def _paint_switch(
    painter: QPainter, letter: str, on: bool, hovered: bool, part: Part, top: int, height: int, colours: Colours
) -> None:
    box = box_of(part, top, height)
    place = QRectF(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if on:
        # Filled and bold: which is on can be told without telling colours.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.warning if part is Part.MUTE else colours.accent))
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(QColor(colours.window if part is Part.MUTE else colours.accent_text))
    else:
        painter.setBrush(QColor(colours.raised) if hovered else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colours.control_edge if hovered else colours.border), 1))
        painter.drawRoundedRect(place, 3, 3)
        painter.setPen(QColor(colours.text_dim))
    font = QFont(painter.font())
    font.setPixelSize(max(min(round(box.height) - 6, 11), 7))
    font.setWeight(QFont.Weight.DemiBold if on else QFont.Weight.Normal)
    painter.setFont(font)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letter)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_lock(painter: QPainter, locked: bool, hovered: bool, top: int, height: int, colours: Colours) -> None:
    """A padlock: closed and filled, or open, and dim unless it is pointed at."""
    box = box_of(Part.LOCK, top, height)
    unit = box.height / 18
    middle, foot = box.x + box.width / 2, box.y + 14.5 * unit
    body = QRectF(middle - 5 * unit, foot - 7 * unit, 10 * unit, 7 * unit)
    colour = QColor(colours.text if locked else colours.text_dim if hovered else colours.control_edge)
    shackle = QRectF(middle - 3 * unit, body.top() - 5 * unit, 6 * unit, 8 * unit)
    if not locked:
        shackle.translate(5 * unit, 0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.4 * unit))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(shackle, 0, 180 * 16)
    painter.drawLine(QPointF(shackle.left(), shackle.center().y()), QPointF(shackle.left(), body.top()))
    if locked:
        painter.drawLine(QPointF(shackle.right(), shackle.center().y()), QPointF(shackle.right(), body.top()))
        painter.setBrush(colour)
    painter.drawRoundedRect(body, 1.2 * unit, 1.2 * unit)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_volume(painter: QPainter, lane: Lane, colour: QColor, top: int, height: int, colours: Colours) -> None:
    box = box_of(Part.VOLUME, top, height)
    middle = box.y + box.height / 2
    groove = min(_GROOVE_PX, height / 4)
    reach = box.x + box.width * share_of_volume(lane.volume_db)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.border))
    painter.drawRoundedRect(QRectF(box.x, middle - groove / 2, box.width, groove), groove / 2, groove / 2)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(box.x, middle - groove / 2, reach - box.x, groove), groove / 2, groove / 2)
    unity = round(box.x + box.width * UNITY) + 0.5
    painter.setPen(QPen(QColor(colours.control_edge), 1))
    painter.drawLine(QPointF(unity, middle - groove), QPointF(unity, middle + groove))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.text))
    knob = min(_KNOB_PX, height / 4)
    painter.drawEllipse(QPointF(reach, middle), knob, knob)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
