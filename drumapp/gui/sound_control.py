"""What sounds and how loud: from the user's choice to the engine, and from the engine's news to the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from drumapp import resources
from drumapp.gui.dialogs import SOUNDFONT_FILES, Asking
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.playback.engine import EngineEvent, PlaybackEngine, SoundSettings

NO_DEVICE = "no sound device"  # what SoundReady calls the device that nobody hears


class SoundControl(QObject):
    """Between the settings and the engine.

    Signals: chosen when output or synth is another; ready (what sounds, in words; whether it can be heard); problem
    (cause, remedy) when there is no sound; died (sentence) when the playing process ended.
    """

    chosen = Signal()
    ready = Signal(str, bool)
    problem = Signal(str, str)
    died = Signal(str)

    def __init__(self, engine: PlaybackEngine, sound: SoundSettings, settings: Settings, asking: Asking) -> None:
        super().__init__()
        self._engine = engine
        self._sound = sound
        self._settings = settings
        self._asking = asking
        self._before: SoundSettings | None = None  # what to go back to when the last choice cannot be played

    def choose_soundfont(self, path: Path | None) -> None:
        """Play another soundfont; None is the built-in kit."""
        self._before = self._sound
        self._settings.soundfont = path
        self._apply(soundfont=path or resources.builtin_soundfont())

    def ask_soundfont(self) -> None:
        """Let the user choose a soundfont file."""
        path = self._asking.file_to_open("Choose soundfont", self._settings.recent_folder, SOUNDFONT_FILES)
        if path is not None:
            self._settings.recent_folder = path.parent
            self.choose_soundfont(path)

    def choose_synth(self, synth: str) -> None:
        """Let another synth play."""
        self._before = self._sound
        self._settings.synth = synth
        self._apply(synth=synth)

    def set_volume(self, volume_db: float) -> None:
        """Louder or softer, in decibels."""
        self._settings.volume_db = volume_db
        self._apply(volume_db=volume_db)

    def try_again(self) -> None:
        """Look for a sound device once more; brings back a playing process that died."""
        self._engine.start()
        self._engine.set_sound(self._sound)

    def hear(self, event: EngineEvent) -> None:
        """Take up what the engine says."""
        from drumapp.playback import engine as playback

        if isinstance(event, playback.SoundReady):
            self.ready.emit(f"{event.description}, {event.device}", event.device != NO_DEVICE)
        elif isinstance(event, playback.SoundProblem):
            self.problem.emit(event.sentence, event.remedy)
        elif isinstance(event, playback.SoundfontProblem):
            self._go_back()
            self._asking.show_error(event.sentence)
        elif isinstance(event, playback.EngineDied):
            self.died.emit(event.sentence)

    def _go_back(self) -> None:
        """The last choice cannot be played: have what plays in its place as the choice."""
        before, self._before = self._before, None
        builtin = resources.builtin_soundfont()
        if before is None:  # at the start: the built-in kit plays
            before = replace(self._sound, soundfont=builtin)
        self._settings.soundfont = None if before.soundfont == builtin else before.soundfont
        self._settings.synth = before.synth
        self._apply(soundfont=before.soundfont, synth=before.synth)

    def _apply(self, **changes: object) -> None:
        self._sound = replace(self._sound, **changes)
        self._engine.set_sound(self._sound)
        self.chosen.emit()
