"""Undo and redo over before and after values. Knows nothing of what the values are; they must be immutable."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Value = TypeVar("Value")

DEFAULT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Change(Generic[Value]):
    """One step of the history: ``label`` says in the user's words what took ``before`` to ``after``."""

    label: str
    before: Value
    after: Value
    gesture: Hashable | None = None


class History(Generic[Value]):
    """What was done and what was undone, oldest changes dropped beyond ``limit``.

    Changes recorded with the same gesture, one after another, are one undo: a drag of a hundred mouse moves, or a
    drummer's take of a thousand notes.
    """

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        if limit < 1:
            raise ValueError(f"a history must hold at least one change, not {limit}")
        self._limit = limit
        self._done: list[Change[Value]] = []
        self._undone: list[Change[Value]] = []

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

    def record(self, label: str, before: Value, after: Value, gesture: Hashable | None = None) -> None:
        """Remember a change; what had been undone can no longer be redone.

        Nothing is remembered where ``after`` is the very ``before``.
        """
        last = self._done[-1] if self._done else None
        if last is not None and gesture is not None and last.gesture == gesture:
            self._done[-1] = replace(last, after=after)
            self._undone.clear()
            if self._done[-1].before is after:
                self._done.pop()
            return
        if before is after:
            return
        self._undone.clear()
        self._done.append(Change(label, before, after, gesture))
        del self._done[: -self._limit]

    def amend(self, gesture: Hashable, transform: Callable[[Value], Value], current: Value) -> Value:
        """Go on with a gesture under the changes that were made since it began; returns ``current`` transformed.

        What the gesture led to and every value after it, undone ones too, are transformed, so that each change still
        leads from one value to the next. ``transform`` must commute with those changes.
        """
        made: dict[int, Value] = {}

        def transformed(value: Value) -> Value:
            if id(value) not in made:
                made[id(value)] = transform(value)
            return made[id(value)]

        # A gesture that is no longer there was dropped at the limit: all changes that are left were made since.
        begun = next((place for place, change in enumerate(self._done) if change.gesture == gesture), None)
        # The values that were transformed must live until the end: an id may be given again to a new value.
        done, undone = self._done, self._undone
        after_it = 0 if begun is None else begun + 1
        changed = [replace(c, before=transformed(c.before), after=transformed(c.after)) for c in done[after_it:]]
        if begun is not None:
            changed.insert(0, replace(done[begun], after=transformed(done[begun].after)))
        self._undone = [replace(c, before=transformed(c.before), after=transformed(c.after)) for c in undone]
        self._done = done[: after_it if begun is None else begun] + changed
        return transformed(current)

    def undo(self) -> Change[Value] | None:
        """Take the last change back; its ``before`` is the value to go to. None when there is none."""
        if not self._done:
            return None
        # Sealed: what is recorded after an undo must not melt into the change that was undone.
        change = replace(self._done.pop(), gesture=None)
        self._undone.append(change)
        return change

    def redo(self) -> Change[Value] | None:
        """Do the last undone change again; its ``after`` is the value to go to. None when there is none."""
        if not self._undone:
            return None
        change = self._undone.pop()
        self._done.append(change)
        return change
