"""How many notes were how late, as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.gui.theme import Theme

_BAR_PX, _GAP_PX, _HEIGHT_PX, _LABEL_PX, _UNIT_PX = 36, 4, 48, 16, 48


class Histogram(QWidget):
    """Bars with a label below each; the tallest reaches the top."""

    def __init__(self, theme: Theme, bars: Sequence[tuple[str, int]], last_open: bool) -> None:
        """Args: bars, each with its upper edge in words and its count; last_open: whether the last has no edge."""
        super().__init__()
        self._theme, self._bars = theme, tuple(bars)
        self._most = max((count for _, count in bars), default=0) or 1
        self._warn_from = len(self._bars) - 1 if last_open else len(self._bars)
        font = self.font()
        font.setPixelSize(11)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("How many were how late, in milliseconds")
        self.setAccessibleDescription(", ".join(f"{label}: {count}" for label, count in self._bars))
        self.setToolTip("\n".join(f"{label} ms: {count}" for label, count in self._bars))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for every bar."""
        return QSize(len(self._bars) * (_BAR_PX + _GAP_PX) + _UNIT_PX, _HEIGHT_PX + _LABEL_PX)

    def paintEvent(self, _event) -> None:
        """Bars on their ground, the labels below."""
        colours = self._theme.colours
        painter = QPainter(self)
        for place, (label, count) in enumerate(self._bars):
            left = place * (_BAR_PX + _GAP_PX)
            ground = QRectF(left, 0, _BAR_PX, _HEIGHT_PX)
            painter.fillRect(ground, QColor(colours.field))
            # What happened at all is seen, if only as a line.
            height = max(_HEIGHT_PX * count / self._most, 2.0) if count else 0.0
            colour = colours.meter_hot if place >= self._warn_from else colours.meter
            painter.fillRect(QRectF(left, _HEIGHT_PX - height, _BAR_PX, height), QColor(colour))
            painter.setPen(QColor(colours.text_dim))
            below = QRectF(left - _GAP_PX, _HEIGHT_PX, _BAR_PX + 2 * _GAP_PX, _LABEL_PX)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, label)
        unit = QRectF(len(self._bars) * (_BAR_PX + _GAP_PX), _HEIGHT_PX, _UNIT_PX, _LABEL_PX)
        painter.drawText(unit, Qt.AlignmentFlag.AlignVCenter, "ms late")
