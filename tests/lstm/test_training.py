from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import MAX_SEED
from drumapp.lstm.encoding import EventTable, encode_pattern, join
from drumapp.lstm.material import TableMaterial
from drumapp.lstm.presets import PRESETS, Architecture, Optimisation, Preset
from drumapp.lstm.training import run as run_module
from drumapp.lstm.training.batches import Batch, Columns, GluedStreams, ShuffledPieces, batches_of
from drumapp.lstm.training.errors import TrainingError
from drumapp.lstm.training.parallel import join_processes
from drumapp.lstm.training.plain import measure_of_weights, train
from drumapp.lstm.training.run import PAUSE, STOP, Outlets, TrainingResult, TrainingRun, some_pieces
from drumapp.lstm.training.schedule import pace
from drumapp.lstm.training.state_file import KEPT, latest_state, read_state, save_state, state_files
from drumapp.lstm.training.trainer import Measure, Trainer
from tests.lstm.drummers import VOCABULARY, random_beat

PRESET = Preset(
    "tiny",
    "",
    Architecture(layers=1, hidden=24, pitch_units=12, velocity_units=8),
    Optimisation(
        events=12_000, batch=4, length=32, learning_rate=2e-2, weight_decay=0.0, dropout_inputs=0.0, dropout_heads=0.0
    ),
)
GLUED = Preset(
    "glued",
    "",
    replace(PRESETS["hollemans-2017"].architecture, hidden=24),
    replace(PRESETS["hollemans-2017"].optimisation, events=3000, batch=3, length=20, checks=5),
)


def rock(bars: int) -> Pattern:
    bar = [(0, 36), (0, 42), (240, 42), (480, 38), (480, 42), (720, 42), (960, 36), (960, 42), (1440, 38)]
    return Pattern.of([Note(number * 1920 + start, key, 100) for number in range(bars) for start, key in bar])


def rock_table(bars: int = 12, pieces: int = 4) -> EventTable:
    return join([encode_pattern(rock(bars), VOCABULARY, PRESET.architecture.bar_memory) for _ in range(pieces)])


def beats_table(seeds: range, notes: int = 150) -> EventTable:
    beats = [random_beat(seed, notes=notes) for seed in seeds]
    return join([encode_pattern(beat, VOCABULARY, PRESET.architecture.bar_memory) for beat in beats])


def with_optimisation(preset: Preset = PRESET, **changes: Any) -> Preset:
    return replace(preset, optimisation=replace(preset.optimisation, **changes))


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


class TestPace:
    def test_one_cycle_is_torchs(self) -> None:
        weight = torch.nn.Parameter(torch.zeros(1))
        optimiser = torch.optim.AdamW([weight], lr=1.0)
        steps = 1000
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.1, total_steps=steps)
        for step in range(steps):
            ours = pace("one-cycle", 0.1, step / (steps - 1))
            assert ours.rate == pytest.approx(optimiser.param_groups[0]["lr"], rel=0.02, abs=1e-5)
            assert ours.momentum == pytest.approx(optimiser.param_groups[0]["betas"][0], abs=1e-3)
            optimiser.step()
            if step < steps - 1:
                schedule.step()

    def test_the_others(self) -> None:
        assert pace("cosine", 1.0, 0.0).rate == pytest.approx(1.0)
        assert pace("cosine", 1.0, 1.0).rate == pytest.approx(0.01)
        assert pace("constant", 0.3, 0.7).rate == 0.3
        assert pace("one-cycle", 1.0, 7.0) == pace("one-cycle", 1.0, 1.0)


class TestBatches:
    def material(self) -> TableMaterial:
        return TableMaterial(beats_table(range(7), notes=90))

    def columns(self, material: TableMaterial) -> Columns:
        return Columns(PRESET.architecture, VOCABULARY, material.columns)

    def shuffled(self, **options: int) -> ShuffledPieces:
        material = self.material()
        return ShuffledPieces(material, self.columns(material), PRESET.optimisation, 3, **options)

    def a_round(self, batches: ShuffledPieces | GluedStreams) -> list[Batch]:
        found = [batches.next()]
        while batches.state()["round"] == 0:
            found.append(batches.next())
        return found

    def test_a_round_says_every_event_once(self) -> None:
        batches = self.shuffled()
        said = np.concatenate([batch.said["delay"][batch.mask] for batch in self.a_round(batches)])
        assert sorted(said) == sorted(self.material().whole.column("delay"))

    def test_each_event_is_told_the_one_before(self) -> None:
        whole = self.material().whole
        batches = self.shuffled()
        pairs = set(zip(whole.column("delay")[:-1].tolist(), whole.column("delay")[1:].tolist(), strict=True))
        for batch in self.a_round(batches):
            heard, said = batch.heard["delay"][batch.mask], batch.said["delay"][batch.mask]
            begins = heard == VOCABULARY.delays
            assert set(zip(heard[~begins].tolist(), said[~begins].tolist(), strict=True)) <= pairs

    def test_processes_share_each_batch(self) -> None:
        alone = self.shuffled()
        shares = [self.shuffled(rank=rank, world=3) for rank in range(3)]
        for _ in range(30):
            whole = alone.next()
            parts = [batches.next() for batches in shares]
            assert sum(part.events for part in parts) == whole.events
            said = np.concatenate([part.said["position"][part.mask] for part in parts])
            assert sorted(said) == sorted(whole.said["position"][whole.mask])

    def test_chapters_make_a_round_of_a_large_corpus(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("drumapp.lstm.training.batches.EVENTS_A_CHAPTER", 200)
        batches = self.shuffled()
        found = self.a_round(batches)
        assert sum(batch.events for batch in found) == len(self.material().whole)
        assert len(batches._chapters) > 2

    @pytest.mark.parametrize("arrangement", ["pieces", "glued"])
    def test_they_go_on_where_they_were(self, arrangement: str) -> None:
        material = self.material()
        recipe = replace(PRESET.optimisation, arrangement=arrangement)
        first = batches_of(material, self.columns(material), recipe, 5)
        for _ in range(37):
            first.next()
        again = batches_of(material, self.columns(material), recipe, 5)
        again.restore(first.state())
        for _ in range(20):
            one, other = first.next(), again.next()
            np.testing.assert_array_equal(one.mask, other.mask)
            for name in one.said:
                np.testing.assert_array_equal(one.said[name], other.said[name])

    def test_streams_go_through_everything_in_order(self) -> None:
        material = self.material()
        recipe = replace(GLUED.optimisation, batch=3, length=10)
        streams = GluedStreams(material, self.columns(material), recipe)
        whole = material.whole.column("pitch")
        found: list[list[int]] = [[], [], []]
        for number, batch in enumerate(self.a_round(streams)):
            assert batch.round_begins == (number == 0)
            for row, said, mask in zip(found, batch.said["pitch"], batch.mask, strict=True):
                row += said[mask].tolist()
        assert [pitch for row in found for pitch in row] == whole.tolist()
        assert streams.next().round_begins

    def test_only_the_first_events_are_cut_and_shuffled(self) -> None:
        table = beats_table(range(4))
        material = TableMaterial(table)
        recipe = replace(PRESET.optimisation, batch=3, length=20)
        most = int(material.events[0]) + 7
        columns = Columns(PRESET.architecture, VOCABULARY, table.columns)
        batches = batches_of(material, columns, recipe, 1, most_events=most)
        said: list[int] = []
        while batches.state()["round"] == 0:
            batch = batches.next()
            said += batch.said["position"][batch.mask].tolist()
        position = table.columns.index("position")
        assert sorted(said) == sorted(table.rows[:most, position].tolist())

    def test_only_the_first_events_are_glued(self) -> None:
        material = self.material()
        streams = GluedStreams(material, self.columns(material), GLUED.optimisation, most_events=101)
        assert len(streams.table) == 101


def test_the_drummer_of_2017_learns_its_sequence_by_heart() -> None:
    table = beats_table(range(2), notes=25)
    preset = with_optimisation(GLUED, events=10_000, batch=1)
    result = train(preset, VOCABULARY, table, beats_table(range(5, 6)))
    assert result.training is not None
    assert result.training.right["both"] > 0.9
    assert result.kept_at_events == result.events


def a_trainer(preset: Preset, seed: int = 1) -> Trainer:
    material = TableMaterial(beats_table(range(4)))
    columns = Columns(preset.architecture, VOCABULARY, material.columns)
    batches = batches_of(material, columns, preset.optimisation, seed)
    return Trainer(preset, VOCABULARY, batches, seed=seed)


class Killed(BaseException):
    """A process that is killed cleans nothing up."""


@pytest.mark.parametrize(
    "preset",
    [
        with_optimisation(events=3000, dropout_inputs=0.3, dropout_heads=0.3, labels_hidden=0.3, patience=5),
        GLUED,
        replace(with_optimisation(events=1500), architecture=replace(PRESET.architecture, cell="gru", layers=2)),
    ],
    ids=["pieces", "glued", "GRU"],
)
def test_a_run_that_was_killed_comes_to_the_weights_of_an_unbroken_one(tmp_path: Path, preset: Preset) -> None:
    held_out = beats_table(range(8, 9))
    whole = TrainingRun(a_trainer(preset), held_out).run()
    rng = np.random.default_rng(0)
    kills = 0
    while True:
        trainer = a_trainer(preset)
        left = int(rng.integers(1, 5)) if kills < 6 else 10**9

        def die_or_not() -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed

        outlets = Outlets(commands=die_or_not, states=tmp_path, checkpoint_seconds=0.0 if kills % 2 else 0.01)
        training = TrainingRun(trainer, held_out, outlets)
        resumed = training.resume()
        assert resumed or not state_files(tmp_path)
        try:
            result = training.run()
            break
        except Killed:
            kills += 1
    assert kills == 6
    assert_same(result, whole)
    assert len(state_files(tmp_path)) <= KEPT


def assert_same(result: TrainingResult, whole: TrainingResult) -> None:
    assert set(result.weights) == set(whole.weights)
    for name, weight in whole.weights.items():
        assert torch.equal(result.weights[name], weight), name
    assert result.held_out == whole.held_out
    for check, expected in zip(result.checks, whole.checks, strict=True):
        assert replace(check, seconds=0.0) == replace(expected, seconds=0.0)


def test_a_pause_changes_nothing(tmp_path: Path) -> None:
    preset = with_optimisation(events=1500)
    held_out = rock_table(4, 1)
    whole = TrainingRun(a_trainer(preset), held_out).run()
    commands = iter([None, None, PAUSE, PAUSE, PAUSE, "resume"])
    told: list[str] = []
    outlets = Outlets(
        report=lambda event: told.append(event["event"]), commands=lambda: next(commands, None), states=tmp_path
    )
    waits: list[float] = []
    paused = TrainingRun(a_trainer(preset), held_out, outlets, sleep=waits.append).run()
    assert_same(paused, whole)
    assert waits
    assert told.index("paused") < told.index("resumed")
    assert state_files(tmp_path)


def test_a_paused_run_can_be_stopped(tmp_path: Path) -> None:
    commands = iter([None, None, PAUSE, STOP])
    outlets = Outlets(commands=lambda: next(commands, STOP), states=tmp_path)
    result = TrainingRun(a_trainer(PRESET), rock_table(4, 1), outlets, sleep=lambda _: None).run()
    assert result.ending == "stopped"


class TestStateFiles:
    def kept(self, folder: Path) -> None:
        outlets = Outlets(states=folder, checkpoint_seconds=0.0)
        TrainingRun(a_trainer(with_optimisation(events=1200)), rock_table(4, 1), outlets).run()

    def test_the_last_few_are_kept(self, tmp_path: Path) -> None:
        self.kept(tmp_path)
        assert len(state_files(tmp_path)) == KEPT
        assert [path for path in tmp_path.iterdir() if path not in state_files(tmp_path)] == []

    def test_what_was_left_half_written_goes(self, tmp_path: Path) -> None:
        (tmp_path / ".000000000003.state.x1y2.part").write_bytes(b"half")
        save_state(tmp_path, 4, {"a": torch.zeros(1)}, {})
        assert [path.name for path in tmp_path.iterdir()] == ["000000000004.state"]

    def test_a_damaged_one_is_passed_over(self, tmp_path: Path) -> None:
        self.kept(tmp_path)
        *_, before, last = state_files(tmp_path)
        last.write_bytes(last.read_bytes()[:1000])
        _, values = read_state(latest_state(tmp_path))
        assert values["trainer"]["steps"] == int(before.stem)

    def test_when_all_are_damaged_it_is_said(self, tmp_path: Path) -> None:
        self.kept(tmp_path)
        for path in state_files(tmp_path):
            path.write_bytes(b"\x80\x05.")
        with pytest.raises(TrainingError, match="can be read"):
            latest_state(tmp_path)

    def test_that_of_another_network_is_refused(self, tmp_path: Path) -> None:
        self.kept(tmp_path)
        other = replace(PRESET, architecture=replace(PRESET.architecture, hidden=20))
        with pytest.raises(TrainingError, match="another run"):
            TrainingRun(a_trainer(other), rock_table(4, 1), Outlets(states=tmp_path)).resume()

    def test_none_is_no_error(self, tmp_path: Path) -> None:
        assert not TrainingRun(a_trainer(PRESET), rock_table(4, 1), Outlets(states=tmp_path / "gone")).resume()

    def test_a_disk_that_is_full_is_told_and_training_goes_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from drumapp.atomic import WriteError

        def full(*_: object) -> None:
            raise WriteError("Cannot write it: no space left on device.")

        monkeypatch.setattr(run_module, "save_state", full)
        told: list[Mapping[str, Any]] = []
        outlets = Outlets(report=told.append, states=tmp_path, checkpoint_seconds=0.0)
        result = TrainingRun(a_trainer(with_optimisation(events=600)), rock_table(4, 1), outlets).run()
        assert result.ending == "finished"
        assert "no space left" in next(event["message"] for event in told if event["event"] == "warning")


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
