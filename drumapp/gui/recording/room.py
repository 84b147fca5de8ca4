"""Playing in from MIDI devices, wired into the window: recording, and what is bound to their controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from drumapp.gui.conductor import Conductor
from drumapp.gui.document import Document
from drumapp.gui.main_window import MainWindow
from drumapp.gui.metronome_control import MetronomeControl
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.recording.learn_dialog import LearnDialog
from drumapp.gui.recording.midi_learn import MidiLearn
from drumapp.gui.recording.record_control import RecordControl
from drumapp.gui.recording.targets import targets_of
from drumapp.gui.theme import Theme
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.playback.engine import EngineEvent


class PlayingIn(QObject):
    """Attributes: record, learn; dialog, the one that was opened last."""

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        conductor: Conductor,
        editor: RollEditor,
        metronome: MetronomeControl,
        settings: Settings,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self.record = RecordControl(window, document, conductor, editor, settings)
        self.record.count_in = metronome.count_in
        self.record.said.connect(window.status.music.setText)
        self.learn = MidiLearn(targets_of(window), settings)
        self.dialog: LearnDialog | None = None
        window.actions_by_name["midi_learn"].triggered.connect(lambda: self.open_dialog())
        conductor.sound_event.connect(self.hear)

    def open_dialog(self) -> None:
        """Show what is bound to what, and bind more."""
        self.dialog = LearnDialog(self.learn, self._theme, self._window)
        self.dialog.open()

    def hear(self, event: EngineEvent) -> None:
        """Take up what comes in from a device. A pad that is bound to something plays no note."""
        from drumapp.playback import engine as playback

        if isinstance(event, playback.PadStruck):
            if not self.learn.strike(event):
                self.record.strike(event)
        elif isinstance(event, playback.PadReleased):
            self.record.let_go(event)
        elif isinstance(event, playback.ControlMoved):
            self.learn.move(event)
