"""Chance: draws from the network's scores that replay to the byte."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.stepper import Floats
from drumapp.lstm.vocabulary import VELOCITY_STEPS, Vocabulary

FRESH_MEMORY, EVENTS = 0, 1
"""What a seed's random numbers are for: each purpose has a stream of its own."""

_NOISE_EVENTS = 64
_COLDEST = 1e-3  # below this, scores divided by the temperature leave float32's range
_NEVER = np.float32(-np.inf)
_MASKS_REMEMBERED = 1 << 12


class Dice:
    """Draws classes from scores, by the Gumbel-max trick: the highest score plus Gumbel noise is a fair draw from the
    softmax (Gumbel 1954). The noise of an event is a function of the seed, the variation and the event's number.

    Variations share the seed's noise for microtiming: with feel off the network hears a microtiming that no note shows,
    and what it heard must not depend on the variation that plays on.

    Attributes: the temperatures, which may be changed between two draws.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        seed: int,
        time_temperature: float,
        pitch_temperature: float,
        variation: int = 0,
    ) -> None:
        self._edges = np.cumsum([vocabulary.delays, len(vocabulary.pitches), VELOCITY_STEPS])
        self._classes = int(self._edges[-1]) + vocabulary.grid.microtimings
        self._seed = seed
        self._variation = variation
        self.time_temperature = time_temperature
        self.pitch_temperature = pitch_temperature
        self._block = -1
        self._row = 0
        self._noise: list[Floats] = []
        self._masks: dict[tuple[int, int], Floats] = {}

    def shake(self, event: int) -> None:
        """Turn to the noise of an event."""
        block, self._row = divmod(event, _NOISE_EVENTS)
        if block != self._block:
            self._block = block
            drawn = self._exponentials(block)
            if self._variation:
                drawn[:, : self._edges[-1]] = self._exponentials(block, self._variation)[:, : self._edges[-1]]
            np.maximum(drawn, np.finfo(np.float32).tiny, out=drawn)
            # Minus the logarithm of a standard exponential is standard Gumbel.
            self._noise = np.split(-np.log(drawn), self._edges, axis=1)

    def delay(self, scores: Floats) -> int:
        """A delay class. Like its fellows it changes the scores."""
        return self._draw(scores, 0, self.time_temperature)

    def pitch(self, scores: Floats, among: int = -1) -> int:
        """A pitch class; only of those whose bits are set in ``among``."""
        self._mask(scores, among)
        return self._draw(scores, 1, self.pitch_temperature)

    def velocity(self, scores: Floats) -> int:
        """A velocity class."""
        return self._draw(scores, 2, self.pitch_temperature)

    def microtiming(self, scores: Floats, among: int = -1) -> int:
        """A microtiming class; only of those whose bits are set in ``among``."""
        self._mask(scores, among)
        return self._draw(scores, 3, self.time_temperature)

    def weigh_delays(self, scores: Floats) -> None:
        """Make delays' scores into weights, the highest of which :meth:`delay` draws."""
        self._weigh(scores, 0, self.time_temperature)

    def weight_of_share(self, scores: Floats, natural: int, allowed: int) -> float:
        """What to add to a delay's weight when only some of its drums may be struck, given the drums' scores.

        That is the logarithm of the share that the ``allowed`` have of the ``natural``, sets of drums as bits. With it
        added to every delay, the highest weight is a fair draw of delay and drum together from those that are allowed.
        """
        if not allowed:
            return -np.inf
        if allowed == natural:
            return 0.0
        scaled = scores.astype(np.float64) / max(self.pitch_temperature, _COLDEST)
        share = _log_sum(scaled + self._mask_row(len(scores), allowed)) - _log_sum(
            scaled + self._mask_row(len(scores), natural)
        )
        # At temperature 0 delays are weighed by their bare scores.
        return share if self.time_temperature > 0.0 else share * _COLDEST

    def _draw(self, scores: Floats, head: int, temperature: float) -> int:
        self._weigh(scores, head, temperature)
        return int(scores.argmax())

    def _weigh(self, scores: Floats, head: int, temperature: float) -> None:
        if temperature > 0.0:
            if temperature != 1.0:
                scores *= np.float32(1.0 / max(temperature, _COLDEST))
            scores += self._noise[head][self._row]

    def _mask(self, scores: Floats, among: int) -> None:
        if among != -1:
            scores += self._mask_row(len(scores), among)

    def _mask_row(self, classes: int, among: int) -> Floats:
        row = self._masks.get((classes, among))
        if row is None:
            if len(self._masks) >= _MASKS_REMEMBERED:
                self._masks.clear()
            bits = [among >> index & 1 for index in range(classes)]
            row = self._masks[classes, among] = np.where(bits, np.float32(0.0), _NEVER)
        return row

    def _exponentials(self, *purpose: int) -> Floats:
        rng = noise_rng(self._seed, EVENTS, *purpose)
        return rng.standard_exponential((_NOISE_EVENTS, self._classes), np.float32)


def _log_sum(scores: NDArray[np.float64]) -> float:
    highest = float(scores.max())
    return highest + float(np.log(np.exp(scores - highest).sum()))


def noise_rng(seed: int, *purpose: int) -> np.random.Generator:
    """The random numbers of a seed for one purpose; any other purpose's are independent of them."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=purpose)))
