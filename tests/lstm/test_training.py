from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from drumapp.core.project import MAX_SEED
from drumapp.lstm.encoding import encode_pattern, join
from drumapp.lstm.training.errors import TrainingError
from drumapp.lstm.training.parallel import join_processes
from drumapp.lstm.training.plain import measure_of_weights, train
from drumapp.lstm.training.run import Outlets, TrainingRun, some_pieces
from drumapp.lstm.training.trainer import Measure, Trainer
from tests.lstm.drummers import VOCABULARY, random_beat
from tests.lstm.trainings import GLUED, PRESET, a_trainer, beats_table, rock, rock_table, with_optimisation


def test_a_network_learns_a_plain_beat_and_says_how_well() -> None:
    told: list[Mapping[str, Any]] = []
    result = train(PRESET, VOCABULARY, rock_table(), rock_table(8, 1), report=told.append)
    assert result.held_out.chosen < 0.3
    assert result.held_out.right["both"] > 0.9
    assert result.checks[0].held_out.chosen > result.held_out.chosen
    assert result.events >= PRESET.optimisation.events
    checks = [event for event in told if event["event"] == "check"]
    assert [check["events"] for check in checks] == [check.events for check in result.checks]
    assert len(checks) == PRESET.optimisation.checks
    assert any(check["best"] for check in checks)
    assert result.ending == "finished"


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("window", [0, 5])
def test_every_kind_of_network_learns(cell: str, window: int) -> None:
    architecture = replace(PRESET.architecture, cell=cell, window=window, layers=2)
    preset = replace(with_optimisation(events=2500), architecture=architecture)
    result = train(preset, VOCABULARY, rock_table(6, 4), rock_table(6, 1))
    assert result.held_out.chosen < result.checks[0].held_out.chosen - 0.5


def test_the_weights_returned_are_those_that_gave_the_figure() -> None:
    preset = with_optimisation(events=2000)
    held_out = rock_table(8, 1)
    result = train(preset, VOCABULARY, rock_table(), held_out)
    again = measure_of_weights(preset, VOCABULARY, result.weights, held_out)
    assert again.nats == pytest.approx(result.held_out.nats)


def test_the_same_seed_trains_the_same_drummer() -> None:
    preset = with_optimisation(events=1500)
    tables = (rock_table(), rock_table(4, 1))
    first, again = (train(preset, VOCABULARY, *tables, seed=3).weights for _ in range(2))
    other = train(preset, VOCABULARY, *tables, seed=4).weights
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["delay.weight"], other["delay.weight"])


def test_the_greatest_seed_is_a_seed() -> None:
    preset = with_optimisation(events=600)
    train(preset, VOCABULARY, rock_table(), rock_table(), seed=MAX_SEED)


def test_stopping_keeps_the_best_so_far() -> None:
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls >= 3

    result = train(PRESET, VOCABULARY, rock_table(), rock_table(4, 1), should_stop=stop)
    assert result.ending == "stopped"
    assert result.weights
    assert 0 < result.events < PRESET.optimisation.events


def test_a_limit_of_time_ends_a_run_and_the_pace_with_it() -> None:
    seconds = iter(range(0, 10_000))
    trainer = a_trainer(PRESET)
    training = TrainingRun(trainer, rock_table(4, 1), seconds=500, clock=lambda: float(next(seconds)))
    result = training.run()
    assert result.ending == "finished"
    assert 0 < result.events < PRESET.optimisation.events
    assert trainer._optimiser.param_groups[0]["lr"] < PRESET.optimisation.learning_rate / 20


def test_training_goes_on_from_given_weights() -> None:
    held_out = rock_table(8, 1)
    learnt = train(PRESET, VOCABULARY, rock_table(), held_out)
    short = with_optimisation(events=300, learning_rate=1e-5)
    further = train(short, VOCABULARY, rock_table(), held_out, start_from=learnt.weights)
    assert further.held_out.nats["pitch"] < learnt.held_out.nats["pitch"] + 0.1


def test_what_is_kept_stays_half_way_with_the_drummer_it_went_on_from() -> None:
    held_out = rock_table(8, 1)
    start = train(with_optimisation(events=600), VOCABULARY, rock_table(), held_out).weights
    # One check, at the end: there is no other moment to keep.
    free, half = (
        train(with_optimisation(events=600, checks=1, stay=stay), VOCABULARY, rock_table(), held_out, start_from=start)
        for stay in (0.0, 0.5)
    )
    for name, weight in half.weights.items():
        torch.testing.assert_close(weight, (start[name] + free.weights[name]) / 2)
    told = measure_of_weights(PRESET, VOCABULARY, half.weights, held_out)
    assert told.chosen == pytest.approx(half.held_out.chosen, abs=1e-4)
    assert not torch.equal(half.weights["delay.weight"], free.weights["delay.weight"])


def test_without_a_drummer_to_go_on_from_nothing_stays() -> None:
    preset = with_optimisation(events=600, checks=1)
    one, other = (
        train(with_optimisation(preset, stay=stay), VOCABULARY, rock_table(), rock_table(8, 1)).weights
        for stay in (0.0, 0.5)
    )
    assert all(torch.equal(weight, other[name]) for name, weight in one.items())


def test_one_short_piece_is_enough_to_train_on() -> None:
    table = encode_pattern(rock(1), VOCABULARY, PRESET.architecture.bar_memory)
    assert train(with_optimisation(events=100), VOCABULARY, table, table).weights


def test_a_loss_that_is_no_number_is_said() -> None:
    tables = (rock_table(), rock_table(4, 1))
    short = with_optimisation(events=300)
    weights = train(short, VOCABULARY, *tables).weights
    weights["delay.bias"][0] = float("nan")
    with pytest.raises(TrainingError, match="learning rate"):
        train(short, VOCABULARY, *tables, start_from=weights)


@pytest.mark.parametrize("device", ["cuda:77", "nonsense"])
def test_a_missing_device_is_said(device: str) -> None:
    with pytest.raises(TrainingError, match=rf"{device}.*--device cpu"):
        train(PRESET, VOCABULARY, rock_table(), rock_table(), device=device)


def test_a_missing_device_is_said_where_several_train_together(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "99"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(TrainingError, match="--device cpu"):
        join_processes("cuda")


def measures(*figures: float) -> Any:
    """A trainer's measure that gives these figures in turn, the last one for ever."""
    left = list(figures)

    def measure(*_: object) -> Measure:
        figure = left.pop(0) if len(left) > 1 else left[0]
        return Measure(1, {"delay": figure, "pitch": 0.0}, {})

    return measure


def test_the_best_so_far_survives_a_breakdown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trainer, "measure", measures(1.0, float("nan")))
    result = train(PRESET, VOCABULARY, rock_table(), rock_table(4, 1))
    assert result.ending == "broke down"
    assert result.weights
    assert result.events < PRESET.optimisation.events


def test_a_run_that_gets_no_better_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trainer, "measure", measures(3.0, 2.0, 2.5))
    result = train(with_optimisation(patience=4), VOCABULARY, rock_table(), rock_table(4, 1))
    assert result.ending == "early"
    assert [check.best for check in result.checks] == [True, True, False, False, False, False]
    assert result.kept_at_events == result.checks[1].events


def test_overfitting_is_warned_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trainer, "measure", measures(2.0, 2.01, 2.2))
    told: list[Mapping[str, Any]] = []
    train(PRESET, VOCABULARY, rock_table(), rock_table(4, 1), report=told.append)
    (warning,) = [event for event in told if event["event"] == "warning"]
    assert warning["kind"] == "overfitting"
    assert "by heart" in warning["message"]


def test_a_recipe_may_keep_the_last_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trainer, "measure", measures(2.0, 2.5))
    result = train(with_optimisation(keep="last", events=2000), VOCABULARY, rock_table(), rock_table(4, 1))
    assert result.kept_at_events == result.events


def test_padding_never_counts() -> None:
    """Pieces of many lengths in one batch give the nats they give one at a time."""
    beats = [random_beat(seed, notes=count) for seed, count in enumerate((5, 60, 200, 17))]
    tables = [encode_pattern(beat, VOCABULARY, PRESET.architecture.bar_memory) for beat in beats]
    weights = train(with_optimisation(events=300), VOCABULARY, rock_table(), tables[0]).weights
    together = measure_of_weights(PRESET, VOCABULARY, weights, join(tables)).nats
    lengths = np.array([len(table) for table in tables])
    for head, nats in together.items():
        apart = [measure_of_weights(PRESET, VOCABULARY, weights, table).nats[head] for table in tables]
        assert nats == pytest.approx(float((lengths * apart).sum() / lengths.sum()), abs=1e-5)


def test_long_pieces_are_measured_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    table = beats_table(range(3))
    weights = train(with_optimisation(events=300), VOCABULARY, rock_table(), table).weights
    whole = measure_of_weights(PRESET, VOCABULARY, weights, table)
    monkeypatch.setattr("drumapp.lstm.training.trainer._EVENTS_AT_ONCE", 50)
    parts = measure_of_weights(PRESET, VOCABULARY, weights, table)
    assert parts.nats == pytest.approx(whole.nats, abs=1e-5)
    assert parts.right == pytest.approx(whole.right)


def test_the_drummer_of_2017_learns_its_sequence_by_heart() -> None:
    table = beats_table(range(2), notes=25)
    preset = with_optimisation(GLUED, events=10_000, batch=1)
    result = train(preset, VOCABULARY, table, beats_table(range(5, 6)))
    assert result.training is not None
    assert result.training.right["both"] > 0.9
    assert result.kept_at_events == result.events


def test_progress_is_told_with_what_is_left() -> None:
    told: list[Mapping[str, Any]] = []
    looks: list[int] = []

    def look(weights: Mapping[str, torch.Tensor]) -> Mapping[str, Any]:
        looks.append(len(weights))
        return {"notes": [[0, 36, 100, 60]]}

    outlets = Outlets(report=told.append, look=look, progress_seconds=0.0, look_seconds=0.0)
    TrainingRun(a_trainer(with_optimisation(events=900)), rock_table(4, 1), outlets).run()
    progress = [event for event in told if event["event"] == "progress"]
    assert progress[0]["seconds_left"] > 0
    assert progress[-1]["share"] > progress[0]["share"]
    assert {"delay", "pitch", "both"} <= set(progress[0]["training"]["right"])
    assert looks
    assert next(event["notes"] for event in told if event["event"] == "look") == [[0, 36, 100, 60]]


def test_of_much_that_is_held_out_some_pieces_are_heard_at_checks() -> None:
    table = beats_table(range(10), notes=50)
    some = some_pieces(table, 150)
    assert len(some) <= 200
    assert len(some.starts) == 3
    np.testing.assert_array_equal(some.pieces[1].rows, table.pieces[4].rows)
    assert some_pieces(table, 10**6) is table
