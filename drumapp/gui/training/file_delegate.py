"""How a file's name is drawn: a box to take or leave it, and of a long path the end."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QWidget

from drumapp.gui.choice_box import BOX_PX, paint_check
from drumapp.gui.theme import Theme

_LEFT_PX = 8
_GAP_PX = 8


class FileDelegate(QStyledItemDelegate):
    """For the first column."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option, index) -> None:
        """Box and path."""
        colours, rect = self._theme.colours, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(colours.accent_soft))
        checked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        can_be = bool(index.flags() & Qt.ItemFlag.ItemIsUserCheckable)
        box = self._box(rect)
        paint_check(painter, colours, QPointF(box.x() + 0.5, box.y() + 0.5), checked=checked, enabled=can_be)
        painter.setPen(QColor(colours.text if checked else colours.text_dim))
        painter.setFont(option.font)
        place = rect.adjusted(_LEFT_PX + BOX_PX + _GAP_PX, 0, -8, 0)
        path = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideLeft, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, path)
        painter.restore()

    def editorEvent(self, event, model, option, index) -> bool:
        """A click on the box."""
        pressed = event.type() == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton
        if pressed and self._box(option.rect).adjusted(-4, -4, 4, 4).contains(event.position().toPoint()):
            checked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
            other = Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked
            return model.setData(index, other, Qt.ItemDataRole.CheckStateRole)
        return False

    def _box(self, rect: QRect) -> QRect:
        return QRect(rect.left() + _LEFT_PX, rect.top() + (rect.height() - BOX_PX) // 2, BOX_PX, BOX_PX)
