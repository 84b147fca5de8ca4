"""A drop-down list and a check box drawn in the window's own weight; long names end in an ellipsis."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QCheckBox, QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

from drumapp.gui.theme import Colours, Theme

ARROW_ROOM = 24
BOX_PX = 16


class ChoiceBox(QComboBox):
    """A QComboBox with a chevron. It takes the wheel only with the focus: scrolling past must not change it."""

    def __init__(self, name: str, help_text: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)
        self.setToolTip(help_text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event) -> None:
        """Only where the user has gone."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _event) -> None:
        """Frame by the style, text and chevron by hand."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        colour = self.palette().color(group, QPalette.ColorRole.ButtonText)
        painter.setPen(colour)
        place = self.rect().adjusted(10, 0, -ARROW_ROOM, 0)
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        paint_chevron(painter, colour, self.width() - ARROW_ROOM / 2 - 2, self.height() / 2 + 0.5)


def paint_chevron(painter: QPainter, colour: QColor, x: float, y: float) -> None:
    """The mark of what opens a list, its middle at a point."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]))


def paint_check(
    painter: QPainter, colours: Colours, place: QPointF, *, checked: bool, focused: bool = False, enabled: bool = True
) -> None:
    """A check box's box, its upper left corner at a point, with its mark."""
    box = QRectF(place.x(), place.y(), BOX_PX - 1, BOX_PX - 1)
    edge = (
        colours.text if focused else colours.accent if checked else colours.control_edge if enabled else colours.border
    )
    painter.setPen(QPen(QColor(edge), 1))
    painter.setBrush(QColor(colours.accent if checked else colours.field))
    painter.drawRoundedRect(box, 3, 3)
    if checked:
        painter.setPen(QPen(QColor(colours.accent_text), 1.8, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        x, y = box.x(), box.center().y()
        painter.drawPolyline(QPolygonF([QPointF(x + 3.5, y), QPointF(x + 6.5, y + 3), QPointF(x + 11.5, y - 3.5)]))


class CheckBox(QCheckBox):
    """A QCheckBox whose mark and frame follow the theme."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(text)
        self._theme = theme
        theme.changed.connect(self.update)

    def paintEvent(self, _event) -> None:
        """Box, mark, text."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QPointF(0.5, (self.height() - BOX_PX) / 2 + 0.5)
        paint_check(painter, colours, place, checked=self.isChecked(), focused=self.hasFocus())
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.control_edge))
        painter.drawText(self.rect().adjusted(BOX_PX + 8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
