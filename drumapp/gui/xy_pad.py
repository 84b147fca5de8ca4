"""A field with two values at once, one to the right and one upwards, set by dragging a puck over it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.core.kit import Family
from drumapp.gui.theme import Theme

PUCK_PX = 8.0
LEAST_HEIGHT = 72
_INSET_PX = 10.0  # from the field's edge to where the puck can go
_DOT_PX = 11.0  # from dot to dot
_LIGHT_PX = 46.0  # how far the puck lights up the dots around it
_FAMILIES = (Family.KICK, Family.SNARE, Family.HAT, Family.CYMBAL, Family.TOM, Family.PERCUSSION)


@dataclass(frozen=True, slots=True)
class Axis:
    """One of the two values. Its middle lies in the middle of the field, whatever lies to either side.

    Attributes: name; words for either end; least, middle, most and default value; step of an arrow key; decimals.
    """

    name: str
    low: str
    high: str
    least: float
    middle: float
    most: float
    default: float
    step: float = 0.05
    decimals: int = 2

    def share_of(self, value: float) -> float:
        """How far along the axis a value lies, 0 to 1."""
        if value < self.middle:
            return 0.5 * (value - self.least) / (self.middle - self.least)
        return 0.5 + 0.5 * (value - self.middle) / (self.most - self.middle)

    def value_at(self, share: float) -> float:
        """The value so far along the axis."""
        share = min(max(share, 0.0), 1.0)
        if share < 0.5:
            value = self.least + 2 * share * (self.middle - self.least)
        else:
            value = self.middle + (2 * share - 1) * (self.most - self.middle)
        return round(value, self.decimals)

    def clamped(self, value: float) -> float:
        """The nearest value the axis has."""
        return min(max(value, self.least), self.most)


class XYPad(QWidget):
    """``changed`` when the values are others, by pointer, finger or keys. Arrow keys step, with Shift finely; Delete or
    a double click goes back to the defaults.
    """

    changed = Signal()

    def __init__(self, theme: Theme, name: str, across: Axis, up: Axis, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.across, self.up = across, up
        self._values = across.default, up.default
        self._held = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setMaximumHeight(self.sizeHint().height())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(name)
        self._describe()
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """About twice as wide as high."""
        return QSize(216, 120)

    @property
    def values(self) -> tuple[float, float]:
        """Both values: across, up."""
        return self._values

    def set_values(self, across: float, up: float) -> None:
        """Show two values, no signal. Those beyond an axis are kept, and shown at its end."""
        if (across, up) != self._values:
            self._values = across, up
            self._describe()
            self.update()

    def _describe(self) -> None:
        parts = zip((self.across, self.up), self._values, strict=True)
        self.setAccessibleDescription(", ".join(f"{axis.name} {value:.{axis.decimals}f}" for axis, value in parts))

    def _change(self, across: float, up: float) -> None:
        values = self.across.clamped(across), self.up.clamped(up)
        if values != self._values:
            self.set_values(*values)
            self.changed.emit()

    # Where values lie

    @property
    def _field(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)

    def place_of(self, across: float, up: float) -> QPointF:
        """Where the puck lies for two values."""
        field = self._field
        x = self.across.share_of(self.across.clamped(across))
        y = self.up.share_of(self.up.clamped(up))
        return QPointF(field.left() + x * field.width(), field.bottom() - y * field.height())

    def _go_to(self, at: QPointF) -> None:
        field = self._field
        across = self.across.value_at((at.x() - field.left()) / max(field.width(), 1.0))
        self._change(across, self.up.value_at((field.bottom() - at.y()) / max(field.height(), 1.0)))

    # Pointer and keys

    def mousePressEvent(self, event) -> None:
        """The puck comes to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = True
            self._go_to(event.position())
            self.update()

    def mouseMoveEvent(self, event) -> None:
        """And goes with it."""
        if self._held:
            self._go_to(event.position())

    def mouseReleaseEvent(self, event) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = False
            self.update()

    def mouseDoubleClickEvent(self, event) -> None:
        """Back to the defaults."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._change(self.across.default, self.up.default)

    def keyPressEvent(self, event) -> None:
        """Arrows step, Delete goes back to the defaults."""
        across, up = self._values
        ways = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Down: (0, -1),
            Qt.Key.Key_Up: (0, 1),
        }
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._change(self.across.default, self.up.default)
        elif event.key() in ways:
            right, upwards = ways[event.key()]
            fine = 0.2 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
            self._change(
                round(across + right * self.across.step * fine, self.across.decimals),
                round(up + upwards * self.up.step * fine, self.up.decimals),
            )
        else:
            super().keyPressEvent(event)

    # Painting

    def paintEvent(self, _event) -> None:
        """Dots that stray the more, and in the more hues, the farther out they lie; the axes' words; the puck."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(colours.accent_hover if self.hasFocus() else colours.border), 1))
        painter.setBrush(QColor(colours.field))
        painter.drawRoundedRect(frame, 6, 6)
        field, puck = self._field, self.place_of(*self._values)
        painter.setPen(QPen(QColor(colours.line_bar), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(field.center().x(), field.top()), QPointF(field.center().x(), field.bottom()))
        painter.drawLine(QPointF(field.left(), field.center().y()), QPointF(field.right(), field.center().y()))
        self._paint_dots(painter, field, puck)
        self._paint_words(painter, field)
        painter.setPen(QPen(QColor(colours.field), 2))
        painter.setBrush(QColor(colours.accent_hover if self._held else colours.accent))
        painter.drawEllipse(puck, PUCK_PX, PUCK_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent_text))
        painter.drawEllipse(puck, 2.0, 2.0)

    def _paint_dots(self, painter: QPainter, field: QRectF, puck: QPointF) -> None:
        dice = random.Random(7)  # the same dots each time
        families = self._theme.colours.families
        painter.setPen(Qt.PenStyle.NoPen)
        columns, rows = max(round(field.width() / _DOT_PX), 1), max(round(field.height() / _DOT_PX), 1)
        for column in range(columns + 1):
            for row in range(rows + 1):
                loose, wild = column / columns, row / rows
                stray = dice.uniform(-0.5, 0.5) * loose * _DOT_PX, dice.uniform(-0.5, 0.5) * wild * _DOT_PX
                family = dice.choice(_FAMILIES[: 1 + round(wild * (len(_FAMILIES) - 1))])
                size = 1.0 + dice.random() * wild
                at = QPointF(
                    field.left() + loose * field.width() + stray[0], field.bottom() - wild * field.height() + stray[1]
                )
                way = at - puck
                near = max(1.0 - (way.x() ** 2 + way.y() ** 2) ** 0.5 / _LIGHT_PX, 0.0)
                hue = QColor(families[family])
                hue.setAlphaF(0.22 + 0.78 * near)
                painter.setBrush(hue)
                painter.drawEllipse(at, size, size)

    def _paint_words(self, painter: QPainter, field: QRectF) -> None:
        """What each end means, on the field's own ground so that they can be read."""
        colours = self._theme.colours
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        ground = QColor(colours.field)
        ground.setAlphaF(0.85)
        edge, middle = field.adjusted(-4, -6, 4, 6), field.center()
        for word, left, top in (
            (self.across.low, edge.left(), middle.y()),
            (self.across.high, edge.right() - metrics.horizontalAdvance(self.across.high), middle.y()),
            (self.up.low, middle.x(), edge.bottom() - metrics.height() / 2),
            (self.up.high, middle.x(), edge.top() + metrics.height() / 2),
        ):
            width = metrics.horizontalAdvance(word)
            if left == middle.x():
                left -= width / 2
            box = QRectF(left, top - metrics.height() / 2, width, metrics.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(box.adjusted(-3, 0, 3, 0), 3, 3)
            painter.setPen(QColor(colours.text_dim))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
