import copy
import gc
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core import note_run
from drumapp.core.pattern import Note, NoteRun

# Few values, so that notes meet and come twice; some past 32 bits.
notes = st.builds(
    Note, st.integers(0, 9) | st.just(1 << 40), st.sampled_from([36, 38]), st.sampled_from([1, 2]), st.just(60)
)
some = st.lists(notes, max_size=12)


@pytest.fixture(autouse=True, scope="module")
def _small_figures():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(note_run, "_PIECE", 3)
        patch.setattr(note_run, "_FEW", 2)
        yield


@st.composite
def grown(draw: st.DrawFn) -> tuple[NoteRun, tuple[Note, ...]]:
    """A run that came about by changes of another, partly packed, and the same notes as a tuple."""
    plain = sorted(draw(some))
    run = NoteRun(plain)
    for _ in range(draw(st.integers(0, 5))):
        start, stop = sorted((draw(st.integers(0, len(plain))), draw(st.integers(0, len(plain)))))
        match draw(st.integers(0, 3)):
            case 0:
                added = draw(some)
                run, plain = run.with_notes(added), sorted([*plain, *added])
            case 1:
                run, plain = run.part(start, stop), plain[start:stop]
            case 2:
                run = run.spliced(start, stop, ())
                del plain[start:stop]
            case _:
                note_run.rest([run])
                note_run.rest([run])
    return run, tuple(plain)


@given(grown(), st.integers(-15, 15), st.integers(-15, 15), notes)
def test_a_run_is_as_the_tuple_of_its_notes(made: tuple[NoteRun, tuple[Note, ...]], at: int, to: int, note: Note):
    run, plain = made
    assert run == plain
    assert plain == run
    assert hash(run) == hash(plain)
    assert (len(run), list(run), list(reversed(run))) == (len(plain), list(plain), list(reversed(plain)))
    assert [run[place] for place in range(-len(plain), len(plain))] == [*plain, *plain]
    assert all(type(found) is Note for found in run)
    assert run[at:to] == plain[at:to]
    assert run[at:to:2] == plain[at:to:2]
    assert (note in run) == (note in plain)
    assert run.count(note) == plain.count(note)
    assert run.index_of(note) == sum(other < note for other in plain)
    assert run.index_from(note.start) == sum(other.start < note.start for other in plain)
    for some in (frozenset((note, *plain[:1])), frozenset((note, *plain[1:]))):
        assert run.among(some) == sorted(some & frozenset(plain))
    for again in (NoteRun(plain), NoteRun(run), copy.deepcopy(run)):
        assert again == run
    assert run != (*plain, note)
    assert run != NoteRun((*plain, Note(1 << 41, 36, 1)))
    assert run != list(plain)


@given(grown())
def test_its_numbers_are_those_of_its_notes(made: tuple[NoteRun, tuple[Note, ...]]):
    run, plain = made
    assert [number for some in run.numbers() for number in some] == [number for note in plain for number in note]
    assert list(run) == list(plain)


@pytest.mark.parametrize("place", [-4, 3])
def test_there_is_nothing_outside(place: int):
    with pytest.raises(IndexError):
        NoteRun([Note(0, 36, 1), Note(1, 36, 1), Note(2, 36, 1)])[place]


def test_what_is_appended_leaves_what_was_there_alone():
    run = NoteRun(Note(tick, 36, 100) for tick in range(30))
    longer = run.with_notes([Note(40, 36, 100)])
    assert run.shared_ends(longer)[0] >= 30 - 2 * 3
    mended = longer.spliced(10, 11, [Note(10, 38, 100)])
    first, last = longer.shared_ends(mended)
    assert first + last >= len(longer) - 2 * 3


def test_what_is_put_in_leaves_what_follows_alone():
    run = NoteRun(Note(tick, 36, 100) for tick in range(30))
    first, last = run.shared_ends(run.with_notes([Note(5, 38, 100)]))
    assert first + last >= len(run) - 2 * 3


@given(grown(), st.data())
def test_runs_of_the_same_notes_are_equal_whatever_they_share(
    made: tuple[NoteRun, tuple[Note, ...]], data: st.DataObject
):
    run, plain = made
    start, stop = sorted((data.draw(st.integers(0, len(plain))), data.draw(st.integers(0, len(plain)))))
    assert run.spliced(start, stop, plain[start:stop]) == run
    other = run.spliced(start, stop, [Note(1 << 41, 36, 1)] * (stop - start))
    assert (other == run) == (start == stop)


def test_many_small_changes_leave_pieces_of_a_fair_size():
    run = NoteRun()
    for tick in range(300):
        run = run.with_notes([Note(tick, 36, 100)])
    assert len(run.pieces) <= 300 / 3 + 1


def test_who_does_not_look_holds_numbers_alone_and_who_looks_gets_the_same():
    run = NoteRun(Note(tick, 36, 100) for tick in range(9))
    notes = list(run)
    note_run.rest([run])
    assert run[4] is notes[4], "it was looked at a moment ago"
    note_run.rest([run])
    note_run.rest([run])
    assert run[4] is not notes[4]
    assert list(run) == notes
    assert list(run)[4] is list(run)[4]


def test_what_several_runs_share_rests_once():
    run = NoteRun(Note(tick, 36, 100) for tick in range(9))
    notes = list(run)
    note_run.rest([run, run.with_notes([Note(40, 36, 100)])])
    assert run[0] is notes[0]


def test_one_note_is_looked_at_without_making_the_others():
    run = NoteRun(Note(tick, 36, 100) for tick in range(9))
    note_run.rest([run])
    note_run.rest([run])
    assert run.index_from(4) == 4
    assert all(piece._notes is None for piece in run.pieces)


def test_who_goes_through_once_leaves_no_notes_behind():
    run = NoteRun(Note(tick, 36, 100) for tick in range(9))
    notes = list(run)
    note_run.rest([run])
    note_run.rest([run])
    run = run.with_notes([Note(9, 36, 100)])
    assert list(note_run.passing(run)) == [*notes, Note(9, 36, 100)]
    assert run.pieces[0]._notes is None
    assert list(note_run.passing(notes)) == notes


def test_it_may_rest_while_another_thread_reads():
    run = NoteRun(Note(tick, 36, 100) for tick in range(300))
    whole, done, wrong = tuple(run), threading.Event(), []

    def read() -> None:
        while not done.is_set():
            if tuple(run) != whole or run[150] != whole[150]:
                wrong.append(True)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(2000):
        note_run.rest([run])
    done.set()
    reader.join()
    assert not wrong


def test_runs_that_were_let_go_leave_no_memory_taken():
    notes = [Note(100 * number, 36, 100) for number in range(12 * note_run._PIECE)]
    run = NoteRun(notes)
    gc.collect()  # which also empties Python's stores of tuples to use again
    for _ in range(10):  # after which Python has at hand what it takes for each
        run = run.spliced(0, 1, notes[:1])
    before = sys.getallocatedblocks()
    for _ in range(500):
        run = run.spliced(0, 1, notes[:1])
    assert sys.getallocatedblocks() - before < 250
