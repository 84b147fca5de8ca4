"""What a drummer is asked to play, read off the document: what stands, and the settings of the take in it. No Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.gui.generation import Request, Turned
from drumapp.gui.takes.words import foreign_words
from drumapp.gui.writing import temperatures_in_force

if TYPE_CHECKING:
    from drumapp.gui.document import Document
    from drumapp.gui.seat import Seat
    from drumapp.lstm.chart import Chart
    from drumapp.lstm.take_settings import GeneratorSettings


class Requests:
    """Attributes: seat, who drums; trail, the memories of the last run, for the next; problem, why the take in the roll
    could not be gone on with as it was begun, empty where it could.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.seat: Seat | None = None
        self.trail: object | None = None
        self.problem = ""
        self._went_on: tuple[int, NoteRun] | None = None  # from where, after what, when last asked to go on
        self._ways = 0  # how often it was asked that

    def drummer(self) -> Seat:
        """Who drums. Raises DrumappError when there is nobody."""
        if self.seat is None:
            raise DrumappError("There is no drummer to generate with: open a model first (File, Open model).")
        return self.seat

    def forget(self) -> None:
        """Another document, or another drummer: nothing of what was heard is of use."""
        self.trail = self._went_on = None

    def chart(self, pattern: Pattern, start: int, stop: int | None, notes: frozenset[Note] = frozenset()) -> Chart:
        """A span to be written in a pattern, with what the user locked, and besides these notes."""
        from drumapp.lstm.chart import Chart

        project = self._document.project
        return Chart(pattern, start, stop, project.kit.locked_keys, project.locks | notes, by_beat=True)

    def stop_of(self, start: int, bars: int) -> int:
        """Where a drummer stops that goes on from a tick: at the end of what is there, or so many bars beyond it."""
        pattern = self._document.pattern
        if start < pattern.length:
            return pattern.length
        return pattern.metre.bar_start(pattern.metre.bar_at(start) + bars)

    def settings_here(self, wanted: GeneratorSettings) -> GeneratorSettings:
        """The settings for a span of what is in the roll: the seed, and so the memory, are those of its take."""
        settings = self._settings_of_roll()
        if settings is None:
            return replace(wanted, changes=())
        return replace(settings, style=wanted.style, feel=wanted.feel, playable=wanted.playable, bars=wanted.bars)

    def going_on(self, wanted: GeneratorSettings, chart: Chart) -> Request:
        """To go on with the take in the roll, or with what is there as if it were one.

        Asked again to go on from the same place, it plays another way.
        """
        start = chart.start or 0
        before = chart.pattern.notes.part(0, chart.pattern.index_from(start))
        settings = self.settings_here(wanted).up_to(start)
        self._ways = self._ways + 1 if self._went_on == (start, before) else 0
        self._went_on = (start, before)
        settings = replace(settings, variation=settings.variation + self._ways)
        return Request(settings, chart, self.trail, turned_to(wanted, settings))

    def _settings_of_roll(self) -> GeneratorSettings | None:
        """Those of the take that the roll's notes come from; None where they are nobody's, or nobody's any more."""
        project = self._document.project
        take = project.take(project.origin) if project.origin else None
        self.problem = ""
        if take is None or self.seat is None:
            return None
        if take.model and not self.seat.is_mine(take):
            self.problem = f"{foreign_words(take)}: this one goes on from it in its own way"
        try:
            return self.seat.settings_of(take)
        except DrumappError as error:
            self.problem = str(error)
            return None


def turned_to(wanted: GeneratorSettings, settings: GeneratorSettings) -> Turned:
    """What has to be turned for settings to have the temperatures that are wanted."""
    time_now, pitch_now = temperatures_in_force(settings)
    return Turned(
        None if wanted.time_temperature == time_now else wanted.time_temperature,
        None if wanted.pitch_temperature == pitch_now else wanted.pitch_temperature,
    )
