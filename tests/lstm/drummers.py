"""Small untrained drummers and random beats for tests."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap, TempoMap
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.layout import weight_shapes
from drumapp.lstm.presets import Architecture
from drumapp.lstm.vocabulary import Vocabulary

PITCHES = (36, 38, 42, 46, 49)
VOCABULARY = Vocabulary(PITCHES, ("funk", "rock"))
SMALL = Architecture(layers=2, hidden=12, pitch_units=6, velocity_units=5)


def random_model(
    architecture: Architecture = SMALL, vocabulary: Vocabulary = VOCABULARY, *, seed: int = 0, scale: float = 0.4
) -> DrumModel:
    """A drummer whose weights are drawn from a normal distribution."""
    rng = np.random.default_rng(seed)
    shapes: Mapping[str, tuple[int, ...]] = weight_shapes(architecture, vocabulary)
    weights = {name: rng.normal(0, scale, shape).astype(np.float32) for name, shape in shapes.items()}
    return DrumModel("random", architecture, vocabulary, weights)


def busy_model(seed: int = 0, vocabulary: Vocabulary = VOCABULARY) -> DrumModel:
    """A random drummer that likes short delays, so that much happens in a bar."""
    model = random_model(vocabulary=vocabulary, seed=seed, scale=0.6)
    model.weights["delay.bias"][:] -= np.minimum(np.arange(vocabulary.delays) * 0.15, 6.0).astype(np.float32)
    return model


def random_beat(
    seed: int, *, notes: int = 200, bars: int = 8, metre: Metre | None = None, bpm: float = 120.0
) -> Pattern:
    """Notes strewn over some bars, some of them on the same grid position."""
    rng = np.random.default_rng(seed)
    metre = metre or Metre()
    length = bars * metre.ticks_per_bar
    starts = rng.integers(0, length // 60, notes) * 60 + rng.integers(-12, 13, notes)
    drawn = [
        Note(max(0, int(start)), int(pitch), int(velocity))
        for start, pitch, velocity in zip(starts, rng.choice(PITCHES, notes), rng.integers(1, 128, notes), strict=True)
    ]
    return Pattern.of(drawn, length=length, tempo=TempoMap.constant(bpm), metre=MetreMap.constant(metre))
