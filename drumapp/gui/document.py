"""The project the window works on, its history, and the signals that say what changed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from drumapp.core.changes import Change, TailChange, difference, note_difference, unpacked
from drumapp.core.history import History
from drumapp.core.kit import DrumKit
from drumapp.core.locks import Locks, carried
from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project, Take
from drumapp.core.timing import Metre, MetreMap, Range, TempoMap

IDLE_MS = 400  # after the last change, before old ones are packed


class Document(QObject):
    """One project at a time; every change of its pattern, kit, loop and locks can be undone.

    Signals:
        replaced: notes, length or metre are others; appended (notes): notes were added at the end;
        timing_changed: tempo alone is another; kit_changed; loop_changed; locks_changed;
        history_changed: there is something else to undo or redo;
        touched (notes that went, notes that came): before ``replaced``, the user changed notes of a take under way;
        take_closed (its id, the pattern it came to): a take has ended; takes_changed;
        begun_anew: this is another document.
    Attributes: project; end, the tick where the music will stop, None while an endless take is being written.
    """

    replaced = Signal()
    appended = Signal(object)
    touched = Signal(object, object)
    take_closed = Signal(str, object)
    takes_changed = Signal()
    begun_anew = Signal()
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
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._pack)
        self._takes = itertools.count(1)
        self._take: Hashable | None = None
        self._begun_at = 0  # the tick at which the drummer began to write

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

    @property
    def take_start(self) -> int:
        """The tick at which the drummer of the take under way began to write."""
        return self._begun_at

    def kept(self, note: Note) -> bool:
        """Whether the drummer leaves a note as it is."""
        return note in self.project.locks or note.pitch in self.kit.locked_keys

    # A take: all its notes are one undo

    def begin_take(self, standing: Pattern, end: int | None, *, start: int = 0, label: str = "Generate") -> None:
        """Put a pattern in place for a drummer to write on from where it ends.

        Args: standing, whose length is where the drummer begins; what of it lies beyond is met when it comes there.
        end, the length in ticks it will have, None when endless. start, the first tick at which notes are others now.
        """
        self._close_take()
        take = ("take", next(self._takes))
        back = TailChange.back_to(self.project, start)
        self.project = replace(self.project, pattern=standing, origin=self.next_take_id())
        self.end, self._take, self._begun_at = end, take, standing.length
        self._record(label, back, take)
        self.replaced.emit()
        self.takes_changed.emit()
        self.history_changed.emit()

    def rewrite(self, standing: Pattern, end: int | None) -> None:
        """Let the drummer write otherwise from where ``standing`` ends, in the same take, if one is under way."""
        if self._take is None:
            return
        self._put(standing)
        self.end = end
        self.replaced.emit()

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
            self._put(complete_bars(self.pattern, self.kept, self._begun_at))
            self._history.cut_since(self._take, self.pattern.length)
        else:
            self._put(replace(self.pattern, length=length))
        self.end = self.pattern.length
        self._take = None
        self.take_closed.emit(self.project.origin, self.pattern)

    # Takes that have ended; they are kept whatever is undone

    def next_take_id(self) -> str:
        """An id no take of the project has."""
        ids = [take.id for take in self.project.takes] + [self.project.origin] * self.in_take
        return str(1 + max((int(name) for name in ids if name.isdecimal()), default=0))

    def add_take(self, take: Take) -> None:
        """Keep a take."""
        self.project = self.project.with_take(take)
        self.takes_changed.emit()

    def change_take(self, take: Take, label: str) -> bool:
        """Call a take otherwise, or star it; whether that is other than before."""
        return self._change(self.project.with_take(take), label, None)

    def remove_take(self, take_id: str, label: str) -> bool:
        """Keep a take no longer; whether there was one."""
        return self._change(self.project.without_take(take_id), label, None)

    # Other changes

    def begin_anew(self, project: Project) -> None:
        """Take up another project: nothing of the one before can be brought back into it."""
        self._close_take()
        self._history = History()
        self.project, self.end = project, project.pattern.length
        self.begun_anew.emit()
        self.takes_changed.emit()
        for signal in (self.kit_changed, self.replaced, self.loop_changed, self.locks_changed, self.history_changed):
            signal.emit()

    def replace(self, pattern: Pattern, label: str, gesture: Hashable | None = None, *, origin: str = "") -> None:
        """Put another pattern in place; ``label`` says in the user's words what was done.

        Args: origin, id of the take it comes from, empty where it is nobody's.
        """
        self._close_take()
        self._change(replace(self.project, pattern=pattern, origin=origin), label, gesture)

    def edit(self, pattern: Pattern, label: str, gesture: Hashable | None = None, *, origin: str | None = None) -> bool:
        """Take up an edited pattern; whether it is another one. While a drummer writes, the take goes on under it.

        Edits with the same ``gesture``, one after another, are one undo. Args: origin, id of the take it comes from, if
        that is another now.
        """
        origin = self.project.origin if origin is None else origin
        return self._change(replace(self.project, pattern=pattern, origin=origin), label, gesture)

    def set_kit(self, kit: DrumKit, label: str, gesture: Hashable | None = None) -> bool:
        """Take up another kit, or the same mixed otherwise; whether it is another one."""
        return self._change(replace(self.project, kit=kit), label, gesture)

    def set_loop(self, loop: Range | None, label: str, gesture: Hashable | None = None) -> bool:
        """Repeat some ticks, None for the whole pattern; whether that is other than before."""
        return self._change(replace(self.project, loop=loop), label, gesture)

    def set_locks(self, locks: Locks, label: str) -> bool:
        """Lock these notes against the drummer, and no others; whether that is other than before."""
        return self._change(replace(self.project, locks=frozenset(self.pattern.notes.among(locks))), label, None)

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
        pattern = replace(self.pattern, metre=metres, length=metres.bar_start(bars))
        self.replace(pattern, "Metre", origin=self.project.origin)

    def undo(self) -> bool:
        """Go back by one change; False when there is none. Only to undo the take itself sends the drummer home."""
        if self._take is not None and self._history.undo_gesture == self._take:
            self._close_take()
        return self._go_to(self._history.undo(self.project))

    def take_back(self, gesture: Hashable) -> bool:
        """Undo a gesture, if it is the last there was; whether it is."""
        return self._history.undo_gesture == gesture and self.undo()

    def join(self, earlier: Hashable, later: Hashable) -> None:
        """Make one undo of two gestures, if they are the last there were."""
        self._history.join(earlier, later)

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
            project = replace(project, locks=frozenset(project.pattern.notes.among(locks)))
            back = difference(project, self.project)
        before, self.project = self.project, project
        self._record(label, back, gesture)
        self._tell(before)
        return True

    def _go_to(self, project: Project | None) -> bool:
        if project is None:
            return False
        before, self.project = self.project, project
        self._tell(before)
        return True

    def _record(self, label: str, back: Change, gesture: Hashable | None) -> None:
        self._history.record(label, self.project, back, gesture)
        self._idle.start(IDLE_MS)

    def _pack(self) -> None:
        """A step at a time: in between the window comes first."""
        if self._history.pack_one():
            self._idle.start(0)

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
        if self._take is not None and old.notes is not new.notes:
            self.touched.emit(*note_difference(old.notes, new.notes))
        if old.notes is not new.notes or (old.length, old.metre, old.name) != (new.length, new.metre, new.name):
            self.replaced.emit()
        elif old.tempo != new.tempo:
            self.timing_changed.emit()
        if before.loop != self.project.loop:
            self.loop_changed.emit()
        if before.takes is not self.project.takes or before.origin != self.project.origin:
            self.takes_changed.emit()
        if before.locks != self.project.locks:
            self.locks_changed.emit()
        self.history_changed.emit()


def complete_bars(pattern: Pattern, kept: Callable[[Note], bool] = lambda _note: False, at_least: int = 0) -> Pattern:
    """The bars written to their ends, for one begun would be a hole in the loop; the first stays in any case.

    Args: kept, which notes beyond them stay, and so the bars that hold them; at_least, the tick before which all stays,
    as it was there before the drummer began.
    """
    if pattern.length == 0 and not pattern.notes:
        return pattern
    metre = pattern.metre
    length = metre.bar_start(max(metre.bar_at(pattern.length), 1))
    if at_least > length:
        length = metre.bar_start(metre.bar_at(at_least - 1) + 1)
    first = pattern.index_from(length)
    staying = [note for note in pattern.notes[first:] if kept(note)]
    if staying:
        length = metre.bar_start(metre.bar_at(staying[-1].start) + 1)
    return replace(pattern, notes=pattern.notes.spliced(first, len(pattern.notes), staying), length=length)
