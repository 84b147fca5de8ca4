import numpy as np

from drumapp.core import note_run
from drumapp.core.pattern import Note, NoteRun
from drumapp.note_table import note_table

NOTES = [Note(10 * tick, 36 + tick % 3, 1 + tick % 127, 60) for tick in range(1000)]


def test_no_notes_are_a_table_too():
    for none in ((), NoteRun()):
        assert note_table(none).shape == (0, 4)
        assert note_table(none).dtype == np.int64


def test_a_run_is_told_alike_whether_its_notes_are_packed_or_not():
    run = NoteRun(NOTES)
    expected = np.array(NOTES, np.int64)
    np.testing.assert_array_equal(note_table(NOTES), expected)
    np.testing.assert_array_equal(note_table(run), expected)
    note_run.rest([run])
    note_run.rest([run])
    late = Note(2**40, 36, 100, 2**33)
    longer = run.with_notes([late])
    table = note_table(longer)
    assert table.dtype == np.int64
    np.testing.assert_array_equal(table, np.array([*NOTES, late], np.int64))
