"""Call and response: the user has some bars, the drummer answers in the next, anew each time the music comes round."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from drumapp.core import editing
from drumapp.core.timing import Range
from drumapp.core.turns import turns
from drumapp.gui.aside import Aside
from drumapp.gui.banner import Banner, Remedy
from drumapp.gui.conductor import Conductor
from drumapp.gui.document import Document
from drumapp.gui.generation import Request
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.gui.requests import turned_to

if TYPE_CHECKING:
    from drumapp.gui.seat import Way
    from drumapp.lstm.take_settings import GeneratorSettings
    from drumapp.playback.engine import Playhead

LEAD_SECONDS = 0.35  # before its turn the drummer makes up its mind; what is played later, it hears next time
TOPIC = "trading"
OFFERED = (1, 2, 4)


class Trading(QObject):
    """Signals: said (sentence); changed when it begins or ends. Attributes: wanted, asked for the settings of now; bars
    a turn, 0 while nobody trades.
    """

    said = Signal(str)
    changed = Signal()

    def __init__(self, banner: Banner, roll: PianoRoll, document: Document, conductor: Conductor, aside: Aside) -> None:
        super().__init__()
        self._banner, self._roll, self._document = banner, roll, document
        self._conductor, self._aside = conductor, aside
        self.wanted: Callable[[], GeneratorSettings]
        self.bars = 0
        self._turns: tuple[Range, ...] = ()
        self._before = 0.0  # where the music was last
        self._last: Way | None = None
        self._rounds = itertools.count(1)
        self._gesture: tuple[object, ...] = ()
        self._variation = 0
        document.replaced.connect(self._document_replaced)
        document.loop_changed.connect(self._lay_out)
        document.begun_anew.connect(self.stop)
        conductor.playhead_moved.connect(self._playhead_moved)

    def begin(self, bars: int) -> None:
        """Trade so many bars: the user has the first. All of the drummer's turns are written at once, then each anew
        just before it comes.
        """
        if self._conductor.requests.seat is None:
            self.said.emit("There is no drummer to trade bars with")
            self.changed.emit()
            return
        self._conductor.finish_take()
        self._gesture = ("trade", id(self), next(self._rounds))
        self._make_room(bars)
        self.bars, self._before = bars, 0.0
        each = "1 bar" if bars == 1 else f"{bars} bars"
        self._banner.offer(
            TOPIC,
            f"Trading {each}",
            "The plain bars are yours; in the shaded ones the drummer answers, anew each time round.",
            [Remedy("Stop trading", self.stop, "The last answers stay")],
            dismissible=False,
        )
        self._lay_out()
        self._answer(self._turns)
        self.changed.emit()

    def stop(self) -> None:
        """Leave the last answers as they are, and keep them as a take."""
        if not self.bars:
            return
        self.bars, last, self._last = 0, self._last, None
        self._turns = ()
        self._roll.show_regions(())
        self._banner.clear(TOPIC)
        document = self._document
        if last is not None and document.pattern.notes and not document.in_take:
            take = last.take(document.next_take_id(), document.pattern, time.time())
            document.add_take(take)
            document.edit(document.pattern, "Trade bars", self._gesture, origin=take.id)
        self.changed.emit()

    # The turns

    def _make_room(self, bars: int) -> None:
        """A turn for each at the least."""
        document = self._document
        pattern = document.pattern
        rest = pattern.bars % (2 * bars)
        wanted = pattern.bars if pattern.bars and not rest else pattern.bars + 2 * bars - rest
        if document.project.loop is None and wanted != pattern.bars:
            grown = editing.set_length(pattern, pattern.metre.bar_start(wanted))
            document.edit(grown, "Trade bars", self._gesture)

    def _lay_out(self) -> None:
        if self.bars:
            project = self._document.project
            self._turns = turns(project.pattern.metre, project.loop_span, self.bars)
            self._roll.show_regions(self._turns)

    def _document_replaced(self) -> None:
        if self._document.in_take:
            self.stop()  # the drummer plays on its own
        else:
            self._lay_out()

    def _playhead_moved(self, head: Playhead) -> None:
        if not self.bars:
            return
        before, self._before = self._before, head.tick
        if not head.playing or head.tick <= before:
            return
        tempo = self._document.pattern.tempo
        ahead = [tempo.tick_at(tempo.seconds_at(tick) + LEAD_SECONDS) for tick in (before, head.tick)]
        self._answer([turn for turn in self._turns if ahead[0] < turn.start <= ahead[1]])

    # The answers

    def _answer(self, spans: Sequence[Range]) -> None:
        """Let the drummer write these turns, each from all that comes before it."""
        requests, document = self._conductor.requests, self._document
        seat = requests.seat
        if not spans or seat is None:
            return
        turn, others = spans[0], spans[1:]
        wanted = self.wanted()
        settings = requests.settings_here(wanted).up_to(turn.start)
        self._variation = max(self._variation, settings.variation) + 1
        settings = replace(settings, variation=self._variation)
        chart = requests.chart(document.pattern, turn.start, turn.stop)
        request = Request(settings, chart, turned=turned_to(wanted, settings))
        bars = self.bars
        self._aside.ask(lambda: seat.ways(request, 1)[0], lambda way: self._came(bars, turn, way, others))

    def _came(self, bars: int, turn: Range, way: Way, others: Sequence[Range]) -> None:
        seat, document = self._conductor.requests.seat, self._document
        if self.bars != bars or turn not in self._turns or seat is None:
            return  # stopped meanwhile, or the bars are others
        _, gone = seat.parted(self._conductor.requests.chart(document.pattern, turn.start, turn.stop))
        self._last = way
        document.edit(editing.swap(document.pattern, frozenset(gone), way.notes).pattern, "Trade bars", self._gesture)
        self._answer(others)
