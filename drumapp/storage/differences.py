"""The difference between two projects as a small JSON value, and its application."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drumapp.core.note_run import NoteRun, common_ends
from drumapp.core.pattern import Note
from drumapp.core.project import Project, Take
from drumapp.storage.fields import FieldError, Stored, listed, mapping, text, whole
from drumapp.storage.records import (
    MAX_NOTES,
    kit_fields,
    kit_of,
    locks_of,
    loop_fields,
    loop_of,
    notes_of,
    pattern_fields,
    pattern_of,
    take_fields,
    take_of,
)

Notes = tuple[Note, ...]
Splice = tuple[int, int, Notes]
"""From an index on, so many notes go and these come in their place. Indexes count in the old notes."""


def difference(old: Project, new: Project) -> dict[str, Any]:
    """What takes ``old`` to ``new``; empty when they are equal. Unknown fields of file and records must be the same."""
    changes: dict[str, Any] = {}
    before = pattern_fields(old.pattern, old.unknown.pattern)
    after = pattern_fields(new.pattern, new.unknown.pattern)
    if before != after:
        changes["pattern"] = after
    if old.pattern.notes is not new.pattern.notes:
        found = splices(old.pattern.notes, new.pattern.notes)
        if found:
            changes["splices"] = found
    if old.kit != new.kit or old.unknown != new.unknown:
        changes["kit"] = kit_fields(new)
    if old.loop != new.loop:
        changes["loop"] = loop_fields(new.loop)
    if old.locks != new.locks:
        changes["locks"] = sorted(new.locks)
    if old.origin != new.origin:
        changes["origin"] = new.origin
    if old.drummer != new.drummer:
        changes["drummer"] = new.drummer
    if old.takes != new.takes:
        held = {take.id: take for take in old.takes}
        changes["order"] = [take.id for take in new.takes]
        changes["takes"] = [take_fields(take) for take in new.takes if held.get(take.id) != take]
    return changes


def apply_difference(old: Project, changes: Stored) -> Project:
    """The project that ``changes`` lead to from ``old``. Raises FieldError for changes that do not fit it."""
    pattern, kit, unknown = old.pattern, old.kit, old.unknown
    notes = pattern.notes
    if "splices" in changes:
        notes = _spliced(notes, listed("splices", changes["splices"]))
    if "pattern" in changes:
        pattern, rest = pattern_of(mapping("pattern", changes["pattern"]))
        unknown = replace(unknown, pattern=rest)
    if "kit" in changes:
        kit, rest, lanes = kit_of(mapping("kit", changes["kit"]))
        unknown = replace(unknown, kit=rest, lanes=lanes)
    drummer = mapping("drummer", changes["drummer"]) if "drummer" in changes else old.drummer
    loop = loop_of(changes["loop"]) if "loop" in changes else old.loop
    locks = locks_of(changes["locks"]) if "locks" in changes else old.locks
    origin = text("origin", changes["origin"]) if "origin" in changes else old.origin
    takes = old.takes if "order" not in changes else _ordered(old, changes)
    return Project(replace(pattern, notes=notes), kit, drummer, takes, unknown, loop, locks, origin)


def splices(before: NoteRun, after: NoteRun) -> list[Splice]:
    """The runs of notes that differ. Quick where long runs at either end are the same, as after an edit."""
    first, last = common_ends(before, after)
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    i = j = 0
    old_stop, new_stop = len(old), len(new)
    found: list[Splice] = []
    while i < old_stop or j < new_stop:
        at, fresh = i, j
        # Both are sorted, so the smaller of two that differ has no partner on the other side.
        while i < old_stop or j < new_stop:
            if j == new_stop or (i < old_stop and old[i] < new[j]):
                i += 1
            elif i == old_stop or old[i] != new[j]:
                j += 1
            else:
                break
        if i > at or j > fresh:
            found.append((first + at, i - at, new[fresh:j]))
        while i < old_stop and j < new_stop and old[i] == new[j]:
            i, j = i + 1, j + 1
    return found


def _spliced(notes: NoteRun, stored: list[Any]) -> NoteRun:
    kept: list[Note] = []
    done = 0
    for entry in stored:
        if not isinstance(entry, list) or len(entry) != 3:
            raise FieldError("a splice must be a list of index, count and notes")
        at = whole("index", entry[0], done, len(notes))
        count = whole("count", entry[1], 0, len(notes) - at)
        kept += notes[done:at]
        kept += notes_of(listed("notes", entry[2]))
        done = at + count
    kept += notes[done:]
    if len(kept) > MAX_NOTES:
        raise FieldError(f"notes must be at most {MAX_NOTES:,}, not {len(kept):,}")
    return NoteRun(sorted(kept))


def _ordered(old: Project, changes: Stored) -> tuple[Take, ...]:
    held = {take.id: take for take in old.takes}
    for entry in listed("takes", changes.get("takes")):
        take = take_of(mapping("take", entry))
        held[take.id] = take
    order = [text("take id", entry) for entry in listed("order", changes["order"])]
    missing = [take_id for take_id in order if take_id not in held]
    if missing or len(set(order)) != len(order):
        raise FieldError("order must name each take once")
    return tuple(held[take_id] for take_id in order)
