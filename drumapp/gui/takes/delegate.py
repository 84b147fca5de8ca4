"""How a take looks in the list: a star, its name, and a line of details."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QWidget

from drumapp.core.project import Take
from drumapp.gui import icons
from drumapp.gui.takes.model import CURRENT_ROLE, TAKE_ROLE
from drumapp.gui.takes.words import take_details, take_title
from drumapp.gui.theme import Theme

ROW_HEIGHT = 42
STAR_WIDTH = 28
_STAR_PX = 16
_DETAIL_PX = 11


class TakeDelegate(QStyledItemDelegate):
    """Signals: starred (take id, on) when a star is clicked."""

    starred = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option, _index) -> QSize:
        """Two lines."""
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter, option, index) -> None:
        """Selected ones on the accent's soft surface; a bar marks the one in the roll."""
        take: Take = index.data(TAKE_ROLE)
        current = bool(index.data(CURRENT_ROLE))
        colours, rect = self._theme.colours, option.rect
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if selected or hovered:
            painter.fillRect(rect, QColor(colours.accent_soft if selected else colours.hover))
        if current:
            painter.fillRect(QRect(rect.left(), rect.top() + 4, 3, rect.height() - 8), QColor(colours.accent_hover))
        star = self._star_rect(rect)
        shape, colour = ("starred", colours.warning) if take.starred else ("star", colours.control_edge)
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(star.topLeft(), icons.pixmap(shape, colour, _STAR_PX, ratio))
        text = rect.adjusted(STAR_WIDTH + 4, 4, -8, -4)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if current else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colours.text))
        name = painter.fontMetrics().elidedText(take_title(take), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        font.setWeight(QFont.Weight.Normal)
        font.setPixelSize(_DETAIL_PX)
        painter.setFont(font)
        painter.setPen(QColor(colours.text_dim))
        details = painter.fontMetrics().elidedText(take_details(take), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, details)
        painter.restore()

    def editorEvent(self, event, _model, option, index) -> bool:
        """A click on the star sets or takes it."""
        if (
            event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
            and event.position().x() < option.rect.left() + STAR_WIDTH
        ):
            take: Take = index.data(TAKE_ROLE)
            self.starred.emit(take.id, not take.starred)
            return True
        return False

    def updateEditorGeometry(self, editor, option, _index) -> None:
        """The text field lies over the name."""
        editor.setGeometry(option.rect.adjusted(STAR_WIDTH, 4, -4, -4))

    def _star_rect(self, rect: QRect) -> QRect:
        return QRect(rect.left() + 8, rect.top() + (rect.height() - _STAR_PX) // 2, _STAR_PX, _STAR_PX)
