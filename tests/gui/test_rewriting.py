"""Some bars written anew in several ways, from the strip above the roll."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from drumapp.core.editing import move
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import MetreMap, Range
from drumapp.gui.cowriting.rewriting import bars_in_words, bars_of, best_of
from drumapp.gui.seat import Way
from tests.gui.window_acts import BAR, click, let_run, trigger

SPAN = Range(BAR, 2 * BAR)


def outside(pattern: Pattern) -> list[Note]:
    return [note for note in pattern.notes if not SPAN.start - 20 <= note.start < SPAN.stop]


@pytest.fixture
def document(application, qtbot):
    application.window.transport.set_bars(4)
    application.drummer.generate()
    let_run(qtbot, application, lambda: not application.document.in_take)
    application.conductor.stop()
    return application.document


@pytest.fixture
def strip(application):
    return application.window.alternatives


def select_bar(application) -> None:
    pattern = application.document.pattern
    application.notes.editor.select(frozenset(pattern.between(SPAN)[:2]))


def rewrite(qtbot, application, action: str = "rewrite") -> None:
    before = application.document.pattern
    select_bar(application)
    trigger(application, action)
    qtbot.waitUntil(lambda: application.document.pattern is not before)
    qtbot.waitUntil(application.window.alternatives.more.isEnabled)


def test_four_ways_are_offered_the_first_is_in_the_roll_and_loops(qtbot, application, document, strip, engine) -> None:
    before = document.pattern
    rewrite(qtbot, application)
    assert strip.isVisible()
    assert strip.words.text() == "Bar 2"
    assert sorted(strip.buttons) == [0, 1, 2, 3, 4]
    assert strip.buttons[1].isChecked()
    assert engine.loop == SPAN
    assert engine.playing
    assert application.window.roll.scene.regions == (SPAN,)
    assert outside(document.pattern) == outside(before)
    ways = []
    for number in range(1, 5):
        click(strip.buttons[number])
        ways.append(document.pattern.notes)
        assert outside(document.pattern) == outside(before)
    assert len(set(ways)) == 4
    click(strip.buttons[0])
    assert document.pattern == before
    assert not strip.keep.isEnabled()


def test_one_is_kept_as_a_take_and_all_of_it_is_one_undo(qtbot, application, document, strip, engine) -> None:
    before, takes = document.pattern, document.project.takes
    rewrite(qtbot, application)
    click(strip.buttons[3])
    kept = document.pattern
    click(strip.keep)
    assert not strip.isVisible()
    assert document.pattern == kept
    assert engine.loop == Range(0, 4 * BAR)
    assert application.window.roll.scene.regions == ()
    take = document.project.takes[-1]
    assert len(document.project.takes) == len(takes) + 1
    assert take.result == kept
    assert document.project.origin == take.id
    trigger(application, "undo")
    assert document.pattern == before
    assert document.project.origin == takes[-1].id
    assert document.undo_label == "Generate"
    assert document.project.takes[-1] == take, "a take stays, whatever is undone"
    trigger(application, "redo")
    assert document.pattern == kept


def test_left_it_is_as_it_was_and_nothing_is_there_to_undo(qtbot, application, document, strip) -> None:
    before = document.pattern
    rewrite(qtbot, application)
    click(strip.close_button)
    assert not strip.isVisible()
    assert document.pattern == before
    assert document.undo_label == "Generate"


def test_digits_return_and_escape_do_it_too(qtbot, application, document, strip) -> None:
    before = document.pattern
    rewrite(qtbot, application)
    QTest.keyClick(strip, Qt.Key.Key_2)
    second = document.pattern
    QTest.keyClick(strip, Qt.Key.Key_0)
    assert document.pattern == before
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert strip.isVisible(), "what was there need not be kept"
    QTest.keyClick(strip, Qt.Key.Key_2)
    QTest.keyClick(strip, Qt.Key.Key_Return)
    assert not strip.isVisible()
    assert document.pattern == second
    rewrite(qtbot, application)
    QTest.keyClick(strip, Qt.Key.Key_Escape)
    assert document.pattern == second


def test_more_ways_come_on_demand_and_none_twice(qtbot, application, document, strip) -> None:
    rewrite(qtbot, application)
    click(strip.more)
    qtbot.waitUntil(lambda: 8 in strip.buttons)
    ways = set()
    for number in range(1, 9):
        strip.buttons[number].click()
        ways.add(document.pattern.notes)
    assert len(ways) == 8
    for most in (12, 16):
        click(strip.more)
        qtbot.waitUntil(lambda most=most: most in strip.buttons)
        assert strip.more.isEnabled() == (most < 16)


def test_written_again_the_bars_come_out_otherwise(qtbot, application, document, strip) -> None:
    ways = []
    for _ in range(3):
        rewrite(qtbot, application)
        ways.append(document.pattern.notes)
        click(strip.keep)
    assert len(set(ways)) == 3


def test_only_the_selected_lanes_are_written(qtbot, application, document, strip) -> None:
    before = document.pattern
    select_bar(application)
    keys = {note.pitch for note in application.notes.editor.selection}
    trigger(application, "rewrite_lanes")
    qtbot.waitUntil(lambda: 4 in strip.buttons)
    for number in range(1, 5):
        strip.buttons[number].click()
        others = [note for note in document.pattern.notes if note.pitch not in keys]
        assert others == [note for note in before.notes if note.pitch not in keys]


def test_an_edit_of_those_bars_is_a_choice_and_one_elsewhere_is_none(qtbot, application, document, strip) -> None:
    rewrite(qtbot, application)
    first, last = document.pattern.notes[0], document.pattern.between(SPAN)[-1]
    document.edit(move(document.pattern, frozenset({first}), 5).pattern, "Move")
    assert strip.isVisible()
    strip.buttons[2].click()
    assert first._replace(start=first.start + 5) in document.pattern.notes
    document.edit(move(document.pattern, frozenset({last}), 5).pattern, "Move")
    trigger(application, "undo")
    strip.buttons[3].click()
    inside = document.pattern.between(SPAN)[0]
    document.edit(move(document.pattern, frozenset({inside}), 5).pattern, "Move")
    assert not strip.isVisible()


@pytest.mark.parametrize("act", ["undo", "new", "generate", "clear"])
def test_whatever_else_becomes_of_the_roll_ends_the_choice(qtbot, application, document, strip, act: str) -> None:
    rewrite(qtbot, application)
    trigger(application, act)
    assert not strip.isVisible()
    assert application.window.roll.scene.regions == ()
    let_run(qtbot, application, lambda: not document.in_take)


def test_while_the_drummer_writes_on_bars_behind_it_are_written_anew(qtbot, application, strip, engine) -> None:
    application.window.transport.set_bars(0)
    document = application.document
    application.drummer.generate()
    let_run(qtbot, application, lambda: document.pattern.length > 3 * BAR)
    select_bar(application)
    trigger(application, "rewrite")
    qtbot.waitUntil(lambda: 4 in strip.buttons)
    assert document.in_take
    assert engine.loop is None
    strip.buttons[2].click()
    inside = document.pattern.between(SPAN)
    engine.position = 2.5 * BAR
    let_run(qtbot, application, lambda: document.pattern.length > 6 * BAR)
    assert document.pattern.between(SPAN) == inside
    assert strip.isVisible()
    click(strip.keep)
    assert document.in_take
    kept = document.project.takes[-1]
    application.conductor.finish_take()
    assert [take.id for take in document.project.takes] == ["1", kept.id]
    assert document.project.origin == "1"


def test_without_a_selection_it_is_the_loop_or_the_bar_of_the_playhead(application, document, strip) -> None:
    application.conductor.seek(2 * BAR + 5)
    trigger(application, "rewrite")
    assert application.window.roll.scene.regions == (Range(2 * BAR, 3 * BAR),)
    click(strip.close_button)
    document.set_loop(Range(480, 960), "Loop")
    trigger(application, "rewrite")
    assert application.window.roll.scene.regions == (Range(480, 960),)
    click(strip.close_button)


def test_an_empty_roll_has_nothing_to_write_anew(application, strip) -> None:
    trigger(application, "rewrite")
    assert not strip.isVisible()
    assert application.window.status.music.text() == "There are no bars there to write anew"


def test_spans_and_words() -> None:
    pattern = Pattern.of([Note(BAR + 5, 36, 100), Note(2 * BAR, 36, 100)], length=4 * BAR)
    assert bars_of(pattern, frozenset(pattern.notes)) == Range(BAR, 3 * BAR)
    assert bars_in_words(MetreMap(), Range(BAR, 3 * BAR)) == "bars 2–3"
    assert bars_in_words(MetreMap(), Range(BAR, 2 * BAR)) == "bar 2"
    ways = [Way((), onward, lambda *_: None) for onward in (2.0, None, 1.0)]
    assert best_of(ways) == 3
    assert best_of(ways[1:2]) is None
