from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.pattern import Note, NoteRun
from drumapp.gui.piano_roll.note_index import NoteIndex

notes = st.lists(
    st.builds(Note, st.integers(0, 20_000), st.integers(0, 127), st.integers(1, 127), st.integers(1, 4000)), max_size=60
)


@given(notes, st.integers(-100, 21_000), st.integers(0, 5000))
def test_between_finds_exactly_the_notes_that_sound_there(given_notes: list[Note], start: int, span: int) -> None:
    index = NoteIndex(given_notes)
    found = index.between(start, start + span)

    expected = [note for note in given_notes if note.start <= start + span and note.stop >= start]
    assert sorted(zip(found.starts, found.pitches, found.velocities, found.durations, strict=True)) == sorted(expected)


@given(st.lists(notes, max_size=6))
def test_appending_in_batches_is_the_same_as_giving_all_at_once(batches: list[list[Note]]) -> None:
    index = NoteIndex()
    for batch in batches:
        index.append(batch)

    columns = index.between(-1, 1_000_000)
    assert len(index) == len(columns) == sum(map(len, batches))
    assert list(columns.starts) == sorted(note.start for batch in batches for note in batch)


def test_it_grows_past_its_first_capacity() -> None:
    index = NoteIndex()
    for start in range(5000):
        index.append([Note(start * 10, 36, 100)])

    assert len(index) == 5000
    assert list(index.between(49_990, 49_990).starts)[-1] == 49_990


@given(notes, notes, notes, notes)
def test_exchanging_the_middle_is_the_same_as_reading_all_anew(
    before: list[Note], old: list[Note], new: list[Note], after: list[Note]
) -> None:
    kept = [*before, *after]
    first, second = NoteRun(sorted([*kept, *old])), NoteRun(sorted([*kept, *new]))
    exchanged, anew = NoteIndex(first).exchanged(first, second), NoteIndex(second)

    assert len(exchanged) == len(anew)
    for start, stop in ((-1, 30_000), (5_000, 5_001)):
        one, other = exchanged.between(start, stop), anew.between(start, stop)
        for column in ("starts", "durations", "pitches", "velocities"):
            assert getattr(one, column).tolist() == getattr(other, column).tolist()
    exchanged.append([Note(40_000, 36, 100)])
    assert exchanged.between(40_000, 40_000).pitches.tolist() == [36]


@given(notes, st.floats(-100, 21_000), st.floats(0, 5000))
def test_between_two_places_within_ticks(given_notes: list[Note], start: float, span: float) -> None:
    found = NoteIndex(given_notes).between(start, start + span)

    assert len(found) == sum(note.start <= start + span and note.stop >= start for note in given_notes)


def test_all_notes_lie_before_infinity() -> None:
    assert len(NoteIndex([Note(0, 36, 1), Note(10**12, 36, 1)]).between(float("-1"), float("inf"))) == 2


def test_ticks_that_need_64_bits_are_kept_beside_others() -> None:
    index = NoteIndex([Note(10, 36, 100, 5), Note(2**31 - 1, 38, 90, 7)])
    assert index.between(2**31 - 1, 2**31 - 1).pitches.tolist() == [38]
    assert len(index.between(2**31, 2**40)) == 1, "it sounds on"
    assert len(index.between(2**31 + 7, 2**40)) == 0
    index.append([Note(2**40, 42, 80, 2**33)])
    assert index.fields.tolist() == [[10, 36, 100, 5], [2**31 - 1, 38, 90, 7], [2**40, 42, 80, 2**33]]
    assert index.between(2**40 + 1, 2**50).durations.tolist() == [2**33]
    assert index.between(11, 20).starts.tolist() == [10]


def test_stretch_by_stretch_all_notes_come_in_order() -> None:
    notes = [Note(tick, 36 + tick % 5, 100) for tick in range(10_000)]
    stretches = list(NoteIndex(notes).stretches())
    assert len(stretches) > 1
    assert [start for stretch in stretches for start in stretch.starts.tolist()] == [note.start for note in notes]
    assert NoteIndex(notes).pitches.tolist() == [36, 37, 38, 39, 40]
    assert not list(NoteIndex().stretches())
