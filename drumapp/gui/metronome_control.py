"""The metronome: whether it clicks along, and how many bars it counts in before something is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from drumapp.gui.main_window import MainWindow
from drumapp.settings import COUNT_INS, Settings

if TYPE_CHECKING:
    from drumapp.playback.engine import PlaybackEngine, Playhead


class MetronomeControl(QObject):
    """Between button, menu, settings and engine."""

    def __init__(self, window: MainWindow, engine: PlaybackEngine, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._engine, self._settings = window, engine, settings
        self._counting = False  # the next start is counted in
        actions = window.actions_by_name
        button = window.transport.metronome
        actions["metronome"].toggled.connect(button.setChecked)
        button.toggled.connect(self._switch)
        for bars in COUNT_INS:
            actions[f"count_in_{bars}"].triggered.connect(lambda _=False, bars=bars: self._choose_count_in(bars))
        button.setChecked(settings.metronome)
        actions[f"count_in_{settings.count_in}"].setChecked(True)
        self._tell()

    def count_in(self) -> None:
        """Let the next start be counted in, as the settings say."""
        self._counting = True
        self._tell()

    def notice(self, head: Playhead) -> None:
        """Where the music is: once it has begun, whatever starts next is not counted in."""
        if self._counting and head.playing and not head.counting_in:
            self._counting = False
            self._tell()

    def _switch(self, on: bool) -> None:
        self._settings.metronome = on
        self._window.actions_by_name["metronome"].setChecked(on)
        self._tell()

    def _choose_count_in(self, bars: int) -> None:
        self._settings.count_in = bars
        self._tell()

    def _tell(self) -> None:
        from drumapp.playback.metronome import MetronomeSettings

        settings = self._settings
        self._engine.set_metronome(MetronomeSettings(settings.metronome, settings.count_in if self._counting else 0))
