import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.history import History


def test_a_new_history_has_nothing_to_undo_or_redo() -> None:
    history: History[str] = History()

    assert history.undo() is None
    assert history.redo() is None
    assert history.undo_label is None
    assert history.redo_label is None


def test_undo_gives_the_value_before_and_redo_the_value_after() -> None:
    history: History[str] = History()
    history.record("Generate", "old", "new")

    undone = history.undo()
    assert undone is not None
    assert (undone.label, undone.before) == ("Generate", "old")
    redone = history.redo()
    assert redone is not None
    assert redone.after == "new"


def test_changes_of_one_gesture_are_one_undo() -> None:
    history: History[int] = History()
    for value in range(1, 100):
        history.record("Tempo", value - 1, value, gesture="drag 1")

    undone = history.undo()
    assert undone is not None
    assert (undone.before, undone.after) == (0, 99)
    assert history.undo() is None


def test_a_gesture_that_ends_where_it_began_leaves_nothing() -> None:
    start, other = object(), object()
    history: History[object] = History()
    history.record("Tempo", start, other, gesture=1)
    history.record("Tempo", other, start, gesture=1)

    assert history.undo_label is None


def test_two_gestures_and_changes_without_one_stay_apart() -> None:
    history: History[int] = History()
    history.record("a", 0, 1, gesture="first")
    history.record("b", 1, 2, gesture="second")
    history.record("c", 2, 3)
    history.record("d", 3, 4)

    undone = [history.undo() for _ in range(4)]
    assert [change.before for change in undone if change] == [3, 2, 1, 0]


def test_a_gesture_that_was_undone_and_redone_is_closed() -> None:
    history: History[int] = History()
    history.record("Generate", 0, 1, gesture="take")
    history.undo()
    history.redo()
    history.record("Generate", 1, 2, gesture="take")

    undone = history.undo()
    assert undone is not None
    assert undone.before == 1


def test_a_new_change_drops_what_was_undone() -> None:
    history: History[int] = History()
    history.record("a", 0, 1)
    history.undo()
    history.record("b", 0, 2)

    assert history.redo_label is None
    assert history.undo_label == "b"


def test_the_oldest_changes_go_beyond_the_limit() -> None:
    history: History[int] = History(limit=3)
    for value in range(10):
        history.record(str(value), value, value + 1)

    labels = []
    while change := history.undo():
        labels.append(change.label)
    assert labels == ["9", "8", "7"]


def test_a_history_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        History(limit=0)


@given(st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=60))
def test_any_run_of_undo_and_redo_walks_one_line_of_values(acts: list[str]) -> None:
    history: History[int] = History()
    line = [0]  # every value on the current line of changes
    place = 0
    fresh = 0
    for act in acts:
        if act == "do":
            fresh += 1
            history.record("change", line[place], fresh)
            line[place + 1 :] = [fresh]
            place += 1
        elif act == "undo":
            change = history.undo()
            assert (change is None) == (place == 0)
            if change is not None:
                place -= 1
                assert change.before == line[place]
        else:
            change = history.redo()
            assert (change is None) == (place == len(line) - 1)
            if change is not None:
                place += 1
                assert change.after == line[place]


def test_a_gesture_goes_on_under_the_changes_made_since() -> None:
    history: History[str] = History()
    history.record("take", "", "a", gesture="take")
    history.record("edit", "a", "A")
    history.record("edit", "A", "AA")
    assert history.undo() is not None
    current = history.amend("take", lambda text: text + "b", "A")

    assert current == "Ab"
    redone = history.redo()
    assert redone is not None
    assert (redone.before, redone.after) == ("Ab", "AAb")
    assert [(change.before, change.after) for change in (history.undo(), history.undo(), history.undo()) if change] == [
        ("Ab", "AAb"),
        ("ab", "Ab"),
        ("", "ab"),
    ]


def test_a_gesture_dropped_at_the_limit_still_goes_on_under_what_is_left() -> None:
    history: History[str] = History(limit=1)
    history.record("take", "", "a", gesture="take")
    history.record("edit", "a", "A")

    assert history.amend("take", lambda text: text + "b", "A") == "Ab"
    change = history.undo()
    assert change is not None
    assert (change.before, change.after) == ("ab", "Ab")
