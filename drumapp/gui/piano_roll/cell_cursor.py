"""A cursor over the roll's cells, so that notes are placed, erased and selected without a mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt

from drumapp.core import editing
from drumapp.core.editing import Grid
from drumapp.core.kit import Lane
from drumapp.core.timing import Range
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.piano_roll.scene import Band

_WAYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CellCursor(QObject):
    """Arrow keys move it, unless notes are selected: then they move those. Return places or erases a note, Shift+Return
    selects what is in the cell. A press of the mouse puts it away.
    """

    def __init__(self, editor: RollEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._scene = editor.roll.scene
        self._tick = 0
        self._key: int | None = None  # of the lane; None before it was first moved
        editor.roll.canvas.installEventFilter(self)

    @property
    def _grid(self) -> Grid:
        return Grid() if self._editor.snap.is_off else self._editor.snap

    @property
    def span(self) -> Range:
        """The ticks of the cell it is on."""
        metre = self._scene.metre
        start = self._grid.floor(self._tick, metre)
        return Range(start, self._grid.next_line(start, metre))

    @property
    def lane(self) -> Lane:
        """The lane it is on; the last one where its lane is gone."""
        kit = self._scene.kit
        row = kit.row_of_key.get(-1 if self._key is None else self._key, len(kit.lanes) - 1)
        return kit.lanes[row]

    def eventFilter(self, _watched, event) -> bool:
        """Take its keys; leave the rest to the canvas."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            return self._press(event)
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.FocusOut):
            self.hide()
        return False

    def hide(self) -> None:
        """Put it away; it comes back where it was."""
        if self._scene.cell is not None:
            self._scene.cell = None
            self._editor.roll.canvas.update()

    def _press(self, event) -> bool:
        key, modifiers = event.key(), event.modifiers()
        if not self._scene.kit.lanes:
            return False
        if key in _WAYS and not modifiers & ~Qt.KeyboardModifier.KeypadModifier and not self._editor.selection:
            if self._scene.cell is None:
                self._come_into_sight()
            else:
                self._move(*_WAYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._scene.cell is not None:
            if modifiers & Qt.KeyboardModifier.ShiftModifier:
                self._select()
            else:
                self._toggle()
        else:
            return False
        self._show()
        return True

    def _come_into_sight(self) -> None:
        """At first on the playhead, in the lowest lane; later where it was, if that is in sight."""
        view = self._scene.view
        if self._key is None:
            self._key = self._scene.kit.lanes[-1].key
            self._tick = max(round(self._scene.playhead), 0)
        if not view.left <= self._tick <= view.right:
            self._tick = max(round(view.left), 0)

    def _move(self, steps: int, rows: int) -> None:
        metre, kit = self._scene.metre, self._scene.kit
        if steps:
            start = self.span.start
            self._tick = self.span.stop if steps > 0 else self._grid.previous_line(start, metre)
        row = kit.row_of_key[self.lane.key] + rows
        self._key = kit.lanes[min(max(row, 0), len(kit.lanes) - 1)].key

    def _toggle(self) -> None:
        self._editor.toggle_cell(self._tick, self.lane.key, self._grid)

    def _select(self) -> None:
        row = self._scene.kit.row_of_key[self.lane.key]
        pattern = self._editor.document.pattern
        there = editing.select_rectangle(pattern, self.span, row, row, self._scene.kit)
        self._editor.select(self._editor.selection ^ there)

    def _show(self) -> None:
        span, row = self.span, self._scene.kit.row_of_key[self.lane.key]
        self._scene.cell = Band(span, row, row)
        self._editor.roll.navigation.bring_into_sight(span, row)
        self._editor.roll.canvas.setAccessibleDescription(self._words())
        self._editor.roll.canvas.update()

    def _words(self) -> str:
        """Where it is, for those who hear the window instead of seeing it."""
        position = self._scene.metre.position(self.span.start)
        return f"{self.lane.name}, bar {position.bar}, beat {position.beat}, tick {position.tick}"
