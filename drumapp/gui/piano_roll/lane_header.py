"""The lanes' names, left of the roll, with mute, solo and volume; dragged by its name, a lane goes elsewhere."""

from __future__ import annotations

import itertools
from enum import Enum

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from drumapp.core.kit import Lane
from drumapp.gui.piano_roll.lane_painting import HeaderState, paint_header
from drumapp.gui.piano_roll.lane_parts import HEADER_WIDTH, Part, pan_text, part_at, volume_at, volume_text
from drumapp.gui.piano_roll.scene import Scene

AUDITION_VELOCITY = 100
DRAG_FROM_PX = 6
VOLUME_PER_KEY_DB = 1.0
_NOTCH = 120.0
_ONLY_KEYS = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier


class _Doing(Enum):
    """What the pressed button is doing."""

    NOTHING = "nothing"
    NAMING = "naming"  # pressed on a name, not dragged yet
    MOVING = "moving"
    SWITCHING = "switching"  # mute or solo, also of the lanes it is dragged across
    MIXING = "mixing"


class LaneHeader(QWidget):
    """Says what is wanted of which lane (by MIDI key); what comes of it is decided elsewhere.

    Signals: auditioned (key, velocity); lane_chosen (key, with Shift) to select its notes; switched (key, a Part that
    is a switch, on, gesture); singled_out (key, Part.SOLO to
    hear it alone or Part.LOCK to let it alone be written); volume_changed (key, dB, gesture); lane_moved (key, row);
    rename_wanted (key); remove_wanted (key); menu_wanted (key or -1, global QPoint); current_changed.
    """

    auditioned = Signal(int, int)
    lane_chosen = Signal(int, bool)
    switched = Signal(int, object, bool, object)
    singled_out = Signal(int, object)
    volume_changed = Signal(int, float, object)
    lane_moved = Signal(int, int)
    rename_wanted = Signal(int)
    remove_wanted = Signal(int)
    menu_wanted = Signal(int, QPoint)
    wheeled = Signal(object)

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = scene
        self._hovered: tuple[int, Part] | None = None
        self._doing = _Doing.NOTHING
        self._key = 0  # of the lane the button went down on
        self._part = Part.NAME
        self._on = False  # what a drag across mute or solo buttons makes of them
        self._pressed = QPoint()
        self._drop_row: int | None = None
        self._gestures = itertools.count(1)
        self._gesture: object = None
        self._current = 0  # row the keyboard acts on
        self.setFixedWidth(HEADER_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName("Lanes")

    def sizeHint(self) -> QSize:
        """Wide enough for most names."""
        return QSize(HEADER_WIDTH, 320)

    def lane_at(self, y: float) -> Lane | None:
        """The lane under a pixel, or None."""
        row = self._scene.view.row_at(y)
        return self._scene.kit.lanes[row] if 0 <= row < self._scene.rows else None

    @property
    def pointed_lane(self) -> Lane | None:
        """The lane that the pointer is over, or else, with the keyboard here, the current one."""
        if self._hovered is not None and self._hovered[0] < self._scene.rows:
            return self._scene.kit.lanes[self._hovered[0]]
        return self.current_lane if self.hasFocus() else None

    @property
    def current_lane(self) -> Lane | None:
        """The lane the keyboard acts on."""
        lanes = self._scene.kit.lanes
        return lanes[min(self._current, len(lanes) - 1)] if lanes else None

    def paintEvent(self, _event) -> None:
        """A line for each lane."""
        current = self._current if self.hasFocus() else None
        moved = self._key if self._doing is _Doing.MOVING else None
        mixed = self._key if self._doing is _Doing.MIXING else None
        paint_header(self, self._scene, HeaderState(self._hovered, current, self._drop_row, moved, mixed))

    # The pointer

    def mousePressEvent(self, event) -> None:
        """Let the drum be heard, or begin to mix or move its lane."""
        at = event.position()
        lane = self.lane_at(at.y())
        if lane is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._part, self._key, self._pressed = part_at(at.x()), lane.key, at.toPoint()
        self._gesture = ("lane", id(self), next(self._gestures))
        self._current = self._scene.kit.row_of_key[lane.key]
        if self._part is Part.NAME:
            self._doing = _Doing.NAMING
            self.auditioned.emit(lane.key, AUDITION_VELOCITY)
        elif self._part is Part.VOLUME:
            self._doing = _Doing.MIXING
            self._mix(at.x())
        elif self._part in (Part.SOLO, Part.LOCK) and event.modifiers() & _ONLY_KEYS:
            self.singled_out.emit(lane.key, self._part)
        else:
            self._doing = _Doing.SWITCHING
            self._on = not switched_on(lane, self._part)
            self._switch(lane)

    def mouseMoveEvent(self, event) -> None:
        """Go on with it; or show what a click would do."""
        at = event.position()
        if self._doing is _Doing.MIXING:
            self._mix(at.x())
        elif self._doing is _Doing.SWITCHING:
            lane = self.lane_at(at.y())
            if lane is not None and self._on != switched_on(lane, self._part):
                self._switch(lane)
        elif self._doing in (_Doing.NAMING, _Doing.MOVING):
            if self._doing is _Doing.NAMING and abs(at.y() - self._pressed.y()) >= DRAG_FROM_PX:
                self._doing = _Doing.MOVING
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
            if self._doing is _Doing.MOVING:
                view = self._scene.view
                edge = round((at.y() + view.top) / view.row_height)
                self._drop_row = min(max(edge, 0), self._scene.rows)
                self.update()
        else:
            row = self._scene.view.row_at(at.y())
            self._hover((row, part_at(at.x())) if 0 <= row < self._scene.rows else None)

    def mouseReleaseEvent(self, event) -> None:
        """A moved lane stays where it is let go."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._doing is _Doing.MOVING and self._drop_row is not None:
            row = self._scene.kit.row_of_key.get(self._key)
            target = self._drop_row - (row is not None and row < self._drop_row)  # the rows below it move up
            self._end_drag()
            if row is not None and target != row:
                self._current = target
                self.lane_moved.emit(self._key, target)
        self._end_drag()

    def mouseDoubleClickEvent(self, event) -> None:
        """On a name, choose the lane's notes; on the volume, back to 0 dB; buttons take it as another click."""
        lane = self.lane_at(event.position().y())
        if lane is None or event.button() != Qt.MouseButton.LeftButton:
            return
        part = part_at(event.position().x())
        if part is Part.NAME:
            self.lane_chosen.emit(lane.key, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif part is Part.VOLUME:
            # The first of the two clicks has moved it: both are one gesture.
            self.volume_changed.emit(lane.key, 0.0, self._gesture)
        else:
            self.mousePressEvent(event)

    def _mix(self, x: float) -> None:
        self.volume_changed.emit(self._key, volume_at(x), self._gesture)
        self.update()

    def _switch(self, lane: Lane) -> None:
        self.switched.emit(lane.key, self._part, self._on, self._gesture)

    def _end_drag(self) -> None:
        if self._doing is _Doing.MOVING:
            self.unsetCursor()
        self._doing = _Doing.NOTHING
        self._drop_row = None
        self.update()

    def cancel_drag(self) -> bool:
        """Leave a lane that is dragged where it was; whether one was."""
        moving = self._doing is _Doing.MOVING
        if moving:
            self._end_drag()
        return moving

    def leaveEvent(self, event) -> None:
        """No drum is pointed at."""
        self._hover(None)
        super().leaveEvent(event)

    def contextMenuEvent(self, event) -> None:
        """What else can be done with the lane."""
        if event.reason() == event.Reason.Keyboard:
            lane, view = self.current_lane, self._scene.view
            place = QPoint(40, round(view.y_of(self._current + 0.5)))
        else:
            lane, place = self.lane_at(event.pos().y()), event.pos()
        self.menu_wanted.emit(-1 if lane is None else lane.key, self.mapToGlobal(place))

    def wheelEvent(self, event) -> None:
        """Over a volume bar the wheel mixes; elsewhere as over the roll."""
        at = event.position()
        lane = self.lane_at(at.y())
        if lane is None or part_at(at.x()) is not Part.VOLUME or event.modifiers():
            self.wheeled.emit(event)
        else:
            turned = event.angleDelta().y() / _NOTCH * VOLUME_PER_KEY_DB
            self.volume_changed.emit(lane.key, lane.volume_db + turned, ("wheel", id(self), lane.key))
        event.accept()

    def _hover(self, place: tuple[int, Part] | None) -> None:
        if place != self._hovered:
            self._hovered = place
            self.update()

    # The keyboard

    def keyPressEvent(self, event) -> None:
        """Arrows go through the lanes and mix; Return lets one be heard."""
        lane, key, alt = self.current_lane, event.key(), event.modifiers() & Qt.KeyboardModifier.AltModifier
        if lane is None:
            super().keyPressEvent(event)
            return
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        louder = {Qt.Key.Key_Left: -VOLUME_PER_KEY_DB, Qt.Key.Key_Right: VOLUME_PER_KEY_DB}
        if key in steps:
            row = min(max(self._current + steps[key], 0), self._scene.rows - 1)
            if alt and row != self._current:
                self._current = row
                self.lane_moved.emit(lane.key, row)
            else:
                self._current = row
                self._say_current()
            self.update()
        elif key in louder:
            self.volume_changed.emit(lane.key, lane.volume_db + louder[key], ("key", id(self), lane.key))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.auditioned.emit(lane.key, AUDITION_VELOCITY)
        elif key == Qt.Key.Key_F2:
            self.rename_wanted.emit(lane.key)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit(lane.key)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        """Show which lane the keys act on."""
        self._current = min(self._current, max(self._scene.rows - 1, 0))
        self._say_current()
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event) -> None:
        """The keys go elsewhere."""
        self.update()
        super().focusOutEvent(event)

    def _say_current(self) -> None:
        """For those who hear the window instead of seeing it."""
        lane = self.current_lane
        self.setAccessibleDescription("" if lane is None else lane_words(lane))

    # Words

    def event(self, event) -> bool:
        """Say in the tool tip what a click would do."""
        if event.type() == QEvent.Type.ToolTip:
            at = event.pos()
            lane = self.lane_at(at.y())
            self.setToolTip("" if lane is None else _help(lane, part_at(at.x())))
        return super().event(event)


def switched_on(lane: Lane, part: Part) -> bool:
    """Whether a switch of a lane is on."""
    return {Part.LOCK: lane.locked, Part.MUTE: lane.muted, Part.SOLO: lane.soloed}[part]


def lane_words(lane: Lane) -> str:
    """A lane in words: its name and how it is mixed."""
    words = [lane.name, volume_text(lane.volume_db)]
    words += [pan_text(lane.pan)] if lane.pan else []
    words += ["muted"] * lane.muted + ["soloed"] * lane.soloed + ["locked"] * lane.locked
    return ", ".join(words)


def _help(lane: Lane, part: Part) -> str:
    if part is Part.LOCK:
        verb = "Let the drummer write" if lane.locked else "Keep the drummer from"
        return f"{verb} {lane.name} (K). Alt-click: lock all others"
    if part is Part.MUTE:
        return f"{'Unmute' if lane.muted else 'Mute'} {lane.name} (M). Drag across several"
    if part is Part.SOLO:
        return f"{'Unsolo' if lane.soloed else 'Solo'} {lane.name} (S). Alt-click: this one alone"
    if part is Part.VOLUME:
        return f"Volume of {lane.name}: {volume_text(lane.volume_db)}. Double-click for 0 dB"
    return f"{lane.name} (MIDI key {lane.key}). Click to hear it, double-click to select its notes, drag to move it"
