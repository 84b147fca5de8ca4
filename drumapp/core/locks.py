"""Locked notes, which the drummer leaves as they are. They are kept as values, so edits have to carry them along."""

from __future__ import annotations

from collections.abc import Sequence

from drumapp.core.pattern import Note

Locks = frozenset[Note]


def carried(locks: Locks, removed: Sequence[Note], added: Sequence[Note]) -> Locks:
    """The locks after an edit that took some notes out and put others in, both sorted.

    Where as many came as went, they are the same notes moved or struck otherwise, in the same order, and keep their
    locks. Else the locks of what went are gone.
    """
    if locks.isdisjoint(removed):
        return locks
    kept = locks.difference(removed)
    if len(removed) != len(added):
        return kept
    return kept | {new for old, new in zip(removed, added, strict=True) if old in locks}
