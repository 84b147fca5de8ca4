"""The drummer: an iterator that draws one event at a time from a fresh memory. It knows no thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, Metre, MetreMap, TempoMap
from drumapp.lstm.bar_memory import BarMemory
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.dice import FRESH_MEMORY, Dice, noise_rng
from drumapp.lstm.habits import Habits
from drumapp.lstm.presets import DEFAULT_TEMPERATURE
from drumapp.lstm.stepper import Floats, Memory, Stepper
from drumapp.lstm.vocabulary import (
    EARLIEST_MICROTIMING,
    TICKS_PER_GRID,
    VELOCITY_STEPS,
    GridNote,
    grid_per_bar,
    kind_class,
    position_class,
    tempo_class,
)

DEFAULT_MEMORY_RANGE = 0.1
_NEVER = np.float32(-np.inf)
_NO_MICROTIMING = -EARLIEST_MICROTIMING
_PLAIN_VELOCITY = 100 * VELOCITY_STEPS // 128


@dataclass(frozen=True)
class GeneratorSettings:
    """What a take is made with. With the model's digest it replays the take to the byte.

    Attributes: seed; bars to play, None without end; tempo in quarter notes a minute; metre; temperatures of time
    (delay and microtiming) and of drums (pitch and velocity), 1 being as the network says and 0 always the likeliest;
    fresh memory is drawn uniformly from +- ``memory_range``; without ``feel`` every onset lies on the grid; style, one
    of the model's, or None for any. Raises ValueError, naming the field, for values out of range.
    """

    seed: int = 0
    bars: int | None = 8
    tempo: float = 120.0
    metre: Metre = field(default_factory=Metre)
    time_temperature: float = DEFAULT_TEMPERATURE
    pitch_temperature: float = DEFAULT_TEMPERATURE
    memory_range: float = DEFAULT_MEMORY_RANGE
    feel: bool = True
    style: str | None = None

    def __post_init__(self) -> None:
        _check("seed", self.seed, 0, 2**63 - 1)
        if self.bars is not None:
            _check("bars", self.bars, 1, 100_000)
        _check("tempo", self.tempo, MIN_TEMPO, MAX_TEMPO)
        _check("time temperature", self.time_temperature, 0.0, 10.0)
        _check("pitch temperature", self.pitch_temperature, 0.0, 10.0)
        _check("memory range", self.memory_range, 0.0, 10.0)


class DrumGenerator(Iterator[Note]):
    """One run of a drummer: each ``next`` draws one event and gives its note, until the last bar is full.

    Notes come in order of grid position; microtiming may put neighbours up to 19 ticks out of order. What an event
    draws depends on the seed and the event's number alone, so a run can be taken up at any event.

    A ``stepper`` made of the same model saves its preparation, most of the time to the first note; runs may share one
    as long as no two of them play at the same time. Raises ValueError for a style the model does not know.
    """

    def __init__(self, model: DrumModel, settings: GeneratorSettings, stepper: Stepper | None = None) -> None:
        self.model = model
        self.settings = settings
        self._stepper = stepper or Stepper(model)
        self._architecture = model.architecture
        self._style = model.vocabulary.style_class(settings.style)
        self._bar = grid_per_bar(settings.metre)
        self._end = None if settings.bars is None else settings.bars * self._bar
        self._memory = Memory.fresh(
            model.architecture.layers,
            model.architecture.hidden,
            settings.memory_range,
            noise_rng(settings.seed, FRESH_MEMORY),
        )
        self._labels = (tempo_class(settings.tempo), self._style, kind_class("beat"))
        self._bar_memory = BarMemory(self._bar, model.architecture.bar_memory)
        self._habits = Habits()
        self._last_velocity = [VELOCITY_STEPS] * len(model.vocabulary.pitches)
        self._dice = Dice(model.vocabulary, settings.seed, settings.time_temperature, settings.pitch_temperature)
        self._events = 0
        self._position = 0
        self._pitch = -1
        self._heard = list(self._stepper.begin)
        if self._architecture.labels:
            self._heard[-len(self._labels) :] = self._labels

    @property
    def tick(self) -> int:
        """Tick of the grid position reached; every grid position before it is final."""
        return self._position * TICKS_PER_GRID

    @property
    def length(self) -> int | None:
        """Ticks of the whole run, None without end."""
        return None if self._end is None else self._end * TICKS_PER_GRID

    def __next__(self) -> Note:
        stepper, dice = self._stepper, self._dice
        if self._end is not None and self._position >= self._end:
            raise StopIteration
        dice.shake(self._events)
        stepper.advance(self._memory, self._heard)
        delay = self._draw_delay(stepper.delay_scores)
        position = self._position + delay
        if self._end is not None and position >= self._end:
            self._position = self._end
            raise StopIteration
        place = position_class(position % self._bar)
        bar_memory = self._bar_memory
        scores = stepper.tell_delay(delay, place, bar_memory.struck(position))
        if delay == 0 and self._pitch >= 0:
            # Drums on one position come in order, so one already passed would be struck twice.
            scores[: self._pitch + 1] = _NEVER
        pitch = dice.pitch(scores)
        velocity, microtiming = _PLAIN_VELOCITY, _NO_MICROTIMING
        if self._architecture.dynamics:
            velocity = dice.velocity(stepper.tell_pitch(pitch, self._last_velocity[pitch]))
            microtiming = dice.microtiming(stepper.tell_velocity(velocity))
        note = GridNote(position, pitch, velocity, microtiming)
        self._remember(note, delay, place)
        return self.model.vocabulary.decode(note, feel=self.settings.feel)

    def _draw_delay(self, scores: Floats) -> int:
        if self._events == 0:
            return 0  # a beat begins on the one; which drum begins it is drawn
        if self._pitch == len(self._last_velocity) - 1:
            scores[0] = _NEVER  # no drum is left on this position
        return self._dice.delay(scores)

    def _remember(self, note: GridNote, delay: int, place: int) -> None:
        self._events += 1
        self._position, self._pitch = note.position, note.pitch
        self._bar_memory.append(note.position, note.pitch)
        self._habits.append(note.position)
        self._last_velocity[note.pitch] = note.velocity
        heard = [delay, note.pitch]
        if self._architecture.dynamics:
            heard += (note.velocity, note.microtiming)
        if self._architecture.bar_position:
            heard.append(place)
        for delay_then, pitch_then in self._bar_memory.next_events(note.position, note.pitch):
            heard += (delay_then, pitch_then)
        if self._architecture.habits:
            heard += self._habits.classes(note.position)
        if self._architecture.labels:
            heard += self._labels
        self._heard = heard


def generate_pattern(model: DrumModel, settings: GeneratorSettings) -> Pattern:
    """A whole take as a pattern of exactly its bars. Raises ValueError when the settings have no end."""
    if settings.bars is None:
        raise ValueError("a pattern needs a number of bars")
    generator = DrumGenerator(model, settings)
    notes = list(generator)
    return Pattern.of(
        notes,
        length=generator.length,
        tempo=TempoMap.constant(settings.tempo),
        metre=MetreMap.constant(settings.metre),
        name=model.name,
    )


def _check(field: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:
        raise ValueError(f"{field} must be from {lowest:g} to {highest:g}, not {value:g}")
