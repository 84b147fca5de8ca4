"""What the drummer thinks, wired into the window: asked for what is shown, anew after each edit and as a take grows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from drumapp.gui.conductor import Conductor
from drumapp.gui.document import Document
from drumapp.gui.insight import memory_view, surprise_view, what_else_view
from drumapp.gui.insight.analysis import Analysis, Broken, Question, Unheard
from drumapp.gui.insight.insight import MemoryFilm, WhatElse
from drumapp.gui.insight.memory_view import MemoryView
from drumapp.gui.insight.surprise_view import SurpriseView
from drumapp.gui.insight.what_else_view import WhatElseView
from drumapp.gui.main_window import MainWindow
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.seat import Seat
from drumapp.gui.theme import Theme
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.lstm.take_settings import GeneratorSettings

SETTLE_MS = 150  # after an edit, before it is asked about
GROWING_MS = 500  # between two questions while a take grows
BUSY_SECONDS = 0.06  # after the last change of what is in sight: scrolling and zooming come first


class InsightControl(QObject):
    """Asks for what is to be seen, and shows the answers.

    Signals: said (sentence for the status line). Attributes: surprise, memory, what_else, the parts that show them.

    Args: take_settings, those of the take whose memory is to be seen.
    """

    said = Signal(str)
    _came = Signal(object, object)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        conductor: Conductor,
        editor: RollEditor,
        settings: Settings,
        theme: Theme,
        take_settings: Callable[[], GeneratorSettings],
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._conductor = window, document, conductor
        self._settings, self._take_settings = settings, take_settings
        self.surprise = SurpriseView(window.roll, window.status.surprise)
        self.memory = MemoryView(window.roll, settings.memory_strip, settings.memory_half)
        self.what_else = WhatElseView(editor, theme)
        self._analysis = Analysis(self._came.emit)
        self._question: Question | None = None
        self._seat: Seat | None = None
        self._restored = False
        self._soon = QTimer(self, interval=SETTLE_MS, singleShot=True)
        self._growing = QTimer(self, interval=GROWING_MS, singleShot=True)
        self._came.connect(self._show)
        self._wire()
        window.painted.connect(lambda: QTimer.singleShot(0, self, self.restore))

    def _wire(self) -> None:
        document, actions = self._document, self._window.actions_by_name
        for timer in (self._soon, self._growing):
            timer.timeout.connect(self.ask)
        document.replaced.connect(self._music_changed)
        document.timing_changed.connect(self._soon.start)
        document.takes_changed.connect(self._soon.start)
        document.appended.connect(self._music_grew)
        self._window.roll.navigation.moved.connect(lambda: self._analysis.hold(BUSY_SECONDS))
        for part in (self.surprise, self.memory, self.what_else):
            part.changed.connect(self.ask)
        self.what_else.said.connect(self.said)
        actions["surprise"].toggled.connect(self.surprise.set_wanted)
        actions["memory_strip"].toggled.connect(self.memory.set_open)
        self.memory.toggled.connect(actions["memory_strip"].setChecked)
        actions["what_else"].triggered.connect(lambda: self.what_else.ask())

    def restore(self) -> None:
        """Show what was shown when the program was last used; after the first paint, since it takes its time."""
        self._restored = True
        actions = self._window.actions_by_name
        for name, shown in (("surprise", self._settings.surprise), ("memory_strip", self._settings.memory_strip > 0)):
            if shown:
                actions[name].setChecked(True)

    def remember(self) -> None:
        """Put what is shown into the settings."""
        if not self._restored:
            return
        self._settings.surprise = self.surprise.wanted
        self._settings.memory_strip = self.memory.height
        self._settings.memory_half = self.memory.half

    def close(self) -> None:
        """End the thread; nothing is asked or shown after this."""
        self._soon.stop()
        self._growing.stop()
        self._question = None
        self._analysis.close()

    # Asking

    def drummer_changed(self) -> None:
        """Another drummer thinks otherwise."""
        if self._conductor.seat is not self._seat:
            self._seat = self._conductor.seat
            self.ask()

    def ask(self) -> None:
        """Ask for all that is to be seen, and for nothing where nothing is."""
        self._soon.stop()
        self._growing.stop()
        wanted = [part for part in (self.surprise, self.memory, self.what_else) if part.wanted]
        seat = self._seat = self._conductor.seat
        self._question = None
        if seat is None or not wanted:
            self._analysis.drop()
            if wanted:
                self._tell(surprise_view.NOBODY, memory_view.NOBODY, what_else_view.NOBODY)
            return
        self._question = Question(
            seat,
            self._document.pattern,
            self.surprise.wanted,
            self.what_else.note,
            self._take_settings() if self.memory.wanted else None,
            self.memory.half,
        )
        self._analysis.ask(self._question)

    def _music_changed(self) -> None:
        self.what_else.music_changed()
        self.surprise.refresh()
        self._analysis.hold(SETTLE_MS / 1000)  # what is being found out is of no use any more
        self._soon.start()

    def _music_grew(self) -> None:
        if not self._growing.isActive():
            self._growing.start()

    # Answers

    def _show(self, question: Question, answer: object) -> None:
        if question is not self._question:
            return
        if isinstance(answer, WhatElse):
            self.what_else.show(answer)
        elif isinstance(answer, Unheard):
            self.what_else.unheard(answer)
        elif isinstance(answer, MemoryFilm):
            self.memory.show(answer)
        elif isinstance(answer, Broken):
            self._tell(surprise_view.BROKEN, memory_view.BROKEN, what_else_view.BROKEN)
            error = answer.error
            self.said.emit(f"A fault of the program: {type(error).__name__}: {error}.")
        else:
            self.surprise.show(answer)

    def _tell(self, surprise: str, memory: str, what_else: str) -> None:
        """Say why there is nothing to be seen."""
        if self.surprise.wanted:
            self.surprise.forget(surprise)
        self.memory.forget(memory)
        self.what_else.tell(what_else)
