"""Importing and exporting: what the File menu does. A failure shows one sentence and leaves everything as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Pattern
from drumapp.gui.dialogs import FLAC_FILES, MIDI_FILES, WAV_FILES, Asking
from drumapp.gui.document import Document
from drumapp.gui.excerpts import Extent, excerpt_of, extents_of
from drumapp.gui.export_dialog import ExportChoice, ExportDialog
from drumapp.gui.kit_map_dialog import KitMapDialog
from drumapp.gui.kit_maps import KitMaps
from drumapp.gui.main_window import MainWindow
from drumapp.gui.midi_import import MidiImport
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.sound.audio_export import AudioExport
from drumapp.gui.sound.export_dialog import AudioExportDialog, AudioExportOrder
from drumapp.gui.sound.rendering import Render
from drumapp.gui.theme import Theme
from drumapp.settings import Settings
from drumapp.sound_choices import AudioExportChoice

if TYPE_CHECKING:
    from drumapp.playback.audio_file import FileKind


class Files(QObject):
    """Signals: said (sentence for the status line); exporting (AudioExport) when one has begun.

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
        self._export: AudioExport | None = None
        self.kit_maps = KitMaps(asking)
        self.midi = MidiImport(window, document, asking, self.kit_maps.all, theme)
        self.dialog: ExportDialog | AudioExportDialog | KitMapDialog | None = None

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

    def ask_export_audio(self) -> None:
        """Ask how, and where to, and render audio in the background."""
        if self._export is not None:
            self._asking.show_error("An export is under way: wait for it or cancel it first.")
            return
        extents = extents_of(self._document, self._editor.selection)
        if not extents:
            self._nothing_to_export()
            return
        extent = Extent.SELECTION if Extent.SELECTION in extents else Extent.ALL
        dialog = AudioExportDialog(extents, extent, self._settings, self._theme, self._window)
        dialog.agreed.connect(self._export_audio)
        self.dialog = dialog
        dialog.open()

    def _export_audio(self, order: AudioExportOrder) -> None:
        choice = order.choice
        pattern = excerpt_of(self._document, self._editor.selection, order.extent)
        kit, render = self._document.kit, self._render
        if choice.stems:
            path = self._ask_folder(pattern, choice.kind)
        else:
            kinds = FLAC_FILES if choice.kind == "flac" else WAV_FILES
            path = self._ask_target("Export audio", f".{choice.kind}", kinds)
        if path is None:
            return
        if not choice.stems:
            choice = _as_named(choice, path)
        self._export = AudioExport(path, lambda progress: render(pattern, kit, path, choice, progress))
        self._export.finished.connect(self._exported)
        self.exporting.emit(self._export)
        self._export.start()

    def _ask_folder(self, pattern: Pattern, kind: FileKind) -> Path | None:
        """A folder for a file of each drum; None where the user thinks better of it, or of what it holds already."""
        from drumapp.playback.export import stem_paths

        folder = self._asking.folder("Export audio into a folder", self._settings.recent_folder)
        if folder is None:
            return None
        self._settings.recent_folder = folder
        paths = stem_paths(pattern, folder, pattern.name or "Beat", kind, kit=self._document.kit)
        there = [path.name for path in paths if path.exists()]
        if there:
            what = there[0] if len(there) == 1 else f"{there[0]} and {len(there) - 1} more of these files"
            if not self._asking.may_overwrite(f"The folder {folder.name} holds {what} already."):
                return None
        return folder

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
            self.said.emit(f"Exported {export.made}")

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


def _as_named(choice: AudioExportChoice, path: Path) -> AudioExportChoice:
    """A name that is typed with the other format's suffix means that format."""
    from drumapp.playback.audio_file import kind_of

    kind = kind_of(path) if path.suffix.lower() in (".wav", ".flac") else choice.kind
    return replace(choice, kind=kind, bits=24 if kind == "flac" and choice.bits == "float" else choice.bits)
