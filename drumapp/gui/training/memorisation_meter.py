"""How much of what a drummer plays are bars of its files, beside how much people repeat one another."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.gui.number_field import tabular
from drumapp.gui.theme import Theme
from drumapp.gui.training.history import Look
from drumapp.lstm.memorisation import BY_HEART

_ROW_PX, _BAR_PX = 22, 10
_CAPTION_PX, _NUMBER_PX = 104, 44


class MemorisationMeter(QWidget):
    """Two bars from 0 to 1, and a line beyond which a drummer plays by heart."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._look: Look | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(2 * _ROW_PX)
        self.setToolTip(
            "Bars with the same drums on the same sixteenths. People repeat one another, too: what counts is how much "
            f"more the drummer does. Beyond the line, {BY_HEART:.0%} more, it plays the files by heart"
        )
        self.setAccessibleName("Memorisation")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, 2 * _ROW_PX)

    @property
    def sentence(self) -> str:
        """What is shown, in words."""
        look = self._look
        if look is None:
            return "It has not been listened to yet."
        words = f"{look.memorised:.0%} of its bars are bars of the files; of people's held-out bars {look.people:.0%}."
        return words + (" It plays them by heart." if look.by_heart else "")

    def show_look(self, look: Look | None) -> None:
        """Show the latest look."""
        self._look = look
        self.setAccessibleDescription(self.sentence)
        self.update()

    def paintEvent(self, _event) -> None:
        """Captions, bars, numbers."""
        look, colours = self._look, self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(tabular(self.font()))
        painter.setFont(font)
        width = self.width() - _CAPTION_PX - _NUMBER_PX
        by_heart = look is not None and look.by_heart
        rows = (
            ("The drummer", look.memorised if look else None, colours.warning if by_heart else colours.accent_hover),
            ("People", look.people if look else None, colours.control_edge),
        )
        for row, (caption, share, colour) in enumerate(rows):
            top = row * _ROW_PX
            painter.setPen(QColor(colours.text_dim))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, _CAPTION_PX - 8, _ROW_PX), left, caption)
            bar = QRectF(_CAPTION_PX, top + (_ROW_PX - _BAR_PX) / 2, width, _BAR_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(bar, 3, 3)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            place = QRectF(self.width() - _NUMBER_PX, top, _NUMBER_PX, _ROW_PX)
            if share is None:
                painter.setPen(QColor(colours.text_dim))
                painter.drawText(place, right, "–")
                continue
            painter.setBrush(QColor(colour))
            bar.setWidth(max(width * min(share, 1.0), 3.0))
            painter.drawRoundedRect(bar, 3, 3)
            painter.setPen(QColor(colours.text))
            painter.drawText(place, right, f"{share:.0%}")
        if look is not None:
            x = _CAPTION_PX + width * min(look.people + BY_HEART, 1.0)
            painter.fillRect(QRectF(x, 3, 1.5, 2 * _ROW_PX - 6), QColor(colours.text))
