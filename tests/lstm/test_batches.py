"""How fast a training learns, and in what order it hears its pieces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from drumapp.lstm.material import TableMaterial
from drumapp.lstm.training.batches import Batch, Columns, GluedStreams, ShuffledPieces, batches_of
from drumapp.lstm.training.schedule import pace
from tests.lstm.drummers import VOCABULARY
from tests.lstm.trainings import GLUED, PRESET, beats_table


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
