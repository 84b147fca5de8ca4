from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.changes import NotePatch, difference
from drumapp.core.history import KEPT_PLAIN, MOST_PLAIN, History
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.project import Project


def titled(name: object) -> Project:
    """A project that differs from others in its name."""
    return Project(Pattern(name=str(name)))


class Line:
    """A history and the project it belongs to."""

    def __init__(self, limit: int = 1000) -> None:
        self.history = History(limit)
        self.project = titled(0)

    def do(self, label: str, project: Project, gesture: object = None) -> None:
        self.history.record(label, project, difference(project, self.project), gesture)
        self.project = project

    def undo(self) -> str | None:
        project = self.history.undo(self.project)
        self.project = self.project if project is None else project
        return None if project is None else project.pattern.name

    def redo(self) -> str | None:
        project = self.history.redo(self.project)
        self.project = self.project if project is None else project
        return None if project is None else project.pattern.name


def test_a_new_history_has_nothing_to_undo_or_redo() -> None:
    line = Line()

    assert line.undo() is None
    assert line.redo() is None
    assert line.history.undo_label is None
    assert line.history.redo_label is None


def test_undo_gives_the_value_before_and_redo_the_value_after() -> None:
    line = Line()
    line.do("Rename", titled("new"))

    assert line.history.undo_label == "Rename"
    assert line.undo() == "0"
    assert line.history.redo_label == "Rename"
    assert line.redo() == "new"


def test_changes_of_one_gesture_are_one_undo() -> None:
    line = Line()
    for value in range(1, 100):
        line.do("Tempo", titled(value), gesture="drag 1")

    assert line.undo() == "0"
    assert line.redo() == "99"
    assert line.undo() == "0"
    assert line.undo() is None


def test_a_gesture_that_ends_where_it_began_leaves_nothing() -> None:
    line = Line()
    line.do("Rename", titled("other"), gesture=1)
    line.do("Rename", titled(0), gesture=1)

    assert line.history.undo_label is None


def test_two_gestures_and_changes_without_one_stay_apart() -> None:
    line = Line()
    line.do("a", titled(1), gesture="first")
    line.do("b", titled(2), gesture="second")
    line.do("c", titled(3))
    line.do("d", titled(4))

    assert line.history.undo_labels == ("d", "c", "b", "a")
    assert [line.undo() for _ in range(4)] == ["3", "2", "1", "0"]


def test_a_gesture_that_was_undone_and_redone_is_closed() -> None:
    line = Line()
    line.do("Tempo", titled(1), gesture="drag")
    line.undo()
    line.redo()
    line.do("Tempo", titled(2), gesture="drag")

    assert line.undo() == "1"


def test_a_new_change_drops_what_was_undone() -> None:
    line = Line()
    line.do("a", titled(1))
    line.undo()
    line.do("b", titled(2))

    assert line.history.redo_label is None
    assert line.history.undo_label == "b"


def test_the_oldest_changes_go_beyond_the_limit() -> None:
    line = Line(limit=3)
    for value in range(10):
        line.do(str(value), titled(value + 1))

    assert line.history.undo_labels == ("9", "8", "7")


def test_a_history_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        History(limit=0)


@given(st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=60))
def test_any_run_of_undo_and_redo_walks_one_line_of_values(acts: list[str]) -> None:
    line = Line()
    names = ["0"]  # every value on the current line of changes
    place = fresh = 0
    for act in acts:
        if act == "do":
            fresh += 1
            line.do("change", titled(fresh))
            names[place + 1 :] = [str(fresh)]
            place += 1
        elif act == "undo":
            name = line.undo()
            assert (name is None) == (place == 0)
            if name is not None:
                place -= 1
                assert name == names[place]
        else:
            name = line.redo()
            assert (name is None) == (place == len(names) - 1)
            if name is not None:
                place += 1
                assert name == names[place]


def with_notes(*starts: int) -> Project:
    return Project(Pattern(NoteRun(Note(start, 36, 100) for start in starts), 100_000))


def test_what_is_written_meanwhile_stays_when_an_edit_before_it_is_undone() -> None:
    line = Line()
    line.project = with_notes(0, 10)
    line.do("Delete", with_notes(10))
    line.project = with_notes(10, 20, 30)  # as a drummer writes on

    line.undo()
    assert line.project == with_notes(0, 10, 20, 30)
    line.project = with_notes(0, 10, 20, 30, 40)
    line.redo()
    assert line.project == with_notes(10, 20, 30, 40)


def test_notes_cut_off_since_a_gesture_do_not_come_back() -> None:
    line = Line()
    line.do("Open", with_notes(5))
    line.do("Take", with_notes(0), gesture="take")
    line.project = with_notes(0, 10, 2000)
    line.do("Edit", with_notes(0, 20, 2010))
    line.do("Edit", with_notes(0, 30, 2020))
    line.undo()
    line.project = with_notes(0, 20)
    line.history.cut_since("take", 1920)

    line.redo()
    assert line.project == with_notes(0, 30)
    line.undo()
    line.undo()
    assert line.project == with_notes(0, 10)


def test_a_thousand_steps_over_ten_thousand_notes_are_small() -> None:
    """Every step changes all notes, in several ways; the benchmark ``undo`` measures more of them."""
    notes = tuple(Note(60 * place + place % 7, (36, 38, 42, 46)[place % 4], 1 + place % 120) for place in range(10_000))
    line = Line()
    line.project = Project(Pattern(NoteRun(notes), 700_000))
    begin = line.project
    for step in range(40):
        shift = (step % 5) + 1
        notes = tuple(Note(n.start + shift, n.pitch, 1 + (n.velocity + 13 * shift) % 120) for n in notes)
        line.do("Everything", replace(line.project, pattern=replace(line.project.pattern, notes=NoteRun(notes))))
    while line.history.pack_one():
        pass
    old = [step.change for step in line.history._done[:-8]]

    held = sum(getattr(run, "nbytes", 10**9) for change in old for run in (change.removed, change.added))
    assert held / len(old) < 80_000, "a thousand such steps must fit into 80 MB"
    for _ in range(40):
        line.undo()
    assert line.project == begin


def test_a_gesture_of_many_patches_takes_back_exactly_what_it_did() -> None:
    first = NotePatch((Note(0, 36, 1),), (Note(0, 36, 2),))
    second = NotePatch((Note(0, 36, 2),), (Note(0, 36, 3),))
    back_and_forth = NotePatch((Note(0, 36, 2),), (Note(0, 36, 1),))

    assert first.then(second) == NotePatch((Note(0, 36, 1),), (Note(0, 36, 3),))
    assert first.then(back_and_forth) == NotePatch()


def packed_ones(history: History) -> list[bool]:
    """Whether each step is packed, the oldest first."""
    return [step.packed for step in history._done]


def shifted(by: int) -> Project:
    return Project(Pattern.of([Note(tick + by, 36, 100) for tick in range(0, 2000, 10)]))


def test_old_steps_are_packed_one_at_a_time_and_come_out_as_they_were() -> None:
    line = Line()
    for by in range(KEPT_PLAIN + 4):
        line.do(str(by), shifted(by + 1))
    assert not any(packed_ones(line.history))
    packed = 0
    while line.history.pack_one():
        packed += 1
        assert packed_ones(line.history) == [True] * packed + [False] * (12 - packed)
    assert packed == 4
    for by in range(KEPT_PLAIN + 3, 0, -1):
        line.undo()
        assert line.project == shifted(by)
    line.redo()
    assert line.project == shifted(2)


def test_where_there_is_never_time_for_it_a_step_is_packed_with_every_new_one() -> None:
    line = Line()
    for by in range(2 * MOST_PLAIN):
        line.do(str(by), shifted(by + 1))
    assert packed_ones(line.history).count(False) <= MOST_PLAIN
