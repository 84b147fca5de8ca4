"""Chance: draws from the network's scores that replay to the byte."""

from __future__ import annotations

import numpy as np

from drumapp.lstm.stepper import Floats
from drumapp.lstm.vocabulary import MICROTIMING_STEPS, VELOCITY_STEPS, Vocabulary

FRESH_MEMORY, EVENTS = 0, 1
"""What a seed's random numbers are for: each purpose has a stream of its own."""

_NOISE_EVENTS = 64
_COLDEST = 1e-3  # below this, scores divided by the temperature leave float32's range


class Dice:
    """Draws classes from scores, by the Gumbel-max trick: the highest score plus Gumbel noise is a fair draw from the
    softmax (Gumbel 1954). The noise of an event is a function of the seed and the event's number.
    """

    def __init__(self, vocabulary: Vocabulary, seed: int, time_temperature: float, pitch_temperature: float) -> None:
        self._edges = np.cumsum([vocabulary.delays, len(vocabulary.pitches), VELOCITY_STEPS])
        self._classes = int(self._edges[-1]) + MICROTIMING_STEPS
        self._seed = seed
        self._time_temperature = time_temperature
        self._pitch_temperature = pitch_temperature
        self._block = -1
        self._row = 0
        self._noise: list[Floats] = []

    def shake(self, event: int) -> None:
        """Turn to the noise of an event."""
        block, self._row = divmod(event, _NOISE_EVENTS)
        if block != self._block:
            self._block = block
            # Minus the logarithm of a standard exponential is standard Gumbel.
            drawn = noise_rng(self._seed, EVENTS, block).standard_exponential(
                (_NOISE_EVENTS, self._classes), np.float32
            )
            np.maximum(drawn, np.finfo(np.float32).tiny, out=drawn)
            self._noise = np.split(-np.log(drawn), self._edges, axis=1)

    def delay(self, scores: Floats) -> int:
        """A delay class. Like its fellows it changes the scores."""
        return self._draw(scores, 0, self._time_temperature)

    def pitch(self, scores: Floats) -> int:
        """A pitch class."""
        return self._draw(scores, 1, self._pitch_temperature)

    def velocity(self, scores: Floats) -> int:
        """A velocity class."""
        return self._draw(scores, 2, self._pitch_temperature)

    def microtiming(self, scores: Floats) -> int:
        """A microtiming class."""
        return self._draw(scores, 3, self._time_temperature)

    def _draw(self, scores: Floats, head: int, temperature: float) -> int:
        if temperature > 0.0:
            if temperature != 1.0:
                scores *= np.float32(1.0 / max(temperature, _COLDEST))
            scores += self._noise[head][self._row]
        return int(scores.argmax())


def noise_rng(seed: int, *purpose: int) -> np.random.Generator:
    """The random numbers of a seed for one purpose; any other purpose's are independent of them."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=purpose)))
