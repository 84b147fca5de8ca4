"""The drummer: an iterator that draws one event at a time. It knows no thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from drumapp.core.pattern import Note, Pattern
from drumapp.lstm.chart import Chart, GridChart, on_grid
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.ear import Ear
from drumapp.lstm.limits import Limits
from drumapp.lstm.memory_trail import MemoryTrail
from drumapp.lstm.mind import Mind
from drumapp.lstm.stepper import Floats, Memory, Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.vocabulary import VELOCITY_STEPS, GridNote

_NEVER = np.float32(-np.inf)
_SURELY = np.float32(1e30)
_PLAIN_VELOCITY = 100 * VELOCITY_STEPS // 128


class DrumGenerator(Iterator[Note]):
    """One run of a drummer: each ``next`` draws one event and gives its note, until its span is full.

    Without a chart it plays the bars that the settings name, from a fresh memory. With one it hears what comes before
    the span, from the fresh memory of its seed, and goes on as if it had played that itself: a take stopped after any
    event and taken up again from its notes goes on with the very notes it would have played. Notes that stand in the
    span are heard where they lie, and are not given again.

    Notes come in order of grid position; microtiming may put neighbours up to 19 ticks out of order. What an event
    draws depends on what was heard before it, the seed, and the number of events heard; after an edit that adds or
    removes events the dice fall anew.

    When an event must not be drawn (it lies before the span, in a locked lane, on a drum that no limb is free for), its
    share goes to the others: delay and drum are drawn together from what is allowed, as the network would say if it
    could not think of the rest. When what is drawn lies at or beyond the next note that stands, that note comes first.

    Attributes: model; ``chart``, as laid on the network's grid, and ``charted``, whether one was given.

    Args: ``stepper``, made of the same model, saves its preparation, most of the time to the first note; runs may share
    one as long as no two of them play at the same time. ``trail``, that of the run before, saves hearing again what
    has not changed since. Raises ValueError for a style the model does not know.
    """

    def __init__(
        self,
        model: DrumModel,
        settings: GeneratorSettings,
        stepper: Stepper | None = None,
        *,
        chart: Chart | None = None,
        trail: MemoryTrail | None = None,
    ) -> None:
        self.model = model
        self.charted = chart is not None
        self.chart: GridChart = on_grid(chart or Chart.blank(settings), model.vocabulary)
        self._settings = settings
        self._grid = model.vocabulary.grid
        self._stepper = stepper or Stepper(model)
        self._mind = Mind(self._stepper, settings, self.chart.timeline, trail)
        self._mind.listen_to_notes(self.chart.context, Ear(model.vocabulary))
        is_free = self.chart.free
        self._figures = self.chart.figures.grid_notes()
        self._next_figure = 0
        self._end = self.chart.end
        self._dynamics = model.architecture.dynamics
        self._all_drums = (1 << len(model.vocabulary.pitches)) - 1
        self._limits: Limits | None = None
        if settings.playable or not is_free:
            microtimed = settings.feel and self._dynamics
            self._limits = Limits(self.chart, model.vocabulary, playable=settings.playable, microtimed=microtimed)
        self._ended = False

    @property
    def tick(self) -> int:
        """Tick of the grid position reached; every grid position before it is final."""
        if self._ended and self.length is not None:
            return self.length
        return max(self._mind.past.position, self.chart.first) * self._grid.ticks

    @property
    def settled(self) -> int:
        """The tick before which every note has been given: cut there, no grid position is cut in two."""
        return self.tick if self._ended else max(self.tick + self._grid.earliest, 0)

    @property
    def length(self) -> int | None:
        """Tick at which the run ends, None without end."""
        return self.chart.chart.stop

    @property
    def settings(self) -> GeneratorSettings:
        """What replays this take: the settings, with what was turned since it began."""
        return replace(self._settings, changes=self._mind.changes)

    @property
    def trail(self) -> MemoryTrail:
        """Memories kept along the way, for the run that follows."""
        return self._mind.trail

    @property
    def memory(self) -> Memory:
        """A copy of the memory as it is now."""
        return self._mind.memory.copy()

    def freshen(self, memory_range: float | None = None) -> None:
        """Draw the memory anew before the next event, uniformly from +- ``memory_range``, that of the settings unless
        given. Like all that is turned between two events it is recorded in ``settings`` and replays.
        """
        self._mind.change(fresh=self._settings.memory_range if memory_range is None else memory_range)

    def set_temperatures(self, *, time: float | None = None, pitch: float | None = None) -> None:
        """Draw more or less freely from the next event on. Raises ValueError for values out of range."""
        self._mind.change(time_temperature=time, pitch_temperature=pitch)

    def __next__(self) -> Note:
        while not self._ended:
            event = self._next_event()
            if event is not None:
                return self.model.vocabulary.decode(event, feel=self._settings.feel)
        raise StopIteration

    def _next_event(self) -> GridNote | None:
        """Draw an event. None when a note that stands was heard in its stead, or when the run has ended."""
        mind, stepper, dice = self._mind, self._stepper, self._mind.dice
        past = mind.past
        if self._end is not None and past.position >= self._end:
            self._ended = True
            return None
        mind.attend()
        drawn = self._draw_plainly() if self._limits is None else self._draw_within(self._limits)
        if drawn is None:
            self._reach_boundary()
            return None
        position, pitch = drawn
        velocity, microtiming = _PLAIN_VELOCITY, self._grid.exact
        if self._dynamics:
            velocity = dice.velocity(stepper.tell_pitch(pitch, past.last_velocity(pitch)))
            every = self._grid.all_microtimings
            among = every if self._limits is None else self._limits.microtimings(position, pitch)
            scores = stepper.tell_velocity(velocity)
            microtiming = dice.microtiming(scores, -1 if among == every else among)
        event = GridNote(position, pitch, velocity, microtiming)
        mind.remember(event, mind.as_seen(event))
        if self._limits is not None:
            self._limits.add(self.model.vocabulary.decode(event, feel=self._settings.feel))
        return event

    def _draw_plainly(self) -> tuple[int, int] | None:
        """Grid position and pitch class, as the network says; None at the end."""
        stepper, past = self._stepper, self._mind.past
        if past.events == 0:
            position = self.chart.first  # a beat begins on the one; which drum begins it is drawn
        else:
            scores, vocabulary = stepper.delay_scores, self.model.vocabulary
            if not self._drums_left(past.position):
                scores[: vocabulary.first_class_of(1)] = _NEVER
            position = past.position + vocabulary.delay_of(self._mind.dice.delay(scores))
        if self._end is not None and position >= self._end:
            return None
        return position, self._mind.dice.pitch(self._tell_position(position), self._drums_left(position))

    def _draw_within(self, limits: Limits) -> tuple[int, int] | None:
        """Grid position and pitch class, drawn together from what the limits allow; None when that lies at or beyond
        the next figure or the end, or when nothing is allowed.

        A delay's weight is its score plus the logarithm of the share that the drums allowed there have of all drums.
        Shares are at most 1, so they need to be asked only for delays that are on top without them.
        """
        stepper, dice, vocabulary = self._stepper, self._mind.dice, self.model.vocabulary
        weights = stepper.delay_scores
        base, least = self._counted_from()
        stepper.keep()
        dice.weigh_delays(weights)
        weights[: vocabulary.first_class_of(least)] = _NEVER
        if self._mind.past.events == 0:
            weights[0] = _SURELY
            base -= vocabulary.delay_of(0)
        told, asked = -1, set()
        while True:
            delay = int(weights.argmax())
            position = base + vocabulary.delay_of(delay)
            if weights[delay] == _NEVER or self._is_beyond(position):
                return None
            drums = self._drums_left(position)
            allowed = limits.drums(position) & drums
            figures = self._drums_of_figure(position) & drums
            allowed = allowed & ~figures | figures
            if told != delay:
                stepper.withdraw()
                scores, told = self._tell_position(position), delay
            share = 0.0 if delay in asked else dice.weight_of_share(scores, drums, allowed)
            if share == 0.0:
                pitch = dice.pitch(scores, allowed)
                return None if figures >> pitch & 1 else (position, pitch)
            asked.add(delay)
            weights[delay] += np.float32(share)

    def _counted_from(self) -> tuple[int, int]:
        """The grid position that delays are counted from, and the least delay that reaches the span.

        After a silence longer than any delay they are counted from where the last event would lie some bars later, so
        that the place in the bar still tells.
        """
        past, first, longest = self._mind.past, self.chart.first, self.model.vocabulary.longest_delay
        if past.events == 0:
            return first, 0
        base = past.position
        if first - base > longest:
            units = (past.timeline.bar_of(first)[1], self._grid.per_quarter)
            unit = next((unit for unit in units if unit <= longest), 1)
            base += -(-(first - base - longest) // unit) * unit
        return base, max(first - base, 0)

    def _tell_position(self, position: int) -> Floats:
        past = self._mind.past
        return self._stepper.tell_delay(past.delay_to(position), past.timeline.place(position), past.struck(position))

    def _drums_left(self, position: int) -> int:
        """Drums that may follow the last event at a position, as bits: on its own position those that come after it,
        since one already passed would be struck twice; where drums come in no order, those not struck there yet.
        """
        past = self._mind.past
        if position != past.position:
            return self._all_drums
        if not self.model.vocabulary.ordered:
            return self._all_drums & ~past.struck(position)[0]
        return self._all_drums & -2 << past.pitch

    def _drums_of_figure(self, position: int) -> int:
        """Drums, as bits, that when drawn at a position mean that the next figure comes first."""
        if self._next_figure < len(self._figures) and self._figures[self._next_figure].position == position:
            return -1 << self._figures[self._next_figure].pitch
        return 0

    def _is_beyond(self, position: int) -> bool:
        """Whether the next figure or the end comes before a position."""
        if self._next_figure < len(self._figures):
            return position > self._figures[self._next_figure].position
        return self._end is not None and position >= self._end

    def _reach_boundary(self) -> None:
        """Hear the next figure, or end where there is none."""
        if self._next_figure == len(self._figures):
            self._ended = True
            return
        self._stepper.withdraw()
        self._mind.hear(self._figures[self._next_figure])
        self._next_figure += 1


def generate_pattern(model: DrumModel, settings: GeneratorSettings, chart: Chart | None = None) -> Pattern:
    """A whole take as a pattern of exactly its bars, or a chart's pattern with its span written. Raises ValueError when
    there is no end.
    """
    if chart is None and settings.bars is None:
        raise ValueError("a pattern needs a number of bars")
    if chart is not None and chart.stop is None:
        raise ValueError("a pattern needs an end to its span")
    generator = DrumGenerator(model, settings, chart=chart)
    written = generator.chart.written(generator)
    return written if chart is not None else replace(written, name=model.name)
