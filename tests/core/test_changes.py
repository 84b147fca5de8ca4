from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.changes import NotePatch, TailChange, difference, note_difference
from drumapp.core.kit import GENERAL_MIDI_KIT, HOUSE_KIT
from drumapp.core.note_run import common_ends
from drumapp.core.packing import PackedNotes
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.project import Project
from drumapp.core.timing import Metre, MetreMap, Range, TempoMap

# Few values, so that notes meet and come twice.
notes = st.builds(Note, st.integers(0, 6), st.sampled_from([36, 38]), st.sampled_from([1, 2]), st.just(60))
runs = st.lists(notes, max_size=30).map(lambda drawn: NoteRun(sorted(drawn)))
projects = st.builds(
    lambda run, length, bpm, kit, loop: Project(
        Pattern(run, length, TempoMap.constant(bpm), MetreMap.constant(Metre(3, 4))), kit, loop=loop
    ),
    runs,
    st.integers(0, 9),
    st.sampled_from([90.0, 120.0]),
    st.sampled_from([HOUSE_KIT, GENERAL_MIDI_KIT]),
    st.sampled_from([None, Range(0, 5)]),
)


@given(projects, projects)
def test_a_difference_leads_there_and_its_inverse_back(before: Project, after: Project) -> None:
    change = difference(before, after)
    reached, back = change.apply(before)
    assert reached == after
    assert back.apply(after)[0] == before
    assert change.packed().apply(before)[0] == after
    assert change.changes(before) == (before != after)


@given(projects, projects, projects)
def test_two_changes_melt_into_one(one: Project, two: Project, three: Project) -> None:
    assert difference(one, two).then(difference(two, three)).apply(one)[0] == three


@given(st.lists(notes, max_size=400).map(sorted), st.data())
def test_large_patches_are_exact_too(drawn: list[Note], data: st.DataObject) -> None:
    run = NoteRun(drawn)
    kept = NoteRun(note for note in run if data.draw(st.booleans()))
    before, after = Project(Pattern(run, 9)), Project(Pattern(kept, 9))
    assert difference(before, after).apply(before)[0] == after
    assert difference(after, before).apply(after)[0] == before


@given(runs, runs)
def test_note_differences_have_nothing_in_common(old: NoteRun, new: NoteRun) -> None:
    removed, added = note_difference(old, new)
    assert not set(removed) & set(added)
    assert sorted([*new, *removed]) == sorted([*old, *added])


@given(runs, runs)
def test_common_ends_are_as_long_as_they_can_be(one: NoteRun, other: NoteRun) -> None:
    first, last = common_ends(one, other)
    assert one[:first] == other[:first]
    assert one[len(one) - last :] == other[len(other) - last :]
    if first + last < min(len(one), len(other)):
        assert one[first] != other[first]
        assert one[-1 - last] != other[-1 - last]


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 5))
def test_common_ends_of_long_runs(length: int, start: int, stop: int, added: int) -> None:
    old = NoteRun(Note(10 * tick, 36, 90) for tick in range(length))
    start, stop = sorted((min(start, length), min(stop, length)))
    other = [Note(10 * start + tick, 99, 1) for tick in range(added)]
    expected = (start, length - stop) if added or start < stop else (length, 0)

    assert common_ends(tuple(old), (*old[:start], *other, *old[stop:])) == expected
    assert common_ends(old, NoteRun((*old[:start], *other, *old[stop:]))) == expected
    first, last = common_ends(old, old.spliced(start, stop, other))
    assert (first, last) == expected or first + last == length == len(old.spliced(start, stop, other))


@given(projects, st.integers(0, 8), runs)
def test_a_tail_comes_back_whatever_was_put_in_its_place(project: Project, tick: int, other: NoteRun) -> None:
    back = TailChange.back_to(project, tick)
    head = tuple(note for note in project.pattern.notes if note.start < tick)
    tail = tuple(note for note in other if note.start >= tick)
    played = replace(project, pattern=replace(project.pattern, notes=NoteRun(head + tail), length=77, name="take"))

    restored, forward = back.apply(played)
    assert restored == project
    assert forward.apply(restored)[0] == played
    assert back.packed().apply(played)[0] == project


def test_notes_that_are_gone_are_missed_without_harm() -> None:
    project = Project(Pattern.of([Note(0, 36, 1)], length=9))
    changed, _ = NotePatch(removed=(Note(3, 36, 1),), added=(Note(5, 36, 1),)).apply(project)
    assert changed.pattern.notes == (Note(0, 36, 1), Note(5, 36, 1))


def test_a_cut_change_has_no_notes_from_there_on() -> None:
    patch = NotePatch((Note(0, 36, 1), Note(9, 36, 1)), (Note(8, 36, 1), Note(10, 36, 1)))
    assert patch.cut(9) == NotePatch((Note(0, 36, 1),), (Note(8, 36, 1),))
    assert patch.cut(11) is patch


big_notes = st.builds(Note, st.integers(0, 1 << 40), st.integers(0, 127), st.integers(1, 127), st.integers(1, 1 << 40))


few_or_many = st.one_of(st.lists(big_notes, max_size=10), st.lists(big_notes, min_size=60, max_size=150))


@given(few_or_many.map(lambda drawn: tuple(sorted(drawn))))
def test_packed_notes_come_out_as_they_went_in(run: tuple[Note, ...]) -> None:
    packed = PackedNotes(run)
    assert packed.unpack() == run
    assert len(packed) == len(run)
    assert all(type(note) is Note for note in packed.unpack())
