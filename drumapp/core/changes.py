"""Changes of a project, each able to take itself back: what undo keeps instead of whole projects.

A change is applied to the project as it is now, not to the one it was made from: notes that a drummer has written since
stay, because a change names only the notes it takes out and puts in.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from drumapp.core.note_run import NoteRun, common_ends
from drumapp.core.packing import PackedNotes
from drumapp.core.pattern import Note
from drumapp.core.project import Project

Notes: TypeAlias = tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class TakeName:
    """Names a take among the fields of a project."""

    id: str


Name: TypeAlias = str | TakeName

PATTERN_FIELDS = ("length", "tempo", "metre", "name")
TAKE_FIELDS = (*PATTERN_FIELDS, "origin")
PROJECT_FIELDS = ("kit", "loop", "locks", "origin")

_FEW_FOR_BISECTION = 128


@dataclass(frozen=True, slots=True)
class NotePatch:
    """Takes some notes out, puts others in, and sets some fields.

    Attributes: removed and added, sorted, none in both; values of the fields that are to be set, by name; None for a
    take is that there is none.
    """

    removed: Notes | PackedNotes = ()
    added: Notes | PackedNotes = ()
    values: Mapping[Name, Any] = field(default_factory=dict)

    def apply(self, project: Project) -> tuple[Project, NotePatch]:
        """The changed project, and the change that takes this one back. Notes that are gone already are let go."""
        removed, added = unpacked(self.removed), unpacked(self.added)
        before = {name: _value(project, name) for name in self.values}
        changed = _with_values(project, self.values)
        if removed or added:
            notes = _patched(changed.pattern.notes, removed, added)
            changed = replace(changed, pattern=replace(changed.pattern, notes=notes))
        return changed, NotePatch(added, removed, before)

    def then(self, later: NotePatch) -> NotePatch:
        """One change that does what this and then the later one do."""
        first_added, then_removed = Counter(unpacked(self.added)), Counter(unpacked(later.removed))
        removed = Counter(unpacked(self.removed)) + (then_removed - first_added)
        added = Counter(unpacked(later.added)) + (first_added - then_removed)
        return NotePatch(
            tuple(sorted((removed - added).elements())),
            tuple(sorted((added - removed).elements())),
            {**self.values, **later.values},
        )

    def changes(self, project: Project) -> bool:
        """Whether the project would be another after it."""
        return bool(self.removed or self.added) or any(
            _value(project, name) != value for name, value in self.values.items()
        )

    def cut(self, length: int) -> NotePatch:
        """The change without notes that start at ``length`` or later."""
        removed, added = _before(self.removed, length), _before(self.added, length)
        return self if removed is self.removed and added is self.added else replace(self, removed=removed, added=added)

    def packed(self) -> NotePatch:
        """The same change in less memory."""
        removed, added = _packed(self.removed), _packed(self.added)
        return self if removed is self.removed and added is self.added else replace(self, removed=removed, added=added)


@dataclass(frozen=True, slots=True)
class TailChange:
    """Exchanges all notes from a tick on, whatever they are then, and sets some fields: what a drummer's take does."""

    tick: int
    notes: Notes | PackedNotes
    values: Mapping[Name, Any]

    @classmethod
    def back_to(cls, project: Project, tick: int) -> TailChange:
        """The change that leads back to a project whose notes from a tick on are about to be exchanged."""
        notes = project.pattern.notes
        return cls(tick, notes[notes.index_from(tick) :], {name: _value(project, name) for name in TAKE_FIELDS})

    def apply(self, project: Project) -> tuple[Project, TailChange]:
        """The changed project, and the change that takes this one back."""
        notes = project.pattern.notes
        kept = notes.index_from(self.tick)
        back = TailChange(self.tick, notes[kept:], {name: _value(project, name) for name in self.values})
        pattern = replace(project.pattern, notes=notes.spliced(kept, len(notes), unpacked(self.notes)))
        return _with_values(replace(project, pattern=pattern), self.values), back

    def cut(self, _length: int) -> TailChange:
        """Itself: what it holds stands for a whole take, which has a length of its own."""
        return self

    def packed(self) -> TailChange:
        """The same change in less memory."""
        notes = _packed(self.notes)
        return self if notes is self.notes else replace(self, notes=notes)


Change: TypeAlias = NotePatch | TailChange


def difference(before: Project, after: Project) -> NotePatch:
    """What leads from one project to another, but for the drummer's settings, which are not undone."""
    removed, added = note_difference(before.pattern.notes, after.pattern.notes)
    names: list[Name] = [*PATTERN_FIELDS, *PROJECT_FIELDS]
    if before.takes is not after.takes:
        # Each take by itself: those that are added meanwhile stay when another one's name is undone.
        names += [TakeName(take.id) for take in (*before.takes, *after.takes)]
    values = {
        name: _value(after, name)
        for name in names
        if _value(before, name) is not _value(after, name) and _value(before, name) != _value(after, name)
    }
    return NotePatch(removed, added, values)


def note_difference(before: NoteRun, after: NoteRun) -> tuple[Notes, Notes]:
    """The notes that are only in the run before, and those only in the one after."""
    if before is after:
        return (), ()
    first, last = common_ends(before, after)
    old, new = before[first : len(before) - last], after[first : len(after) - last]
    old_set, new_set = frozenset(old), frozenset(new)
    if len(old_set) < len(old) or len(new_set) < len(new):  # notes that come twice
        old_counts, new_counts = Counter(old), Counter(new)
        removed, added = old_counts - new_counts, new_counts - old_counts
        return tuple(sorted(removed.elements())), tuple(sorted(added.elements()))
    return tuple(n for n in old if n not in new_set), tuple(n for n in new if n not in old_set)


def _patched(notes: NoteRun, removed: Notes, added: Notes) -> NoteRun:
    """The run without the removed notes, each taken out once, and with the added ones."""
    first = notes.index_of(min(run[0] for run in (removed, added) if run))
    last = bisect_right(notes, max(run[-1] for run in (removed, added) if run))
    window = list(notes[first:last])
    if len(removed) <= _FEW_FOR_BISECTION:
        for note in removed:
            place = bisect_left(window, note)
            if place < len(window) and window[place] == note:
                del window[place]
    else:
        going = Counter(removed)
        kept = []
        for note in window:
            if going.get(note, 0):
                going[note] -= 1
            else:
                kept.append(note)
        window = kept
    if added:
        window = sorted([*window, *added])
    return notes.spliced(first, last, window)


def _value(project: Project, name: Name) -> Any:
    if isinstance(name, TakeName):
        return project.take(name.id)
    return getattr(project.pattern if name in PATTERN_FIELDS else project, name)


def _with_values(project: Project, values: Mapping[Name, Any]) -> Project:
    of_pattern: dict[str, Any] = {}
    of_project: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(name, TakeName):
            project = project.without_take(name.id) if value is None else project.with_take(value)
        else:
            (of_pattern if name in PATTERN_FIELDS else of_project)[name] = value
    if of_pattern:
        of_project["pattern"] = replace(project.pattern, **of_pattern)
    return replace(project, **of_project) if of_project else project


def unpacked(notes: Notes | PackedNotes) -> Notes:
    """The notes of a change."""
    return notes.unpack() if isinstance(notes, PackedNotes) else notes


def _packed(notes: Notes | PackedNotes) -> Notes | PackedNotes:
    return PackedNotes(notes) if isinstance(notes, tuple) and notes else notes


def _before(notes: Notes | PackedNotes, length: int) -> Notes | PackedNotes:
    plain = unpacked(notes)
    stop = bisect_left(plain, Note(length, -1, 0, 0))
    return notes if stop == len(plain) else plain[:stop]
