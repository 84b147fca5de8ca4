"""The training loop: tables of events in, the best weights on held-out events out."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from drumapp.core.errors import DrumappError
from drumapp.lstm.encoding import LABEL_COLUMNS, EventTable, IntTable
from drumapp.lstm.layout import heads, input_tables
from drumapp.lstm.network import DrumNetwork, negative_log_likelihood
from drumapp.lstm.presets import Optimisation, Preset
from drumapp.lstm.vocabulary import ANY, Vocabulary

NATS_THAT_COUNT = ("delay", "pitch")
"""Heads by whose sum the best weights are chosen: what is played when. Velocity and microtiming follow from them."""
CHECKS_PER_RUN = 20


class TrainingError(DrumappError):
    """Training could not start or go on; the sentence says why and what to do."""


@dataclass(frozen=True)
class TrainingProgress:
    """Where a run stands.

    Attributes: events seen and to be seen; seconds since the start; nats a note by head on training batches since the
    last report, and on the held-out events when they were just measured; whether those were the best so far.
    """

    events: int
    total_events: int
    seconds: float
    training_nats: Mapping[str, float]
    held_out_nats: Mapping[str, float] | None = None
    best: bool = False


@dataclass
class TrainingResult:
    """The best weights of a run.

    Attributes: ``weights`` by name, float32; nats a note by head on the held-out events with those weights; events
    seen when they were reached and in all; seconds of the whole run; whether it was stopped before its end, and
    whether it ended because the loss was no longer a number.
    """

    weights: dict[str, Tensor]
    held_out_nats: dict[str, float]
    best_at_events: int
    events: int
    seconds: float
    stopped: bool = False
    broke_down: bool = False
    history: list[TrainingProgress] = field(default_factory=list)


@dataclass(frozen=True)
class _Batch:
    inputs: dict[str, Tensor]
    targets: dict[str, Tensor]
    mask: Tensor
    events: int


class _Table:
    """An event table on the training device, inputs beside targets."""

    def __init__(self, table: EventTable, preset: Preset, vocabulary: Vocabulary, device: torch.device) -> None:
        self.columns = table.columns
        self.starts = table.starts
        self.length = len(table)
        heard = table.rows.copy()
        heard[1:] = table.rows[:-1]
        for column in input_tables(preset.architecture, vocabulary):
            heard[table.starts, table.columns.index(column.column)] = column.begin
        for label in LABEL_COLUMNS:  # labels are of the piece, known before its first event
            index = table.columns.index(label)
            heard[:, index] = table.rows[:, index]
        self.heard = torch.from_numpy(heard).to(device)
        self.said = torch.from_numpy(table.rows).to(device)

    def batch(self, begins: IntTable, ends: IntTable, width: int) -> _Batch:
        """Rows begin..end of each sequence, padded to ``width``."""
        index = begins[:, None] + np.arange(width)
        inside = index < ends[:, None]
        rows = torch.from_numpy(np.where(inside, index, 0)).to(self.said.device)
        heard, said = self.heard[rows], self.said[rows]  # (B, T, columns)
        mask = torch.from_numpy(inside).to(self.said.device)
        return _Batch(
            {name: heard[..., i] for i, name in enumerate(self.columns)},
            {name: said[..., i] for i, name in enumerate(self.columns)},
            mask,
            int(inside.sum()),
        )


def train(
    preset: Preset,
    vocabulary: Vocabulary,
    training: EventTable,
    held_out: EventTable,
    *,
    seed: int = 0,
    device: str = "cpu",
    start_from: Mapping[str, Tensor] | None = None,
    progress: Callable[[TrainingProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> TrainingResult:
    """Train a network for ``preset.optimisation.events`` events and keep the weights best on ``held_out``.

    Sequences start at random places of a piece from fresh memory, as a take does. Raises TrainingError when the
    device is not there or the loss is no number before there was anything to keep.
    """
    place = _device(device)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    recipe = preset.optimisation
    network = DrumNetwork(
        preset.architecture,
        vocabulary,
        dropout_inputs=recipe.dropout_inputs,
        dropout_layers=recipe.dropout_layers,
        dropout_heads=recipe.dropout_heads,
    ).to(place)
    if start_from is not None:
        network.load_state_dict(dict(start_from))
    table = _Table(training, preset, vocabulary, place)
    held_out_table = _Table(held_out, preset, vocabulary, place)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=place.type == "cuda"
    )
    steps = max(1, round(recipe.events / _events_a_batch(table, recipe)))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps + 1)

    start = time.monotonic()
    seen = 0
    best: dict[str, Tensor] = {}
    best_nats: dict[str, float] = {}
    best_at = 0
    history: list[TrainingProgress] = []
    running = {head: torch.zeros((), device=place) for head in heads(preset.architecture)}
    running_events = 0
    next_check = recipe.events / CHECKS_PER_RUN
    stopped = broke_down = False
    for batch in _batches(table, recipe, rng):
        network.train()
        _hide_labels(batch, recipe.labels_hidden)
        memory = network.fresh_memory(len(batch.mask), recipe.memory_range)
        logits, _ = network(batch.inputs, batch.targets, memory)
        losses = negative_log_likelihood(logits, batch.targets, batch.mask)
        loss = torch.stack(list(losses.values())).sum() / batch.events
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(network.parameters(), recipe.clip_norm)
        optimiser.step()
        if schedule.last_epoch < steps:
            schedule.step()
        seen += batch.events
        running_events += batch.events
        for head, nats in losses.items():
            running[head] += nats.detach()
        stopped = should_stop is not None and should_stop()
        finished = seen >= recipe.events or stopped
        if seen < next_check and not finished:
            continue
        next_check += recipe.events / CHECKS_PER_RUN
        measured = nats_a_note(network, held_out_table)
        broke_down = not np.isfinite(sum(measured.values()))
        if broke_down:
            if not best:
                raise TrainingError("Training broke down: the loss is not a number. Try a lower learning rate.")
            break
        is_best = not best or _chosen(measured) < _chosen(best_nats)
        if is_best:
            best = {name: weight.detach().float().cpu().clone() for name, weight in network.state_dict().items()}
            best_nats, best_at = measured, seen
        report = TrainingProgress(
            seen,
            recipe.events,
            time.monotonic() - start,
            {head: float(total) / running_events for head, total in running.items()},
            measured,
            is_best,
        )
        for total in running.values():
            total.zero_()
        running_events = 0
        history.append(report)
        if progress is not None:
            progress(report)
        if finished:
            break
    return TrainingResult(best, best_nats, best_at, seen, time.monotonic() - start, stopped, broke_down, history)


def nats_a_note(network: DrumNetwork, table: _Table) -> dict[str, float]:
    """Mean nats by head with each piece heard whole, from a memory of zeros."""
    network.eval()
    totals = dict.fromkeys(heads(network.architecture), 0.0)
    ends = np.append(table.starts[1:], table.length)
    # Pieces of like length share a batch, so that little is padding.
    order = np.argsort(ends - table.starts)
    with torch.no_grad():
        for group in np.array_split(order, max(1, len(order) // 16)):
            width = int((ends[group] - table.starts[group]).max())
            batch = table.batch(table.starts[group], ends[group], width)
            logits, _ = network(batch.inputs, batch.targets, network.fresh_memory(len(group), 0.0))
            for head, nats in negative_log_likelihood(logits, batch.targets, batch.mask).items():
                totals[head] += float(nats)
    return {head: total / table.length for head, total in totals.items()}


def nats_of_weights(
    preset: Preset, vocabulary: Vocabulary, weights: Mapping[str, Tensor], held_out: EventTable
) -> dict[str, float]:
    """Mean nats by head of finished weights, on the processor."""
    network = DrumNetwork(preset.architecture, vocabulary)
    network.load_state_dict(dict(copy.copy(weights)))
    return nats_a_note(network, _Table(held_out, preset, vocabulary, torch.device("cpu")))


def _device(name: str) -> torch.device:
    try:
        place = torch.device(name)
        torch.zeros(1, device=place)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise TrainingError(f"Cannot train on {name} ({reason}). Train on the processor: --device cpu.") from error
    return place


def _chosen(nats: Mapping[str, float]) -> float:
    return sum(nats[head] for head in NATS_THAT_COUNT)


def _events_a_batch(table: _Table, recipe: Optimisation) -> float:
    """Events in a batch on average: less than batch times length, since a piece's last sequence is seldom full."""
    lengths = np.diff(np.append(table.starts, table.length))
    # The first cut lies anywhere in a sequence's length: (events - 1) / length cuts a piece on average.
    sequences = (1.0 + (lengths - 1) / recipe.length).sum()
    return float(table.length / sequences * recipe.batch)


def _batches(table: _Table, recipe: Optimisation, rng: np.random.Generator) -> Iterator[_Batch]:
    """Batches without end: each round cuts every piece at new random places and shuffles the cuts."""
    ends = np.append(table.starts[1:], table.length)
    while True:
        begins_of_round, ends_of_round = [], []
        for start, end in zip(table.starts, ends, strict=True):
            first = start + rng.integers(1, recipe.length + 1)
            cuts = np.concatenate([[start], np.arange(first, end, recipe.length)])
            begins_of_round.append(cuts)
            ends_of_round.append(np.append(cuts[1:], end))
        begins = np.concatenate(begins_of_round)
        stops = np.concatenate(ends_of_round)
        order = rng.permutation(len(begins))
        for chosen in np.array_split(order, -(-len(order) // recipe.batch)):
            yield table.batch(begins[chosen], stops[chosen], recipe.length)


def _hide_labels(batch: _Batch, share: float) -> None:
    for label in LABEL_COLUMNS:
        column = batch.inputs[label]
        hidden = torch.rand(len(column), 1, device=column.device) < share
        batch.inputs[label] = column.masked_fill(hidden, ANY)
