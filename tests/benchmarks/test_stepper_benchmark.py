"""What the stepper is measured against runs for every network that could be shipped."""

import numpy as np
import pytest

from benchmarks.stepper import bare_products, drummer, stepper_with_sampling, torch_drummer
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.layout import weight_shapes
from drumapp.lstm.presets import Architecture
from drumapp.lstm.vocabulary import Vocabulary


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("habits", [False, True])
def test_all_four_advance(layers: int, habits: bool) -> None:
    architecture = Architecture(layers=layers, hidden=8, habits=habits, pitch_units=4, velocity_units=4)
    vocabulary = Vocabulary((36, 38, 42), ("rock",))
    dice = np.random.default_rng(3)
    shapes = weight_shapes(architecture, vocabulary)
    weights = {name: dice.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    model = DrumModel("Test", architecture, vocabulary, weights)
    for contestant in (stepper_with_sampling, torch_drummer):
        advance = contestant(model)
        events = [advance() for _ in range(20)]
        assert all(event.pitch < len(vocabulary.pitches) for event in events)
        assert len(set(events)) > 1, contestant
    draw = drummer(model)
    assert all(draw().pitch in vocabulary.pitches for _ in range(20))
    bare_products(model)()
