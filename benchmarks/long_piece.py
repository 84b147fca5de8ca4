"""A piece of 100,000 notes in the real window, what a hand does to it, and how long the window takes to show it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback.engine import PlaybackEngine, Playhead

if TYPE_CHECKING:
    from drumapp.gui.application import Application

WINDOW_SIZE = (1280, 800)
BAR = 1920
CRASH = 57
_LANES = (42, 42, 42, 46, 44, 51, 53, 49, CRASH, 48, 45, 43, 37, 40, 38, 36)
_JOURNAL_S = 0.4
_PATIENCE_S = 30.0


def long_piece(notes: int, seed: int = 1) -> Pattern:
    """So many notes of drumming: hats on eighths, kick, snare, up to two more a sixteenth, a little off the grid."""
    dice = random.Random(seed)
    struck: dict[tuple[int, int], Note] = {}
    step = 0
    while len(struck) < notes:
        keys = {36} if step % 16 in (0, 10) else {38} if step % 8 == 4 else set()
        keys |= {42} if step % 2 == 0 else set()
        keys |= {dice.choice(_LANES) for _ in range(dice.choice((0, 1, 1, 2)))}
        for key in sorted(keys):
            start = max(step * 120 + round(dice.gauss(0, 8)), 0)
            struck[start, key] = Note(start, key, dice.randint(20, 127), dice.choice((30, 60, 60, 120)))
        step += 1
    return Pattern.of(sorted(struck.values())[:notes], tempo=TempoMap.constant(100.0), name="Long")


class SilentEngine(PlaybackEngine):
    """The window's side of playback without the process: commands are packed and dropped.

    Attributes: head, where the playhead is said to be.
    """

    head = Playhead()

    def start(self) -> None:
        """Nothing comes up."""

    def playhead(self) -> Playhead:
        """Where it was put."""
        return self.head


class Took(NamedTuple):
    """Milliseconds by the clock and of the processor; where the first are many more, other programs were running."""

    ms: float
    cpu_ms: float


class Hand:
    """What a user does to the window."""

    def __init__(self, application: Application, engine: SilentEngine) -> None:
        from PySide6.QtWidgets import QApplication

        self.application = application
        self._engine = engine
        self.roll: Any = application.window.roll
        self.editor: Any = application.notes.editor
        self._qt: Any = QApplication.instance()

    @property
    def pattern(self) -> Pattern:
        """The document's."""
        pattern: Pattern = self.application.document.pattern
        return pattern

    def time(self, act: Callable[..., object], *arguments: Any, **more: Any) -> Took:
        """From the beginning of an act, a call with these arguments, to the end of the painting it leads to."""
        begun, begun_cpu = time.perf_counter(), time.thread_time()
        act(*arguments, **more)
        self._qt.processEvents()
        return Took((time.perf_counter() - begun) * 1000, (time.thread_time() - begun_cpu) * 1000)

    def rest(self, seconds: float = _JOURNAL_S) -> None:
        """Do nothing for as long as the journal's thread takes to write what was done."""
        stop = time.monotonic() + seconds
        while time.monotonic() < stop:
            self._qt.processEvents()
            time.sleep(0.01)

    def wheel(self, notches: float, *, zooming: bool = False) -> None:
        """Turn the wheel over the middle of the roll: it scrolls in time, or zooms."""
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent

        canvas = self.roll.canvas
        place = QPointF(canvas.width() / 2, canvas.height() / 2)
        keys = Qt.KeyboardModifier.ControlModifier if zooming else Qt.KeyboardModifier.ShiftModifier
        turn, none, phase = QPoint(0, round(notches * 120)), Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(place, canvas.mapToGlobal(place), QPoint(), turn, none, keys, phase, False)
        self._qt.sendEvent(canvas, event)

    def press(self, tick: float, key: int) -> None:
        """Press the left button over a tick of a lane."""
        self._mouse("MouseButtonPress", tick, key)

    def drag(self, tick: float, key: int) -> None:
        """Move there with the button down."""
        self._mouse("MouseMove", tick, key)

    def release(self, tick: float, key: int) -> None:
        """Let go there."""
        self._mouse("MouseButtonRelease", tick, key)

    def _mouse(self, kind: str, tick: float, key: int) -> None:
        from PySide6.QtCore import QEvent, QPointF, Qt
        from PySide6.QtGui import QMouseEvent

        canvas, view = self.roll.canvas, self.roll.view
        row = self.roll.scene.kit.row_of_key[key]
        place = QPointF(round(view.x_of(tick)) + 1, round(view.y_of(row) + view.row_height / 2))
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == "MouseMove" else left
        held = none if kind == "MouseButtonRelease" else left
        event = QMouseEvent(
            QEvent.Type[kind], place, canvas.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier
        )
        self._qt.sendEvent(canvas, event)

    def play_to(self, tick: float) -> None:
        """The playhead has come to a tick."""
        self._engine.head = Playhead(tick=tick, playing=True, level=0.3)
        self.application.conductor.tick()

    def play_on(self) -> None:
        """The playhead has gone on by 8 ticks."""
        self.play_to(self._engine.head.tick + 8)

    def write(self, notes: tuple[Note, ...]) -> None:
        """The drummer has written notes to the end of its take."""
        self.application.conductor._work.take_up(notes, notes[-1].start + 1)

    def write_and_play(self, notes: tuple[Note, ...]) -> None:
        """So it has, and is a bar ahead of the playhead."""
        self.write(notes)
        self.play_to(notes[0].start - BAR)


@contextmanager
def window() -> Iterator[Hand]:
    """The real window with its drummer and its journal, a silent engine, and settings of nobody's."""
    from drumapp import resources
    from drumapp.gui.application import Application
    from drumapp.gui.display import build_qt
    from drumapp.gui.garbage import settle_memory
    from drumapp.playback.engine import SoundSettings
    from drumapp.settings import Settings

    settle_memory()
    app = build_qt([])
    engine = SilentEngine(SoundSettings(resources.builtin_soundfont()))
    application = Application(app, Settings(theme="dark"), engine=engine)
    try:
        application.show()
        application.window.resize(*WINDOW_SIZE)
        hand = Hand(application, engine)
        deadline = time.monotonic() + _PATIENCE_S
        while not application.conductor.can_generate:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the drummer did not come within {_PATIENCE_S:g} s")
            hand.rest(0.1)
        yield hand
    finally:
        application.end_at_once()
