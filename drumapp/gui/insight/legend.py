"""What the colours of surprise mean: a scale in bits, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.gui.insight.surprise import MOST_BITS, TINTS
from drumapp.gui.theme import Theme

_SWATCH_PX = 12
_BAR_PX = 8
_GAP_PX = 6
_HELP = (
    "How surprised the drummer is by each note, given all before it: 0 bits is what it was sure of, each bit more is "
    "half as likely. Counted are when it comes and which drum it is; point at a note for all. Hollow grey notes it "
    "does not hear."
)


class SurpriseLegend(QWidget):
    """The scale, and beside it what there is to say. It is hidden until it is shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = ""
        self._scale = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Surprise")
        self.setToolTip(_HELP)
        self.hide()
        theme.changed.connect(self.update)

    @property
    def words(self) -> str:
        """What is said beside the scale."""
        return self._words

    @property
    def has_scale(self) -> bool:
        """Whether there is anything to be measured by it."""
        return self._scale

    def say(self, words: str, *, scale: bool = True) -> None:
        """Say something beside the scale, or in its stead."""
        self._words, self._scale = words, scale
        self.setAccessibleDescription(words or f"From 0 to {MOST_BITS:g} bits and more")
        self.setFixedSize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as what is said."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._words)
        if self._scale:
            width += metrics.horizontalAdvance("0" + _most()) + TINTS * _SWATCH_PX + 2 * _GAP_PX
            width += 2 * _GAP_PX if self._words else 0
        return QSize(width, max(metrics.height(), _BAR_PX))

    def paintEvent(self, _event) -> None:
        """Words, 0, the colours, the most."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setPen(QColor(colours.text_dim))
        x = self._write(painter, 0, self._words)
        if not self._scale:
            return
        x = self._write(painter, x + (2 * _GAP_PX if self._words else 0), "0") + _GAP_PX
        top = (self.height() - _BAR_PX) / 2
        for place, colour in enumerate(colours.surprise):
            painter.fillRect(QRectF(x + place * _SWATCH_PX, top, _SWATCH_PX - 1, _BAR_PX), QColor(colour))
        self._write(painter, x + TINTS * _SWATCH_PX + _GAP_PX, _most())

    def _write(self, painter: QPainter, x: int, text: str) -> int:
        """Write from a place on; where it ends."""
        width = self.fontMetrics().horizontalAdvance(text)
        painter.drawText(QRectF(x, 0, width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        return x + width


def _most() -> str:
    return f"{MOST_BITS:g}+ bits"
