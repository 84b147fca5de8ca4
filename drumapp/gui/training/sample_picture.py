"""A few bars as a small picture: a line for each drum, a stroke for each note, louder ones taller."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.core.kit import general_midi_lane
from drumapp.core.pattern import Pattern
from drumapp.gui.theme import Theme

_LEAST_PX = 48
_MOST_LINE_PX = 16
_STROKE_PX = 3
_EMPTY = "Every twenty seconds it plays a few bars, to be heard here."


class SamplePicture(QWidget):
    """Shows a pattern, or says that there is none yet."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pattern: Pattern | None = None
        self.setMinimumHeight(_LEAST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The bars it played last")
        theme.changed.connect(self.update)

    def show_pattern(self, pattern: Pattern | None) -> None:
        """Show this."""
        if pattern is not self._pattern:
            self._pattern = pattern
            self.update()

    def paintEvent(self, _event) -> None:
        """Bars, then strokes, the deepest drum at the bottom."""
        colours, pattern = self._theme.colours, self._pattern
        painter = QPainter(self)
        ground = QRectF(self.rect())
        painter.fillRect(ground, QColor(colours.roll))
        if pattern is None or not pattern.length:
            painter.setPen(QColor(colours.text_dim))
            words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(ground.adjusted(8, 0, -8, 0), words, _EMPTY)
            return
        per_tick = ground.width() / pattern.length
        for bar in range(1, pattern.bars):
            x = pattern.metre.bar_start(bar) * per_tick
            painter.fillRect(QRectF(x, 0, 1, ground.height()), QColor(colours.line_bar))
        keys = sorted({note.pitch for note in pattern.notes}, key=_height)
        line = min(ground.height() / max(len(keys), 1), _MOST_LINE_PX)
        foot = (ground.height() + line * len(keys)) / 2
        for note in pattern.notes:
            colour = colours.families[general_midi_lane(note.pitch).family]
            height = (line - 2) * (0.35 + 0.65 * note.velocity / 127)
            bottom = foot - line * keys.index(note.pitch) - 1
            painter.fillRect(QRectF(note.start * per_tick, bottom - height, _STROKE_PX, height), QColor(colour))


_FAMILIES = ("kick", "snare", "hats", "toms", "cymbals", "percussion")


def _height(key: int) -> tuple[int, int]:
    return _FAMILIES.index(general_midi_lane(key).family.value), key
