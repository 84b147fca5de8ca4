from __future__ import annotations

import numpy as np
import pytest

from drumapp.lstm.dice import Dice
from tests.lstm.drummers import VOCABULARY

DRUMS = len(VOCABULARY.pitches)


def noise_of(dice: Dice, event: int) -> list[np.ndarray]:
    """The noise of an event, by head, as even scores show it."""
    dice.shake(event)
    scores = [np.zeros(classes, np.float32) for classes in (97, DRUMS, 32, 20)]
    for draw, head in zip((dice.delay, dice.pitch, dice.velocity, dice.microtiming), scores, strict=True):
        draw(head)
    return scores


def test_variations_throw_other_dice_but_for_microtiming() -> None:
    dice = [Dice(VOCABULARY, 7, 1.0, 1.0, variation) for variation in (0, 1, 2)]
    for event in (0, 63, 64, 1000):
        delay, pitch, velocity, microtiming = zip(*(noise_of(one, event) for one in dice), strict=True)
        for head in (delay, pitch, velocity):
            assert len({tuple(noise.tolist()) for noise in head}) == 3
        assert len({tuple(noise.tolist()) for noise in microtiming}) == 1


def test_only_what_is_among_the_allowed_is_drawn() -> None:
    rng = np.random.default_rng(1)
    for temperature in (0.0, 0.5, 5.0):
        dice = Dice(VOCABULARY, 3, temperature, temperature)
        for event in range(100):
            dice.shake(event)
            drums = int(rng.integers(1, 1 << DRUMS))
            assert drums >> dice.pitch(rng.normal(0, 3, DRUMS).astype(np.float32), drums) & 1
            microtimings = int(rng.integers(1, 1 << 20))
            assert microtimings >> dice.microtiming(rng.normal(0, 3, 20).astype(np.float32), microtimings) & 1


def test_the_weight_of_a_share_is_its_logarithm_at_the_drums_temperature() -> None:
    scores = np.log(np.array([0.1, 0.2, 0.3, 0.4, 0.0001], np.float32))
    dice = Dice(VOCABULARY, 3, 1.0, 1.0)
    assert dice.weight_of_share(scores, 0b1111, 0b0011) == pytest.approx(np.log(0.3), abs=1e-5)
    assert dice.weight_of_share(scores, 0b0110, 0b0100) == pytest.approx(np.log(0.6), abs=1e-5)
    assert dice.weight_of_share(scores, 0b1111, 0b1111) == 0.0
    assert dice.weight_of_share(scores, 0b1111, 0) == -np.inf
    assert dice.weight_of_share(scores, 0, 0) == -np.inf
    dice.pitch_temperature = 0.5
    assert dice.weight_of_share(scores, 0b1111, 0b0011) == pytest.approx(np.log(0.05 / 0.30), abs=1e-5)


def test_at_temperature_zero_a_likely_drum_that_is_barred_bars_its_delay() -> None:
    dice = Dice(VOCABULARY, 3, 0.0, 0.0)
    scores = np.array([0.0, 1.0, 2.0, 0.0, 0.0], np.float32)
    delays = np.array([1.0, 1.5], np.float32)
    # The longer delay is likelier, but its likeliest drum is barred.
    weights = [
        delays[0] + dice.weight_of_share(scores, 31, 0b00100),
        delays[1] + dice.weight_of_share(scores, 31, 0b00010),
    ]
    assert weights[0] > weights[1]
