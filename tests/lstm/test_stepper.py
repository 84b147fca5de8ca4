"""The stepper and torch must be the same network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.encoding import LABEL_COLUMNS, EventTable, Labels, encode_pattern
from drumapp.lstm.evaluation import evaluate
from drumapp.lstm.layout import heads, weight_shapes
from drumapp.lstm.network import DrumNetwork
from drumapp.lstm.presets import PRESETS, Architecture
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.training.trainer import measure
from tests.lstm.drummers import VOCABULARY, random_beat, random_model

EVENTS = 500
NO_MEMORY = Architecture(layers=1, hidden=16, bar_memory=(), habits=False, labels=False)
CELLS = {
    "chained, one layer": Architecture(layers=1, hidden=40),
    "chained, two layers": Architecture(layers=2, hidden=32),
    "house size": PRESETS["groove"].architecture,
    "independent, one layer": PRESETS["independent-200"].architecture,
    "independent, two layers": Architecture(2, 24, False, False, (), False, False, False),
    "GRU, one layer": Architecture(layers=1, hidden=40, cell="gru"),
    "GRU, three layers": Architecture(layers=3, hidden=24, cell="gru"),
    "LSTM, three layers": Architecture(layers=3, hidden=24),
    "the drummer of 2017": PRESETS["hollemans-2017"].architecture,
    "one-hot, two layers": replace(PRESETS["hollemans-2017"].architecture, layers=2, hidden=24),
    "one-hot GRU": replace(PRESETS["hollemans-2017"].architecture, hidden=24, cell="gru"),
    "two directions": Architecture(layers=1, hidden=16, window=7),
    "two directions, two layers, GRU": Architecture(layers=2, hidden=12, window=5, cell="gru"),
    "no bar memory, no habits, no labels": NO_MEMORY,
    "no position, no dynamics": Architecture(layers=2, hidden=16, bar_position=False, dynamics=False),
}


def torch_network(model: DrumModel) -> DrumNetwork:
    network = DrumNetwork(model.architecture, model.vocabulary).double()
    network.load_state_dict({name: torch.from_numpy(weight) for name, weight in model.weights.items()})
    return network.eval()


def heard_and_said(stepper: Stepper, table: EventTable) -> tuple[np.ndarray, np.ndarray]:
    """What the network hears before each event, (events, input columns), and the event's own row."""
    columns = [table.columns.index(column) for column in stepper.input_columns]
    own = table.rows[:, columns]
    heard = np.vstack([np.array(stepper.begin)[None], own[:-1]])
    for place, column in enumerate(stepper.input_columns):
        if column in LABEL_COLUMNS:
            heard[:, place] = own[:, place]
    return heard, table.rows


@pytest.mark.parametrize("architecture", CELLS.values(), ids=CELLS.keys())
def test_stepper_and_torch_say_the_same_over_500_events(architecture: Architecture) -> None:
    model = random_model(architecture, scale=0.15)
    pattern = random_beat(3, notes=900, bars=32)
    table = encode_pattern(pattern, VOCABULARY, architecture.bar_memory, Labels("funk", "beat"))
    table = EventTable(table.columns, table.rows[:EVENTS], table.starts)
    assert len(table) == EVENTS
    stepper = Stepper(model)
    memory = stepper.fresh_memory(0.1, np.random.default_rng(1))
    heard, said = heard_and_said(stepper, table)

    columns = torch.from_numpy(said)[None]
    targets = {name: columns[..., index] for index, name in enumerate(table.columns)}
    inputs = {name: torch.from_numpy(heard[None, :, i]) for i, name in enumerate(stepper.input_columns)}
    start = tuple(torch.from_numpy(part[:, None].astype(np.float64)) for part in (memory.h, memory.c))
    with torch.no_grad():
        logits, (h, c) = torch_network(model)(inputs, targets, start)

    for event, row in enumerate(said.tolist()):
        at = dict(zip(table.columns, row, strict=True))
        stepper.advance(memory, heard[event].tolist())
        scores = {"delay": stepper.delay_scores.copy()}
        struck = [at["struck_now"]] + [at[f"{n}_{b}"] for b in architecture.bar_memory for n in ("struck", "near")]
        scores["pitch"] = stepper.tell_delay(at["delay"], at["position"], struck).copy()
        if architecture.dynamics:
            scores["velocity"] = stepper.tell_pitch(at["pitch"], at["last_velocity"]).copy()
            scores["microtiming"] = stepper.tell_velocity(at["velocity"]).copy()
        for head in heads(architecture):
            np.testing.assert_allclose(scores[head], logits[head][0, event].numpy(), rtol=0, atol=1e-5)
    if not architecture.window:
        np.testing.assert_allclose(memory.h, h[:, 0].numpy(), rtol=0, atol=1e-5)
        np.testing.assert_allclose(memory.c, c[:, 0].numpy(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("architecture", CELLS.values(), ids=CELLS.keys())
def test_hearing_many_events_at_once_comes_to_the_same_bits_as_one_by_one(architecture: Architecture) -> None:
    model = random_model(architecture, scale=0.15)
    table = encode_pattern(random_beat(4, notes=150), VOCABULARY, architecture.bar_memory, Labels("rock"))
    stepper = Stepper(model)
    heard, _ = heard_and_said(stepper, table)
    one_by_one = stepper.fresh_memory(0.1, np.random.default_rng(1))
    at_once = one_by_one.copy()
    h, c = stepper.hear(at_once, heard)
    for event, row in enumerate(heard.tolist()):
        stepper.advance(one_by_one, row)
        np.testing.assert_array_equal(h[event], one_by_one.h)
        np.testing.assert_array_equal(c[event], one_by_one.c)
    np.testing.assert_array_equal(at_once.h, one_by_one.h)
    np.testing.assert_array_equal(at_once.c, one_by_one.c)
    said = stepper.delay_scores.copy()
    stepper.speak(at_once)
    np.testing.assert_array_equal(stepper.delay_scores, said)


def test_hearing_nothing_changes_nothing() -> None:
    stepper = Stepper(random_model())
    memory = Memory.fresh(2, 12, 0.1, np.random.default_rng(1))
    before = memory.copy()
    h, _ = stepper.hear(memory, np.empty((0, len(stepper.input_columns)), np.int64))
    assert h.shape == (0, 2, 12)
    np.testing.assert_array_equal(memory.h, before.h)


def test_what_was_told_can_be_withdrawn_and_told_anew() -> None:
    stepper = Stepper(random_model())
    memory = Memory.fresh(2, 12, 0.1, np.random.default_rng(1))
    struck = [0, 3, 5, 0, 0, 1, 9]
    stepper.advance(memory, stepper.begin)
    stepper.keep()
    drums = stepper.tell_delay(12, 12, struck).copy()
    stepper.tell_pitch(2, 30)
    microtimings = stepper.tell_velocity(20).copy()
    stepper.withdraw()
    assert not np.array_equal(stepper.tell_delay(3, 3, struck), drums)
    stepper.withdraw()
    np.testing.assert_array_equal(stepper.tell_delay(12, 12, struck), drums)
    stepper.withdraw()
    np.testing.assert_array_equal(stepper.microtiming_after(12, 12, 2, 20), microtimings)


@pytest.mark.parametrize("architecture", CELLS.values(), ids=CELLS.keys())
def test_the_list_of_weights_is_the_networks(architecture: Architecture) -> None:
    state = DrumNetwork(architecture, VOCABULARY).state_dict()
    assert {name: tuple(weight.shape) for name, weight in state.items()} == weight_shapes(architecture, VOCABULARY)


def test_evaluation_gives_the_figures_that_training_gives() -> None:
    model = random_model(scale=0.15)
    table = encode_pattern(random_beat(5), VOCABULARY, model.architecture.bar_memory, Labels("rock"))
    network = DrumNetwork(model.architecture, VOCABULARY)
    network.load_state_dict({name: torch.from_numpy(weight) for name, weight in model.weights.items()})
    by_torch = measure(network, table).nats
    by_stepper = evaluate(model, table)
    assert by_stepper.notes == len(table)
    assert by_stepper.nats_by_head == pytest.approx(by_torch, abs=1e-4)


def test_a_copied_memory_stays_as_it_was() -> None:
    model = random_model()
    stepper = Stepper(model)
    memory = Memory.fresh(2, 12, 0.1, np.random.default_rng(0))
    kept = memory.copy()
    stepper.advance(memory, stepper.begin)
    assert not np.array_equal(kept.h, memory.h)
    stepper.advance(kept, stepper.begin)
    np.testing.assert_array_equal(kept.h, memory.h)
