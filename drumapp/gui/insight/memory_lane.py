"""The lane under the roll that shows the drummer's memory, and its header. Closed, it costs next to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from drumapp.gui.insight.insight import C, H
from drumapp.gui.insight.memory_picture import reach_of
from drumapp.gui.piano_roll.lane_parts import HEADER_WIDTH
from drumapp.gui.piano_roll.scene import Scene

if TYPE_CHECKING:
    from drumapp.gui.insight.memory_strip import MemoryStrip

FIRST_HEIGHT = 120
LEAST_HEIGHT = 48
NOTHING_YET = "Nothing is remembered yet"
_SCALE_PX = 8
_HELP = {
    H: "h: what the network says of its memory to its heads, from \N{MINUS SIGN}1 to 1",
    C: "c: what the network keeps; it may be far larger than is shown",
}


class MemoryLane(QWidget):
    """Holds the strip from the first time that it is opened on. ``wheeled`` hands every wheel event on."""

    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.strip: MemoryStrip | None = None
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def sizeHint(self) -> QSize:
        """High enough to see bars repeat."""
        return QSize(320, FIRST_HEIGHT)

    def open(self) -> MemoryStrip:
        """The strip, made if need be."""
        if self.strip is None:
            from drumapp.gui.insight.memory_strip import MemoryStrip

            self.strip = MemoryStrip(self._scene)
            self.strip.say(NOTHING_YET)
            self.strip.wheeled.connect(self.wheeled)
            self.layout().addWidget(self.strip)
        return self.strip

    def redraw(self) -> None:
        """Another part of the music is in sight, or it is of another length."""
        if self.strip is not None and self.isVisible():
            self.strip.redraw()

    def recolour(self) -> None:
        """The theme is another."""
        if self.strip is not None:
            self.strip.recolour()

    def showEvent(self, event) -> None:
        """What changed while it was closed."""
        super().showEvent(event)
        self.redraw()


class MemoryHeader(QWidget):
    """The lane's name, which half of the memory it shows, and the scale. ``half_chosen`` (H or C) is by hand."""

    half_chosen = Signal(str)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self.setFixedWidth(HEADER_WIDTH)
        self._group = QButtonGroup(self)
        self.buttons = {half: _switch(half) for half in (H, C)}
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addStretch(1)
        for half, button in self.buttons.items():
            self._group.addButton(button)
            row.addWidget(button)
            button.clicked.connect(lambda _=False, chosen=half: self.half_chosen.emit(chosen))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 6, 8, 6)
        layout.addLayout(row)
        layout.addStretch(1)
        self.show_half(H)

    @property
    def half(self) -> str:
        """Which half is shown."""
        return C if self.buttons[C].isChecked() else H

    def show_half(self, half: str) -> None:
        """Show which half is shown, no signal."""
        self.buttons[half].setChecked(True)
        self.update()

    def paintEvent(self, _event) -> None:
        """The name, and the scale under it where there is room."""
        colours = self._scene.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours.window))
        painter.setPen(QColor(colours.text))
        painter.drawText(self.rect().adjusted(16, 9, -8, -6), Qt.AlignmentFlag.AlignLeft, "Memory")
        self._paint_scale(painter)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(self.width() - 1, 0, self.width() - 1, self.height())
        painter.drawLine(0, 0, self.width(), 0)

    def _paint_scale(self, painter: QPainter) -> None:
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        colours, line = self._scene.colours, painter.fontMetrics().height()
        top = self.height() - _SCALE_PX - line - 8
        if top < 36:
            return
        box = QRectF(16, top, self.width() - 32, _SCALE_PX)
        ramp = QLinearGradient(box.topLeft(), box.topRight())
        for place, colour in ((0.0, colours.memory_below), (0.5, colours.roll), (1.0, colours.memory_above)):
            ramp.setColorAt(place, QColor(colour))
        painter.fillRect(box, ramp)
        painter.setPen(QColor(colours.text_dim))
        most = f"{reach_of(self.half):g}"
        words = QRectF(16, top + _SCALE_PX + 1, self.width() - 32, line)
        for flag, text in (
            (Qt.AlignmentFlag.AlignLeft, f"\N{MINUS SIGN}{most}"),
            (Qt.AlignmentFlag.AlignHCenter, "0"),
            (Qt.AlignmentFlag.AlignRight, most if self.half == H else f"{most} and more"),
        ):
            painter.drawText(words, flag, text)


def _switch(half: str) -> QToolButton:
    button = QToolButton()
    button.setText(half)
    button.setCheckable(True)
    button.setProperty("role", "small")
    button.setAccessibleName(f"Show {half} of the memory")
    button.setToolTip(_HELP[half])
    return button
