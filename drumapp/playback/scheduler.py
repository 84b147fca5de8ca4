"""Which notes start and end in a block: pure arithmetic on the transport's segments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Note
from drumapp.playback.transport import Segment

# With feel on, a drummer's note may lie up to 20 ticks before the one written before it. A note appended that little
# too late is struck at once; one that is later still would only sound wrong, and waits for the next time around.
LATE_GRACE_TICKS = 40


class Event(NamedTuple):
    """One command to a synth inside a block.

    Attributes: offset in frames from the block's start; key 0-127; velocity 1-127 strikes, 0 lets go.
    """

    offset: int
    key: int
    velocity: int


class Block(NamedTuple):
    """What a block holds: its events in order of time, and how many of them strike notes of the pattern."""

    events: list[Event]
    strikes: int


def pack_notes(notes: Iterable[Note]) -> NDArray[np.int64]:
    """Notes as rows of start, pitch, velocity, duration: shape (notes, 4)."""
    return np.fromiter(chain.from_iterable(notes), dtype=np.int64).reshape(-1, 4)


class Scheduler:
    """The pattern's notes, and the notes that sound. Knows no clock: frames and ticks come in as arguments."""

    def __init__(self) -> None:
        self._notes = pack_notes(())
        self._overdue: list[Note] = []
        self._release_frames: dict[int, int] = {}  # key -> stream frame at which it is let go

    def set_notes(self, notes: NDArray[np.int64]) -> None:
        """Replace the notes, rows sorted by start; what sounds is let go when its time comes."""
        self._notes = notes
        self._overdue.clear()

    def append(self, notes: NDArray[np.int64], next_tick: int | None) -> None:
        """Add notes, rows in any order.

        ``next_tick`` is the first tick not played yet while the music runs, else None: new notes that lie just before
        it are struck in the next block, as nothing else would play them.
        """
        if not len(notes):
            return
        last = int(self._notes[-1, 0]) if len(self._notes) else -1
        self._notes = np.concatenate((self._notes, notes))
        starts = self._notes[:, 0]
        if int(notes[0, 0]) < last or np.any(np.diff(notes[:, 0]) < 0):
            self._notes = self._notes[np.lexsort((self._notes[:, 1], starts))]
        if next_tick is not None:
            late = (notes[:, 0] < next_tick) & (notes[:, 0] >= next_tick - LATE_GRACE_TICKS)
            self._overdue += [Note(*row) for row in notes[late].tolist()]

    def forget_overdue(self) -> None:
        """Drop late notes that were not struck yet, as after a seek."""
        self._overdue.clear()

    def let_go_of_all(self) -> list[int]:
        """The keys that sound; from here on none does. The caller silences the synth."""
        keys = list(self._release_frames)
        self._release_frames.clear()
        return keys

    def audition(self, events: list[Event], key: int, velocity: int, frame: int, frames: int) -> None:
        """Add to a block that starts at stream frame ``frame`` a note struck at once and held for ``frames``."""
        if self._release_frames.pop(key, None) is not None:
            events.append(Event(0, key, 0))
        events.append(Event(0, key, velocity))
        self._release_frames[key] = frame + frames

    def block(self, segments: Sequence[Segment], frame: int, frames: int) -> Block:
        """The events of the block from stream frame ``frame`` on, ``frames`` long, through which segments run."""
        events: list[Event] = []
        strikes = 0
        for segment in segments:
            if segment.cut:
                self._release_until(events, segment.start, frame)
                events += [Event(segment.start - frame, key, 0) for key in self.let_go_of_all()]
            due = self._overdue + self._notes_in(segment)
            self._overdue.clear()
            for note in due:
                at = max(segment.anchor.frame_of(note.start), segment.start)
                self._release_until(events, at, frame)
                if self._release_frames.pop(note.pitch, None) is not None:
                    events.append(Event(at - frame, note.pitch, 0))
                events.append(Event(at - frame, note.pitch, note.velocity))
                release = segment.anchor.frame_of(note.start + note.duration)
                self._release_frames[note.pitch] = max(release, at + 1)
            strikes += len(due)
        self._release_until(events, frame + frames - 1, frame)
        return Block(events, strikes)

    def _notes_in(self, segment: Segment) -> list[Note]:
        if not segment.ticks.length:
            return []
        starts = self._notes[:, 0]
        first, last = np.searchsorted(starts, (segment.ticks.start, segment.ticks.stop)).tolist()
        return [Note(*row) for row in self._notes[first:last].tolist()]

    def _release_until(self, events: list[Event], at: int, frame: int) -> None:
        """Let go of every key whose time has come by stream frame ``at``, in order of time."""
        due = sorted((release, key) for key, release in self._release_frames.items() if release <= at)
        for release, key in due:
            del self._release_frames[key]
            events.append(Event(max(release - frame, 0), key, 0))
