"""The memory strip in the window: opened, closed, resized, switched between h and c."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from drumapp.gui.insight.insight import MemoryFilm
from drumapp.gui.insight.memory_lane import FIRST_HEIGHT, NOTHING_YET
from drumapp.gui.piano_roll.view import PianoRoll

NOBODY = "No drummer, and so no memory: open a model first (File, Open model)"
BROKEN = "The memory could not be found out"


class MemoryView(QObject):
    """Signals: changed, it is wanted now, or no more, or another half of it; toggled (whether it is open)."""

    changed = Signal()
    toggled = Signal(bool)

    def __init__(self, roll: PianoRoll, height: int, half: str) -> None:
        super().__init__(roll)
        self._roll = roll
        self._height = height or FIRST_HEIGHT
        self._open = False
        roll.memory_header.show_half(half)
        roll.memory_header.half_chosen.connect(self._half_chosen)
        roll.memory_height_changed.connect(self._resized)

    @property
    def wanted(self) -> bool:
        """Whether it is open."""
        return self._open

    @property
    def height(self) -> int:
        """Its height in pixels, 0 while it is closed."""
        return self._roll.memory_height if self._open else 0

    @property
    def half(self) -> str:
        """Which half of the memory is shown."""
        return self._roll.memory_header.half

    def set_open(self, wanted: bool) -> None:
        """Open or close the strip."""
        if wanted == self._open:
            return
        self._open = wanted
        if wanted:
            self._roll.memory_lane.open()
        self._roll.set_memory_height(self._height if wanted else 0)
        self.toggled.emit(wanted)
        self.changed.emit()

    def show(self, film: MemoryFilm) -> None:
        """Show a memory."""
        if self._open and film.half == self.half:
            if film.ticks.size > 1:
                self._roll.memory_lane.open().show_film(film)
            else:
                self.forget(NOTHING_YET)

    def forget(self, sentence: str) -> None:
        """There is no memory to show: say why."""
        if self._open:
            self._roll.memory_lane.open().say(sentence)

    def _half_chosen(self) -> None:
        self._roll.memory_header.update()
        self.changed.emit()

    def _resized(self, height: int) -> None:
        """By the handle, which closes the strip when it is dragged far down."""
        if height:
            self._height = height
        elif self._open:
            self.set_open(False)
