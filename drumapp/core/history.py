"""Undo and redo as two stacks of changes that know how to take themselves back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from drumapp.core.changes import Change, NotePatch
from drumapp.core.project import Project

DEFAULT_LIMIT = 1000
KEPT_PLAIN = 8
"""So many of the latest changes are kept as they are, ready at once; older ones are packed when there is time."""
MOST_PLAIN = 64
"""With so many kept as they are, there has been no time for too long: one is packed with every step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the history: what it is called, the change that undoes it (done again: redoes it), its gesture, and
    whether it is packed.
    """

    label: str
    change: Change
    gesture: Hashable | None = None
    packed: bool = False


class History:
    """What was done and what was undone, oldest steps dropped beyond ``limit``.

    Steps recorded with the same gesture, one after another, are one undo: a drag of a hundred mouse moves.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        if limit < 1:
            raise ValueError(f"a history must hold at least one change, not {limit}")
        self._limit = limit
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def undo_label(self) -> str | None:
        """What :meth:`undo` would take back, or None."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        """What :meth:`redo` would do again, or None."""
        return self._undone[-1].label if self._undone else None

    @property
    def undo_gesture(self) -> Hashable | None:
        """The gesture of what :meth:`undo` would take back, or None."""
        return self._done[-1].gesture if self._done else None

    @property
    def undo_labels(self) -> tuple[str, ...]:
        """What could be taken back, the latest first."""
        return tuple(step.label for step in reversed(self._done))

    def record(self, label: str, project: Project, back: Change, gesture: Hashable | None = None) -> None:
        """Remember what led to ``project`` by the change that takes it ``back``; what was undone cannot be redone then.

        A gesture that ends where it began leaves nothing.
        """
        last = self._done[-1] if self._done else None
        if (
            gesture is not None
            and last is not None
            and last.gesture == gesture
            and isinstance(back, NotePatch)
            and isinstance(last.change, NotePatch)
        ):
            self._done.pop()
            back, label = back.then(last.change), last.label
            if not back.changes(project):
                self._undone.clear()
                return
        self._undone.clear()
        self._done.append(Step(label, back, gesture))
        del self._done[: -self._limit]
        if len(self._done) >= MOST_PLAIN and not self._done[-MOST_PLAIN].packed:
            self.pack_one()

    def join(self, earlier: Hashable, later: Hashable) -> None:
        """Make one undo of the last two steps, if these are their gestures; it is called as the earlier one is."""
        if len(self._done) < 2:
            return
        first, last = self._done[-2:]
        if (first.gesture, last.gesture) != (earlier, later):
            return
        if isinstance(first.change, NotePatch) and isinstance(last.change, NotePatch):
            self._done[-2:] = [Step(first.label, last.change.then(first.change), later)]

    def pack_one(self) -> bool:
        """Pack the oldest step that is to be packed and is not; whether there was one. It may take as long as an edit
        of all that the step changed.
        """
        oldest = len(self._done) - KEPT_PLAIN
        while oldest > 0 and not self._done[oldest - 1].packed:
            oldest -= 1
        if oldest >= len(self._done) - KEPT_PLAIN:
            return False
        step = self._done[oldest]
        self._done[oldest] = replace(step, change=step.change.packed(), packed=True)
        return True

    def undo(self, project: Project) -> Project | None:
        """The project without the last step, which can be redone then; None when there is no step."""
        if not self._done:
            return None
        step = self._done.pop()
        project, forward = step.change.apply(project)
        # Sealed: what is recorded after an undo must not melt into the step that was undone.
        self._undone.append(Step(step.label, forward))
        return project

    def redo(self, project: Project) -> Project | None:
        """The project with the last undone step done again; None when there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        project, back = step.change.apply(project)
        self._done.append(Step(step.label, back))
        return project

    def cut_since(self, gesture: Hashable, length: int) -> None:
        """Notes from ``length`` on are gone, which a gesture had written: forget them in every step made since.

        A gesture that was dropped at the limit is older than all steps that are left.
        """
        begun = next((place for place, step in enumerate(self._done) if step.gesture == gesture), -1)
        self._done[begun + 1 :] = [replace(s, change=s.change.cut(length)) for s in self._done[begun + 1 :]]
        self._undone = [replace(step, change=step.change.cut(length)) for step in self._undone]
