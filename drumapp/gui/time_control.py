"""Tempo, metre, length and loop wired into the window: what bar, ruler and menus ask of the music's time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from drumapp.core import editing
from drumapp.core.editing import Grid
from drumapp.core.tap_tempo import TapTempo
from drumapp.core.tempo_ramp import with_ramp
from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, Metre, Range
from drumapp.gui.amounts_dialog import Amount, AmountsDialog
from drumapp.gui.conductor import Conductor
from drumapp.gui.document import Document
from drumapp.gui.main_window import MainWindow
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.theme import Theme
from drumapp.settings import Settings

MOST_BARS_BY_HAND = 999


class TimeControl(QObject):
    """Attributes: dialog, the one that was opened last; clock, asked for the time of a tap in seconds."""

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        conductor: Conductor,
        editor: RollEditor,
        settings: Settings,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._conductor = window, document, conductor
        self._editor, self._settings, self._theme = editor, settings, theme
        self._tempo_gesture = 0
        self._taps = TapTempo()
        self.clock: Callable[[], float] = time.monotonic
        self.dialog: AmountsDialog | None = None
        self._wire()
        self.show()

    def _wire(self) -> None:
        bar, ruler, actions = self._window.transport, self._window.roll.ruler, self._window.actions_by_name
        bar.loop_toggled.connect(self.set_looping)
        bar.tempo_changed.connect(self._tempo_changed)
        bar.tempo_edited.connect(self._tempo_edited)
        bar.tapped.connect(self.tap)
        bar.metre_chosen.connect(self._metre_chosen)
        ruler.loop_chosen.connect(self._loop_chosen)
        ruler.end_chosen.connect(self._end_chosen)
        actions["loop"].toggled.connect(bar.loop.setChecked)
        for name, act in {
            "loop_selection": self._loop_selection,
            "loop_all": lambda: self._loop_chosen(None),
            "tap_tempo": self.tap,
            "tempo_ramp": self.ask_ramp,
            "play_selection": self._play_selection,
            "pattern_length": self.ask_length,
            "to_start": lambda: self._conductor.seek(0),
            "to_end": self._to_last_bar,
            "bar_back": lambda: self._by_bars(-1),
            "bar_on": lambda: self._by_bars(1),
        }.items():
            actions[name].triggered.connect(lambda _=False, act=act: act())
        for signal in (self._document.replaced, self._document.timing_changed, self._document.loop_changed):
            signal.connect(self.show)
        self._editor.selection_changed.connect(self._show_what_can_be_done)
        bar.loop.setChecked(self._settings.loop)
        self.set_looping(self._settings.loop)

    # Tempo and metre

    def _tempo_changed(self, bpm: float) -> None:
        self._document.set_tempo(bpm, ("tempo", self._tempo_gesture))

    def _tempo_edited(self, bpm: float) -> None:
        self._tempo_changed(bpm)
        self._tempo_gesture += 1

    def tap(self) -> None:
        """Hear a tap; from the second on the tempo is that of the taps. A run of taps is one undo."""
        bpm = self._taps.tap(self.clock())
        if bpm is None:
            self._tempo_gesture += 1
        else:
            self._tempo_changed(bpm)

    def _metre_chosen(self, metre: Metre) -> None:
        if not self._document.in_take:
            self._document.set_metre(metre)
        self.show()

    def ask_ramp(self) -> None:
        """Ask over which bars the tempo shall change, and to what."""
        pattern = self._document.pattern
        bars = max(pattern.bars, 1)
        span = self._document.project.loop or Range(0, pattern.metre.bar_start(bars))
        first, last = pattern.metre.bar_at(span.start) + 1, pattern.metre.bar_at(max(span.stop - 1, 0)) + 1
        amounts = (
            Amount("From bar", 1, bars, min(first, bars)),
            Amount("To the end of bar", 1, bars, min(last, bars)),
            Amount("To", int(MIN_TEMPO), int(MAX_TEMPO), round(pattern.tempo.bpm_at(span.stop)), "bpm"),
        )
        hint = "Faster or slower little by little. To set the tempo in the bar at the top makes it one tempo again."
        dialog = AmountsDialog("Tempo ramp", hint, amounts, self._theme, self._window)
        dialog.agreed.connect(self._ramp)
        self.dialog = dialog
        dialog.open()

    def _ramp(self, asked: tuple[int, ...]) -> None:
        pattern = self._document.pattern
        first, last = sorted(asked[:2])
        start, stop = pattern.metre.bar_start(first - 1), pattern.metre.bar_start(last)
        self._document.edit(replace(pattern, tempo=with_ramp(pattern.tempo, start, stop, asked[2])), "Tempo ramp")

    # Length

    def _end_chosen(self, end: int) -> None:
        self._set_length(end)
        self.show()

    def ask_length(self) -> None:
        """Ask how many bars the pattern shall have."""
        bars = max(self._document.pattern.bars, 1)
        hint = "Bars are added empty; what starts after the new end goes. Undo brings it back."
        amount = Amount("Length", 1, MOST_BARS_BY_HAND, bars, "bars")
        dialog = AmountsDialog("Length of the beat", hint, (amount,), self._theme, self._window)
        dialog.agreed.connect(lambda asked: self._set_length(self._document.pattern.metre.bar_start(asked[0])))
        self.dialog = dialog
        dialog.open()

    def _set_length(self, length: int) -> None:
        if not self._document.in_take:
            self._document.edit(editing.set_length(self._document.pattern, length), "Length of the beat")

    # Loop

    def set_looping(self, looping: bool) -> None:
        """Repeat the loop, or play to the end."""
        self._settings.loop = looping
        self._window.actions_by_name["loop"].setChecked(looping)
        self._conductor.set_looping(looping)
        self._show_loop()

    def _loop_chosen(self, loop: Range | None) -> None:
        """Who marks a loop wants to hear it repeated."""
        self._document.set_loop(loop, "Loop" if loop is not None else "Loop everything")
        self._window.transport.loop.setChecked(True)

    def _loop_selection(self) -> None:
        selection = editing.still_there(self._document.pattern, self._editor.selection)
        if selection:
            grid = Grid(4) if self._editor.snap.is_off else self._editor.snap
            self._loop_chosen(editing.grid_span_of(self._document.pattern, selection, grid))

    # Playhead

    def _play_selection(self) -> None:
        """From its first bar line or beat on, as the snap grid has it."""
        selection = editing.still_there(self._document.pattern, self._editor.selection)
        if selection:
            grid = Grid(4) if self._editor.snap.is_off else self._editor.snap
            self._conductor.seek(editing.grid_span_of(self._document.pattern, selection, grid).start)
        self._conductor.play()

    def _to_last_bar(self) -> None:
        pattern = self._document.pattern
        self._conductor.seek(pattern.metre.bar_start(max(pattern.bars - 1, 0)))

    def _by_bars(self, bars: int) -> None:
        """Back: to the start of this bar, from there to that of the one before."""
        metre, tick = self._document.pattern.metre, max(round(self._window.roll.scene.playhead), 0)
        bar = metre.bar_at(tick)
        if bars < 0 and tick > metre.bar_start(bar):
            bar += 1
        self._conductor.seek(metre.bar_start(max(bar + bars, 0)))

    # What is shown

    def show_tempo_at(self, tick: float) -> None:
        """Where there are several tempos, the one the music has come to."""
        tempo, field = self._document.pattern.tempo, self._window.transport.tempo
        if len(tempo.changes) > 1 and not field.busy:
            field.set_value(tempo.bpm_at(tick))

    def show(self) -> None:
        """Show the music's time in bar and ruler."""
        document, bar = self._document, self._window.transport
        bar.tempo.set_value(document.pattern.bpm)
        bar.set_metre(document.pattern.first_metre)
        bar.metre.setEnabled(not document.in_take)
        self._window.roll.ruler.end_fixed = document.in_take
        self._show_loop()
        self._show_what_can_be_done()

    def _show_loop(self) -> None:
        project = self._document.project
        loop = project.loop_span if self._document.end and project.pattern.length else None
        self._window.roll.set_loop(loop, looping=self._settings.loop)

    def _show_what_can_be_done(self) -> None:
        actions = self._window.actions_by_name
        for name in ("loop_selection", "play_selection"):
            actions[name].setEnabled(bool(self._editor.selection))
        actions["pattern_length"].setEnabled(not self._document.in_take)
