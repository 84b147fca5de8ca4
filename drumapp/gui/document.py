"""The pattern the window works on, its history, and the signals that say what changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from drumapp.core.history import History
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap, TempoMap


class Document(QObject):
    """One pattern at a time; every change of it can be undone.

    Signals: replaced when notes, length or metre are others; appended (notes) when notes were added at the end;
    timing_changed when tempo alone is another; history_changed when there is something else to undo or redo.
    Attributes: pattern; end, the tick where the music will stop, None while an endless take is being written.
    """

    replaced = Signal()
    appended = Signal(object)
    timing_changed = Signal()
    history_changed = Signal()

    def __init__(self, pattern: Pattern | None = None) -> None:
        super().__init__()
        self.pattern = Pattern() if pattern is None else pattern  # an empty pattern is false
        self.end: int | None = self.pattern.length
        self._history: History[Pattern] = History()
        self._takes = itertools.count(1)
        self._take: Hashable | None = None

    @property
    def undo_label(self) -> str | None:
        """What undo would take back."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str | None:
        """What redo would do again."""
        return self._history.redo_label

    @property
    def in_take(self) -> bool:
        """Whether a drummer is writing."""
        return self._take is not None

    # A take: all its notes are one undo

    def begin_take(self, empty: Pattern, end: int | None) -> None:
        """Put an empty pattern in place for a drummer to fill; ``end`` is its length in ticks, None when endless."""
        before = self.pattern
        self._take = ("take", next(self._takes))
        self.pattern, self.end = empty, end
        self._history.record("Generate", before, empty, self._take)
        self.replaced.emit()
        self.history_changed.emit()

    def append(self, notes: Sequence[Note], length: int) -> None:
        """Add notes at the end of the take, which is now ``length`` ticks long. Nothing happens outside a take."""
        if self._take is None:
            return
        self._write_on(lambda pattern: pattern.with_notes(notes, length=length))
        self.appended.emit(notes)

    def end_take(self, length: int | None = None) -> None:
        """The drummer is done, and the take ``length`` ticks long; or it was stopped, and its complete bars stay."""
        if self._take is None:
            return
        self._close_take(length)
        self.replaced.emit()
        self.history_changed.emit()

    def _close_take(self, length: int | None = None) -> None:
        if self._take is None:
            return
        self._write_on(complete_bars if length is None else lambda pattern: replace(pattern, length=length))
        self.end = self.pattern.length
        self._take = None

    def _write_on(self, change: Callable[[Pattern], Pattern]) -> None:
        """Change the take, under the edits made in it: what a drummer adds lies after all that could be edited."""
        self.pattern = self._history.amend(self._take, change, self.pattern)

    # Other changes

    def begin_anew(self, pattern: Pattern) -> None:
        """Take up another document: nothing of the one before can be brought back into it."""
        self._close_take()
        self._history = History()
        self.pattern, self.end = pattern, pattern.length
        self.replaced.emit()
        self.history_changed.emit()

    def replace(self, pattern: Pattern, label: str, gesture: Hashable | None = None) -> None:
        """Put another pattern in place; ``label`` says in the user's words what was done."""
        self._close_take()
        before = self.pattern
        self.pattern, self.end = pattern, pattern.length
        self._history.record(label, before, pattern, gesture)
        self.replaced.emit()
        self.history_changed.emit()

    def edit(self, pattern: Pattern, label: str, gesture: Hashable | None = None) -> bool:
        """Take up an edited pattern; whether it is another one. While a drummer writes, the take goes on under it.

        Edits with the same ``gesture``, one after another, are one undo.
        """
        before = self.pattern
        if pattern is before:
            return False
        if self._take is None:
            self.end = pattern.length
        self.pattern = pattern
        self._history.record(label, before, pattern, gesture)
        self.replaced.emit()
        self.history_changed.emit()
        return True

    def set_tempo(self, bpm: float, gesture: Hashable | None = None) -> None:
        """One tempo throughout, in quarter notes a minute. While a drummer writes, it belongs to the take."""
        before = self.pattern
        after = replace(before, tempo=TempoMap.constant(bpm))
        if after.tempo == before.tempo:
            return
        if self._take is None:
            self.pattern = after
            self._history.record("Tempo", before, after, gesture)
        else:
            self._write_on(lambda pattern: replace(pattern, tempo=TempoMap.constant(bpm)))
        self.timing_changed.emit()
        self.history_changed.emit()

    def set_metre(self, metre: Metre) -> None:
        """One metre throughout; an empty pattern stays empty, notes stay where they are."""
        metres = MetreMap.constant(metre)
        if metres == self.pattern.metre:
            return
        bars = metres.bar_at(max(self.pattern.length - 1, 0)) + 1 if self.pattern.length else 0
        self.replace(replace(self.pattern, metre=metres, length=metres.bar_start(bars)), "Metre")

    def undo(self) -> bool:
        """Go back by one change; False when there is none. Only to undo the take itself sends the drummer home."""
        if self._history.undo_gesture == self._take:
            self._close_take()  # so that Redo brings back whole bars, as fit to be repeated as any
        change = self._history.undo()
        return self._go_to(change.before if change else None)

    def redo(self) -> bool:
        """Go forward again by one change; False when there is none."""
        change = self._history.redo()
        return self._go_to(change.after if change else None)

    def _go_to(self, pattern: Pattern | None) -> bool:
        if pattern is None:
            return False
        self.pattern = pattern
        if self._take is None:
            self.end = pattern.length
        self.replaced.emit()
        self.history_changed.emit()
        return True


def complete_bars(pattern: Pattern) -> Pattern:
    """The bars written to their ends, for one begun would be a hole in the loop; the first stays in any case."""
    if pattern.length == 0:
        return pattern
    length = pattern.metre.bar_start(max(pattern.metre.bar_at(pattern.length), 1))
    return replace(pattern, notes=tuple(note for note in pattern.notes if note.start < length), length=length)
