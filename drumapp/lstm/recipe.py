"""Recipes: all that replays a take to the byte, and how it is kept in a project."""

from __future__ import annotations

from dataclasses import dataclass, field

from drumapp.core.errors import DrumappError
from drumapp.core.pattern import InvalidNoteError, Note, Pattern, check_note
from drumapp.core.project import Fields, Json, Take
from drumapp.lstm.chart import Chart, GridChart
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.generator import DrumGenerator
from drumapp.lstm.json_fields import flag, items, whole, wholes
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings


class RecipeError(DrumappError):
    """A take that cannot be played again; the sentence says why."""


@dataclass(frozen=True)
class TakeRecipe:
    """What a take was made from.

    Attributes: ``model``, digest of the checkpoint, and ``drummer``, what it is called; settings with their changes;
    ``context``, digest of what the chart said, empty for a take without a chart; the chart's span, what in it is
    locked, and how notes belong to it.
    """

    model: str
    settings: GeneratorSettings
    context: str = ""
    start: int | None = 0
    stop: int | None = None
    locked_keys: frozenset[int] = field(default_factory=frozenset)
    locked_notes: frozenset[Note] = field(default_factory=frozenset)
    by_beat: bool = False
    drummer: str = ""

    @classmethod
    def of(cls, generator: DrumGenerator) -> TakeRecipe:
        """The recipe of a run, as far as it has come: what is turned later is not in it."""
        if not generator.charted:
            return cls(generator.model.digest, generator.settings, drummer=generator.model.name)
        return cls.of_span(generator.model, generator.settings, generator.chart)

    @classmethod
    def of_span(cls, model: DrumModel, settings: GeneratorSettings, grid_chart: GridChart) -> TakeRecipe:
        """The recipe of a chart's span."""
        chart = grid_chart.chart
        return cls(
            model.digest,
            settings,
            grid_chart.digest,
            chart.start,
            chart.stop,
            chart.locked_keys,
            chart.locked_notes,
            chart.by_beat,
            model.name,
        )

    def to_take(self, take_id: str, name: str = "", result: Pattern | None = None, made: float = 0.0) -> Take:
        """The recipe as a project keeps it, with the pattern it came to or without."""
        settings: dict[str, Json] = {**self.settings.to_json()}
        if self.context:
            settings |= {
                "start": self.start,
                "stop": self.stop,
                "locked_keys": sorted(self.locked_keys),
                "locked_notes": [list(note) for note in sorted(self.locked_notes)],
                "by_beat": self.by_beat,
            }
        return Take(
            take_id,
            name,
            model=self.model,
            drummer=self.drummer,
            seed=self.settings.seed,
            settings=settings,
            context=self.context,
            made=made,
            result=result,
        )

    @classmethod
    def from_take(cls, take: Take) -> TakeRecipe:
        """Read what :meth:`to_take` wrote. Raises RecipeError, naming take and field, when it makes no sense."""
        try:
            return cls._read(take)
        except (ValueError, InvalidNoteError) as error:
            called = f"take {take.name!r}" if take.name else f"take {take.id}"
            raise RecipeError(f"Cannot play {called} again: {error}.") from error

    def generator(
        self, model: DrumModel, pattern: Pattern | None = None, stepper: Stepper | None = None
    ) -> DrumGenerator:
        """The run that makes the take again.

        Args: the model; the pattern the chart was of. Notes within the span may be others by now, they make way; but
        what was written right after the last note, by a take without a start, must not be in it. Raises RecipeError
        when model or pattern are others than those of the take.
        """
        if model.digest != self.model:
            who = self.drummer or "Another drummer"
            instead = "not this model of that name" if who == model.name else f"not {model.name}"
            digest = f"its digest begins with {self.model[:8]}"
            raise RecipeError(f"{who} played this take, {instead}: open the model that did ({digest}).")
        chart = None
        if self.context:
            locked = (self.locked_keys, self.locked_notes)
            chart = Chart(pattern or Pattern(), self.start, self.stop, *locked, self.by_beat)
        try:
            generator = DrumGenerator(model, self.settings, stepper, chart=chart)
        except ValueError as error:
            raise RecipeError(f"Cannot play this take again: {error}.") from error
        if generator.charted and generator.chart.digest != self.context:
            raise RecipeError("The notes this take was played from have changed since, so it would come out another.")
        return generator

    def replayed(
        self, model: DrumModel, result: Pattern | None = None, stepper: Stepper | None = None
    ) -> tuple[Note, ...]:
        """The notes that the drummer plays by this recipe, in order: up to the end of the pattern that the take came
        to, where that is known, for it may have been stopped. Raises RecipeError as :meth:`generator` does, and for a
        take without end.
        """
        generator = self.generator(model, result, stepper)
        limits = [limit for limit in (generator.length, None if result is None else result.length) if limit is not None]
        if not limits:
            raise RecipeError("This take has no end, so it cannot be played again to its end.")
        limit = min(limits)
        notes: list[Note] = []
        for note in generator:
            if note.start < limit:
                notes.append(note)
            if generator.settled >= limit:
                break
        return tuple(sorted(notes))

    @classmethod
    def _read(cls, take: Take) -> TakeRecipe:
        span = {name: take.settings[name] for name in _SPAN_FIELDS if name in take.settings}
        others = {name: value for name, value in take.settings.items() if name not in _SPAN_FIELDS}
        settings = GeneratorSettings.from_json(others, take.seed)
        if not take.context:
            return cls(take.model, settings, drummer=take.drummer)
        locked_keys = [whole({"a locked key": key}, "a locked key") for key in items(span, "locked_keys")]
        if not all(0 <= key <= 127 for key in locked_keys):
            raise ValueError("a locked key must be 0 to 127")
        locked_notes = [Note(*wholes(note, "a locked note", 4)) for note in items(span, "locked_notes")]
        for note in locked_notes:
            check_note(note)
        start, stop = _tick(span, "start"), _tick(span, "stop")
        Chart(Pattern(), start, stop)
        locked = (frozenset(locked_keys), frozenset(locked_notes))
        return cls(take.model, settings, take.context, start, stop, *locked, flag(span, "by_beat"), take.drummer)


_SPAN_FIELDS = ("start", "stop", "locked_keys", "locked_notes", "by_beat")


def _tick(value: Fields, name: str) -> int | None:
    return None if value.get(name) is None else whole(value, name)
