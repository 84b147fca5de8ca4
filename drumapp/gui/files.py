"""Importing and exporting: what the File menu does. A failure shows one sentence and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Pattern
from drumapp.gui.dialogs import MIDI_FILES, WAV_FILES, Asking
from drumapp.gui.document import Document
from drumapp.gui.excerpts import Extent, excerpt_of, extents_of, music_of
from drumapp.gui.export_dialog import ExportChoice, ExportDialog
from drumapp.gui.kit_map_dialog import KitMapDialog
from drumapp.gui.kit_maps import KitMaps
from drumapp.gui.main_window import MainWindow
from drumapp.gui.midi_import import MidiImport
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.theme import Theme
from drumapp.gui.wav_export import Render, WavExport
from drumapp.settings import Settings


class Files(QObject):
    """Signals: said (sentence for the status line); exporting (WavExport) when one has begun.

    Attributes: midi, the import of MIDI files; kit_maps; dialog, the one that was opened last.
    """

    said = Signal(str)
    exporting = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        document: Document,
        editor: RollEditor,
        settings: Settings,
        asking: Asking,
        render: Render,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._window, self._document, self._editor = window, document, editor
        self._settings, self._asking, self._render, self._theme = settings, asking, render, theme
        self._export: WavExport | None = None
        self.kit_maps = KitMaps(asking)
        self.midi = MidiImport(window, document, asking, self.kit_maps.all, theme)
        self.dialog: ExportDialog | KitMapDialog | None = None

    def ask_open_midi(self, *, append: bool = False) -> None:
        """Let the user choose a MIDI file, and put it in the beat's place, or after it."""
        caption = "Append MIDI file" if append else "Import MIDI file"
        path = self._asking.file_to_open(caption, self._settings.recent_folder, MIDI_FILES)
        if path is not None:
            self._remember(path)
            self.midi.take_in(path, append=append)

    def drop_midi(self, path: Path) -> None:
        """Take in a MIDI file that was dropped onto the roll."""
        self._remember(path)
        self.midi.take_in(path)

    def ask_export_midi(self) -> None:
        """Ask how, and where to, and write a MIDI file."""
        extents = extents_of(self._document, self._editor.selection)
        if not extents:
            self._nothing_to_export()
            return
        extent = Extent.SELECTION if Extent.SELECTION in extents else Extent.ALL
        dialog = ExportDialog(extents, extent, self._settings, self.midi.kit_maps(), self._window)
        dialog.agreed.connect(self._export_midi)
        self.dialog = dialog
        dialog.open()

    def _export_midi(self, choice: ExportChoice) -> None:
        path = self._ask_target("Export MIDI", ".mid", MIDI_FILES)
        if path is None:
            return
        from drumapp.midi.smf import write_pattern

        pattern = excerpt_of(self._document, self._editor.selection, choice.extent)
        try:
            write_pattern(
                pattern,
                path,
                midi_format=choice.midi_format,
                ticks_per_quarter=choice.resolution,
                key_map=choice.kit_map.from_general_midi,
                kit=self._document.kit if choice.layout == "lanes" else None,
            )
        except DrumappError as error:
            self._asking.show_error(str(error))
            return
        self.said.emit(f"Exported {path.name}")

    def ask_export_wav(self) -> None:
        """Render the pattern into a WAV file the user names, in the background."""
        if self._export is not None:
            self._asking.show_error("An export is under way: wait for it or cancel it first.")
            return
        if not self._document.pattern.length:
            self._nothing_to_export()
            return
        path = self._ask_target("Export WAV", ".wav", WAV_FILES)
        if path is None:
            return
        self._export = WavExport(music_of(self._document), self._document.kit, path, self._render)
        self._export.finished.connect(self._exported)
        self.exporting.emit(self._export)
        self._export.start()

    def edit_kit_maps(self) -> None:
        """Show and edit the kit maps that files are read and written by."""
        dialog = KitMapDialog(
            self.kit_maps, self._document.kit, self._theme, lambda: self._settings.recent_folder, self._window
        )
        self.dialog = dialog
        dialog.open()

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

    def _nothing_to_export(self) -> None:
        self._asking.show_error("There is nothing to export yet: click Generate or open a MIDI file first.")

    def _ask_target(self, caption: str, suffix: str, kinds: str) -> Path | None:
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


def renderer(settings: Settings) -> Callable[[Pattern, DrumKit, Path, Callable[[float], None]], None]:
    """The function that renders with the output the user has chosen. It raises DrumappError."""

    def render(pattern: Pattern, kit: DrumKit, path: Path, progress: Callable[[float], None]) -> None:
        from drumapp import resources
        from drumapp.playback.audio_file import write_wav
        from drumapp.playback.render import render_pattern
        from drumapp.playback.synth import make_synth

        synth = make_synth(settings.synth, settings.soundfont or resources.builtin_soundfont())
        try:
            audio = render_pattern(pattern, synth, kit=kit, progress=progress)
        finally:
            synth.close()
        write_wav(path, audio, synth.sample_rate, bits=24)

    return render
