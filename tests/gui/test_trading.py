"""Call and response in the window."""

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.cowriting.trading import LEAD_SECONDS
from tests.gui.window_acts import BAR, let_run, trigger

MINE = Pattern.of([Note(bar * BAR, 36, 100) for bar in range(4)], length=4 * BAR, name="mine")
TURNS = (Range(BAR, 2 * BAR), Range(3 * BAR, 4 * BAR))


@pytest.fixture
def document(application):
    application.document.replace(MINE, "Draw")
    return application.document


def within(pattern: Pattern, spans) -> list[list[Note]]:
    """The notes from a little before each span on, as feel may strike early."""
    return [[note for note in pattern.notes if span.start - 20 <= note.start < span.stop - 20] for span in spans]


def begin(qtbot, application, bars: int = 1) -> None:
    trigger(application, f"trade_{bars}")
    qtbot.waitUntil(lambda: all(map(is_answer, within(application.document.pattern, turns_of(application)))))


def turns_of(application) -> tuple[Range, ...]:
    return application.window.roll.scene.regions


def is_answer(notes: list[Note]) -> bool:
    """More than what the user had there."""
    return len(notes) > 4


def test_the_drummer_answers_every_other_bar_and_mine_stay(qtbot, application, document) -> None:
    begin(qtbot, application)
    assert application.window.roll.scene.regions == TURNS
    assert application.window.offers.isVisible()
    pattern = document.pattern
    mine = [note for note in pattern.notes if not any(span.start - 20 <= note.start < span.stop - 20 for span in TURNS)]
    assert mine == [MINE.notes[0], MINE.notes[2]]
    assert all(len(answer) > 4 for answer in within(pattern, TURNS))


def test_just_before_a_turn_it_is_answered_anew(qtbot, application, document, engine) -> None:
    begin(qtbot, application)
    first = within(document.pattern, TURNS)
    application.conductor.play()
    lead = 2 * 480 * LEAD_SECONDS
    engine.position = BAR - lead - 20
    application.conductor.tick()
    qtbot.wait(50)
    assert within(document.pattern, TURNS) == first, "there is time yet"
    engine.position = BAR - lead + 20
    let_run(qtbot, application, lambda: within(document.pattern, TURNS)[0] != first[0])
    second = within(document.pattern, TURNS)
    assert second[1] == first[1], "its other turn comes later"
    engine.position = BAR
    application.conductor.tick()
    qtbot.wait(50)
    assert within(document.pattern, TURNS) == second
    engine.position = 0  # round again
    application.conductor.tick()
    engine.position = BAR - 20
    let_run(qtbot, application, lambda: within(document.pattern, TURNS)[0] != second[0])


def test_stopped_the_last_answers_stay_and_are_a_take(qtbot, application, document) -> None:
    begin(qtbot, application)
    answered = document.pattern
    application.window.offers.buttons[0].click()
    assert document.pattern == answered
    assert application.window.roll.scene.regions == ()
    assert application.window.actions_by_name["trade_0"].isChecked()
    assert [take.result for take in document.project.takes] == [answered]
    trigger(application, "undo")
    assert document.pattern == MINE


def test_an_empty_roll_gets_a_turn_for_each(qtbot, application) -> None:
    begin(qtbot, application, 2)
    assert application.document.pattern.length == 4 * BAR
    assert application.window.roll.scene.regions == (Range(2 * BAR, 4 * BAR),)
    application.document.set_loop(Range(0, 3 * BAR), "Loop")
    assert application.window.roll.scene.regions == (Range(2 * BAR, 3 * BAR),)


@pytest.mark.parametrize("act", ["generate", "new", "rewrite", "trade_0"])
@pytest.mark.usefixtures("document")
def test_whatever_else_the_drummer_shall_do_ends_it(qtbot, application, act: str) -> None:
    begin(qtbot, application)
    trigger(application, act)
    assert not application.window.offers.isVisible()
    assert application.window.actions_by_name["trade_0"].isChecked()
    let_run(qtbot, application, lambda: not application.document.in_take)


def test_without_a_drummer_nothing_begins(application, document) -> None:
    application.conductor.set_seat(None)
    trigger(application, "trade_1")
    assert application.window.actions_by_name["trade_0"].isChecked()
    assert document.pattern == MINE
