"""Trainings that are killed, paused or stopped, and the states they leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from drumapp.lstm.presets import Preset
from drumapp.lstm.training import run as run_module
from drumapp.lstm.training.errors import TrainingError
from drumapp.lstm.training.run import PAUSE, STOP, Outlets, TrainingResult, TrainingRun
from drumapp.lstm.training.state_file import KEPT, latest_state, read_state, save_state, state_files
from tests.lstm.trainings import GLUED, PRESET, a_trainer, beats_table, rock_table, with_optimisation


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
