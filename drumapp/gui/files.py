"""Opening and exporting: what the File menu does. A failure shows one sentence and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Pattern
from drumapp.gui.dialogs import MIDI_FILES, WAV_FILES, Asking
from drumapp.gui.document import Document, complete_bars
from drumapp.gui.wav_export import Render, WavExport
from drumapp.settings import Settings


class Files(QObject):
    """Signals: opened (Path); said (sentence for the status line); exporting (WavExport) when one has begun."""

    opened = Signal(object)
    said = Signal(str)
    exporting = Signal(object)

    def __init__(self, document: Document, settings: Settings, asking: Asking, render: Render) -> None:
        super().__init__()
        self._document = document
        self._settings = settings
        self._asking = asking
        self._render = render
        self._export: WavExport | None = None

    def ask_open_midi(self) -> None:
        """Let the user choose a MIDI file, and open it."""
        path = self._asking.file_to_open("Open MIDI file", self._settings.recent_folder, MIDI_FILES)
        if path is not None:
            self.open_midi(path)

    def open_midi(self, path: Path) -> None:
        """Put a MIDI file's drums into the roll; Undo brings back what was there."""
        from drumapp.midi.smf import read_pattern

        try:
            pattern = read_pattern(path)
        except DrumappError as error:
            self._asking.show_error(str(error))
            return
        self._remember(path)
        self._document.replace(replace(pattern, name=path.stem), f"Open {path.name}")
        self.opened.emit(path)

    def ask_export_midi(self) -> None:
        """Write the pattern into a MIDI file the user names."""
        path = self._ask_target("Export MIDI", ".mid", MIDI_FILES)
        if path is None:
            return
        from drumapp.midi.smf import write_pattern

        try:
            write_pattern(self._music(), path)
        except DrumappError as error:
            self._asking.show_error(str(error))
            return
        self.said.emit(f"Exported {path.name}")

    def ask_export_wav(self) -> None:
        """Render the pattern into a WAV file the user names, in the background."""
        if self._export is not None:
            self._asking.show_error("An export is under way: wait for it or cancel it first.")
            return
        path = self._ask_target("Export WAV", ".wav", WAV_FILES)
        if path is None:
            return
        self._export = WavExport(self._music(), path, self._render)
        self._export.finished.connect(self._exported)
        self.exporting.emit(self._export)
        self._export.start()

    def close(self) -> None:
        """Leave off an export that is under way."""
        if self._export is not None:
            self._export.cancel()
            self._export.wait()

    def _exported(self, sentence: str, cancelled: bool) -> None:
        export, self._export = self._export, None
        if sentence:
            self._asking.show_error(sentence)
        elif cancelled:
            self.said.emit("Export cancelled")
        else:
            self.said.emit(f"Exported {export.path.name}")

    def _music(self) -> Pattern:
        """The pattern in whole bars; while a drummer is still at it, those that are complete."""
        pattern = self._document.pattern
        if self._document.in_take:
            pattern = complete_bars(pattern)
        return replace(pattern, length=pattern.metre.bar_start(pattern.bars))

    def _ask_target(self, caption: str, suffix: str, kinds: str) -> Path | None:
        if self._document.pattern.length == 0:
            self._asking.show_error("There is nothing to export yet: click Generate or open a MIDI file first.")
            return None
        folder = self._settings.recent_folder or Path.home()
        name = self._document.pattern.name or "Beat"
        path = self._asking.file_to_save(caption, folder / f"{name}{suffix}", kinds)
        if path is None:
            return None
        if not path.suffix:
            path = path.with_suffix(suffix)
        self._remember(path)
        return path

    def _remember(self, path: Path) -> None:
        self._settings.recent_folder = path.parent


def renderer(settings: Settings) -> Callable[[Pattern, Path, Callable[[float], None]], None]:
    """The function that renders with the output the user has chosen. It raises DrumappError."""

    def render(pattern: Pattern, path: Path, progress: Callable[[float], None]) -> None:
        from drumapp import resources
        from drumapp.playback.render import render_pattern, write_wav
        from drumapp.playback.synth import make_synth

        synth = make_synth(settings.synth, settings.soundfont or resources.builtin_soundfont())
        try:
            audio = render_pattern(pattern, synth, progress=progress)
        finally:
            synth.close()
        write_wav(path, audio, synth.sample_rate, bits=24)

    return render
