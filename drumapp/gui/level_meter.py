"""The output's loudness."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.gui.theme import Theme

FLOOR_DB = -48.0
HOT_DB = -3.0
FALL_DB_PER_SECOND = 48.0
SEGMENTS = 16
SEGMENT_PX = 6


class LevelMeter(QWidget):
    """Peak level in decibels of full scale: rises at once, falls slowly."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._db = FLOOR_DB
        self.setFixedSize(QSize(SEGMENTS * SEGMENT_PX - 2, 8))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("Output level")
        self.setAccessibleName("Output level")
        theme.changed.connect(self.update)

    @property
    def lit(self) -> int:
        """How many segments shine."""
        return math.ceil((self._db - FLOOR_DB) / -FLOOR_DB * SEGMENTS)

    def show_level(self, peak: float, seconds: float) -> None:
        """Show a peak (1 is full scale) heard in the last ``seconds``."""
        db = max(20 * math.log10(peak), FLOOR_DB) if peak > 0 else FLOOR_DB
        before = self.lit
        self._db = min(max(db, self._db - FALL_DB_PER_SECOND * seconds, FLOOR_DB), 0.0)
        if self.lit != before:
            self.update()

    def paintEvent(self, _event) -> None:
        """Segments, the loudest ones in a warning colour."""
        colours = self._theme.colours
        painter = QPainter(self)
        hot_from = math.floor((HOT_DB - FLOOR_DB) / -FLOOR_DB * SEGMENTS)
        for segment in range(SEGMENTS):
            colour = colours.meter_hot if segment >= hot_from else colours.meter
            lit = segment < self.lit
            painter.fillRect(
                QRectF(segment * SEGMENT_PX, 0, SEGMENT_PX - 2, self.height()), QColor(colour if lit else colours.hover)
            )
