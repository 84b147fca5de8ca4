"""What the network is told of a take's past beside its own memory: one growing account of it."""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.bar_memory import BarMemory
from drumapp.lstm.habits import Habits
from drumapp.lstm.layout import input_tables
from drumapp.lstm.presets import Architecture
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import VELOCITY_STEPS, GridNote, Vocabulary, position_class


class Past:
    """The events of a take so far.

    Attributes: ``timeline``; ``events``, how many there are; ``position`` and ``pitch`` of the last, (-1, -1) before
    the first; ``heard``, what the network hears before it says the next event, in the order of the stepper's input
    columns.

    The network is told the tempo at the event it has heard: where the next will lie is not known yet.
    """

    def __init__(
        self, architecture: Architecture, vocabulary: Vocabulary, timeline: Timeline, labels: tuple[int, int]
    ) -> None:
        """Labels are the classes of style and kind."""
        self.timeline = timeline
        self.labels = labels
        self.events = 0
        self.position = -1
        self.pitch = -1
        self.heard = [table.begin for table in input_tables(architecture, vocabulary)]
        self._architecture = architecture
        self._delay_class = vocabulary.delay_class
        self._bar_memory = BarMemory(timeline, architecture.bar_memory)
        self._habits = Habits()
        self._last_velocity = [VELOCITY_STEPS] * len(vocabulary.pitches)
        if architecture.labels:
            self.heard[-3:] = (timeline.tempo_class(0), *labels)

    @property
    def habits(self) -> Habits:
        """Those of the take so far, a copy."""
        return copy(self._habits)

    @property
    def reach(self) -> int:
        """How far back the network is told of other events, in grid positions."""
        return self._bar_memory.reach

    def delay_to(self, position: int) -> int:
        """Class of the delay from the last event, or from the first bar's start, to a grid position."""
        last = self.timeline.bar_of(position)[0] if self.events == 0 else self.position
        return self._delay_class(position - last)

    def struck(self, position: int) -> list[int]:
        """The sets of drums that the drums' head is told of at a position: :meth:`BarMemory.struck`."""
        return self._bar_memory.struck(position)

    def last_velocity(self, pitch: int) -> int:
        """Velocity class of the last hit of a drum, 32 when it had none."""
        return self._last_velocity[pitch]

    def append(self, event: GridNote) -> None:
        """Take in the next event, in order of (position, drum)."""
        position, pitch, velocity, microtiming = event
        bar_start, _ = self.timeline.bar_of(position)
        if self.events == 0:
            self._habits = Habits(bar_start)
        heard = [self.delay_to(position), pitch]
        self.events += 1
        self.position, self.pitch = position, pitch
        self._bar_memory.append(position, pitch)
        self._habits.append(position)
        self._last_velocity[pitch] = velocity
        architecture = self._architecture
        if architecture.dynamics:
            heard += (velocity, microtiming)
        if architecture.bar_position:
            heard.append(position_class(position - bar_start))
        for delay_then, pitch_then in self._bar_memory.next_events(position, pitch):
            heard += (delay_then, pitch_then)
        if architecture.habits:
            heard += self._habits.classes(position)
        if architecture.labels:
            heard += (self.timeline.tempo_class(position), *self.labels)
        self.heard = heard

    def extend(self, rows: NDArray[np.int64]) -> None:
        """Take in many events, int64 (events, 4), quicker than one by one."""
        if not len(rows):
            return
        before, last = rows[:-1], rows[-1].tolist()
        if len(before):
            position, pitch, velocity, _ = before.T
            if self.events == 0:
                self._habits = Habits(self.timeline.bar_of(int(position[0]))[0])
            self._habits.extend(position)
            self._bar_memory.extend(before[:, :2])
            pitches, latest = np.unique(pitch[::-1], return_index=True)
            for struck, loudness in zip(pitches.tolist(), velocity[::-1][latest].tolist(), strict=True):
                self._last_velocity[struck] = loudness
            self.events += len(before)
            self.position, self.pitch = before[-1, :2].tolist()
        self.append(GridNote(*last))
