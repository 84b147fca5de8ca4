"""Training without a job around it: tables of events in, a result out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from drumapp.lstm.encoding import EventTable
from drumapp.lstm.material import Material, TableMaterial
from drumapp.lstm.network import DrumNetwork
from drumapp.lstm.presets import Preset
from drumapp.lstm.training.batches import Columns, batches_of
from drumapp.lstm.training.run import STOP, Outlets, Report, TrainingResult, TrainingRun
from drumapp.lstm.training.trainer import Measure, Trainer, measure
from drumapp.lstm.vocabulary import Vocabulary


def train(
    preset: Preset,
    vocabulary: Vocabulary,
    training: EventTable | Material,
    held_out: EventTable,
    *,
    seed: int = 0,
    device: str = "cpu",
    start_from: Mapping[str, Tensor] | None = None,
    report: Report | None = None,
    should_stop: Callable[[], bool] | None = None,
    seconds: float | None = None,
    most_events: int | None = None,
) -> TrainingResult:
    """Train a network as its preset says, and keep the weights best on ``held_out``.

    Raises TrainingError when the device is not there or the loss is no number before there was anything to keep.
    """
    material = TableMaterial(training) if isinstance(training, EventTable) else training
    columns = Columns(preset.architecture, vocabulary, material.columns)
    batches = batches_of(material, columns, preset.optimisation, seed, most_events=most_events)
    trainer = Trainer(preset, vocabulary, batches, seed=seed, device=device, start_from=start_from)
    outlets = Outlets(
        report=report or (lambda _: None),
        commands=lambda: STOP if should_stop is not None and should_stop() else None,
    )
    return TrainingRun(trainer, held_out, outlets, seconds=seconds).run()


def measure_of_weights(
    preset: Preset, vocabulary: Vocabulary, weights: Mapping[str, Tensor], held_out: EventTable
) -> Measure:
    """The figures of finished weights, on the processor."""
    network = DrumNetwork(preset.architecture, vocabulary)
    network.load_state_dict(dict(weights))
    return measure(network, held_out)
