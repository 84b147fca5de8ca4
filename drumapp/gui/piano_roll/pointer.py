"""The mouse over the roll's canvas: which gesture a press begins, by tool, button, keys and what lies there."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QObject, QPointF, Qt

from drumapp.core.editing import NOTHING
from drumapp.gui.piano_roll.editor import RollEditor, Tool
from drumapp.gui.piano_roll.gestures import DrawNotes, EraseNotes, Gesture, Keys, MoveNotes, ResizeNotes, SelectNotes
from drumapp.gui.piano_roll.hit_test import Place, place_at
from drumapp.gui.piano_roll.velocity_lane import VELOCITY_PER_NOTCH

DRAG_FROM_PX = 3.0  # less is a click by an unsteady hand
_ERASER_STRIDE_PX = 3.0
_NOTCH = 120.0
_Modifier = Qt.KeyboardModifier


class CanvasPointer(QObject):
    """Turns the canvas's mouse events into gestures of the editor."""

    def __init__(self, editor: RollEditor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._scene = editor.roll.scene
        self._canvas = editor.roll.canvas
        self._gesture: Gesture | None = None
        self._pressed = QPointF()
        self._last = QPointF()
        self._dragged = False
        self._button = Qt.MouseButton.NoButton
        self._toggled: Place | None = None
        self._wheelings = 0
        self._canvas.setMouseTracking(True)
        self._canvas.installEventFilter(self)

    def eventFilter(self, _watched, event) -> bool:
        """Take mouse and wheel; leave the rest to the canvas."""
        kind = event.type()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            return self._press(event, double=kind == QEvent.Type.MouseButtonDblClick)
        if kind == QEvent.Type.MouseMove:
            return self._move(event)
        if kind == QEvent.Type.MouseButtonRelease:
            return self._release(event)
        if kind == QEvent.Type.Wheel:
            return self._wheel(event)
        return False

    # Press, drag, release

    def _press(self, event, *, double: bool) -> bool:
        self._wheelings += 1
        if self._gesture is not None and self._editor.gesture is self._gesture and not double:
            return True  # another button while one is down
        at = event.position()
        self._pressed = self._last = at
        self._dragged, self._toggled = False, None
        self._button = event.button()
        place = place_at(self._scene, at.x(), at.y())
        if event.button() == Qt.MouseButton.RightButton:
            self._begin(EraseNotes(self._editor.selection))
            self._drag_to(at, event.modifiers())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press_left(place, event.modifiers(), double=double and self._editor.tool is Tool.SELECT)
        return True

    def _press_left(self, place: Place, modifiers, *, double: bool) -> None:
        editor = self._editor
        shift = bool(modifiers & _Modifier.ShiftModifier)
        if place.note is not None:
            if double:
                self._begin(EraseNotes(editor.selection))
                self._drag_to(self._pressed, modifiers)
                return
            self._press_note(place, shift=shift)
        elif (editor.tool is Tool.SELECT or shift) and not double:
            more = shift if editor.tool is Tool.SELECT else bool(modifiers & _Modifier.ControlModifier)
            self._begin(SelectNotes(place, self._scene.kit, editor.selection if more else NOTHING))
        elif 0 <= place.row < self._scene.rows and place.tick >= 0:
            key = self._scene.kit.lanes[place.row].key
            self._begin(DrawNotes(place, key, editor.snap, editor.velocity, _keys(modifiers).free))
            editor.show_gesture()
            self._editor.roll.audition_drawn(key, editor.velocity)

    def _press_note(self, place: Place, *, shift: bool) -> None:
        editor = self._editor
        if shift:
            self._toggled = place if place.note in editor.selection else None
            editor.select(editor.selection | {place.note})
        elif place.note not in editor.selection:
            editor.select(frozenset({place.note}))
        else:
            self._toggled = None
        if place.on_edge:
            self._begin(ResizeNotes(place, place.note, editor.selection, editor.snap))
        else:
            self._begin(MoveNotes(place, place.note, editor.selection, self._scene.kit, editor.snap))

    def _begin(self, gesture: Gesture) -> None:
        self._gesture = gesture
        self._editor.begin(gesture)

    def _move(self, event) -> bool:
        at = event.position()
        if self._editor.gesture is None or self._editor.gesture is not self._gesture:
            self._wheelings += 1
            self._show_cursor(place_at(self._scene, at.x(), at.y()))
            return True
        if not self._dragged and _distance(at, self._pressed) < DRAG_FROM_PX:
            return True
        self._dragged = True
        self._drag_to(at, event.modifiers())
        return True

    def _drag_to(self, at: QPointF, modifiers) -> None:
        gesture = self._gesture
        if isinstance(gesture, EraseNotes):
            # The pointer comes in leaps: touch what lies between them.
            leaps = max(math.ceil(_distance(at, self._last) / _ERASER_STRIDE_PX), 1)
            for leap in range(1, leaps + 1):
                on_way = self._last + (at - self._last) * (leap / leaps)
                gesture.drag(place_at(self._scene, on_way.x(), on_way.y()), _keys(modifiers))
        else:
            gesture.drag(place_at(self._scene, at.x(), at.y()), _keys(modifiers))
        self._last = at
        self._editor.show_gesture()

    def _release(self, event) -> bool:
        if event.button() != self._button or self._gesture is None:
            return True
        gesture, self._gesture = self._gesture, None
        if self._editor.gesture is not gesture:
            return True  # Escape was pressed meanwhile
        if not self._dragged and isinstance(gesture, MoveNotes | ResizeNotes):
            self._editor.cancel()
            self._click_note(gesture, shift=bool(event.modifiers() & _Modifier.ShiftModifier))
        else:
            self._editor.finish()
        self._show_cursor(place_at(self._scene, event.position().x(), event.position().y()))
        return True

    def _click_note(self, gesture: MoveNotes | ResizeNotes, *, shift: bool) -> None:
        """A click on one of several selected notes selects it alone, with Shift it is left out."""
        if self._toggled is not None:
            self._editor.select(self._editor.selection - {gesture.grabbed})
        elif not shift:
            self._editor.select(frozenset({gesture.grabbed}))

    # Wheel and cursor

    def _wheel(self, event) -> bool:
        """Over a selected note, or with Alt over any, the wheel changes velocity; elsewhere it scrolls."""
        modifiers = event.modifiers()
        if modifiers & (_Modifier.ControlModifier | _Modifier.ShiftModifier) or self._editor.gesture is not None:
            return False
        at = event.position()
        note = place_at(self._scene, at.x(), at.y()).note
        if note is None or not (modifiers & _Modifier.AltModifier or note in self._editor.selection):
            return False
        delta = event.angleDelta()
        notches = (delta.y() or delta.x()) / _NOTCH  # Alt turns the wheel sideways
        if note not in self._editor.selection:
            self._editor.select(frozenset({note}))
        self._editor.shift_velocity(round(notches * VELOCITY_PER_NOTCH), ("wheel", id(self), self._wheelings))
        event.accept()
        return True

    def _show_cursor(self, place: Place) -> None:
        if place.on_edge:
            shape = Qt.CursorShape.SizeHorCursor
        elif place.note is not None:
            shape = Qt.CursorShape.PointingHandCursor
        else:
            shape = Qt.CursorShape.CrossCursor if self._editor.tool is Tool.DRAW else Qt.CursorShape.ArrowCursor
        if self._canvas.cursor().shape() != shape:
            self._canvas.setCursor(shape)


def _keys(modifiers) -> Keys:
    return Keys(free=bool(modifiers & _Modifier.ControlModifier), copying=bool(modifiers & _Modifier.AltModifier))


def _distance(one: QPointF, other: QPointF) -> float:
    way = one - other
    return math.hypot(way.x(), way.y())
