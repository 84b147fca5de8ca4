"""Long runs of sorted notes: they share what is the same in them, and take 16 bytes a note where nobody looks."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate, chain, islice
from operator import eq
from typing import cast, overload

from drumapp.core.note import Note

_PIECE = 256
_SLICE = 512
_FEW = 128  # up to this share of the notes, each is found by binary search; beyond it one pass over all is quicker
_NO_NUMBERS = array("i")
_note_of = cast("Callable[[tuple[int, int, int, int]], Note]", partial(tuple.__new__, Note))


class _Piece:
    """Some notes, at least one: as objects while they are of use, else as numbers.

    Any thread may read it while another packs it: each form is there before the other goes.
    """

    __slots__ = ("_notes", "_numbers", "_used", "count")

    def __init__(self, notes: tuple[Note, ...]) -> None:
        self._notes: tuple[Note, ...] | None = notes
        self._numbers: array[int] = _NO_NUMBERS
        self._used = True
        self.count = len(notes)

    @property
    def notes(self) -> tuple[Note, ...]:
        self._used = True
        notes = self._notes
        if notes is None:
            notes = self._notes = tuple(self.passing())
        return notes

    def passing(self) -> Iterator[Note]:
        """Each note in turn; those held as numbers are made only for who asks."""
        notes = self._notes
        if notes is not None:
            return iter(notes)
        return notes_of(self._numbers)

    @property
    def numbers(self) -> array[int]:
        """Its notes as four integers each, the fields of a Note; made once."""
        notes = self._notes
        if notes is not None and not self._numbers:
            self._numbers = numbers_of(notes)
        return self._numbers

    def note(self, index: int) -> Note:
        notes, at = self._notes, 4 * index
        if notes is not None:
            return notes[index]
        start, pitch, velocity, duration = self._numbers[at : at + 4]
        return _note_of((start, pitch, velocity, duration))

    def rest(self) -> None:
        """Keep the numbers alone, unless somebody has looked since the last time."""
        if self._used:
            self._used = False
        elif self.numbers:
            self._notes = None


class NoteRun(Sequence[Note]):
    """An immutable run of sorted notes that is cheap to change: what comes of it shares all pieces but those touched.

    Slices are tuples. Equal to, and hashed as, a tuple of the same notes.
    """

    __slots__ = ("_pieces", "_stops")

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        """Trusts that the notes are sorted."""
        self._hold(notes._pieces if isinstance(notes, NoteRun) else _pieces_of(tuple(notes)))

    @classmethod
    def _of_pieces(cls, pieces: Iterable[_Piece]) -> NoteRun:
        run = cls.__new__(cls)
        run._hold(pieces)
        return run

    def _hold(self, pieces: Iterable[_Piece]) -> None:
        # No tuples: what they take Python keeps when they are let go, up to two thousand of each length, and for tuples
        # that were made of something without a length it never takes that up again.
        self._pieces: Sequence[_Piece] = list(pieces)
        self._stops: Sequence[int] = list(accumulate(piece.count for piece in self._pieces))

    # As a sequence

    def __len__(self) -> int:
        return self._stops[-1] if self._stops else 0

    def __iter__(self) -> Iterator[Note]:
        return chain.from_iterable(piece.notes for piece in self._pieces)

    @overload
    def __getitem__(self, index: int) -> Note: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Note, ...]: ...

    def __getitem__(self, index: int | slice) -> Note | tuple[Note, ...]:
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return self._cut(start, stop) if step == 1 else tuple(self)[index]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(f"there is no note {index} among {len(self)}")
        number = bisect_right(self._stops, place)
        return self._pieces[number].note(place - self._begin(number))

    def __contains__(self, note: object) -> bool:
        if not isinstance(note, Note):
            return False
        place = self.index_of(note)
        return place < len(self) and self[place] == note

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, NoteRun):
            return len(self) == len(other) and sum(common_ends(self, other)) == len(self)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"NoteRun({list(self)!r})"

    def __reduce__(self) -> tuple[type[NoteRun], tuple[tuple[Note, ...]]]:
        return NoteRun, (tuple(self),)

    # Finding

    def index_of(self, note: Note) -> int:
        """Index of the first note that is not before this one."""
        return bisect_left(self, note)

    def index_from(self, tick: int) -> int:
        """Index of the first note that starts at a tick or later."""
        return bisect_left(self, Note(tick, -1, 0, 0))

    # Runs that share with this one

    def shared_ends(self, other: NoteRun) -> tuple[int, int]:
        """How many notes at the start are the same as another's for sure and, of the rest, how many at the end."""
        most = min(len(self), len(other))
        first = _shared(self._pieces, other._pieces)
        return first, min(_shared(self._pieces[::-1], other._pieces[::-1]), most - first)

    def part(self, start: int, stop: int) -> NoteRun:
        """The notes from one index up to another."""
        start, stop = max(start, 0), min(stop, len(self))
        if start == 0 and stop == len(self):
            return self
        if start >= stop:
            return NoteRun()
        first, last = bisect_right(self._stops, start), bisect_left(self._stops, stop)
        begin, end = self._begin(first), self._stops[last]
        if first == last and (start, stop) != (begin, end):
            return NoteRun(self._pieces[first].notes[start - begin : stop - begin])
        pieces = list(self._pieces[first : last + 1])
        if start > begin:
            pieces[0] = _Piece(pieces[0].notes[start - begin :])
        if stop < end:
            pieces[-1] = _Piece(pieces[-1].notes[: stop - end])
        return NoteRun._of_pieces(pieces)

    def with_notes(self, added: Iterable[Note]) -> NoteRun:
        """The run with more notes, in any order, sorted in."""
        new = sorted(added)
        if not new:
            return self
        first, last = self.index_of(new[0]), bisect_right(self, new[-1])
        return self.spliced(first, last, sorted((*self[first:last], *new)))

    def spliced(self, start: int, stop: int, notes: Sequence[Note]) -> NoteRun:
        """The run with other notes, which must be in order there, instead of those from one index up to another."""
        first, last = bisect_right(self._stops, start), bisect_left(self._stops, stop)
        if start == stop:
            last = first = min(first, max(len(self._pieces) - 1, 0))
        head = self._cut(self._begin(first), start)
        tail = self._cut(stop, self._stops[last]) if last < len(self._stops) else ()
        middle = _pieces_of((*head, *notes, *tail))
        return NoteRun._of_pieces([*self._pieces[:first], *middle, *self._pieces[last + 1 :]])

    # In bulk

    def among(self, notes: frozenset[Note]) -> list[Note]:
        """Those of some notes that are in the run, in order, each once."""
        if len(notes) * _FEW < len(self):
            return sorted(note for note in notes if note in self)
        found = [note for note in self if note in notes]
        twice = any(map(eq, found, islice(found, 1, None)))
        return list(dict.fromkeys(found)) if twice else found

    def numbers(self) -> Iterator[array[int]]:
        """All notes, some at a time, as four integers each, the fields of a Note; type code i, or q where that is too
        narrow. For who reads: they are what the run holds.
        """
        return (piece.numbers for piece in self._pieces)

    @property
    def pieces(self) -> Sequence[_Piece]:
        """What it is made of."""
        return self._pieces

    def _begin(self, number: int) -> int:
        return self._stops[number - 1] if number else 0

    def _cut(self, start: int, stop: int) -> tuple[Note, ...]:
        if start >= stop:
            return ()
        first, last = bisect_right(self._stops, start), bisect_left(self._stops, stop)
        begin = self._begin(first)
        if first == last:
            return self._pieces[first].notes[start - begin : stop - begin]
        notes = tuple(chain.from_iterable(piece.notes for piece in self._pieces[first : last + 1]))
        return notes[start - begin : stop - begin]


def passing(notes: Iterable[Note]) -> Iterator[Note]:
    """Each note in turn, for who goes through all of them now and then: what a run holds as numbers stays so."""
    if isinstance(notes, NoteRun):
        return chain.from_iterable(piece.passing() for piece in notes.pieces)
    return iter(notes)


def rest(runs: Iterable[NoteRun]) -> None:
    """Keep only the numbers of notes at which nobody has looked since the last time. Call it now and then."""
    for piece in dict.fromkeys(chain.from_iterable(run.pieces for run in runs)):
        piece.rest()


def common_ends(one: Sequence[Note], other: Sequence[Note]) -> tuple[int, int]:
    """How many notes at the start of two runs are the same and, of the rest, how many at the end."""
    most, first, last = min(len(one), len(other)), 0, 0
    if isinstance(one, NoteRun) and isinstance(other, NoteRun):
        first, last = one.shared_ends(other)
    start = first
    first += _common(
        most - first - last, lambda low, high: one[start + low : start + high] == other[start + low : start + high]
    )
    mine, theirs = len(one) - last, len(other) - last
    last += _common(
        most - first - last, lambda low, high: one[mine - high : mine - low] == other[theirs - high : theirs - low]
    )
    return first, last


def _common(most: int, same: Callable[[int, int], bool]) -> int:
    """How many of ``most`` notes are the same up to the first that is not; ``same`` compares a run of them.

    Slices that stay in the cache, then by halving: to compare them costs far less than a loop, or than to compare all.
    """
    low = 0
    while low < most and same(low, min(low + _SLICE, most)):
        low = min(low + _SLICE, most)
    high = min(low + _SLICE, most)
    while low < high:
        middle = (low + high + 1) // 2
        if same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _shared(one: Sequence[_Piece], other: Sequence[_Piece]) -> int:
    """How many notes lie in the very pieces that both begin with."""
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine is not theirs:
            break
        shared += mine.count
    return shared


def _pieces_of(notes: tuple[Note, ...]) -> Iterator[_Piece]:
    """Pieces of even size, the last one up to twice as long: whoever appends does not make many short ones."""
    count = max(len(notes) // _PIECE, 1)
    for number in range(count if notes else 0):
        stop = len(notes) if number == count - 1 else (number + 1) * _PIECE
        yield _Piece(notes[number * _PIECE : stop])


def numbers_of(notes: Iterable[Note]) -> array[int]:
    """Notes as four integers each, the fields of a Note; type code i, or q where that is too narrow."""
    numbers = list(chain.from_iterable(notes))
    try:
        return array("i", numbers)
    except OverflowError:
        return array("q", numbers)


def notes_of(numbers: Iterable[int]) -> Iterator[Note]:
    """The notes that these are the numbers of."""
    each = iter(numbers)
    return map(_note_of, zip(each, each, each, each, strict=True))
