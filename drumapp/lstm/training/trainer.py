"""One network in training: takes steps, measures itself on held-out pieces, and can be put away and taken up again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from drumapp.lstm.encoding import EventTable
from drumapp.lstm.layout import heads
from drumapp.lstm.network import DrumNetwork, Memory, negative_log_likelihood
from drumapp.lstm.presets import Optimisation, Preset
from drumapp.lstm.training.batches import Batch, Batches, Columns
from drumapp.lstm.training.devices import find_device
from drumapp.lstm.training.errors import TrainingError
from drumapp.lstm.training.optimisers import make_optimiser, optimiser_tensors, restore_optimiser, set_pace
from drumapp.lstm.training.parallel import Processes
from drumapp.lstm.training.schedule import pace
from drumapp.lstm.vocabulary import ANY, Vocabulary

NATS_THAT_COUNT = ("delay", "pitch")
"""Heads by whose sum the best weights are chosen: what is played when. Velocity and microtiming follow from them."""
LABELS = ("tempo", "style", "kind")
BOTH = "both"
"""Beside the heads' own, the share of events of which delay and drum are both right."""
_EVENTS_AT_ONCE = 1 << 15
_SEEDS = 1 << 63
"""Torch knows so many."""


@dataclass(frozen=True)
class Measure:
    """Figures over some events: how many; mean nats by head; share of the likeliest guesses that were right, by head
    and for delay and drum both.
    """

    events: int
    nats: Mapping[str, float]
    right: Mapping[str, float]

    @property
    def chosen(self) -> float:
        """The figure by which weights are compared: delay and drum together, nats a note."""
        return sum(self.nats[head] for head in NATS_THAT_COUNT)

    def to_json(self) -> dict[str, Any]:
        """A value json can write, exactly."""
        return {"events": self.events, "nats": dict(self.nats), "right": dict(self.right)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Measure:
        """Read what :meth:`to_json` wrote."""
        return cls(int(value["events"]), dict(value["nats"]), dict(value["right"]))


@dataclass
class Tally:
    """Sums over events that become a measure: nats and right guesses by head, and for delay and drum both."""

    heads: tuple[str, ...]
    device: torch.device
    sums: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin again."""
        double = torch.float32 if self.device.type == "mps" else torch.float64  # Apple's chips have no doubles
        self.sums = torch.zeros(2 + 2 * len(self.heads), dtype=double, device=self.device)

    def figures(self, losses: Mapping[str, Tensor], right: Tensor, events: int) -> Tensor:
        """What a batch adds: how many events, their nats by head, their right guesses by head and both."""
        found = torch.stack([loss.detach() for loss in losses.values()]).to(self.sums.dtype)
        return torch.cat([self.sums.new_tensor([events]), found, right.to(self.sums.dtype)])

    def measure(self) -> Measure:
        """The figures so far."""
        events, *rest = self.sums.tolist()
        count, share = len(self.heads), max(events, 1.0)
        nats = dict(zip(self.heads, (total / share for total in rest[:count]), strict=True))
        right = dict(zip((*self.heads, BOTH), (total / share for total in rest[count:]), strict=True))
        return Measure(int(events), nats, right)


class Trainer:
    """A network in training.

    Attributes: preset, vocabulary, batches, network, device; over all processes, ``events`` and ``steps`` taken so far
    and ``tally`` of the steps since it was last cleared.

    Raises TrainingError when the device is not there, ValueError when weights to start from do not fit.
    """

    def __init__(
        self,
        preset: Preset,
        vocabulary: Vocabulary,
        batches: Batches,
        *,
        seed: int = 0,
        device: str = "cpu",
        start_from: Mapping[str, Tensor] | None = None,
        processes: Processes | None = None,
    ) -> None:
        self.preset = preset
        self.vocabulary = vocabulary
        self.device = find_device(device)
        self.processes = processes or Processes()
        self.events = 0
        self.steps = 0
        self.batches = batches
        self._seed = seed
        torch.manual_seed(seed)
        self.network = _network(preset, vocabulary).to(self.device)
        self._start: dict[str, Tensor] = {}
        if start_from is not None:
            self.network.load_state_dict(dict(start_from))
            if preset.optimisation.stay:
                self._start = self.weights
        self._trained = [weight for weight in self.network.parameters() if weight.requires_grad]
        self._optimiser = make_optimiser(preset.optimisation, self._trained)
        self.tally = Tally(heads(preset.architecture), self.device)
        self._memory: Memory | None = None

    def step(self, share: float) -> int:
        """Take one step when a share of the run, from 0 to 1, is over. Returns how many events it was over."""
        recipe = self.preset.optimisation
        batch = self.batches.next()
        set_pace(self._optimiser, pace(recipe.schedule, recipe.learning_rate, share))
        # Chance is a function of seed, step and process, so that there is no state of it to be kept.
        torch.manual_seed(((self._seed * 1_000_003 + self.steps) * 4_099 + self.processes.rank) % _SEEDS)
        self.network.train()
        self._optimiser.zero_grad(set_to_none=False)
        figures = torch.zeros_like(self.tally.sums)
        if batch.events:
            losses, right = self._forward(batch, recipe)
            torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
            figures = self.tally.figures(losses, right, batch.events)
        gradients = [_gradient(weight) for weight in self._trained]
        if self.processes.world > 1:
            # In one sum with the gradients; single precision holds the counts of a batch exactly.
            counts = figures.to(gradients[0].dtype)
            self.processes.add_up([*gradients, counts])
            figures = counts.to(figures.dtype)
        self.tally.sums += figures
        events = int(figures[0])
        self.steps += 1
        self.events += events
        if not events:
            return 0
        torch._foreach_div_(gradients, float(events))
        if recipe.clip_norm:
            torch.nn.utils.clip_grad_norm_(self._trained, recipe.clip_norm)
        if recipe.clip_value:
            torch.nn.utils.clip_grad_value_(self._trained, recipe.clip_value)
        self._optimiser.step()
        return events

    def measure(self, pieces: EventTable) -> Measure:
        """The network on pieces, each heard whole from a memory of zeros; the work is shared among the processes."""
        return measure(self.network, pieces, self.processes)

    def measure_streams(self, whole: EventTable) -> Measure:
        """The network on pieces end to end, heard as one sequence from a memory of zeros."""
        return measure_streams(self.network, whole)

    @property
    def kept_weights(self) -> dict[str, Tensor]:
        """A copy of what would be kept of the weights as they are: they, or so far with those it began from as the
        recipe has it stay.
        """
        stay = self.preset.optimisation.stay
        return {
            name: torch.lerp(weight, self._start[name], stay) if name in self._start else weight
            for name, weight in self.weights.items()
        }

    @contextmanager
    def other_weights(self, weights: Mapping[str, Tensor]) -> Iterator[None]:
        """For a while the network has others."""
        own = self.weights
        self.network.load_state_dict(dict(weights))
        try:
            yield
        finally:
            self.network.load_state_dict(own)

    @property
    def weights(self) -> dict[str, Tensor]:
        """A copy of the weights as they are, float32, on the processor."""
        return {name: weight.detach().float().cpu().clone() for name, weight in self.network.state_dict().items()}

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """All that a run needs to go on from here, as tensors and as values json can write. Every process must ask."""
        tensors = {f"weights/{name}": weight.detach() for name, weight in self.network.state_dict().items()}
        tensors |= {f"optimiser/{name}": value for name, value in optimiser_tensors(self._optimiser).items()}
        tensors["tally"] = self.tally.sums
        if self.preset.optimisation.arrangement == "glued" and self.steps:
            # A process without a stream has no memory, but takes part in the sums that gather the others'.
            memory = self._memory if self._memory is not None else self.network.fresh_memory(0, 0.0)
            h, c = (self._gathered(part) for part in memory)
            tensors |= {"memory/h": h, "memory/c": c}
        counts = {"events": self.events, "steps": self.steps, "batches": self.batches.state()}
        return {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}, counts

    def restore(self, tensors: Mapping[str, Tensor], counts: Mapping[str, Any]) -> None:
        """Go on from what :meth:`state` gave. Raises TrainingError when it is the state of another run."""
        try:
            parts: dict[str, dict[str, Tensor]] = {"weights": {}, "optimiser": {}, "memory": {}}
            for name, tensor in tensors.items():
                part, _, rest = name.partition("/")
                if rest:
                    parts[part][rest] = tensor
            self.network.load_state_dict(parts["weights"])
            restore_optimiser(self._optimiser, parts["optimiser"])
            self.tally.sums = tensors["tally"].to(self.device)
            self.events, self.steps = int(counts["events"]), int(counts["steps"])
            self.batches.restore(counts["batches"])
            if parts["memory"]:
                h, c = (self._own_share(parts["memory"][name].to(self.device)) for name in ("h", "c"))
                self._memory = (h, c)
        except (KeyError, ValueError, RuntimeError, TypeError) as error:
            raise TrainingError("The checkpoint belongs to another run; start a new job.") from error

    def _forward(self, batch: Batch, recipe: Optimisation) -> tuple[dict[str, Tensor], Tensor]:
        heard, said, mask = (_on(self.device, columns) for columns in (batch.heard, batch.said, {"": batch.mask}))
        _hide_labels(heard, recipe.labels_hidden)
        if batch.begins:
            memory = self.network.fresh_memory(len(batch.mask), recipe.memory_range)
        else:
            if batch.round_begins or self._memory is None:
                self._memory = self.network.fresh_memory(len(batch.mask), 0.0)
            memory = self._memory
        logits, after = self.network(heard, said, memory)
        if not batch.begins:
            h, c = after
            self._memory = (h.detach(), c.detach())
        return negative_log_likelihood(logits, said, mask[""]), right_guesses(logits, said, mask[""])

    def _gathered(self, part: Tensor) -> Tensor:
        """The memory of all processes' streams, (layers, streams, hidden)."""
        if self.processes.world == 1:
            return part
        count = torch.tensor([float(part.shape[1])], device=part.device)
        self.processes.add_up([count])
        whole = part.new_zeros(part.shape[0], int(count), part.shape[2])
        whole[:, self.processes.rank :: self.processes.world] = part
        self.processes.add_up([whole])
        return whole

    def _own_share(self, whole: Tensor) -> Tensor:
        return whole[:, self.processes.rank :: self.processes.world].contiguous()


@torch.no_grad()
def measure(network: DrumNetwork, pieces: EventTable, processes: Processes | None = None) -> Measure:
    """A network on pieces, each heard whole from a memory of zeros. Pieces of like length share a batch, so that little
    is padding.
    """
    processes = processes or Processes()
    network.eval()
    device = network.delay.weight.device
    tally = Tally(heads(network.architecture), device)
    columns = Columns(network.architecture, network.vocabulary, pieces.columns)
    ends = np.append(pieces.starts[1:], len(pieces))
    lengths = ends - pieces.starts
    groups = _alike(lengths)
    for group in groups[processes.rank :: processes.world]:
        sequences = [(pieces, int(pieces.starts[piece]), int(ends[piece])) for piece in group]
        memory = network.fresh_memory(len(group), 0.0)
        for part in _in_parts(sequences, columns, int(lengths[group].max())):
            memory = _tell(network, part, memory, tally)
    processes.add_up([tally.sums])
    return tally.measure()


@torch.no_grad()
def measure_streams(network: DrumNetwork, whole: EventTable) -> Measure:
    """A network on pieces end to end, heard as one sequence from a memory of zeros."""
    network.eval()
    tally = Tally(heads(network.architecture), network.delay.weight.device)
    columns = Columns(network.architecture, network.vocabulary, whole.columns)
    memory = network.fresh_memory(1, 0.0)
    for part in _in_parts([(whole, 0, len(whole))], columns, len(whole)):
        memory = _tell(network, part, memory, tally)
    return tally.measure()


def right_guesses(logits: Mapping[str, Tensor], said: Mapping[str, Tensor], mask: Tensor) -> Tensor:
    """How often each head's likeliest guess was right, and how often delay's and drum's both were, (heads + 1,)."""
    right = {head: (scores.detach().argmax(-1) == said[head]) & mask for head, scores in logits.items()}
    both = torch.stack([right[head] for head in NATS_THAT_COUNT]).all(0)
    return torch.stack([found.sum() for found in (*right.values(), both)])


def _tell(network: DrumNetwork, batch: Batch, memory: Memory, tally: Tally) -> Memory:
    """Let a network hear a batch and add what it thought to a tally; returns its memory after it."""
    device = network.delay.weight.device
    heard, said, mask = (_on(device, columns) for columns in (batch.heard, batch.said, {"": batch.mask}))
    logits, memory = network(heard, said, memory)
    losses = negative_log_likelihood(logits, said, mask[""])
    tally.sums += tally.figures(losses, right_guesses(logits, said, mask[""]), batch.events)
    return memory


def _in_parts(sequences: list[tuple[EventTable, int, int]], columns: Columns, longest: int) -> Iterator[Batch]:
    """Sequences side by side, so many events at a time that they take little memory."""
    width = max(_EVENTS_AT_ONCE // len(sequences), 1)
    for offset in range(0, longest, width):
        part = [(table, min(begin + offset, end), min(begin + offset + width, end)) for table, begin, end in sequences]
        yield columns.batch(part, min(width, longest - offset), begins=False)


def _alike(lengths: np.ndarray[Any, np.dtype[np.int64]]) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """Pieces in groups of about sixteen of like length."""
    order = np.argsort(lengths, kind="stable")
    return np.array_split(order, max(1, len(order) // 16))


def _network(preset: Preset, vocabulary: Vocabulary) -> DrumNetwork:
    recipe = preset.optimisation
    network = DrumNetwork(
        preset.architecture,
        vocabulary,
        dropout_inputs=recipe.dropout_inputs,
        dropout_layers=recipe.dropout_layers,
        dropout_heads=recipe.dropout_heads,
    )
    if recipe.deviation:
        for weight in network.parameters():
            torch.nn.init.trunc_normal_(weight, std=recipe.deviation, a=-2 * recipe.deviation, b=2 * recipe.deviation)
    if preset.architecture.one_hot:
        # torch keeps two biases where the published network has one.
        for name, weight in network.named_parameters():
            if ".bias_hh_l" in name:
                torch.nn.init.zeros_(weight)
                weight.requires_grad_(False)
    return network


def _gradient(weight: Tensor) -> Tensor:
    if weight.grad is None:
        weight.grad = torch.zeros_like(weight)
    return weight.grad


def _on(device: torch.device, columns: Mapping[str, Any]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(values).to(device) for name, values in columns.items()}


def _hide_labels(heard: dict[str, Tensor], share: float) -> None:
    for label in LABELS:
        if share and label in heard:
            hidden = torch.rand(len(heard[label]), 1, device=heard[label].device) < share
            heard[label] = heard[label].masked_fill(hidden, ANY)
