from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from drumapp.core.pattern import Note, Pattern
from drumapp.lstm.encoding import EventTable, encode_pattern, join
from drumapp.lstm.presets import Architecture, Optimisation, Preset
from drumapp.lstm.training import TrainingError, TrainingProgress, nats_of_weights, train
from tests.lstm.drummers import VOCABULARY, random_beat

PRESET = Preset(
    "tiny",
    "",
    Architecture(layers=1, hidden=24, pitch_units=12, velocity_units=8),
    Optimisation(
        events=12_000, batch=4, length=32, learning_rate=2e-2, weight_decay=0.0, dropout_inputs=0.0, dropout_heads=0.0
    ),
)


def rock(bars: int) -> Pattern:
    bar = [(0, 36), (0, 42), (240, 42), (480, 38), (480, 42), (720, 42), (960, 36), (960, 42), (1440, 38)]
    return Pattern.of([Note(number * 1920 + start, key, 100) for number in range(bars) for start, key in bar])


def rock_table(bars: int = 12, pieces: int = 4) -> EventTable:
    return join([encode_pattern(rock(bars), VOCABULARY, PRESET.architecture.bar_memory) for _ in range(pieces)])


def test_a_network_learns_a_plain_beat_and_says_how_well() -> None:
    reports: list[TrainingProgress] = []
    result = train(PRESET, VOCABULARY, rock_table(), rock_table(8, 1), progress=reports.append)
    first = reports[0].held_out_nats
    assert first is not None
    assert result.held_out_nats["delay"] + result.held_out_nats["pitch"] < 0.3
    assert result.held_out_nats["delay"] < first["delay"]
    assert result.events >= PRESET.optimisation.events
    assert [report.events for report in reports] == sorted(report.events for report in reports)
    assert reports == result.history
    assert any(report.best for report in reports)


def test_the_weights_returned_are_those_that_gave_the_figure() -> None:
    preset = replace(PRESET, optimisation=replace(PRESET.optimisation, events=2000))
    held_out = rock_table(8, 1)
    result = train(preset, VOCABULARY, rock_table(), held_out)
    assert nats_of_weights(preset, VOCABULARY, result.weights, held_out) == pytest.approx(result.held_out_nats)


def test_the_same_seed_trains_the_same_drummer() -> None:
    preset = replace(PRESET, optimisation=replace(PRESET.optimisation, events=1500))
    tables = (rock_table(), rock_table(4, 1))
    first, again = (train(preset, VOCABULARY, *tables, seed=3).weights for _ in range(2))
    other = train(preset, VOCABULARY, *tables, seed=4).weights
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["delay.weight"], other["delay.weight"])


def test_stopping_keeps_the_best_so_far() -> None:
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls >= 3

    result = train(PRESET, VOCABULARY, rock_table(), rock_table(4, 1), should_stop=stop)
    assert result.stopped
    assert result.weights
    assert 0 < result.events < PRESET.optimisation.events


def test_training_goes_on_from_given_weights() -> None:
    held_out = rock_table(8, 1)
    learnt = train(PRESET, VOCABULARY, rock_table(), held_out)
    short = replace(PRESET, optimisation=replace(PRESET.optimisation, events=300, learning_rate=1e-5))
    further = train(short, VOCABULARY, rock_table(), held_out, start_from=learnt.weights)
    assert further.held_out_nats["pitch"] < learnt.held_out_nats["pitch"] + 0.1


def test_one_short_piece_is_enough_to_train_on() -> None:
    table = encode_pattern(rock(1), VOCABULARY, PRESET.architecture.bar_memory)
    preset = replace(PRESET, optimisation=replace(PRESET.optimisation, events=100))
    assert train(preset, VOCABULARY, table, table).weights


def test_a_loss_that_is_no_number_is_said() -> None:
    tables = (rock_table(), rock_table(4, 1))
    short = replace(PRESET, optimisation=replace(PRESET.optimisation, events=300))
    weights = train(short, VOCABULARY, *tables).weights
    weights["delay.bias"][0] = float("nan")
    with pytest.raises(TrainingError, match="learning rate"):
        train(short, VOCABULARY, *tables, start_from=weights)


@pytest.mark.parametrize("device", ["cuda:77", "nonsense"])
def test_a_missing_device_is_said(device: str) -> None:
    with pytest.raises(TrainingError, match=rf"{device}.*--device cpu"):
        train(PRESET, VOCABULARY, rock_table(), rock_table(), device=device)


def test_the_best_so_far_survives_a_breakdown(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = iter([{"delay": 1.0, "pitch": 1.0}, {"delay": float("nan"), "pitch": 1.0}])
    monkeypatch.setattr("drumapp.lstm.training.nats_a_note", lambda *_: next(measured))
    result = train(PRESET, VOCABULARY, rock_table(), rock_table(4, 1))
    assert result.broke_down
    assert result.weights
    assert result.events < PRESET.optimisation.events


def test_the_learning_rate_falls_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short pieces fill their batches badly; the schedule must last for the events all the same."""
    steps: list[int] = []
    one_cycle = torch.optim.lr_scheduler.OneCycleLR

    def counted(optimiser: torch.optim.Optimizer, rate: float, total_steps: int) -> object:
        steps.append(total_steps)
        return one_cycle(optimiser, rate, total_steps=total_steps)

    monkeypatch.setattr("torch.optim.lr_scheduler.OneCycleLR", counted)
    batches = 0

    def count() -> bool:
        nonlocal batches
        batches += 1
        return False

    train(PRESET, VOCABULARY, rock_table(2, 40), rock_table(4, 1), should_stop=count)
    assert batches == pytest.approx(steps[0], rel=0.15)


def test_padding_never_counts() -> None:
    """Pieces of many lengths in one batch give the nats they give one at a time."""
    beats = [random_beat(seed, notes=count) for seed, count in enumerate((5, 60, 200, 17))]
    tables = [encode_pattern(beat, VOCABULARY, PRESET.architecture.bar_memory) for beat in beats]
    weights = train(
        replace(PRESET, optimisation=replace(PRESET.optimisation, events=300)), VOCABULARY, rock_table(), tables[0]
    ).weights
    together = nats_of_weights(PRESET, VOCABULARY, weights, join(tables))
    lengths = np.array([len(table) for table in tables])
    for head, nats in together.items():
        apart = [nats_of_weights(PRESET, VOCABULARY, weights, table)[head] for table in tables]
        assert nats == pytest.approx(float((lengths * apart).sum() / lengths.sum()), abs=1e-5)
