import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.note_run import rest
from drumapp.core.pattern import Note, NoteRun
from drumapp.core.timing import Range
from drumapp.note_table import note_table
from drumapp.playback.note_rows import NoteRows, pack_numbers, pack_rows, sorted_rows, unpack_rows

ALL = Range(0, 2**62)
notes = st.lists(
    st.builds(Note, st.integers(0, 50), st.integers(35, 40), st.integers(1, 127), st.integers(1, 2**60)), max_size=8
)


def test_packed_notes_keep_every_field():
    notes = [Note(0, 36, 100, 10), Note(2**40, 127, 1, 2**33)]
    packed = note_table(notes)
    assert packed.dtype == np.int64
    assert [Note(*row) for row in packed.tolist()] == notes


@given(notes, notes)
def test_a_run_is_packed_whole(first, more):
    run = NoteRun(sorted(first)).with_notes(more)
    for _ in range(3):
        assert unpack_rows(pack_numbers(list(run.numbers()))).tolist() == [
            list(note) for note in sorted((*first, *more))
        ]
        rest([run])


def test_packed_notes_are_searched_where_they_lie():
    run = NoteRun([Note(tick, 36, 100) for tick in range(1000)])
    for packed in (
        pack_numbers(list(run.numbers())),
        pack_rows(note_table(run)),
        pack_rows(note_table([Note(2**40, 36, 1)])),
    ):
        assert unpack_rows(packed).flags.aligned


def rows_of(notes: list[Note]) -> NoteRows:
    rows = NoteRows()
    rows.put(sorted_rows(note_table(notes)))
    return rows


@given(notes, st.lists(notes, max_size=6))
def test_notes_added_in_any_order_are_found_in_theirs(first, pieces):
    rows = rows_of(first)
    given_so_far = sorted(first)
    for piece in pieces:
        rows.add(note_table(piece))
        given_so_far = sorted([*given_so_far, *piece])
        assert rows.between(ALL) == given_so_far
    assert len(rows) == len(given_so_far)
    for start, stop in ((0, 0), (0, 51), (7, 20), (50, 51)):
        assert rows.between(Range(start, stop)) == [note for note in given_so_far if start <= note.start < stop]
    for tick in range(51):
        assert set(rows.at(tick)) == {note.pitch for note in given_so_far if note.start == tick}


@given(notes, st.lists(st.tuples(notes, st.integers(0, 60), st.integers(0, 60)), max_size=6))
def test_notes_put_in_between_leave_the_others(first, changes):
    rows, expected = rows_of(first), sorted(first)
    for piece, before, after in changes:
        before = min(before, len(expected))
        after = min(after, len(expected) - before)
        # As in a pattern, what comes in between lies between.
        left, right = expected[:before], expected[len(expected) - after :]
        piece = [n for n in sorted(piece) if (not left or n >= left[-1]) and (not right or n <= right[0])]
        rows.put(unpack_rows(pack_rows(note_table(piece))), before, after)
        expected = [*left, *piece, *right]
        assert rows.between(ALL) == expected
    assert len(rows) == len(expected)


def test_more_than_there_is_cannot_stay():
    rows = rows_of([Note(0, 36, 100), Note(10, 36, 100)])
    with pytest.raises(ValueError, match="of 2 rows"):
        rows.put(note_table([]), 2, 1)


def test_far_and_wide_notes_are_found_among_narrow_ones():
    rows = NoteRows()
    rows.put(unpack_rows(pack_rows(note_table([Note(0, 36, 100), Note(10, 36, 100)]))))
    assert rows.between(Range(5, 2**40)) == [Note(10, 36, 100)]
    assert rows.between(Range(2**40, 2**41)) == []
    rows.add(note_table([Note(2**40, 36, 100)]))
    assert rows.between(Range(5, 2**41)) == [Note(10, 36, 100), Note(2**40, 36, 100)]


def test_the_rows_given_are_never_written_to():
    packed = note_table([Note(0, 36, 100), Note(10, 36, 100)])
    packed.flags.writeable = False
    rows = NoteRows()
    rows.put(packed)
    rows.add(note_table([Note(5, 38, 90)]))
    assert [note.start for note in rows.between(ALL)] == [0, 5, 10]
    assert packed[1, 0] == 10


def test_nothing_is_nowhere():
    rows = NoteRows()
    rows.add(note_table([]))
    assert rows.between(ALL) == []
    assert rows.at(0) == {}
