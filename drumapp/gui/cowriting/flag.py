"""The resume flag: where the drummer goes on. It stands at the end of the beat until the user puts it elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from drumapp.gui.document import Document
from drumapp.gui.main_window import MainWindow


class ResumeFlag(QObject):
    """Signals: go_on_wanted (tick, None for the end).

    Attributes: tick, where it was put; None at the end of what stands.
    """

    go_on_wanted = Signal(object)

    def __init__(self, window: MainWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self.tick: int | None = None
        window.roll.ruler.flag_moved.connect(self.put)
        window.transport.go_on_clicked.connect(self._go_on)
        actions = window.actions_by_name
        actions["go_on"].triggered.connect(self._go_on)
        actions["flag_here"].triggered.connect(lambda: self.put(round(window.roll.scene.playhead)))
        document.begun_anew.connect(lambda: self.put(None))
        for signal in (document.replaced, document.history_changed, document.appended):
            signal.connect(self.show)
        self.show()

    def put(self, tick: int | None) -> None:
        """Put it somewhere; None, and whatever lies beyond the beat, is the end."""
        self.tick = None if tick is None else max(tick, 0)
        self.show()

    def show(self) -> None:
        """Show it in the ruler; while a drummer writes, there is nothing to go on from."""
        document = self._document
        length = document.pattern.length
        if self.tick is not None and self.tick >= length and not document.in_take:
            self.tick = None
        hidden = document.in_take or length == 0
        self._window.roll.show_flag(None if hidden else length if self.tick is None else self.tick)

    def _go_on(self) -> None:
        self.go_on_wanted.emit(self.tick)
