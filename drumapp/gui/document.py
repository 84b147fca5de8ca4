"""The project the window works on, its history, and the signals that say what changed."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from drumapp.core.changes import TailChange, difference, unpacked
from drumapp.core.history import History
from drumapp.core.kit import DrumKit
from drumapp.core.locks import Locks, carried
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project
from drumapp.core.timing import Metre, MetreMap, Range, TempoMap


class Document(QObject):
    """One project at a time; every change of its pattern, kit, loop and locks can be undone.

    Signals: replaced when notes, length or metre are others; appended (notes) when notes were added at the end;
    timing_changed when tempo alone is another; kit_changed; loop_changed; locks_changed; history_changed when there is
    something else to undo or redo.
    Attributes: project; end, the tick where the music will stop, None while an endless take is being written.
    """

    replaced = Signal()
    appended = Signal(object)
    timing_changed = Signal()
    kit_changed = Signal()
    loop_changed = Signal()
    locks_changed = Signal()
    history_changed = Signal()

    def __init__(self, pattern: Pattern | None = None) -> None:
        super().__init__()
        self.project = Project() if pattern is None else Project(pattern)  # an empty pattern is false
        self.end: int | None = self.pattern.length
        self._history = History()
        self._takes = itertools.count(1)
        self._take: Hashable | None = None

    @property
    def pattern(self) -> Pattern:
        """The project's pattern."""
        return self.project.pattern

    @property
    def kit(self) -> DrumKit:
        """The project's kit."""
        return self.project.kit

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
        self._close_take()
        take = ("take", next(self._takes))
        back = TailChange.back_to(self.project, 0)
        self.project = replace(self.project, pattern=empty)
        self.end, self._take = end, take
        self._history.record("Generate", self.project, back, take)
        self.replaced.emit()
        self.history_changed.emit()

    def append(self, notes: Sequence[Note], length: int) -> None:
        """Add notes at the end of the take, which is now ``length`` ticks long. Nothing happens outside a take."""
        if self._take is None:
            return
        self._put(self.pattern.with_notes(notes, length=length))
        self.appended.emit(notes)

    def end_take(self, length: int | None = None) -> None:
        """The drummer is done, and the take ``length`` ticks long; or it was stopped, and its complete bars stay."""
        if self._take is None:
            return
        self._close_take(length)
        self.replaced.emit()
        self.history_changed.emit()

    def _close_take(self, length: int | None = None) -> None:
        """What was begun becomes whole bars, as fit to be repeated as any."""
        if self._take is None:
            return
        if length is None:
            self._put(complete_bars(self.pattern))
            self._history.cut_since(self._take, self.pattern.length)
        else:
            self._put(replace(self.pattern, length=length))
        self.end = self.pattern.length
        self._take = None

    # Other changes

    def begin_anew(self, project: Project) -> None:
        """Take up another project: nothing of the one before can be brought back into it."""
        self._close_take()
        self._history = History()
        self.project, self.end = project, project.pattern.length
        for signal in (self.kit_changed, self.replaced, self.loop_changed, self.locks_changed, self.history_changed):
            signal.emit()

    def replace(self, pattern: Pattern, label: str, gesture: Hashable | None = None) -> None:
        """Put another pattern in place; ``label`` says in the user's words what was done."""
        self._close_take()
        self._change(replace(self.project, pattern=pattern), label, gesture)

    def edit(self, pattern: Pattern, label: str, gesture: Hashable | None = None) -> bool:
        """Take up an edited pattern; whether it is another one. While a drummer writes, the take goes on under it.

        Edits with the same ``gesture``, one after another, are one undo.
        """
        return self._change(replace(self.project, pattern=pattern), label, gesture)

    def set_kit(self, kit: DrumKit, label: str, gesture: Hashable | None = None) -> bool:
        """Take up another kit, or the same mixed otherwise; whether it is another one."""
        return self._change(replace(self.project, kit=kit), label, gesture)

    def set_loop(self, loop: Range | None, label: str, gesture: Hashable | None = None) -> bool:
        """Repeat some ticks, None for the whole pattern; whether that is other than before."""
        return self._change(replace(self.project, loop=loop), label, gesture)

    def set_locks(self, locks: Locks, label: str) -> bool:
        """Lock these notes against the drummer, and no others; whether that is other than before."""
        return self._change(replace(self.project, locks=locks & frozenset(self.pattern.notes)), label, None)

    def set_tempo(self, bpm: float, gesture: Hashable | None = None) -> None:
        """One tempo throughout, in quarter notes a minute. While a drummer writes, it belongs to the take."""
        tempo = TempoMap.constant(bpm)
        if tempo == self.pattern.tempo:
            return
        pattern = replace(self.pattern, tempo=tempo)
        if self._take is None:
            self._change(replace(self.project, pattern=pattern), "Tempo", gesture)
        else:
            self._put(pattern)
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
        if self._take is not None and self._history.undo_gesture == self._take:
            self._close_take()
        return self._go_to(self._history.undo(self.project))

    def redo(self) -> bool:
        """Go forward again by one change; False when there is none."""
        return self._go_to(self._history.redo(self.project))

    def _change(self, project: Project, label: str, gesture: Hashable | None) -> bool:
        back = difference(project, self.project)
        if not back.changes(project):
            return False
        if project.locks and (back.removed or back.added):
            # What goes back is what was taken out, and the other way round.
            locks = carried(project.locks, unpacked(back.added), unpacked(back.removed))
            project = replace(project, locks=locks & frozenset(project.pattern.notes))
            back = difference(project, self.project)
        before, self.project = self.project, project
        self._history.record(label, project, back, gesture)
        self._tell(before)
        return True

    def _go_to(self, project: Project | None) -> bool:
        if project is None:
            return False
        before, self.project = self.project, project
        self._tell(before)
        return True

    def _put(self, pattern: Pattern) -> None:
        """Another pattern, of which the history need not know."""
        self.project = replace(self.project, pattern=pattern)

    def _tell(self, before: Project) -> None:
        """Say what is other than before."""
        old, new = before.pattern, self.pattern
        if self._take is None:
            self.end = new.length
        if before.kit != self.kit:
            self.kit_changed.emit()
        if old.notes is not new.notes or (old.length, old.metre, old.name) != (new.length, new.metre, new.name):
            self.replaced.emit()
        elif old.tempo != new.tempo:
            self.timing_changed.emit()
        if before.loop != self.project.loop:
            self.loop_changed.emit()
        if before.locks != self.project.locks:
            self.locks_changed.emit()
        self.history_changed.emit()


def complete_bars(pattern: Pattern) -> Pattern:
    """The bars written to their ends, for one begun would be a hole in the loop; the first stays in any case."""
    if pattern.length == 0:
        return pattern
    length = pattern.metre.bar_start(max(pattern.metre.bar_at(pattern.length), 1))
    return replace(pattern, notes=tuple(note for note in pattern.notes if note.start < length), length=length)
