"""Which of the shown notes are selected, whatever of the two changed last."""

from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.pattern import Note, Pattern
from drumapp.gui.piano_roll.note_index import NoteIndex
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.theme import DARK

note = st.builds(Note, st.integers(0, 2000), st.integers(30, 40), st.integers(1, 127), st.integers(1, 300))
notes = st.sets(note, max_size=40)


def found(index: NoteIndex) -> list[Note]:
    columns = index.between(-1, 1e9)
    rows = zip(columns.starts, columns.pitches, columns.velocities, columns.durations, strict=True)
    return [Note(*map(int, row)) for row in rows]


@given(notes, st.data())
def test_the_selected_notes_are_found_however_many_they_are(shown: set[Note], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(shown)))) if shown else set()
    scene = Scene(DARK)
    scene.show(Pattern.of(shown), 4000)
    scene.select(frozenset(chosen))

    assert sorted(found(scene.selected)) == sorted(chosen)


@given(notes, notes)
def test_selection_and_notes_may_change_in_either_order(first: set[Note], second: set[Note]) -> None:
    for notes_last in (False, True):
        scene = Scene(DARK)
        scene.show(Pattern.of(first), 4000)
        scene.select(frozenset(first))
        assert sorted(found(scene.selected)) == sorted(first)
        changes = [lambda s=scene: s.select(frozenset(second)), lambda s=scene: s.show(Pattern.of(second), 4000)]
        for change in changes if notes_last else reversed(changes):
            change()
        assert sorted(found(scene.selected)) == sorted(second)


def test_what_a_drummer_adds_out_of_order_can_be_selected() -> None:
    scene = Scene(DARK)
    early, late, between = Note(0, 36, 100), Note(200, 36, 100), Note(100, 38, 90)
    scene.append([early, late], Pattern.of([early, late]))
    scene.append([between], Pattern.of([early, late, between]))
    scene.select(frozenset((early, between)))

    assert found(scene.selected) == [early, between]

    later = Note(300, 36, 100)
    scene.append([later], Pattern.of([early, late, between, later]))
    scene.select(frozenset((late, later)))

    assert found(scene.selected) == [late, later]


def test_what_a_drummer_adds_while_a_note_is_dragged_is_shown_once_it_is_let_go() -> None:
    scene, first, other, added = Scene(DARK), Note(100, 36, 100), Note(300, 38, 90), Note(900, 42, 80)
    document = Pattern.of([first, other], length=960)
    dragged = Note(500, 36, 100)
    scene.show(document, None)
    scene.show(Pattern.of([dragged, other], length=960), None, fit=False)
    grown = document.with_notes([added], length=1920)
    scene.append([added], grown)
    assert scene.shown == (other, dragged, added)
    assert scene.shown is not grown.notes
    scene.show(grown, None)
    assert scene.index.fields.tolist() == [list(note) for note in (first, other, added)]


def test_what_a_drummer_adds_is_shown_as_the_pattern_has_it() -> None:
    scene = Scene(DARK)
    pattern = Pattern.of([Note(0, 36, 100)])
    scene.show(pattern, None)
    for added in ([Note(10, 36, 100), Note(20, 42, 80)], [Note(20, 46, 80)]):
        pattern = pattern.with_notes(added, length=3840)
        scene.append(added, pattern)
        assert scene.shown is pattern.notes
    assert scene.length == 3840
