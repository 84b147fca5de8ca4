import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap
from drumapp.gui.document import Document
from tests.gui.gui_fakes import STEP

pytestmark = pytest.mark.usefixtures("qapp")

KICK = Note(0, 36, 100)
SNARE = Note(480, 38, 90)
OLD = Pattern.of([KICK, SNARE], name="old")


@pytest.fixture
def document() -> Document:
    return Document(OLD)


def test_a_take_of_many_batches_is_one_undo(document: Document) -> None:
    document.begin_take(Pattern(name="take"), 1920)
    for start in range(0, 1920, STEP):
        document.append([Note(start, 42, 80)], start + STEP)
    document.end_take(1920)
    taken = document.pattern

    assert len(taken) == 16
    assert document.undo()
    assert document.pattern == OLD
    assert not document.undo()
    assert document.redo()
    assert document.pattern == taken


def test_undo_within_a_take_ends_it_and_redo_brings_what_was_written(document: Document) -> None:
    document.begin_take(Pattern(), None)
    document.append([KICK], 200)

    assert document.undo()
    assert document.pattern == OLD
    assert not document.in_take
    document.append([SNARE], 700)
    assert document.pattern == OLD, "a drummer sent home must not write on"
    assert document.redo()
    assert document.pattern.notes == (KICK,)


def test_the_end_of_an_endless_take_is_open_until_it_is_stopped(document: Document) -> None:
    document.begin_take(Pattern(), None)
    document.append([KICK, Note(2000, 36, 90), Note(3900, 38, 90)], 3950)
    assert document.end is None

    document.end_take()
    assert document.end == document.pattern.length == 3840
    assert document.pattern.notes == (KICK, Note(2000, 36, 90)), "a bar that was only begun would leave a hole"


def test_a_take_stopped_in_its_first_bar_keeps_it(document: Document) -> None:
    document.begin_take(Pattern(), None)
    document.append([KICK], 700)
    document.end_take()

    assert document.pattern.notes == (KICK,)
    assert document.end == document.pattern.length == 1920


@pytest.mark.parametrize("leave", [Document.undo, lambda document: document.replace(OLD, "Open")], ids=["undo", "open"])
def test_a_take_that_is_left_comes_back_in_whole_bars(document: Document, leave) -> None:
    document.begin_take(Pattern(), None)
    document.append([KICK, Note(2000, 36, 90)], 2100)
    leave(document)
    (document.redo if document.redo_label else document.undo)()

    assert document.pattern.notes == (KICK,)
    assert document.end == document.pattern.length == 1920


def test_a_take_stopped_before_its_first_note_is_empty(document: Document) -> None:
    document.begin_take(Pattern(), 1920)
    document.end_take()

    assert document.pattern.length == 0
    assert document.undo()
    assert document.pattern == OLD


def test_two_takes_are_two_undos(document: Document) -> None:
    for _ in range(2):
        document.begin_take(Pattern(), 1920)
        document.append([KICK], 1920)
        document.end_take(1920)

    assert document.undo()
    assert document.pattern.notes == (KICK,)
    assert document.undo()
    assert document.pattern == OLD


def test_a_drag_of_the_tempo_is_one_undo(document: Document) -> None:
    for bpm in range(121, 150):
        document.set_tempo(bpm, "drag")

    assert document.pattern.bpm == 149
    assert document.undo()
    assert document.pattern.bpm == 120
    assert not document.undo()


def test_the_tempo_changed_within_a_take_belongs_to_the_take(document: Document) -> None:
    document.begin_take(Pattern(), 1920)
    document.append([KICK], 480)
    document.set_tempo(90, "drag")
    document.append([SNARE], 1920)
    document.end_take(1920)

    assert document.pattern.bpm == 90
    assert document.pattern.notes == (KICK, SNARE)
    assert document.undo()
    assert document.pattern == OLD


def test_the_same_tempo_again_is_no_change(document: Document) -> None:
    document.set_tempo(120.0)
    document.set_metre(Metre(4, 4))

    assert document.undo_label is None


def test_another_metre_keeps_notes_and_fills_whole_bars(document: Document) -> None:
    document.set_metre(Metre(3, 4))

    assert document.pattern.notes == OLD.notes
    assert document.pattern.metre == MetreMap.constant(Metre(3, 4))
    assert document.pattern.length == 2 * 1440
    assert document.undo()
    assert document.pattern == OLD


def test_signals_tell_what_changed(document: Document, qtbot) -> None:
    with qtbot.waitSignals([document.replaced, document.history_changed]):
        document.replace(Pattern(), "Clear")
    assert document.undo_label == "Clear"
    document.begin_take(Pattern(), None)
    with qtbot.waitSignal(document.appended) as appended, qtbot.assertNotEmitted(document.replaced):
        document.append([KICK], 100)
    assert appended.args == [[KICK]]
    with qtbot.waitSignal(document.timing_changed), qtbot.assertNotEmitted(document.replaced):
        document.set_tempo(77)


def test_an_edit_within_a_take_is_an_undo_of_its_own_and_the_drummer_goes_on(document: Document) -> None:
    document.begin_take(Pattern(), 1920)
    document.append([KICK], 200)
    document.edit(document.pattern.without_notes(), "Delete")
    document.append([SNARE], 700)
    assert document.in_take
    assert document.end == 1920
    assert document.pattern.notes == (SNARE,)

    assert document.undo()
    assert document.in_take, "only to undo the take itself sends the drummer home"
    assert document.pattern.notes == (KICK, SNARE)
    document.set_tempo(90.0)
    document.append([Note(900, 36, 80)], 1000)
    assert document.redo()
    assert document.pattern.notes == (SNARE, Note(900, 36, 80))
    assert document.pattern.bpm == 90.0
    document.end_take(1920)
    assert document.undo()
    assert document.pattern.notes == (KICK, SNARE, Note(900, 36, 80))
    assert document.undo()
    assert document.pattern == OLD


def test_an_edit_that_changes_nothing_is_not_recorded(document: Document) -> None:
    assert not document.edit(document.pattern, "Move")
    assert document.undo_label is None


def test_locks_follow_their_notes_and_can_be_undone(document: Document, qtbot) -> None:
    with qtbot.waitSignal(document.locks_changed):
        document.set_locks(frozenset({KICK, Note(7, 7, 7)}), "Lock")
    assert document.project.locks == {KICK}
    moved = KICK._replace(start=120, velocity=3)
    document.edit(Pattern.of([moved, SNARE], name="old"), "Move")
    assert document.project.locks == {moved}
    document.edit(Pattern.of([moved], name="old"), "Delete")
    assert document.project.locks == {moved}
    document.edit(Pattern.of([SNARE, KICK, moved], name="old"), "Draw")
    assert document.project.locks == {moved}
    document.edit(document.pattern.without_notes(), "Delete")
    assert not document.project.locks
    for _ in range(4):
        document.undo()
    assert document.project.locks == {KICK}
    document.undo()
    assert not document.project.locks
    assert document.pattern == OLD
