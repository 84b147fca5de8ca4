"""The drummer's seat: whoever sits there plays what is requested, from a model or, in tests, from a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Take
from drumapp.gui.generation import NoteGenerator, Request
from drumapp.gui.insight.insight import Insight

if TYPE_CHECKING:
    from drumapp.lstm.chart import Chart
    from drumapp.lstm.checkpoint import DrumModel
    from drumapp.lstm.cowriting import Alternative
    from drumapp.lstm.stepper import Stepper
    from drumapp.lstm.take_settings import GeneratorSettings


@dataclass(frozen=True)
class Way:
    """One way to write a span.

    Attributes: notes, in order; onward, how surprising what follows is after it, in bits a note, None where nothing
    follows; take (id, pattern it came to, time in seconds since 1970) is what replays it, as a project keeps it.
    """

    notes: tuple[Note, ...]
    onward: float | None
    take: Callable[[str, Pattern, float], Take]


class Seat(Protocol):
    """A drummer, as the window knows it. It plays one request at a time; what is asked of it aside (:meth:`ways`,
    :meth:`replayed`) is asked in another thread, one thing after another.
    """

    def make(self, request: Request) -> NoteGenerator:
        """A run that plays what is requested; called, as its notes are drawn, in the drummer's thread."""

    def ways(self, request: Request, number: int) -> Sequence[Way]:
        """So many ways to write a request's span, each another throw of the dice. Raises ValueError for a style that
        the model does not know.
        """

    def replayed(self, take: Take) -> Sequence[Note]:
        """The notes that a take's recipe gives, in order, as far as the take went. Raises DrumappError, saying why,
        where it cannot be played again.
        """

    def parted(self, chart: Chart) -> tuple[Sequence[Note], Sequence[Note]]:
        """The notes of a chart that stay and those that make way, each in order; quick."""

    def take_of(self, generator: NoteGenerator, take_id: str, result: Pattern, made: float) -> Take:
        """What replays a run that has ended, as a project keeps it."""

    def settings_of(self, take: Take) -> GeneratorSettings:
        """The settings that a take was made with. Raises DrumappError, naming the take, when they make no sense."""

    def is_mine(self, take: Take) -> bool:
        """Whether this very drummer played a take."""

    def hearsay(self, notes: Sequence[Note]) -> str:
        """What to tell the user of notes that the drummer hears otherwise than they are, or not at all; or nothing."""

    def insight(self) -> Insight:
        """A look into the drummer's mind, while it plays or not; called, as it is asked, in a thread of its own."""


class ModelSeat:
    """A model at the drums. Its runs share one stepper, whose preparation takes most of the time to a first note."""

    def __init__(self, model: DrumModel) -> None:
        from drumapp.lstm.ear import Ear
        from drumapp.lstm.memory_trail import MemoryTrail
        from drumapp.lstm.stepper import Stepper

        self.model = model
        self._stepper = Stepper(model)
        self._aside: Stepper | None = None  # made when it is wanted: it takes its time
        self._aside_trail = MemoryTrail()
        self._ear = Ear(model.vocabulary)

    def make(self, request: Request) -> NoteGenerator:
        """See :meth:`Seat.make`. Raises ValueError for a style that the model does not know."""
        from drumapp.lstm.generator import DrumGenerator
        from drumapp.lstm.memory_trail import MemoryTrail

        trail = request.trail if isinstance(request.trail, MemoryTrail) else None
        generator = DrumGenerator(self.model, request.settings, self._stepper, chart=request.chart, trail=trail)
        turned = request.turned
        if turned.time_temperature is not None or turned.pitch_temperature is not None:
            generator.set_temperatures(time=turned.time_temperature, pitch=turned.pitch_temperature)
        if turned.fresh is not None:
            generator.freshen(turned.fresh)
        return generator

    def ways(self, request: Request, number: int) -> list[Way]:
        """See :meth:`Seat.ways`."""
        from drumapp.lstm.cowriting import alternatives
        from drumapp.lstm.recipe import TakeRecipe

        assert request.chart is not None
        made = alternatives(
            self.model,
            request.settings,
            request.chart,
            number,
            self._stepper_aside(),
            self._aside_trail,
            time_temperature=request.turned.time_temperature,
            pitch_temperature=request.turned.pitch_temperature,
        )

        def way(alternative: Alternative) -> Way:
            recipe = TakeRecipe.of_span(self.model, alternative.settings, alternative.chart)
            return Way(
                alternative.notes,
                alternative.onward,
                lambda take_id, result, made: recipe.to_take(take_id, "", result, made),
            )

        return [way(alternative) for alternative in made]

    def replayed(self, take: Take) -> Sequence[Note]:
        """See :meth:`Seat.replayed`."""
        from drumapp.lstm.recipe import TakeRecipe

        return TakeRecipe.from_take(take).replayed(self.model, take.result, self._stepper_aside())

    def _stepper_aside(self) -> Stepper:
        from drumapp.lstm.stepper import Stepper

        self._aside = self._aside or Stepper(self.model)
        return self._aside

    def parted(self, chart: Chart) -> tuple[Sequence[Note], Sequence[Note]]:
        """See :meth:`Seat.parted`."""
        from drumapp.lstm.chart import parted

        return parted(chart, self._ear)

    def take_of(self, generator: NoteGenerator, take_id: str, result: Pattern, made: float) -> Take:
        """See :meth:`Seat.take_of`."""
        from drumapp.lstm.generator import DrumGenerator
        from drumapp.lstm.recipe import TakeRecipe

        assert isinstance(generator, DrumGenerator)
        return TakeRecipe.of(generator).to_take(take_id, "", result, made)

    def settings_of(self, take: Take) -> GeneratorSettings:
        """See :meth:`Seat.settings_of`."""
        from drumapp.lstm.recipe import TakeRecipe

        return TakeRecipe.from_take(take).settings

    def is_mine(self, take: Take) -> bool:
        """See :meth:`Seat.is_mine`."""
        return take.model == self.model.digest

    def hearsay(self, notes: Sequence[Note]) -> str:
        """See :meth:`Seat.hearsay`."""
        from drumapp.lstm.ear import Hearsay

        return Hearsay.of(notes, self._ear).sentence

    def insight(self) -> Insight:
        """See :meth:`Seat.insight`."""
        from drumapp.gui.insight.model_insight import ModelInsight

        return ModelInsight(self.model)
