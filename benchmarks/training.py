"""Events a second in training: the house preset, the drummer of 2017 in streams side by side, and as its script did it.

``python -m benchmarks.training [--streams N] [--json]``. All on one thread, over made-up beats in Groove's words, in
turns; each figure is the median over the rounds. The plain loop is the published one: one stream, a matrix of one-hot
rows, 200 events unrolled, one product after another, here in PyTorch; the batched form hears as many events and takes
the same steps, with look-ups in the place of one-hot products.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from drumapp.core.pattern import Note, Pattern
from drumapp.lstm.encoding import EventTable, encode_pattern, join
from drumapp.lstm.grid import HOUSE_GRID
from drumapp.lstm.material import TableMaterial
from drumapp.lstm.presets import PRESETS, Preset
from drumapp.lstm.training.batches import Columns, batches_of
from drumapp.lstm.training.optimisers import RmsProp
from drumapp.lstm.training.trainer import Trainer
from drumapp.lstm.vocabulary import Vocabulary

ROUNDS = 5
STREAMS = 20
UNROLL = 200
HOUSE = Vocabulary((36, 37, 38, 40, 42, 43, 44, 45, 46, 48, 49, 51, 53, 57), ("funk", "rock"))
DELAYS_OF_2017, NOTES_OF_2017 = 209, 17
"""The published drummer's words: 226 in all."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=STREAMS, help=f"of the batched form (default: {STREAMS})")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    contestants = {
        "house": house_steps(),
        "hollemans_batched": batched_steps(args.streams),
        "hollemans_plain": plain_steps(),
    }
    rates: dict[str, list[float]] = {name: [] for name in contestants}
    for step in contestants.values():
        step()
    for _ in range(args.rounds):
        for name, step in contestants.items():
            begun = time.perf_counter()
            events = step()
            rates[name].append(events / (time.perf_counter() - begun))
    figures = {f"{name}_events_per_s": statistics.median(found) for name, found in rates.items()}
    pairs = zip(rates["hollemans_batched"], rates["hollemans_plain"], strict=True)
    figures["batched_to_plain"] = statistics.median(batched / plain for batched, plain in pairs)
    if args.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
        return
    for name, value in figures.items():
        print(f"{name:<32} {value:10,.1f}")


def house_steps() -> Callable[[], int]:
    """A few steps of the house preset."""
    preset = PRESETS["groove"]
    return steps_of(preset, HOUSE, beats(HOUSE, preset.architecture.bar_memory), 4)


def batched_steps(streams: int) -> Callable[[], int]:
    """A step of the drummer of 2017 with so many streams side by side."""
    preset = PRESETS["hollemans-2017"]
    preset = replace(preset, optimisation=replace(preset.optimisation, batch=streams))
    vocabulary = words_of_2017()
    return steps_of(preset, vocabulary, beats(vocabulary, ()), 1)


def words_of_2017() -> Vocabulary:
    """As many words as the published drummer had."""
    return Vocabulary(tuple(range(36, 36 + NOTES_OF_2017)), (), HOUSE_GRID, tuple(range(DELAYS_OF_2017)))


def steps_of(preset: Preset, vocabulary: Vocabulary, table: EventTable, steps: int) -> Callable[[], int]:
    """Takes so many steps of a preset and tells over how many events."""
    material = TableMaterial(table)
    columns = Columns(preset.architecture, vocabulary, material.columns)
    trainer = Trainer(preset, vocabulary, batches_of(material, columns, preset.optimisation, 0))
    return lambda: sum(trainer.step(0.5) for _ in range(steps))


def plain_steps() -> Callable[[], int]:
    """A step of the drummer of 2017 as its script took it."""
    rng = np.random.default_rng(0)
    words, hidden = NOTES_OF_2017 + DELAYS_OF_2017, 200
    notes = torch.from_numpy(rng.integers(0, NOTES_OF_2017, UNROLL + 1))
    ticks = torch.from_numpy(rng.integers(0, DELAYS_OF_2017, UNROLL + 1))
    rows = torch.cat(
        [functional.one_hot(notes, NOTES_OF_2017), functional.one_hot(ticks, DELAYS_OF_2017)], dim=1
    ).float()
    wx = torch.nn.Parameter(torch.randn(words + hidden + 1, 4 * hidden) * 0.01)
    wy = torch.nn.Parameter(torch.randn(hidden + 1, words) * 0.01)
    optimiser = RmsProp([wx, wy], 1e-2)
    one = torch.ones(1, 1)

    def step() -> int:
        h, c = torch.zeros(1, hidden), torch.zeros(1, hidden)
        said: list[Tensor] = []
        for event in range(UNROLL):
            gates = torch.cat([rows[event : event + 1], h, one], dim=1) @ wx
            f, i, o, g = gates.reshape(4, hidden).unbind(0)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            said.append(torch.cat([h, one], dim=1) @ wy)
        scores = torch.cat(said)
        loss = functional.cross_entropy(scores[:, :NOTES_OF_2017], notes[1:])
        loss = loss + functional.cross_entropy(scores[:, NOTES_OF_2017:], ticks[1:])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        for weight in (wx, wy):
            assert weight.grad is not None  # both are used
            weight.grad.clamp_(-5.0, 5.0)
        optimiser.step()
        return UNROLL

    return step


def beats(vocabulary: Vocabulary, bar_memory: tuple[int, ...]) -> EventTable:
    """Some 60,000 events of made-up beats."""
    rng = np.random.default_rng(1)
    tables = []
    for _ in range(60):
        starts = rng.integers(0, 64 * 16, 1000) * 120 + rng.integers(-9, 10, 1000)
        keys = rng.choice(vocabulary.pitches, 1000)
        velocities = rng.integers(1, 128, 1000)
        notes = zip(np.maximum(starts, 0).tolist(), keys.tolist(), velocities.tolist(), strict=True)
        tables.append(encode_pattern(Pattern.of(Note(*note) for note in notes), vocabulary, bar_memory))
    return join(tables)


if __name__ == "__main__":
    main()
