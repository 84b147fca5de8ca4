"""The thread that looks into the drummer's mind."""

import threading
import time
from collections.abc import Iterator

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.gui.insight.analysis import Analysis, Broken, Question, Unheard
from drumapp.gui.insight.insight import MemoryFilm, WhatElse
from drumapp.lstm.listening import Listening
from drumapp.lstm.take_settings import GeneratorSettings
from tests.gui.gui_fakes import ScriptedSeat, no_thread

PATIENCE_S = 10.0


def beat(notes: int, pitch: int = 36) -> Pattern:
    return Pattern.of([Note(120 * place, pitch, 40) for place in range(notes)])


class Asker:
    """Asks, and waits for answers."""

    def __init__(self) -> None:
        self.analysis = Analysis(self._take)
        self.answers: list[tuple[Question, object]] = []
        self._came = threading.Condition()

    def _take(self, question: Question, answer: object) -> None:
        with self._came:
            self.answers.append((question, answer))
            self._came.notify_all()

    def wait(self, condition) -> None:
        with self._came:
            assert self._came.wait_for(condition, PATIENCE_S)

    def last_to(self, question: Question, kind: type):
        """The last answer of a kind to a question, once there is one that is whole."""

        def whole(answer) -> bool:
            return isinstance(answer, kind) and getattr(answer, "complete", True)

        self.wait(lambda: any(asked is question and whole(answer) for asked, answer in self.answers))
        return next(answer for asked, answer in reversed(self.answers) if asked is question and whole(answer))


@pytest.fixture
def asker() -> Iterator[Asker]:
    made = Asker()
    yield made
    made.analysis.close()
    assert no_thread("insight")


def test_all_that_is_asked_is_answered(asker: Asker) -> None:
    seat, pattern = ScriptedSeat(), beat(35)
    question = Question(seat, pattern, True, pattern.notes[3], GeneratorSettings(seed=5), "c")
    asker.analysis.ask(question)
    film = asker.last_to(question, MemoryFilm)
    heard = asker.last_to(question, Listening)
    else_ = asker.last_to(question, WhatElse)

    assert len(heard.bits) == 35
    assert else_.note == pattern.notes[3]
    assert film.half == "c"
    assert film.values.shape[0] == 36
    assert seat.mind.followed == [(pattern, GeneratorSettings(seed=5))]


def test_only_what_is_asked_is_found_out(asker: Asker) -> None:
    seat = ScriptedSeat()
    question = Question(seat, beat(5), settings=GeneratorSettings(), half="h")
    asker.analysis.ask(question)
    asker.last_to(question, MemoryFilm)

    assert seat.mind.heard == []
    assert [type(answer) for _, answer in asker.answers] == [MemoryFilm]


def test_a_note_that_is_not_heard_is_said_to_be_so(asker: Asker) -> None:
    pattern = beat(3, pitch=99)
    question = Question(ScriptedSeat(), pattern, note=pattern.notes[0])
    asker.analysis.ask(question)

    assert asker.last_to(question, Unheard).note == pattern.notes[0]


def test_the_latest_question_wins_and_the_others_are_dropped(asker: Asker) -> None:
    seat = ScriptedSeat()
    seat.mind.let_on.clear()
    questions = [Question(seat, beat(500 + number), True) for number in range(20)]
    for question in questions:
        asker.analysis.ask(question)
    seat.mind.let_on.set()
    asker.last_to(questions[-1], Listening)

    assert {question for question, _ in asker.answers} == {questions[-1]}
    assert len(seat.mind.heard) <= 2, "at most the first, which was begun, and the last"


def test_what_is_dropped_is_not_answered(asker: Asker) -> None:
    seat = ScriptedSeat()
    seat.mind.let_on.clear()
    asker.analysis.ask(Question(seat, beat(50), True))
    asker.analysis.drop()
    seat.mind.let_on.set()
    after = Question(seat, beat(7), True)
    asker.analysis.ask(after)
    asker.last_to(after, Listening)

    assert {question for question, _ in asker.answers} == {after}


def test_the_same_question_may_be_asked_again(asker: Asker) -> None:
    seat, pattern = ScriptedSeat(), beat(5)
    for number in range(3):
        question = Question(seat, pattern, True)
        asker.analysis.ask(question)
        asker.last_to(question, Listening)
        assert len(seat.mind.heard) == number + 1


def test_another_seat_is_asked_through_an_insight_of_its_own(asker: Asker) -> None:
    one, other = ScriptedSeat(), ScriptedSeat()
    one.mind.let_on.clear()
    asker.analysis.ask(Question(one, beat(500), True))
    question = Question(other, beat(5), True)
    asker.analysis.ask(question)
    one.mind.let_on.set()
    asker.last_to(question, Listening)

    assert len(other.mind.heard) == 1
    assert {asked for asked, _ in asker.answers} == {question}


def test_a_fault_is_told_and_the_next_question_is_answered(asker: Asker) -> None:
    seat = ScriptedSeat()
    seat.mind.error = RuntimeError("a thought too far")
    question = Question(seat, beat(5), True)
    asker.analysis.ask(question)
    assert str(asker.last_to(question, Broken).error) == "a thought too far"

    seat.mind.error = None
    again = Question(seat, beat(5), True)
    asker.analysis.ask(again)
    assert asker.last_to(again, Listening).complete


def test_much_is_told_as_far_as_it_has_come(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drumapp.gui.insight.analysis.TELL_SECONDS", 0.0)
    question = Question(ScriptedSeat(), beat(200), True)
    asker.analysis.ask(question)
    asker.last_to(question, Listening)
    counts = [len(answer.bits) for _, answer in asker.answers]

    assert len(counts) > 3
    assert counts == sorted(counts)
    assert counts[-1] == 200


def test_closing_ends_it_in_the_middle_of_its_work() -> None:
    asker, seat = Asker(), ScriptedSeat()
    asker.analysis.ask(Question(seat, beat(100_000), True))
    deadline = time.monotonic() + PATIENCE_S
    while not seat.mind.heard:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    asker.analysis.close()

    assert no_thread("insight")
    told = len(asker.answers)
    asker.analysis.ask(Question(seat, beat(5), True))
    assert no_thread("insight")
    assert len(asker.answers) == told


def test_closing_what_was_never_asked_is_nothing() -> None:
    analysis = Analysis(lambda *_: None)
    analysis.drop()
    analysis.close()
    analysis.close()
    assert no_thread("insight")
