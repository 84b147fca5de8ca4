"""What else here? What comes to the drummer's mind in a note's stead, and swapping it in."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap
from drumapp.gui.application import Application
from drumapp.gui.insight.insight import Stroke, WhatElse
from drumapp.gui.insight.model_insight import ModelInsight, what_else
from drumapp.gui.insight.what_else_popup import WhatElsePopup, percent
from drumapp.gui.insight.what_else_view import BROKEN, LISTENING, NOBODY, NOTHING_MEANT, UNHEARD, difference
from drumapp.lstm.listening import Guess, Listener
from tests.gui.gui_fakes import no_thread
from tests.gui.window_acts import BAR, trigger
from tests.lstm.drummers import busy_model, random_beat

NO_BUTTON, NO_KEYS = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
SNARE = Note(485, 38, 90)
PATTERN = Pattern.of([Note(0, 36, 100), SNARE, Note(960, 36, 80), Note(1440, 99, 70)], length=2 * BAR)


# What is offered


def asked(guesses: list[Guess], pattern: Pattern = PATTERN, count: int = 5) -> WhatElse:
    return what_else(SNARE, 480, guesses, pattern, count)


def test_guesses_close_together_are_one_stroke_as_likely_as_all() -> None:
    found = asked([Guess(480, 42, 0.4), Guess(500, 42, 0.2), Guess(520, 42, 0.1), Guess(540, 42, 0.05)])

    assert [(stroke.tick, stroke.key) for stroke in found.others] == [(480, 42), (540, 42)]
    assert found.others[0].probability == pytest.approx(0.7)


def test_what_is_close_to_the_note_is_the_note() -> None:
    found = asked([Guess(500, 38, 0.3), Guess(480, 38, 0.25), Guess(600, 38, 0.1)])

    assert found.own.probability == pytest.approx(0.55)
    assert [stroke.tick for stroke in found.others] == [600]


def test_what_stands_there_already_is_not_offered() -> None:
    found = asked([Guess(960, 36, 0.5), Guess(940, 36, 0.2), Guess(880, 36, 0.1), Guess(960, 42, 0.1)])

    assert [(stroke.tick, stroke.key) for stroke in found.others] == [(880, 36), (960, 42)]


def test_nothing_is_offered_beyond_the_end() -> None:
    assert asked([Guess(2 * BAR, 42, 0.5), Guess(2 * BAR - 20, 42, 0.1)]).others == (Stroke(2 * BAR - 20, 42, 0.1),)


def test_no_more_are_offered_than_are_wanted_and_the_likeliest_come_first() -> None:
    guesses = [Guess(480 + 60 * place, 42, 0.3 / (place + 1)) for place in range(8)] + [Guess(540, 46, 0.29)]
    found = asked(guesses, count=3)
    probabilities = [stroke.probability for stroke in found.others]

    assert len(probabilities) == 3
    assert probabilities == sorted(probabilities, reverse=True)


def test_a_swapped_note_keeps_its_velocity_and_how_far_off_the_grid_it_was() -> None:
    found = asked([Guess(600, 42, 0.5), Guess(480, 46, 0.3)])
    assert found.swaps == (Note(605, 42, 90), Note(485, 46, 90))
    early = WhatElse(Note(3, 36, 50), Stroke(20, 36, 0.1), (Stroke(0, 42, 0.5),))
    assert early.swaps == (Note(0, 42, 50),)


def test_a_models_guesses_are_offered() -> None:
    model, beat = busy_model(3), random_beat(4, notes=280, bars=10)
    insight = ModelInsight(model)
    for _ in insight.hear(beat):
        pass
    listener = Listener(model)
    for _ in listener.hear(beat):
        pass
    sources = listener.listening.sources.tolist()
    for place in (0, 5, 120, len(beat.notes) - 1):
        if place not in sources:
            continue
        note = beat.notes[place]
        found = insight.what_else(note, 5)
        guesses = listener.guesses(sources.index(place), 400)
        own = sum(g.probability for g in guesses if g.key == note.pitch and abs(g.tick - found.own.tick) <= 40)
        assert found.own.probability == pytest.approx(own, abs=1e-5)
        assert 0 < len(found.others) <= 5
        assert all((stroke.key, stroke.tick) != (note.pitch, found.own.tick) for stroke in found.others)


def test_a_note_that_the_model_does_not_hear_has_none_in_its_stead() -> None:
    insight, pattern = ModelInsight(busy_model(3)), Pattern.of([Note(0, 36, 90), Note(480, 99, 90), Note(2, 36, 10)])
    for _ in insight.hear(pattern):
        pass

    assert insight.what_else(Note(480, 99, 90), 5) is None, "no word for it"
    assert insight.what_else(Note(2, 36, 10), 5) is None, "another is heard in its place"
    assert insight.what_else(Note(7, 36, 90), 5) is None, "not in the pattern"
    assert insight.what_else(Note(0, 36, 90), 5) is not None


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (480, 480, "same time"),
        (480, 500, "+0.0.020"),
        (480, 460, "\N{MINUS SIGN}0.0.020"),
        (480, 960, "+0.1.000"),
        (0, BAR + 600, "+1.1.120"),
    ],
)
def test_how_far_away_is_told_in_bars_beats_and_ticks(one: int, other: int, words: str) -> None:
    assert difference(one, other, MetreMap()) == words


def test_beats_are_those_of_the_metre() -> None:
    assert difference(0, 1440, MetreMap.constant(Metre(6, 8))) == "+1.0.000"
    assert difference(0, 240, MetreMap.constant(Metre(6, 8))) == "+0.1.000"


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "0 %"), (0.0001, "<1 %"), (0.0099, "<1 %"), (0.01, "1 %"), (0.34, "34 %"), (1, "100 %")],
)
def test_percents(probability: float, text: str) -> None:
    assert percent(probability) == text


# In the window


class Hand:
    def __init__(self, application: Application, qtbot) -> None:
        self.application, self.qtbot = application, qtbot
        self.window = application.window
        self.roll = application.window.roll
        self.document = application.document
        self.view = application.insight.what_else

    @property
    def mind(self):
        return self.application.conductor.seat.mind

    @property
    def popup(self) -> WhatElsePopup | None:
        return self.view.popup

    def point_at(self, note: Note) -> None:
        row = self.roll.scene.kit.row_of_key[note.pitch]
        at = QPointF(self.roll.view.pixel_of(note.start) + 1, round(self.roll.view.y_of(row + 0.5)))
        canvas = self.roll.canvas
        event = QMouseEvent(QEvent.Type.MouseMove, at, canvas.mapToGlobal(at), NO_BUTTON, NO_BUTTON, NO_KEYS)
        QApplication.sendEvent(canvas, event)

    def ask(self) -> None:
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        QTest.keyClick(self.window, Qt.Key.Key_A)

    def ask_about(self, note: Note) -> WhatElsePopup:
        """The popup with what is offered."""
        self.point_at(note)
        self.ask()
        self.qtbot.waitUntil(lambda: self.popup is not None and self.popup.rows.count() > 0, timeout=10_000)
        return self.popup

    def press(self, key) -> None:
        QTest.keyClick(self.popup.rows if self.popup.rows.isVisible() else self.popup, key)

    @property
    def heard(self) -> list[object]:
        return [what for name, what in self.application.engine.told if name == "audition"]

    def swapped(self, new: Note) -> None:
        """The note was swapped by one step of undo."""
        assert self.popup is None
        assert set(self.document.pattern.notes) == {*PATTERN.notes} - {SNARE} | {new}
        assert self.document.undo_label == "Swap note"
        assert self.application.notes.editor.selection == {new}
        trigger(self.application, "undo")
        assert self.document.pattern.notes == PATTERN.notes


@pytest.fixture
def hand(application: Application, qtbot) -> Hand:
    application.document.replace(PATTERN, "test")
    return Hand(application, qtbot)


def test_the_likeliest_are_listed_with_drum_place_and_probability(hand: Hand) -> None:
    popup = hand.ask_about(SNARE)
    words = [popup.rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(popup.rows.count())]

    assert words == [
        "1: Closed hat, same time, 50 %",
        "2: Snare, same time, 20 %",
        "3: Kick, +0.0.120, 10 %",
        "4: Crash, same time, <1 %",
    ]
    assert popup.title.text() == "Instead of Snare (12 %)"
    assert popup.grab().toImage().height() > 100


@pytest.mark.parametrize(("key", "new"), [(Qt.Key.Key_1, Note(485, 42, 90)), (Qt.Key.Key_3, Note(605, 36, 90))])
def test_a_number_swaps_its_line_in(hand: Hand, key, new: Note) -> None:
    hand.ask_about(SNARE)
    hand.press(key)
    hand.swapped(new)


def test_arrows_let_each_be_heard_and_return_swaps_it_in(hand: Hand) -> None:
    hand.ask_about(SNARE)
    assert hand.heard == []
    hand.press(Qt.Key.Key_Down)
    hand.press(Qt.Key.Key_Down)
    assert hand.heard == [(38, 90), (36, 90)]
    assert hand.document.pattern.notes == PATTERN.notes
    hand.press(Qt.Key.Key_Return)
    hand.swapped(Note(605, 36, 90))


def test_return_at_once_takes_the_likeliest(hand: Hand) -> None:
    hand.ask_about(SNARE)
    hand.press(Qt.Key.Key_Enter)
    hand.swapped(Note(485, 42, 90))


def test_the_pointer_lets_them_be_heard_and_a_click_swaps_in(hand: Hand) -> None:
    popup = hand.ask_about(SNARE)
    viewport = popup.rows.viewport()
    for row in (1, 2):
        at = popup.rows.visualItemRect(popup.rows.item(row)).center()
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), QPointF(viewport.mapToGlobal(at)), NO_BUTTON, NO_BUTTON, NO_KEYS
        )
        QApplication.sendEvent(viewport, event)
    assert hand.heard == [(38, 90), (36, 90)]
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    hand.swapped(Note(605, 36, 90))


def test_escape_leaves_everything_as_it_is(hand: Hand) -> None:
    hand.ask_about(SNARE)
    hand.press(Qt.Key.Key_Escape)

    assert hand.popup is None
    assert hand.document.pattern.notes == PATTERN.notes
    assert hand.document.undo_label == "test"


@pytest.mark.parametrize("key", [Qt.Key.Key_9, Qt.Key.Key_X, Qt.Key.Key_0])
def test_other_keys_do_nothing(hand: Hand, key) -> None:
    hand.ask_about(SNARE)
    hand.press(key)
    assert hand.popup is not None
    assert hand.document.pattern.notes == PATTERN.notes


def test_the_one_selected_note_is_asked_about(hand: Hand, qtbot) -> None:
    hand.application.notes.editor.select(frozenset({SNARE}))
    trigger(hand.application, "what_else")
    qtbot.waitUntil(lambda: hand.popup is not None and hand.popup.rows.count() > 0, timeout=10_000)
    assert hand.view.note == SNARE
    hand.view.close()


def test_with_nothing_meant_it_says_what_to_do(hand: Hand) -> None:
    for chosen in (frozenset(), frozenset(PATTERN.notes[:2])):
        hand.application.notes.editor.select(chosen)
        trigger(hand.application, "what_else")
        assert hand.popup is None
        assert hand.window.status.music.text() == NOTHING_MEANT


def test_a_pointer_that_has_left_points_at_nothing(hand: Hand) -> None:
    hand.point_at(SNARE)
    QApplication.sendEvent(hand.roll.canvas, QEvent(QEvent.Type.Leave))
    trigger(hand.application, "what_else")
    assert hand.popup is None


def test_until_the_answer_comes_it_says_that_it_listens(hand: Hand, qtbot) -> None:
    hand.mind.let_on.clear()
    hand.point_at(SNARE)
    hand.ask()
    assert hand.popup.words.text() == LISTENING
    hand.press(Qt.Key.Key_Return)
    assert hand.popup is not None, "there is nothing to choose from yet"
    hand.mind.let_on.set()
    qtbot.waitUntil(lambda: hand.popup.rows.count() > 0, timeout=10_000)
    assert not hand.popup.words.isVisible()
    hand.view.close()


def test_closed_before_the_answer_comes_nothing_comes(hand: Hand, qtbot) -> None:
    hand.mind.let_on.clear()
    hand.point_at(SNARE)
    hand.ask()
    hand.press(Qt.Key.Key_Escape)
    hand.mind.let_on.set()
    qtbot.wait(100)
    assert hand.popup is None


def test_a_note_that_is_not_heard_is_said_to_be_so(hand: Hand, qtbot) -> None:
    hand.point_at(Note(1440, 99, 70))
    hand.ask()
    qtbot.waitUntil(lambda: hand.popup.words.text() == UNHEARD, timeout=10_000)
    assert hand.popup.rows.count() == 0
    hand.view.close()


def test_without_a_drummer_it_says_so(hand: Hand) -> None:
    hand.application.conductor.set_seat(None)
    hand.point_at(SNARE)
    hand.ask()
    assert hand.popup.words.text() == NOBODY
    hand.view.close()


def test_a_fault_is_said(hand: Hand, qtbot) -> None:
    hand.mind.error = RuntimeError("a thought too far")
    hand.point_at(SNARE)
    hand.ask()
    qtbot.waitUntil(lambda: hand.popup.words.text() == BROKEN, timeout=10_000)
    hand.view.close()


def test_the_list_closes_when_its_note_goes_and_stays_when_another_does(hand: Hand) -> None:
    hand.ask_about(SNARE)
    hand.document.edit(Pattern.of([SNARE], length=2 * BAR), "Erase notes")
    assert hand.popup is not None
    hand.document.edit(Pattern.of([Note(0, 36, 100)], length=2 * BAR), "Erase note")
    assert hand.popup is None


def test_closing_the_window_closes_it(hand: Hand) -> None:
    hand.ask_about(SNARE)
    hand.window.close()
    hand.application.close()
    assert no_thread("insight")


@pytest.mark.parametrize("pitch", [57, 35])
def test_the_list_lies_beside_its_note_and_within_the_window(hand: Hand, pitch: int) -> None:
    note = Note(BAR, pitch, 90)
    hand.document.replace(Pattern.of([note], length=BAR * 2), "test")
    popup = hand.ask_about(note)
    frame, box = popup.frameGeometry(), hand.window.frameGeometry()
    row = hand.roll.scene.kit.row_of_key[pitch]
    top = hand.roll.canvas.mapToGlobal(QPoint(0, round(hand.roll.view.y_of(row)))).y()

    assert box.contains(frame)
    assert not frame.top() <= top + hand.roll.view.row_height / 2 <= frame.bottom(), "the note is not covered"
    hand.view.close()
