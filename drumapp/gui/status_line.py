"""The line at the foot: what the drummer does, what sounds, which seed."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from drumapp.gui.conductor import Drummer, Performance
from drumapp.gui.drag_out import DragHandle
from drumapp.gui.insight.legend import SurpriseLegend
from drumapp.gui.theme import Theme

LONGEST_NAME = 32


def drummer_sentence(name: str | None, performance: Performance) -> str:
    """What the drummer does, in plain words."""
    if performance.drummer is Drummer.ABSENT or name is None:
        return "No drummer"
    who = f"{shortened(name)} drummer"
    if performance.drummer is Drummer.IDLE:
        return f"{who}, ready"
    if performance.drummer is Drummer.PAUSED:
        return f"{who}, resting with the beat in mind"
    if performance.bars_ahead < 1:
        return f"{who}, writing"
    bars = "1 bar" if performance.bars_ahead == 1 else f"{performance.bars_ahead} bars"
    return f"{who}, {bars} ahead"


def shortened(name: str) -> str:
    """A name that leaves room for what is said of it."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


class StatusLine(QFrame):
    """Drummer, seed and output in words, and the handles by which the beat is dragged out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.drummer = QLabel("Waking the drummer …")
        self.drummer.setObjectName("drummerStatus")
        self.music = QLabel()
        self.sound = QLabel("Starting sound …")
        self.surprise = SurpriseLegend(theme)
        self.seed = QLabel()
        self.drag_midi = DragHandle(theme, "MIDI", "Drag out as MIDI")
        self.drag_wav = DragHandle(theme, "WAV", "Drag out as sound")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(24)
        layout.addWidget(self.drummer)
        layout.addWidget(self.music)
        layout.addStretch(1)
        layout.addWidget(self.surprise)
        layout.addWidget(self.seed)
        layout.addWidget(self.sound)
        handles = QHBoxLayout()
        handles.setSpacing(6)
        handles.addWidget(self.drag_midi)
        handles.addWidget(self.drag_wav)
        layout.addLayout(handles)
        self.setFixedHeight(28)
