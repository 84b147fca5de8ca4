"""Some bars written anew, in several ways, of which one is kept."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from drumapp.core import editing
from drumapp.core.editing import Selection
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import MetreMap, Range
from drumapp.gui.aside import Aside
from drumapp.gui.conductor import Conductor
from drumapp.gui.cowriting.strip import AS_IT_WAS, AlternativesStrip
from drumapp.gui.document import Document
from drumapp.gui.generation import Request
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.gui.requests import turned_to

if TYPE_CHECKING:
    from drumapp.gui.seat import Seat, Way
    from drumapp.lstm.take_settings import GeneratorSettings

WAYS_AT_ONCE = 4
MOST_WAYS = 16


@dataclass
class _Choice:
    """What is chosen from.

    Attributes: span; request, with the variation of the next way; was, the notes that made way; ways; number, which is
    in the roll; standing, what the span holds now, by which others' edits are told; gesture, all of it one undo.
    """

    span: Range
    seat: Seat
    request: Request
    was: tuple[Note, ...]
    label: str
    gesture: tuple[object, ...]
    standing: Sequence[Note]
    ways: list[Way] = field(default_factory=list)
    number: int = AS_IT_WAS

    @property
    def shown(self) -> tuple[Note, ...]:
        """The notes of the way that is in the roll."""
        return self.was if self.number == AS_IT_WAS else self.ways[self.number - 1].notes


class Rewriting(QObject):
    """Signals: said (sentence). Attributes: wanted, asked for the settings of now."""

    said = Signal(str)

    def __init__(
        self, strip: AlternativesStrip, roll: PianoRoll, document: Document, conductor: Conductor, aside: Aside
    ) -> None:
        super().__init__()
        self._strip, self._roll, self._document = strip, roll, document
        self._conductor, self._aside = conductor, aside
        self.wanted: Callable[[], GeneratorSettings]
        self._choice: _Choice | None = None
        self._rounds = itertools.count(1)
        self._variation = 0
        strip.chosen.connect(self.choose)
        strip.more_wanted.connect(self._ask_for_more)
        strip.kept.connect(self.keep)
        strip.left.connect(self.leave)
        document.replaced.connect(self._document_replaced)
        document.begun_anew.connect(self._close)

    @property
    def choosing(self) -> bool:
        """Whether there is something to choose."""
        return self._choice is not None

    def begin(self, span: Range, keys: frozenset[int] | None = None) -> None:
        """Let a span be written in several ways.

        Args: keys, of the lanes that are written; all that are not locked unless given.
        """
        requests, document = self._conductor.requests, self._document
        seat = requests.seat
        span = Range(max(span.start, 0), min(span.stop, document.pattern.length))
        if seat is None or span.length <= 0:
            self.said.emit("There is no drummer" if seat is None else "There are no bars there to write anew")
            return
        self._close()
        chart = requests.chart(document.pattern, span.start, span.stop)
        if keys is not None:
            from drumapp.lstm.chart import all_but

            chart = replace(chart, locked_keys=chart.locked_keys | all_but(keys))
        wanted = self.wanted()
        settings = requests.settings_here(wanted).up_to(span.start)
        self._variation = max(self._variation, settings.variation) + 1
        settings = replace(settings, variation=self._variation)
        _, was = seat.parted(chart)
        where = bars_in_words(document.pattern.metre, span)
        self._choice = _Choice(
            span,
            seat,
            Request(settings, chart, turned=turned_to(wanted, settings)),
            tuple(was),
            f"Write {where} anew",
            ("rewrite", id(self), next(self._rounds)),
            self._notes_of(span),
        )
        self._strip.open(where[0].upper() + where[1:])
        self._roll.show_regions((span,))
        self._conductor.listen_to(span)
        self._ask(self._choice)

    def choose(self, number: int) -> None:
        """Put a way into the roll, or (0) what was there."""
        choice = self._choice
        if choice is None or number > len(choice.ways):
            return
        before = choice.shown
        choice.number = number
        self._put(choice, editing.swap(self._document.pattern, frozenset(before), choice.shown).pattern)
        self._strip.show_chosen(number)

    def keep(self) -> None:
        """Keep the way that is in the roll, and keep it as a take."""
        choice, document = self._choice, self._document
        if choice is None or choice.number == AS_IT_WAS:
            return
        take = choice.ways[choice.number - 1].take(document.next_take_id(), document.pattern, time.time())
        number = choice.number
        self._close()
        document.add_take(take)
        if not document.in_take:  # else the roll is the take's that is under way
            document.edit(document.pattern, choice.label, choice.gesture, origin=take.id)
        self.said.emit(f"{choice.label}: way {number} is kept as a take")

    def leave(self) -> None:
        """Put back what was there."""
        choice = self._choice
        if choice is not None:
            self.choose(AS_IT_WAS)
            self._close()
            self._document.take_back(choice.gesture)

    # The drummer

    def _ask_for_more(self) -> None:
        if self._choice is not None:
            self._ask(self._choice)

    def _ask(self, choice: _Choice, number: int = WAYS_AT_ONCE) -> None:
        """Ask for ways one by one, so that the first is heard soon."""
        seat, request = choice.seat, choice.request
        self._strip.show_busy()
        self._aside.ask(lambda: seat.ways(request, 1), lambda ways: self._came(choice, ways, number - len(ways)))

    def _came(self, choice: _Choice, ways: Sequence[Way], still_wanted: int) -> None:
        if choice is not self._choice:
            return  # left meanwhile
        first = not choice.ways
        choice.ways += ways
        settings = choice.request.settings
        self._variation = settings.variation + len(ways) - 1
        choice.request = replace(choice.request, settings=replace(settings, variation=self._variation + 1))
        self._strip.add_ways(len(ways))
        if first:
            self.choose(1)
        if still_wanted > 0:
            self._ask(choice, still_wanted)
        else:
            self._strip.show_more(possible=len(choice.ways) < MOST_WAYS)
            self._strip.show_best(best_of(choice.ways))

    # The document

    def _put(self, choice: _Choice, pattern: Pattern) -> None:
        choice.standing = _between(pattern, choice.span)
        self._document.edit(pattern, choice.label, choice.gesture)

    def _document_replaced(self) -> None:
        """Whoever edits the span has made up their mind."""
        choice = self._choice
        if choice is not None and choice.standing != self._notes_of(choice.span):
            self._close()

    def _notes_of(self, span: Range) -> Sequence[Note]:
        return _between(self._document.pattern, span)

    def _close(self) -> None:
        if self._choice is None:
            return
        self._choice = None
        focused = self._strip.isAncestorOf(self._strip.window().focusWidget() or self._strip.window())
        self._strip.hide()
        if focused:
            self._roll.canvas.setFocus()
        self._roll.show_regions(())
        self._conductor.listen_to(None)


def bars_of(pattern: Pattern, selection: Selection) -> Range:
    """The bars that a selection touches."""
    span, metre = editing.span_of(selection), pattern.metre
    last = max(note.start for note in selection)
    return Range(metre.bar_start(metre.bar_at(span.start)), metre.bar_start(metre.bar_at(last) + 1))


def bars_in_words(metre: MetreMap, span: Range) -> str:
    """A span in words, by its bars counted from 1."""
    first, last = metre.bar_at(span.start) + 1, metre.bar_at(max(span.stop - 1, 0)) + 1
    return f"bar {first}" if first == last else f"bars {first}–{last}"


def best_of(ways: Sequence[Way]) -> int | None:
    """The number, from 1, of the way after which what follows is least surprising; None where nothing follows."""
    rated = [(way.onward, number) for number, way in enumerate(ways, start=1) if way.onward is not None]
    return min(rated)[1] if rated else None


def _between(pattern: Pattern, span: Range) -> Sequence[Note]:
    return pattern.between(span)
