"""What else here? The likeliest strokes in a note's stead, heard when pointed at, swapped in when chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Signal

from drumapp.core import editing
from drumapp.core.kit import general_midi_lane
from drumapp.core.pattern import Note
from drumapp.core.timing import MetreMap
from drumapp.gui.insight.analysis import Unheard
from drumapp.gui.insight.insight import WhatElse
from drumapp.gui.insight.what_else_popup import Row, WhatElsePopup, percent
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.piano_roll.hit_test import place_at
from drumapp.gui.theme import Theme

NOTHING_MEANT = "Point at a note or select one, then ask what else there could be (A)"
LISTENING = "Listening …"
NOBODY = "There is no drummer to ask: open a model first (File, Open model)."
BROKEN = "This could not be found out."
UNHEARD = "The drummer does not hear this note: it has no word for the drum, or hears a louder one in its place."
NOTHING_ELSE = "Nothing else came to the drummer's mind."
_MINUS = "\N{MINUS SIGN}"


class WhatElseView(QObject):
    """Signals: changed, another note is asked about, or none any more; said (sentence for the status line).

    Attributes: note, the one that is asked about; popup, while it is open.
    """

    changed = Signal()
    said = Signal(str)

    def __init__(self, editor: RollEditor, theme: Theme) -> None:
        super().__init__(editor)
        self._editor, self._roll, self._theme = editor, editor.roll, theme
        self.note: Note | None = None
        self.popup: WhatElsePopup | None = None
        self._found: WhatElse | None = None
        self._pointer: QPointF | None = None
        self._roll.canvas.installEventFilter(self)

    @property
    def wanted(self) -> bool:
        """Whether a note is asked about."""
        return self.note is not None

    def ask(self) -> None:
        """Ask about the note under the pointer, or else the one that is selected."""
        note = self._meant()
        if note is None:
            self.said.emit(NOTHING_MEANT)
            return
        self.note, self._found = note, None
        popup = self.popup = WhatElsePopup(self._theme, self._roll.window())
        popup.pointed_at.connect(self._audition)
        popup.chosen.connect(self._swap)
        popup.left.connect(lambda: self._left(popup))
        popup.say(f"Instead of {self._drum(note.pitch)}", LISTENING)
        popup.show_beside(self._box_of(note), self._roll.window().frameGeometry())
        self.changed.emit()

    def show(self, found: WhatElse) -> None:
        """Offer what came to the drummer's mind."""
        if self.popup is None or found.note != self.note:
            return
        self._found = found
        kit, colours, metre = self._roll.scene.kit, self._theme.colours, self._editor.document.pattern.metre
        rows = []
        for stroke in found.others:
            lane = kit.lane_of(stroke.key) or general_midi_lane(stroke.key)
            place = difference(found.own.tick, stroke.tick, metre)
            rows.append(Row(lane.name, colours.families[lane.family], place, stroke.probability))
        title = f"Instead of {self._drum(found.note.pitch)} ({percent(found.own.probability)})"
        self.popup.say(title, "" if rows else NOTHING_ELSE)
        self.popup.show_rows(rows)

    def tell(self, sentence: str) -> None:
        """There is nothing to offer: say why."""
        if self.popup is not None:
            self.popup.say(self.popup.title.text(), sentence)
            self.popup.show_rows(())

    def unheard(self, answer: Unheard) -> None:
        """The drummer does not hear the note."""
        if answer.note == self.note:
            self.tell(UNHEARD)

    def music_changed(self) -> None:
        """Other notes: one that is gone is asked about no longer."""
        if self.note is not None and not editing.still_there(self._editor.document.pattern, {self.note}):
            self.close()

    def close(self) -> None:
        """Ask no longer."""
        if self.popup is not None:
            self.popup.close()

    def eventFilter(self, _canvas, event) -> bool:
        """Know where the pointer is."""
        if event.type() in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress):
            self._pointer = event.position()
        elif event.type() == QEvent.Type.Leave and self.popup is None:
            self._pointer = None
        return False

    def _meant(self) -> Note | None:
        if self._pointer is not None:
            note = place_at(self._roll.scene, self._pointer.x(), self._pointer.y()).note
            if note is not None:
                return note
        chosen = editing.still_there(self._editor.document.pattern, self._editor.selection)
        return next(iter(chosen)) if len(chosen) == 1 else None

    def _drum(self, key: int) -> str:
        return (self._roll.scene.kit.lane_of(key) or general_midi_lane(key)).name

    def _box_of(self, note: Note) -> QRect:
        """Where a note lies on the screen."""
        view, canvas = self._roll.view, self._roll.canvas
        row = self._roll.scene.kit.row_of_key.get(note.pitch, 0)
        corner = QPoint(view.pixel_of(note.start), round(view.y_of(row)))
        return QRect(canvas.mapToGlobal(corner), QSize(8, round(view.row_height)))

    def _audition(self, row: int) -> None:
        if self._found is not None:
            self._roll.auditioned.emit(self._found.others[row].key, self._found.note.velocity)

    def _swap(self, row: int) -> None:
        found = self._found
        if found is None or self.popup is None:
            return
        self.popup.close()
        new = found.swaps[row]
        self._editor.select(frozenset({found.note}))
        self._editor.apply_tool("Swap note", lambda pattern, chosen: editing.swap(pattern, chosen, (new,)))

    def _left(self, popup: WhatElsePopup) -> None:
        if popup is self.popup:
            self.popup = self.note = None
            self.changed.emit()


def difference(one: int, other: int, metre: MetreMap) -> str:
    """How far a tick lies from another, in bars, beats and ticks of the metre there: "same time", "+0.1.120"."""
    if one == other:
        return "same time"
    here = metre.metre_at(max(other, 0))
    bars, rest = divmod(abs(other - one), here.ticks_per_bar)
    beats, ticks = divmod(rest, here.ticks_per_beat)
    return f"{'+' if other > one else _MINUS}{bars}.{beats}.{ticks:03d}"
