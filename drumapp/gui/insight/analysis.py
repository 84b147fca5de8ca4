"""The thread that looks into the drummer's mind: one question at a time, and only the latest. No Qt."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drumapp.core.pattern import Note, Pattern
from drumapp.gui.insight.insight import Insight

if TYPE_CHECKING:
    from drumapp.gui.seat import Seat
    from drumapp.lstm.take_settings import GeneratorSettings

WORK_SECONDS = 0.004
REST_SECONDS = 0.006
TELL_SECONDS = 0.4  # between two answers while much is heard
STROKES = 5


@dataclass(frozen=True, eq=False)
class Question:
    """What is wanted to be known of a pattern.

    Attributes: seat, whose mind; surprise, whether its notes' surprise is wanted; note, the one in whose stead other
    strokes are; settings of the take whose memory is, and which half of it. None is not wanted.
    """

    seat: Seat
    pattern: Pattern
    surprise: bool = False
    note: Note | None = None
    settings: GeneratorSettings | None = None
    half: str = ""


@dataclass(frozen=True, slots=True)
class Unheard:
    """The note that was asked about is not heard, so nothing comes in its stead."""

    note: Note


@dataclass(frozen=True, slots=True)
class Broken:
    """The question could not be answered, through a fault."""

    error: Exception


class Analysis:
    """Answers questions in a thread of its own, which begins with the first and ends with :meth:`close`.

    A new question takes the place of the one before, which is dropped within milliseconds. The thread works in short
    stretches and rests between them, so that the window can paint.

    Args: answer, called in the thread with a question and each answer to it: a Listening, again and again as far as it
    has come, a WhatElse or Unheard, a MemoryFilm, or Broken.
    """

    def __init__(self, answer: Callable[[Question, object], None]) -> None:
        self._answer = answer
        self._asked = threading.Condition()
        self._question: Question | None = None
        self._is_new = False
        self._closed = False
        self._thread: threading.Thread | None = None
        self._seat: Seat | None = None
        self._insight: Insight | None = None
        self._worked_since = self._held_until = 0.0

    def ask(self, question: Question) -> None:
        """Find this out, and nothing else."""
        with self._asked:
            if self._closed:
                return
            self._question, self._is_new = question, True
            self._asked.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="insight", daemon=True)
            self._thread.start()

    def drop(self) -> None:
        """Find out nothing more."""
        with self._asked:
            self._question, self._is_new = None, False
            self._asked.notify_all()

    def hold(self, seconds: float) -> None:
        """The window has work to do: rest for so long, unless something else is asked meanwhile."""
        self._held_until = max(self._held_until, time.monotonic() + seconds)

    def close(self) -> None:
        """End the thread; no answer comes after this."""
        with self._asked:
            self._closed, self._question = True, None
            self._asked.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (question := self._next()) is not None:
            try:
                for answer in self._answers(question):
                    self._tell(question, answer)
            except Exception as error:  # noqa: BLE001 - whatever breaks here, the window has to say so
                self._insight = self._seat = None  # who knows what it had in mind
                self._tell(question, Broken(error))

    def _next(self) -> Question | None:
        """Wait for a question that was not taken up yet; None at the end."""
        with self._asked:
            self._asked.wait_for(lambda: self._closed or self._is_new)
            self._is_new = False
            return self._question

    def _tell(self, question: Question, answer: object) -> None:
        with self._asked:
            if self._question is question:
                self._answer(question, answer)

    def _answers(self, question: Question) -> Iterator[object]:
        if question.seat is not self._seat:
            self._seat, self._insight = question.seat, question.seat.insight()
        insight = self._insight
        self._worked_since = time.monotonic()
        if question.note is not None or question.surprise:
            told_at = time.monotonic()
            for _ in insight.hear(question.pattern):
                if not self._rests(question):
                    return
                if question.surprise and time.monotonic() - told_at >= TELL_SECONDS:
                    told_at = time.monotonic()
                    yield insight.listening
        if question.note is not None:
            yield insight.what_else(question.note, STROKES) or Unheard(question.note)
        if question.surprise:
            yield insight.listening
        if question.settings is not None:
            for _ in insight.follow(question.pattern, question.settings):
                if not self._rests(question):
                    return
            yield insight.film(question.half)

    def _rests(self, question: Question) -> bool:
        """Rest a little if it is time; whether the question still stands."""
        with self._asked:
            now = time.monotonic()
            held = self._held_until - now
            # Somebody waits for what comes in a note's stead, and looks at nothing else meanwhile.
            if question.note is None and (held > 0.0 or now - self._worked_since >= WORK_SECONDS):
                self._asked.wait_for(lambda: self._question is not question, max(held, REST_SECONDS))
                self._worked_since = time.monotonic()
            return self._question is question
