"""What could be struck in a note's stead, as a list beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from drumapp.gui.number_field import tabular
from drumapp.gui.theme import Theme

WIDTH = 372
_ROW_PX = 30
_BAR_PX = 72
_NUMBER_PX = 22
_DRUM_PX = 104
_PERCENT_PX = 38
_MARGIN = 8
_GAP_PX = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the drum's name and colour, where it would lie, probability from 0 to 1."""

    drum: str
    colour: str
    place: str
    probability: float


class WhatElsePopup(QFrame):
    """Signals: pointed_at (row) when a line is reached by pointer or arrow keys; chosen (row); left when it closes."""

    pointed_at = Signal(int)
    chosen = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("whatElse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title = QLabel()
        self.words = QLabel()
        self.words.setProperty("role", "hint")
        self.words.setWordWrap(True)
        self.rows = _Rows()
        self.rows.setAccessibleName("What else")
        self.rows.setMouseTracking(True)
        self.rows.setFrameShape(QFrame.Shape.NoFrame)
        self.rows.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.setItemDelegate(_Delegate(theme, self.rows))
        self.rows.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 4)
        layout.setSpacing(4)
        for label in (self.title, self.words):
            label.setContentsMargins(_MARGIN, 0, _MARGIN, 0)
            layout.addWidget(label)
        layout.addWidget(self.rows)
        self.setFixedWidth(WIDTH)
        self._quiet = False
        self._note = self._within = QRect()
        self.rows.currentRowChanged.connect(self._row_changed)
        self.rows.itemEntered.connect(self.rows.setCurrentItem)
        self.rows.itemClicked.connect(lambda item: self.chosen.emit(self.rows.row(item)))
        self.rows.chosen.connect(self.chosen)

    def say(self, title: str, words: str) -> None:
        """Say whose stead it is about, and something of it."""
        self.title.setText(title)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self._settle()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Offer these, the first marked."""
        self._quiet = True
        self.rows.clear()
        for number, row in enumerate(rows, 1):
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, row)
            words = f"{number}: {row.drum}, {row.place}, {percent(row.probability)}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            item.setSizeHint(QSize(WIDTH - 2 * _MARGIN, _ROW_PX))
            self.rows.addItem(item)
        self.rows.setFixedHeight(len(rows) * _ROW_PX)
        self.rows.setVisible(bool(rows))
        self.rows.setCurrentRow(0)
        self._quiet = False
        self.rows.setFocus()
        self._settle()

    def show_beside(self, note: QRect, within: QRect) -> None:
        """Open under a note, over it where there is no room; both rectangles on the screen."""
        self._note, self._within = note, within
        self._settle()
        self.show()
        self.setFocus()  # or Escape would be the roll's

    def _settle(self) -> None:
        """As large as what is in it, beside the note."""
        self.adjustSize()
        size, note, within = self.size(), self._note, self._within
        top = note.bottom() + _GAP_PX
        if top + size.height() > within.bottom():
            top = note.top() - _GAP_PX - size.height()
        left = min(max(note.left(), within.left()), within.right() - size.width())
        self.move(QPoint(left, max(top, within.top())))

    def closeEvent(self, event) -> None:
        """By a choice, Escape, or a click elsewhere."""
        super().closeEvent(event)
        self.left.emit()

    def _row_changed(self, row: int) -> None:
        if row >= 0 and not self._quiet:
            self.pointed_at.emit(row)


class _Rows(QListWidget):
    """``chosen`` (row) by Return, or by its number."""

    chosen = Signal(int)

    def keyPressEvent(self, event) -> None:
        """Return takes the marked line, a digit its line; arrows go on."""
        row = self.currentRow()
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            row = event.key() - Qt.Key.Key_1
            if not 0 <= row < 9:
                super().keyPressEvent(event)
                return
        if 0 <= row < self.count():
            self.chosen.emit(row)


class _Delegate(QStyledItemDelegate):
    """Number, drum, place, and the probability as a bar."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option, index) -> None:
        """One line."""
        colours, row = self._theme.colours, index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(2, 1, -2, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(box, 4, 4)
        painter.setFont(tabular(option.font))
        left, middle = box.left() + 8, Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(colours.text_dim))
        painter.drawText(QRectF(left, box.top(), _NUMBER_PX, box.height()), middle, str(index.row() + 1))
        left += _NUMBER_PX - 4
        painter.fillRect(QRectF(left, box.center().y() - 6, 4, 12), QColor(row.colour))
        left += 10
        painter.setPen(QColor(colours.text))
        drum = painter.fontMetrics().elidedText(row.drum, Qt.TextElideMode.ElideRight, _DRUM_PX)
        painter.drawText(QRectF(left, box.top(), _DRUM_PX, box.height()), middle, drum)
        left += _DRUM_PX + 6
        right = box.right() - 8
        painter.setPen(QColor(colours.text_dim))
        painter.drawText(QRectF(left, box.top(), right - left, box.height()), middle, row.place)
        number = QRectF(right - _PERCENT_PX, box.top(), _PERCENT_PX, box.height())
        painter.setPen(QColor(colours.text))
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, percent(row.probability))
        bar = QRectF(number.left() - _BAR_PX - 4, box.center().y() - 3, _BAR_PX, 6)
        painter.fillRect(bar, QColor(colours.hover))
        bar.setWidth(_BAR_PX * min(row.probability, 1.0))
        painter.fillRect(bar, QColor(colours.accent))
        painter.restore()

    def sizeHint(self, _option, _index) -> QSize:
        """All alike."""
        return QSize(WIDTH - 2 * _MARGIN, _ROW_PX)


def percent(probability: float) -> str:
    """A probability for people."""
    if probability < 0.01:
        return "<1 %" if probability > 0 else "0 %"
    return f"{probability * 100:.0f} %"
