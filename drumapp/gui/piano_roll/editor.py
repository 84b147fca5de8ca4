"""The selection, and every edit of the roll: gestures under way, what the keys and the menus do."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from enum import Enum
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from drumapp.core import editing
from drumapp.core.editing import NOTHING, Clipping, Edited, Grid, Selection
from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Pattern
from drumapp.gui.document import Document
from drumapp.gui.piano_roll.gestures import DrawNotes
from drumapp.gui.piano_roll.view import PianoRoll

FIRST_VELOCITY = 100
BARS_OF_THE_FIRST_NOTE = 8  # how long an empty pattern becomes when something is drawn into it


class Tool(Enum):
    """What the left button does where there is no note."""

    DRAW = "draw"
    SELECT = "select"


class Editing(Protocol):
    """The part of a gesture the editor needs."""

    @property
    def label(self) -> str:
        """What Undo will call it."""

    def edit(self, pattern: Pattern) -> Edited:
        """What it makes of a pattern."""


class Clipboard(Protocol):
    """Where cut and copied notes wait. Both raise DrumappError."""

    def put(self, clipping: Clipping, like: Pattern) -> None:
        """Take up notes of a pattern."""

    def take(self) -> Clipping | None:
        """What is there, if it is notes."""


class RollEditor(QObject):
    """Edits the document through a piano roll.

    Signals: selection_changed; tool_changed; snap_changed; failed (sentence).
    Attributes: selection; tool; velocity of the next note drawn; bars_of_empty, asked how many bars an empty pattern
    gets with its first note.
    """

    selection_changed = Signal()
    tool_changed = Signal()
    snap_changed = Signal()
    failed = Signal(str)

    def __init__(self, document: Document, roll: PianoRoll, clipboard: Clipboard) -> None:
        super().__init__(roll)
        self.document = document
        self.roll = roll
        self.selection: Selection = NOTHING
        self.tool = Tool.DRAW
        self.velocity = FIRST_VELOCITY
        self.bars_of_empty: Callable[[], int] = lambda: BARS_OF_THE_FIRST_NOTE
        self._gesture: Editing | None = None
        self._shown: tuple[Pattern, Edited] | None = None  # what the gesture made of which pattern when last shown
        self._clipboard = clipboard
        document.replaced.connect(self._document_replaced)

    @property
    def snap(self) -> Grid:
        """The grid that edits snap to."""
        return self.roll.scene.snap

    def set_snap(self, grid: Grid) -> None:
        """Snap to another grid, and draw its lines."""
        self.roll.set_snap(grid)
        self.snap_changed.emit()

    def choose_tool(self, tool: Tool) -> None:
        """Take up another tool."""
        self.cancel()
        self.tool = tool
        self.tool_changed.emit()

    def select(self, selection: Selection) -> None:
        """Select notes; no change of the document."""
        if selection != self.selection:
            self.selection = selection
            self.roll.show_selection(selection)
            self.selection_changed.emit()

    # Gestures

    @property
    def gesture(self) -> Editing | None:
        """What the pointer is doing."""
        return self._gesture

    def begin(self, gesture: Editing) -> None:
        """Take up a gesture, which is shown from now on."""
        self.cancel()
        self._gesture, self._shown = gesture, None

    def show_gesture(self) -> None:
        """Show what the gesture would make of the document."""
        gesture = self._gesture
        if gesture is None:
            return
        edited = self._edited(gesture)
        self._shown = self.document.pattern, edited
        self.roll.show_preview(edited.pattern, self._end_of(edited.pattern), getattr(gesture, "band", None))
        self.roll.show_selection(edited.selection)

    def finish(self) -> None:
        """The button is let go: do it."""
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return
        pattern = self.document.pattern
        edited = self._shown[1] if self._shown and self._shown[0] is pattern else self._edited(gesture)
        self.roll.show_preview(edited.pattern, self._end_of(edited.pattern), None)
        self._take_up(edited, gesture.label)

    def cancel(self) -> bool:
        """Drop the gesture under way; whether there was one."""
        if self._gesture is None:
            return False
        self._gesture = None
        self.roll.show_preview(self.document.pattern, self.document.end, None)
        self.roll.show_selection(self.selection)
        return True

    def _edited(self, gesture: Editing) -> Edited:
        if isinstance(gesture, DrawNotes):
            return self._with_room(gesture.reach, gesture.edit)
        return gesture.edit(self.document.pattern)

    def _end_of(self, pattern: Pattern) -> int | None:
        return self.document.end if self.document.in_take else pattern.length

    # Commands

    def escape(self) -> None:
        """Cancel what the pointer is doing, or select nothing."""
        if not self.cancel() and not self.roll.cancel_drag():
            self.select(NOTHING)

    def delete(self) -> None:
        """Take the selected notes out."""
        self._edit("Delete", editing.remove)

    def select_all(self) -> None:
        """Every note."""
        self.cancel()
        self.select(editing.select_all(self.document.pattern))

    def select_lane(self, key: int, *, more: bool = False) -> None:
        """Every note of a lane; ``more`` keeps what is selected."""
        self.cancel()
        lane = editing.select_lanes(self.document.pattern, [key])
        self.select(self.selection | lane if more else lane)

    def toggle_cell(self, tick: int, key: int, grid: Grid) -> None:
        """Place a note in a cell of a lane, or empty it; nothing is selected by it."""
        self.cancel()
        velocity, before = self.velocity, self.document.pattern
        toggled = self._with_room(tick, lambda pattern: editing.toggle(pattern, tick, key, grid, velocity=velocity))
        added = len(toggled.pattern.notes) > len(before.notes)
        self._take_up(Edited(toggled.pattern, NOTHING), "Draw note" if added else "Erase note")
        if added:
            self.roll.audition_drawn(key, velocity)

    def cut(self) -> None:
        """Take the selected notes out, to be pasted elsewhere."""
        if self.copy():
            self._edit("Cut", editing.remove)

    def copy(self) -> bool:
        """Put the selected notes onto the clipboard; whether they are there."""
        clipping = editing.copy(self.document.pattern, self.selection, self.snap)
        if not clipping.notes:
            return False
        try:
            self._clipboard.put(clipping, self.document.pattern)
        except DrumappError as error:
            self.failed.emit(str(error))
            return False
        return True

    def paste(self) -> None:
        """Put the notes on the clipboard at the playhead, on the nearest line."""
        try:
            clipping = self._clipboard.take()
        except DrumappError as error:
            self.failed.emit(str(error))
            return
        if clipping is None or not clipping.notes:
            return
        self.cancel()
        metre = self.document.pattern.metre
        tick = self.snap.nearest(max(round(self.roll.scene.playhead), 0), metre)
        last = tick + clipping.notes[-1].start - clipping.upbeat
        self._take_up(self._with_room(last, lambda pattern: editing.paste(pattern, clipping, tick)), "Paste")

    def duplicate(self) -> None:
        """Repeat the selected notes right after themselves."""
        chosen = editing.still_there(self.document.pattern, self.selection)
        if not chosen:
            return
        self.cancel()
        span = editing.grid_span_of(self.document.pattern, chosen, self.snap)
        last = editing.span_of(chosen).stop - 1 + span.length
        snap = self.snap
        self._take_up(self._with_room(last, lambda p: editing.duplicate(p, chosen, snap, span)), "Duplicate")

    def nudge(self, ticks: int) -> None:
        """Move the selected notes by ticks."""
        self._edit("Nudge", lambda pattern, chosen: editing.move(pattern, chosen, ticks))

    def nudge_steps(self, steps: int) -> None:
        """Move the selected notes by steps of the grid; of sixteenths when it is off."""
        grid = Grid() if self.snap.is_off else self.snap
        self._edit("Nudge", lambda pattern, chosen: editing.nudge(pattern, chosen, steps, grid))

    def move_rows(self, rows: int) -> None:
        """Move the selected notes to lanes further down."""
        kit = self.roll.scene.kit
        self._edit("Move to lane", lambda pattern, chosen: editing.move(pattern, chosen, 0, rows, kit))

    def shift_velocity(self, amount: int, gesture: Hashable | None = None) -> None:
        """Make the selected notes louder or softer."""
        self._edit("Velocity", lambda p, chosen: editing.shift_velocity(p, chosen, amount), gesture)

    def apply_tool(self, label: str, edit: Callable[[Pattern, Selection], Edited]) -> None:
        """Work on the selection, or on every note where there is none."""
        if self.selection:
            self._edit(label, edit)
            return
        self.cancel()
        pattern = self.document.pattern
        self._take_up(Edited(edit(pattern, editing.select_all(pattern)).pattern, NOTHING), label)

    def _edit(self, label: str, edit: Callable[[Pattern, Selection], Edited], gesture: Hashable | None = None) -> None:
        self.cancel()
        if self.selection:
            self._take_up(edit(self.document.pattern, self.selection), label, gesture)

    def _take_up(self, edited: Edited, label: str, gesture: Hashable | None = None) -> None:
        self.select(edited.selection)
        before = self.document.pattern
        self.document.edit(edited.pattern, label, gesture)
        if edited.pattern is not before and label.startswith("Velocity") and len(edited.selection) == 1:
            self.velocity = next(iter(edited.selection)).velocity

    def _with_room(self, tick: int, edit: Callable[[Pattern], Edited]) -> Edited:
        """An edit of the document that may reach past its end, which grows by whole bars where need be.

        A take is not made longer: its drummer will write there.
        """
        pattern = self.document.pattern
        if tick < pattern.length or self.document.in_take:
            return edit(pattern)
        bars = pattern.metre.bar_at(tick) + 1
        if pattern.length == 0:
            bars = max(bars, self.bars_of_empty())
        grown = replace(pattern, length=pattern.metre.bar_start(bars))
        edited = edit(grown)
        return Edited(pattern, edited.selection) if edited.pattern is grown else edited

    def _document_replaced(self) -> None:
        """Other notes, by undo or by a drummer who is done: forget those that are gone."""
        if self._gesture is not None:
            self.show_gesture()
        elif self.selection:
            self.select(editing.still_there(self.document.pattern, self.selection))
