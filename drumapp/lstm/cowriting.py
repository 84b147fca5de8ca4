"""Writing together: alternatives for a span, and call and response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import MetreMap, Range
from drumapp.lstm.chart import Chart, GridChart
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.generator import DrumGenerator
from drumapp.lstm.memory_trail import MemoryTrail
from drumapp.lstm.remembering import surprise_in_take
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings


@dataclass(frozen=True)
class Alternative:
    """One way to write a chart's span.

    Attributes: the settings that replay it, the chart, the new notes in order; ``onward``: how surprising what follows
    is after it, in bits a note for delay and drum over the next bar, None where nothing follows. The network cannot see
    what follows while it writes, but the alternative after which it is least surprised is the one that leads there.
    """

    settings: GeneratorSettings
    chart: GridChart
    notes: tuple[Note, ...]
    onward: float | None

    @property
    def pattern(self) -> Pattern:
        """The whole pattern with the span so written."""
        return self.chart.written(self.notes)


def alternatives(
    model: DrumModel,
    settings: GeneratorSettings,
    chart: Chart,
    number: int,
    stepper: Stepper | None = None,
    trail: MemoryTrail | None = None,
    *,
    time_temperature: float | None = None,
    pitch_temperature: float | None = None,
) -> list[Alternative]:
    """So many ways to write a span: the variations of the settings from theirs on, all from the same memory of what
    comes before.

    Args: temperatures of the span, where they are to be others than those in force before it. Raises ValueError for a
    span without end.
    """
    if chart.stop is None:
        raise ValueError("a span needs an end to be written in several ways")
    stepper = stepper or Stepper(model)
    trail = trail if trail is not None else MemoryTrail()
    made = []
    for variation in range(settings.variation, settings.variation + number):
        varied = replace(settings, variation=variation)
        generator = DrumGenerator(model, varied, stepper, chart=chart, trail=trail)
        if time_temperature is not None or pitch_temperature is not None:
            generator.set_temperatures(time=time_temperature, pitch=pitch_temperature)
        notes = tuple(sorted(generator))
        varied = generator.settings
        following = surprise_in_take(
            model, varied, generator.chart.written(notes), _next_bar(chart.pattern.metre, chart.stop), stepper, trail
        )
        onward = float(following.bits[:, :2].sum(axis=1).mean()) if len(following.bits) else None
        made.append(Alternative(varied, generator.chart, notes, onward))
    return made


def _next_bar(metre: MetreMap, tick: int) -> Range:
    """A bar's length from a tick on."""
    return Range(tick, tick + metre.metre_at(tick).ticks_per_bar)


def respond(
    model: DrumModel,
    settings: GeneratorSettings,
    pattern: Pattern,
    spans: Iterable[Range],
    stepper: Stepper | None = None,
    *,
    locked_keys: frozenset[int] = frozenset(),
) -> Pattern:
    """A pattern with the drummer's turns written one after the other, each from all that comes before it, its own turns
    and the user's.
    """
    stepper = stepper or Stepper(model)
    trail = MemoryTrail()
    for span in spans:
        chart = Chart(pattern, span.start, span.stop, locked_keys)
        generator = DrumGenerator(model, settings, stepper, chart=chart, trail=trail)
        pattern = generator.chart.written(generator)
    return pattern
