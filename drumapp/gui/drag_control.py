"""What the drag handles hand out: the beat, or the notes that are selected, as a MIDI or a WAV file."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Pattern
from drumapp.gui.document import Document
from drumapp.gui.drag_out import DragHandle
from drumapp.gui.excerpts import Extent, dragged_extent, excerpt_of
from drumapp.gui.main_window import MainWindow
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.sound.audio_export import AudioExport
from drumapp.gui.sound.rendering import QUICK, Render
from drumapp.storage.dragged_files import dragged_file, new_dragged_path


class DragControl(QObject):
    """Signals: failed (sentence)."""

    failed = Signal(str)

    def __init__(self, window: MainWindow, document: Document, editor: RollEditor, render: Render) -> None:
        super().__init__(window)
        self._document, self._editor, self._render = document, editor, render
        self._midi, self._wav = window.status.drag_midi, window.status.drag_wav
        self._export: AudioExport | None = None
        self._midi.wanted.connect(self._hand_out_midi)
        self._wav.wanted.connect(self._begin_wav)
        self._wav.left.connect(self._leave_wav)
        document.history_changed.connect(self._show_what_is_dragged)
        editor.selection_changed.connect(self._show_what_is_dragged)
        self._show_what_is_dragged()

    def close(self) -> None:
        """Leave off a file that is being made."""
        self._leave_wav()

    def _excerpt(self) -> Pattern:
        extent = dragged_extent(self._document, self._editor.selection)
        return excerpt_of(self._document, self._editor.selection, extent)

    def _hand_out_midi(self) -> None:
        from drumapp.midi.smf import pattern_to_bytes

        pattern = self._excerpt()
        try:
            path = dragged_file(pattern.name, ".mid", pattern_to_bytes(pattern))
        except DrumappError as error:
            self._give_up(self._midi, str(error))
            return
        self._midi.hand_out(path)

    def _begin_wav(self) -> None:
        """Rendering takes a moment: the drag goes on when the file is there, if the hand still holds it."""
        self._leave_wav()
        pattern = self._excerpt()
        try:
            path = new_dragged_path(pattern.name, ".wav")
        except DrumappError as error:
            self._give_up(self._wav, str(error))
            return
        kit, render = self._document.kit, self._render
        export = AudioExport(path, lambda progress: render(pattern, kit, path, QUICK, progress))
        export.finished.connect(lambda sentence, cancelled: self._wav_made(export, sentence, cancelled))
        self._export = export
        export.start()

    def _wav_made(self, export: AudioExport, sentence: str, cancelled: bool) -> None:
        if export is not self._export:
            return
        self._export = None
        if sentence:
            self._give_up(self._wav, sentence)
        elif not cancelled:
            self._wav.hand_out(export.path)

    def _leave_wav(self) -> None:
        export, self._export = self._export, None
        if export is not None:
            export.cancel()

    def _give_up(self, handle: DragHandle, sentence: str) -> None:
        handle.give_up()
        self.failed.emit(sentence)

    def _show_what_is_dragged(self) -> None:
        there = self._document.pattern.length > 0
        part = dragged_extent(self._document, self._editor.selection) is Extent.SELECTION
        what = "the selected notes" if part else "the beat"
        for handle, kind in ((self._midi, "MIDI"), (self._wav, "sound")):
            handle.setEnabled(there)
            handle.setToolTip(f"Drag {what} from here into a DAW or a folder, as {kind}" if there else "")
