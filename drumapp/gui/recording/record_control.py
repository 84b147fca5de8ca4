"""The record button: strokes on pads become notes of the document while the music plays."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from drumapp.core.editing import OFF, Grid
from drumapp.core.pattern import NoteRun, Pattern
from drumapp.core.recording import Course, HowToRecord, Recorder, Stroke
from drumapp.core.timing import Range
from drumapp.gui.conductor import Conductor
from drumapp.gui.document import Document
from drumapp.gui.main_window import MainWindow
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.playback.engine import PadReleased, PadStruck, Playhead

LABEL = "Record"


class RecordControl(QObject):
    """Signals: said (sentence for the status line). Attributes: armed, whether strokes are recorded; count_in, called
    before music is started to be recorded to.
    """

    said = Signal(str)

    def __init__(
        self, window: MainWindow, document: Document, conductor: Conductor, editor: RollEditor, settings: Settings
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._conductor = window, document, conductor
        self._editor, self._settings = editor, settings
        self.armed = False
        self.count_in: Callable[[], None] = lambda: None
        self._recorder = Recorder()
        self._head = 0.0
        self._counting_in = False
        self._rounds = itertools.count(1)
        self._gesture: Hashable = None
        self._room: Hashable = None  # the gesture by which an empty roll was given bars, until that is settled
        self._withheld_for: tuple[int, NoteRun, Range | None] = (-1, NoteRun(), None)
        self._wire()

    def _wire(self) -> None:
        actions, button = self._window.actions_by_name, self._window.transport.record
        button.clicked.connect(self.toggle)
        actions["record"].triggered.connect(self.toggle)
        for name, replaces in (("record_overdub", False), ("record_replace", True)):
            actions[name].triggered.connect(lambda _=False, replaces=replaces: self._choose_replacing(replaces))
        actions["record_quantised"].toggled.connect(self._choose_quantising)
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        button.addActions([actions[name] for name in ("record_overdub", "record_replace", "record_quantised")])
        chosen = "record_replace" if self._settings.record_replaces else "record_overdub"
        actions[chosen].setChecked(True)
        actions["record_quantised"].setChecked(self._settings.record_quantised)
        self._conductor.playhead_moved.connect(self._playhead_moved)
        self._conductor.sought.connect(self._sought)
        self._conductor.changed.connect(self._performance_changed)
        self._document.replaced.connect(lambda: self._withhold(self._document.pattern))
        self._document.appended.connect(lambda _: self._withhold(self._document.pattern))

    # What the user does

    def toggle(self) -> None:
        """Record, and start the music for it if need be; or record no longer."""
        if self.armed:
            self.disarm()
        else:
            self.arm()

    def arm(self) -> None:
        """Record from here on. Where nothing plays, the music starts: at its loop, and an empty roll gets bars."""
        conductor = self._conductor
        round_ = next(self._rounds)
        self._gesture = ("record", id(self), round_)
        standing = not conductor.performance.playing
        if standing:
            self._make_room(("room to record", id(self), round_))
            loop = conductor.loop
            if loop is not None and self._head not in loop:
                conductor.seek(loop.start)
            self.count_in()
        self.armed = True
        self._recorder.begin(self._head, standing=standing or self._counting_in)
        if standing:
            conductor.play()
        self._show()
        if self.armed:
            self.said.emit(f"Recording: {self._manner()}")

    def disarm(self) -> None:
        """Record no longer; the music plays on."""
        if not self.armed:
            return
        self.armed = False
        self._conductor.withhold(frozenset())
        if self._room is not None:
            self._document.join(self._room, self._gesture)
        self._show()
        strokes = self._recorder.strokes
        self.said.emit("1 stroke recorded" if strokes == 1 else f"{strokes} strokes recorded")

    def _make_room(self, gesture: Hashable) -> None:
        """Bars for an empty roll, which come round."""
        pattern = self._document.pattern
        if pattern.length or self._document.in_take:
            return
        bars = self._editor.bars_of_empty()
        self._room = gesture
        self._document.edit(replace(pattern, length=pattern.metre.bar_start(bars)), LABEL, gesture)
        self._window.transport.loop.setChecked(True)

    def _take_room_back(self) -> None:
        """Bars in which nothing was recorded, nor anything else done, go when the music stops."""
        room, self._room = self._room, None
        if room is not None and not self._document.pattern.notes:
            self._document.take_back(room)

    def _choose_replacing(self, replaces: bool) -> None:
        self._settings.record_replaces = replaces
        if not replaces:
            self._recorder.overdub()
            self._withhold(self._document.pattern)

    def _choose_quantising(self, quantised: bool) -> None:
        self._settings.record_quantised = quantised

    # What the engine says

    def strike(self, event: PadStruck) -> None:
        """A pad was struck: while the music plays and is recorded to, that is a note."""
        if not self.armed or event.tick is None or not self._document.pattern.length:
            return
        stroke = Stroke((event.port, event.key), event.key, event.velocity, event.tick)
        self._take_up(self._recorder.strike(self._document.pattern, self._course, stroke, self._how()))

    def let_go(self, event: PadReleased) -> None:
        """A pad was let go of."""
        if not self.armed or event.tick is None or not self._document.pattern.length:
            return
        pattern, pad = self._document.pattern, (event.port, event.key)
        self._take_up(self._recorder.let_go(pattern, self._course, pad, event.tick))

    def _playhead_moved(self, head: Playhead) -> None:
        self._head, self._counting_in = head.tick, head.counting_in
        if self.armed and self._document.pattern.length:
            self._take_up(self._recorder.move(self._document.pattern, self._course, head.tick))

    def _sought(self, tick: float) -> None:
        self._head = tick
        if self.armed:
            self._recorder.jump(tick)
            self._withhold(self._document.pattern)

    def _performance_changed(self) -> None:
        if not self._conductor.performance.playing:
            self.disarm()
            self._take_room_back()

    # What becomes of it

    @property
    def _course(self) -> Course:
        return Course.through(self._document.pattern, self._conductor.loop)

    def _how(self) -> HowToRecord:
        settings, snap = self._settings, self._editor.snap
        grid = (Grid() if snap.is_off else snap) if settings.record_quantised else OFF
        return HowToRecord(grid, settings.record_replaces)

    def _manner(self) -> str:
        how = self._how()
        grid = "as you play" if how.grid.is_off else f"quantised to {how.grid.label}"
        return f"{'replacing' if how.replaces else 'overdub'}, {grid}"

    def _take_up(self, pattern: Pattern) -> None:
        """Edit the document; what must not be struck is withheld before the engine hears of it."""
        self._withhold(pattern)
        if pattern is not self._document.pattern:
            self._document.edit(pattern, LABEL, self._gesture)

    def _withhold(self, pattern: Pattern) -> None:
        """Let the engine not strike what has been heard of a pattern, or is being replaced in it."""
        if not self.armed:
            return
        course = self._course
        version, notes, loop = self._withheld_for
        if (version, loop) != (self._recorder.version, course.loop) or notes is not pattern.notes:
            self._withheld_for = (self._recorder.version, pattern.notes, course.loop)
            self._conductor.withhold(self._recorder.withheld(pattern, course))

    def _show(self) -> None:
        self._window.transport.set_recording(self.armed)
        self._window.actions_by_name["record"].setChecked(self.armed)
