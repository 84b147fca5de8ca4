"""Memories kept along the way of a take, so that after an edit only what follows the edit is looked at again."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumapp.core.note_run import NoteRun, common_ends
from drumapp.lstm.encoding import IntTable
from drumapp.lstm.grid import Grid
from drumapp.lstm.stepper import Memory
from drumapp.lstm.take_settings import Change
from drumapp.lstm.vocabulary import GridNote

EVERY = 16
"""Events between two snapshots: what is heard again at most, a millisecond's work."""
_DENSE_EVENTS = 256
"""So far back from the last one lies a snapshot every ``EVERY`` events; then, at each doubling, half as many."""


_ROWS_AT_ONCE = 4096


class Known(NamedTuple):
    """What a trail knows of some notes. Attributes: events, how many it knows the first of; notes, the index of the
    first note that belongs to none of them.
    """

    events: int
    notes: int


class Snapshot(NamedTuple):
    """The memory before an event is said and before the changes that come there: the event's number, the memory, and
    the changes it has been through.
    """

    event: int
    memory: Memory
    changes: tuple[Change, ...]


class MemoryTrail:
    """What one take's memory has heard, with snapshots of it. One trail serves all resumes of a take in turn: it
    belongs to who last began to follow it, and heeds nobody else.

    It holds what depends on the past alone: a memory taken up from it is the very memory that hearing everything again
    would come to; but for microtimings that notes do not show, which stay as they were once imagined though something
    be turned before them later. Of each event it keeps nine bytes, and it shares the notes that were listened to with
    whoever has them.

    The further back, the fewer snapshots: what follows an edit is heard again anyway, and an eighth as much before it
    besides is little. 80 of them are enough for an hour, 4.5 kB each for the house drummer.

    Args: every, events between two snapshots; most, when there are more snapshots, every other one is forgotten: for
    them to lie evenly instead.
    """

    def __init__(self, every: int = EVERY, most: int | None = None) -> None:
        self._every = self._gap = every
        self._most = most
        self._key: Hashable = None
        self._follower: object = None
        self._seen = array("q")  # each event as :func:`_as_numbers` has it
        self._microtimings = array("b")
        # Notes whose events come first in it, so many once all have been heard; and those that a follower asks of.
        self._notes: NoteRun | None = None
        self._events_of_notes = 0
        self._asked: NoteRun | None = None
        self._snapshots: list[Snapshot] = []

    def __len__(self) -> int:
        return len(self._seen)

    @property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """What is kept, in order of event."""
        return tuple(self._snapshots)

    def known_of(self, follower: object, key: Hashable, notes: NoteRun, grid: Grid) -> Known:
        """What is known of notes, all of them, that a take is about to go on from: :meth:`follow` with the events of
        the rest comes next. Costs as much as there is new.

        Args: who follows; key, all that a memory depends on beside events and changes; the network's grid.
        """
        self._take_over(follower, key)
        before, self._notes, self._asked = self._notes, None, notes
        known = min(self._events_of_notes, len(self))
        if before is None or not notes or not known:
            return Known(0, 0)
        # Events before the grid position of the first note that differs are alike. The last one heard may be one of
        # several that belong together.
        alike = common_ends(before, notes)[0]
        starts = [run[alike].start for run in (before, notes) if alike < len(run)] or [notes[-1].start]
        position = min(grid.position(min(starts)), self._seen[known - 1] >> _POSITION_SHIFT)
        events = bisect_left(self._seen, position << _POSITION_SHIFT, 0, known)
        return Known(events, notes.index_from(grid.first_tick(position)))

    def follow(self, follower: object, key: Hashable, seen: IntTable, known: int = 0) -> NDArray[np.int8]:
        """Keep what holds for a take that goes on from these events, as their notes show them, and forget the rest.

        Args: who follows; key, as for :meth:`known_of`; seen, int64 (events, 4); known, how many events come before
        these, as it said.
        Returns the microtiming classes that were heard of the events kept, which are the first of ``seen``.
        """
        if not self.is_of(follower) or key != self._key:
            self._take_over(follower, key)
            self._asked, known = None, 0
        self._notes, self._asked = self._asked, None
        self._cut(known + _alike(np.array(self._seen[known:]), _as_numbers(seen)))
        self._events_of_notes = known + len(seen)
        return np.array(self._microtimings[known:])

    def is_of(self, follower: object) -> bool:
        """Whether nobody has begun to follow it since."""
        return follower is self._follower

    def rows(self, start: int, stop: int) -> IntTable:
        """Events of those kept, int64 (events, 4), as they were heard."""
        numbers = np.array(self._seen[start:stop])
        rows = np.stack([numbers >> shift & mask for shift, mask in _FIELDS], axis=1)
        rows[:, 3] = self._microtimings[start:stop]
        return rows

    def rows_in_stretches(self, stop: int) -> Iterator[IntTable]:
        """:meth:`rows` of the first events up to ``stop``, some thousands at a time."""
        for start in range(0, stop, _ROWS_AT_ONCE):
            yield self.rows(start, min(start + _ROWS_AT_ONCE, stop))

    def events_before(self, position: int, pitch: int, among: int) -> int:
        """How many of the first ``among`` events kept, which lie in order, come before a position and pitch class."""
        return bisect_left(self._seen, _as_number(position, pitch, 0, 0), 0, among)

    def latest(self, event: int, changes: Sequence[tuple[int, Change]]) -> Snapshot | None:
        """The latest snapshot at or before an event that has been through the changes that come before it, each given
        with the number of the event before which it comes. Those that have been through others are forgotten.
        """
        self._snapshots = [
            snapshot
            for snapshot in self._snapshots
            if snapshot.changes == tuple(change for at, change in changes if at < snapshot.event)
        ]
        return next((snapshot for snapshot in reversed(self._snapshots) if snapshot.event <= event), None)

    def append(self, follower: object, seen: GridNote, microtiming: int) -> None:
        """An event was heard: as its note shows it, and the microtiming class that was heard."""
        if self.is_of(follower):
            self._seen.append(_as_number(*seen))
            self._microtimings.append(microtiming)

    def extend(self, follower: object, seen: IntTable, microtimings: NDArray[np.int64]) -> None:
        """Many events were heard: :meth:`append` for each, int64 (events, 4) and (events,)."""
        if self.is_of(follower):
            self._seen.frombytes(_as_numbers(seen).tobytes())
            self._microtimings.frombytes(microtimings.astype(np.int8).tobytes())

    def wants(self, follower: object, event: int) -> bool:
        """Whether a snapshot before this event is wanted."""
        if not self.is_of(follower):
            return False
        return event % self._gap == 0 and (not self._snapshots or self._snapshots[-1].event < event)

    def keep(self, event: int, memory: Memory, changes: Sequence[Change]) -> None:
        """Keep a memory; a copy is taken."""
        self._snapshots.append(Snapshot(event, memory.copy(), tuple(changes)))
        if self._most is None:
            self._snapshots = [kept for kept in self._snapshots if kept.event % self._gap_at(event - kept.event) == 0]
        elif len(self._snapshots) > self._most:
            self._gap *= 2
            self._snapshots = [kept for kept in self._snapshots if kept.event % self._gap == 0]

    def _take_over(self, follower: object, key: Hashable) -> None:
        self._follower = follower
        if key != self._key:
            self._key = key
            self._gap = self._every
            self._cut(0)
            self._snapshots = []
            self._notes = None

    def _gap_at(self, age: int) -> int:
        """Events between two snapshots that lie so many events back: at most an eighth of these."""
        return self._every << (age // _DENSE_EVENTS).bit_length()

    def _cut(self, events: int) -> None:
        """Forget all that has heard more than so many events."""
        del self._seen[events:], self._microtimings[events:]
        # Before event n is said the memory has heard n - 1 events: the last is told with the question for the next.
        self._snapshots = [snapshot for snapshot in self._snapshots if snapshot.event <= events + 1]


_POSITION_SHIFT = 24
_FIELDS = ((_POSITION_SHIFT, -1), (16, 255), (8, 255), (0, 255))


def _as_number(position: Any, pitch: Any, velocity: Any, microtiming: Any) -> Any:
    """An event, or columns of many, in 64 bits: 40 for the position, 8 for each other field."""
    return ((position << 8 | pitch) << 8 | velocity) << 8 | microtiming


def _as_numbers(rows: IntTable) -> NDArray[np.int64]:
    """Events, int64 (events, 4), as one number each: alike where the events are alike."""
    numbers: NDArray[np.int64] = _as_number(*rows.T)
    return numbers


def _alike(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """How many events two runs begin with alike."""
    common = min(len(one), len(other))
    others = np.flatnonzero(one[:common] != other[:common])
    return int(others[0]) if len(others) else common
