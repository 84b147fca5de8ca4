"""Writing together: alternatives for a span, and call and response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import count, takewhile

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import MetreMap, Range
from drumapp.lstm.chart import Chart, GridChart
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.generator import DrumGenerator
from drumapp.lstm.listening import surprise_in_take
from drumapp.lstm.memory_trail import MemoryTrail
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
) -> list[Alternative]:
    """So many ways to write a span: the variations of the settings from theirs on, all from the same memory of what
    comes before. Raises ValueError for a span without end.
    """
    if chart.stop is None:
        raise ValueError("a span needs an end to be written in several ways")
    stepper = stepper or Stepper(model)
    trail = trail if trail is not None else MemoryTrail()
    made = []
    for variation in range(settings.variation, settings.variation + number):
        varied = replace(settings, variation=variation)
        generator = DrumGenerator(model, varied, stepper, chart=chart, trail=trail)
        notes = tuple(sorted(generator))
        following = surprise_in_take(
            model, varied, generator.chart.written(notes), _next_bar(chart.pattern.metre, chart.stop), stepper, trail
        )
        onward = float(following.bits[:, :2].sum(axis=1).mean()) if len(following.bits) else None
        made.append(Alternative(varied, generator.chart, notes, onward))
    return made


def _next_bar(metre: MetreMap, tick: int) -> Range:
    """A bar's length from a tick on."""
    return Range(tick, tick + metre.metre_at(tick).ticks_per_bar)


def turns(metre: MetreMap, span: Range, bars: int, *, drummer_first: bool = False) -> tuple[Range, ...]:
    """The drummer's turns when it and the user play so many bars each in turn: the spans it writes, within ``span``,
    whose start begins a bar. Raises ValueError for less than one bar.
    """
    if bars < 1:
        raise ValueError(f"a turn must be at least one bar, not {bars}")
    first = metre.bar_at(span.start) + (0 if drummer_first else bars)
    starts = takewhile(lambda start: start < span.stop, (metre.bar_start(bar) for bar in count(first, 2 * bars)))
    return tuple(Range(start, min(metre.bar_start(metre.bar_at(start) + bars), span.stop)) for start in starts)


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
