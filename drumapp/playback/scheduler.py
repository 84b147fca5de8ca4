"""Which notes start and end in a block: pure arithmetic on the transport's segments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple

from drumapp.core.pattern import Note
from drumapp.playback.mix import Mix
from drumapp.playback.note_rows import NoteRows, Rows
from drumapp.playback.transport import Segment, TimeAnchor

# With feel on, a drummer's note may lie up to 20 ticks before the one written before it. A note appended that little
# too late is struck at once; one that is later still would only sound wrong, and waits for the next time around.
LATE_GRACE_TICKS = 40

LET_GO = 0
CHOKE = -1

_NEVER = 2**62


class Event(NamedTuple):
    """What happens to a key.

    Attributes: frame of the stream; key 0-127; velocity 1-127 strikes, LET_GO lets go, CHOKE cuts off.
    """

    frame: int
    key: int
    velocity: int


class Block(NamedTuple):
    """What a block holds: its events in order of frames, and how many of them strike notes of the pattern."""

    events: list[Event]
    strikes: int


class _Held(NamedTuple):
    """A key that is held down.

    Attributes: release, the stream frame at which it is let go; cause: the note of the pattern that holds it, and the
    anchor by which its end is told; None for an audition, and for a note from before the music was put elsewhere.
    """

    release: int
    cause: tuple[Note, TimeAnchor] | None


class Scheduler:
    """The pattern's notes, what sounds of them, and the mix. Knows no clock: frames and ticks come in as arguments.

    A stroke chokes the other drums of its group that were struck in an earlier frame; drums struck together sound
    together, in whatever order they are written.
    """

    def __init__(self) -> None:
        self._notes = NoteRows()
        self._mix = Mix()
        self._overdue: list[Note] = []
        self._held: dict[int, _Held] = {}
        self._ringing: set[int] = set()  # keys struck and not choked or silenced since, held or not
        self._anchor: TimeAnchor | None = None  # of the segment before
        self._next_tick = 0

    @property
    def holds(self) -> bool:
        """Whether something is to happen even if the music stands still."""
        return bool(self._held or self._overdue)

    def set_notes(self, notes: Rows, before: int = 0, after: int = 0) -> None:
        """Replace the notes, rows in their order, but for so many of the first and of the last.

        What sounds is let go when its note now ends: at once when the note is gone or has ended already.
        """
        self._notes.put(notes, before, after)
        self._overdue = [note for note in self._overdue if note.pitch in self._notes.at(note.start)]
        for key, held in self._held.items():
            if held.cause is not None:
                struck, anchor = held.cause
                note = self._notes.at(struck.start).get(key)
                if note is None:
                    self._held[key] = held._replace(release=0)
                elif note.duration != struck.duration:
                    self._held[key] = _Held(anchor.frame_of(note.stop), (note, anchor))

    def append(self, notes: Rows, next_tick: int | None) -> None:
        """Add notes, rows in any order.

        ``next_tick`` is the first tick not played yet while the music runs, else None: new notes that lie just before
        it are struck in the next block, as nothing else would play them.
        """
        self._notes.add(notes)
        if next_tick is not None:
            late = (notes[:, 0] < next_tick) & (notes[:, 0] >= next_tick - LATE_GRACE_TICKS)
            self._overdue += [Note(*row) for row in notes[late].tolist()]

    def set_mix(self, mix: Mix) -> list[int]:
        """Strike and choke as a mix says from here on; the keys that ring and are not to be heard any more."""
        hushed = sorted(self._ringing & (mix.unheard - self._mix.unheard))
        self._mix = mix
        for key in hushed:
            self._end(key)
        return hushed

    def forget_overdue(self) -> None:
        """Drop late notes that were not struck yet, as after a seek."""
        self._overdue.clear()

    def forget_sounds(self) -> None:
        """Nothing sounds any more: the caller has silenced the synth."""
        self._held.clear()
        self._ringing.clear()

    def audition(self, key: int, velocity: int, frame: int, frames: int | None) -> list[Event]:
        """What happens when a key is struck at a stream frame, for ``frames`` or until `let_go`.

        It sounds whether the mix lets the key be heard or not.
        """
        events: list[Event] = []
        self._choke_rivals_of((key,), events, frame)
        self._strike(events, frame, key, velocity, _Held(_NEVER if frames is None else frame + frames, None))
        return events

    def let_go(self, key: int, frame: int) -> list[Event]:
        """What happens when a key that is auditioned is let go at a stream frame."""
        held = self._held.get(key)
        if held is None or held.cause is not None:
            return []
        del self._held[key]
        return [Event(frame, key, LET_GO)]

    def block(self, segments: Sequence[Segment], frame: int, frames: int) -> Block:
        """The events of the block from stream frame ``frame`` on, ``frames`` long, through which segments run."""
        events: list[Event] = []
        strikes = 0
        for segment in segments:
            if segment.cut:
                self._release_until(events, segment.start, frame)
                for key in [key for key, held in self._held.items() if held.cause is not None]:
                    del self._held[key]
                    events.append(Event(segment.start, key, LET_GO))
            if segment.anchor is not self._anchor:
                self._go_by(segment.anchor, goes_on=segment.ticks.start == self._next_tick)
            self._next_tick = segment.ticks.stop
            for at, notes in self._due(segment):
                self._release_until(events, at, frame)
                self._choke_rivals_of([note.pitch for note in notes], events, at)
                for note in notes:
                    release = max(segment.anchor.frame_of(note.stop), at + 1)
                    held = _Held(release, (note, segment.anchor))
                    self._strike(events, at, note.pitch, note.velocity, held)
                strikes += len(notes)
        self._release_until(events, frame + frames - 1, frame)
        return Block(events, strikes)

    def _go_by(self, anchor: TimeAnchor, *, goes_on: bool) -> None:
        """Notes that are held end by another anchor, as after a change of tempo; not so where the music jumped."""
        self._anchor = anchor
        for key, held in self._held.items():
            if held.cause is not None:
                note = held.cause[0]
                self._held[key] = (
                    _Held(anchor.frame_of(note.stop), (note, anchor)) if goes_on else _Held(held.release, None)
                )

    def _due(self, segment: Segment) -> Iterator[tuple[int, list[Note]]]:
        """The notes to be heard in a segment, by the stream frame at which they are struck."""
        due = chain(self._overdue, self._notes.between(segment.ticks))
        self._overdue = []
        heard = (note for note in due if note.pitch not in self._mix.unheard)
        for at, notes in groupby(heard, lambda note: max(segment.anchor.frame_of(note.start), segment.start)):
            yield at, list(notes)

    def _strike(self, events: list[Event], frame: int, key: int, velocity: int, held: _Held) -> None:
        if key in self._held:
            events.append(Event(frame, key, LET_GO))
        events.append(Event(frame, key, velocity))
        self._held[key] = held
        self._ringing.add(key)

    def _choke_rivals_of(self, keys: Collection[int], events: list[Event], frame: int) -> None:
        for rival in self._mix.rivals(keys, self._ringing):
            events.append(Event(frame, rival, CHOKE))
            self._end(rival)

    def _end(self, key: int) -> None:
        self._held.pop(key, None)
        self._ringing.discard(key)

    def _release_until(self, events: list[Event], at: int, frame: int) -> None:
        """Let go of every key whose time has come by stream frame ``at``, in order of time."""
        due = sorted((held.release, key) for key, held in self._held.items() if held.release <= at)
        for release, key in due:
            del self._held[key]
            events.append(Event(max(release, frame), key, LET_GO))
