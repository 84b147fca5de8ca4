"""Microseconds an event: the stepper with sampling, the bare products of its sizes, and torch one event at a time.

``python -m benchmarks.stepper [--json]``. They are run in turns, and each figure is the median over the rounds. Beside
them stands the whole drummer: the stepper with bar memory, habits and the making of notes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from drumapp.core.pattern import Note
from drumapp.core.timing import MetreMap, TempoMap
from drumapp.lstm.bar_memory import BarMemory
from drumapp.lstm.checkpoint import DrumModel, load_model
from drumapp.lstm.dice import Dice
from drumapp.lstm.generator import DrumGenerator
from drumapp.lstm.habits import Habits
from drumapp.lstm.layout import input_tables
from drumapp.lstm.network import DrumNetwork
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import VELOCITY_STEPS, Event, position_class
from drumapp.resources import default_model

ROUNDS = 21
EVENTS = 300
TORCH_EVENTS = 100
RECORDED_EVENTS = 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")
    model = load_model(default_model())
    contestants: dict[str, tuple[Callable[[], object], int]] = {
        "stepper_us": (stepper_with_sampling(model), EVENTS),
        "drummer_us": (drummer(model), EVENTS),
        "products_us": (bare_products(model), EVENTS),
        "torch_us": (torch_drummer(model), TORCH_EVENTS),
    }
    rounds: dict[str, list[float]] = {name: [] for name in contestants}
    for advance, _ in contestants.values():
        for _ in range(50):
            advance()
    for _ in range(ROUNDS):
        for name, (advance, events) in contestants.items():
            start = time.perf_counter()
            for _ in range(events):
                advance()
            rounds[name].append((time.perf_counter() - start) / events * 1e6)
    figures = {name: statistics.median(times) for name, times in rounds.items()}
    ratios = {
        "stepper_to_products": statistics.median(
            a / b for a, b in zip(rounds["stepper_us"], rounds["products_us"], strict=True)
        ),
        "torch_to_stepper": statistics.median(
            a / b for a, b in zip(rounds["torch_us"], rounds["stepper_us"], strict=True)
        ),
    }
    if args.json:
        print(json.dumps({name: round(figure, 2) for name, figure in {**figures, **ratios}.items()}))
        return
    print(f"stepper, sampling included                 {figures['stepper_us']:7.1f} us an event")
    print(f"the whole drummer                          {figures['drummer_us']:7.1f} us")
    print(f"bare matrix-vector products                {figures['products_us']:7.1f} us")
    print(f"torch, one event at a time                 {figures['torch_us']:7.1f} us")
    print(f"stepper / products {ratios['stepper_to_products']:.2f}, torch / stepper {ratios['torch_to_stepper']:.1f}")


def stepper_with_sampling(model: DrumModel) -> Callable[[], Event]:
    """Network and four draws an event, over what a real take was told."""
    told = []
    run = DrumGenerator(model, GeneratorSettings(seed=1, bars=None))
    for _ in range(RECORDED_EVENTS):
        past = run._mind.past
        heard = list(past.heard)
        next(run)
        place = past.timeline.place(past.position)
        told.append((heard, place, past.struck(past.position), past.last_velocity(past.pitch)))
    stepper = Stepper(model)
    dice = Dice(model.vocabulary, 1, 1.0, 1.0)
    architecture = model.architecture
    memory = Memory.fresh(architecture.layers, architecture.hidden, 0.1, np.random.default_rng(0))
    event = 0

    def advance() -> Event:
        nonlocal event
        heard, place, struck, last_velocity = told[event % RECORDED_EVENTS]
        dice.shake(event)
        event += 1
        stepper.advance(memory, heard)
        delay = dice.delay(stepper.delay_scores)
        pitch = dice.pitch(stepper.tell_delay(delay, place, struck))
        velocity = dice.velocity(stepper.tell_pitch(pitch, last_velocity))
        return Event(delay, pitch, velocity, dice.microtiming(stepper.tell_velocity(velocity)))

    return advance


def drummer(model: DrumModel) -> Callable[[], Note]:
    """All a take does for an event: network, four draws, bar memory, note."""
    run = DrumGenerator(model, GeneratorSettings(seed=1, bars=None))
    return run.__next__


def bare_products(model: DrumModel) -> Callable[[], None]:
    """The matrix-vector products an event cannot do without, in the same memory layout, and nothing else."""
    architecture, weights = model.architecture, model.weights
    hidden = architecture.hidden
    rng = np.random.default_rng(0)
    shapes = [(4 * hidden, hidden)] * (2 * architecture.layers - 1)
    heads = ["delay", "pitch_hidden", "velocity_hidden", "microtiming"]
    shapes.append((sum(len(weights[f"{head}.bias"]) for head in heads), hidden))
    shapes += [weights[f"{head}.weight"].shape for head in ("pitch", "velocity")]
    products: list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]] = []
    for rows, columns in shapes:
        matrix = rng.normal(size=(rows, columns)).astype(np.float32)
        products.append((matrix, rng.normal(size=columns).astype(np.float32), np.empty(rows, np.float32)))

    def multiply() -> None:
        for matrix, vector, out in products:
            np.dot(matrix, vector, out=out)

    return multiply


def torch_drummer(model: DrumModel) -> Callable[[], Event]:
    """torch's modules driven one event at a time, each head told what the one before drew, as the drummer does."""
    network = DrumNetwork(model.architecture, model.vocabulary)
    network.load_state_dict({name: torch.from_numpy(weight) for name, weight in model.weights.items()})
    network.eval()
    architecture = model.architecture
    bar = GeneratorSettings().metre.ticks_per_bar // model.vocabulary.grid.ticks
    tables = input_tables(architecture, model.vocabulary)
    memory = network.fresh_memory(1, 0.1)
    bar_memory = BarMemory(Timeline(TempoMap(), MetreMap()), architecture.bar_memory)
    habits = Habits()
    last_velocity = [VELOCITY_STEPS] * len(model.vocabulary.pitches)
    heard = [table.begin for table in tables]
    position = 0

    def terms(head: str, told: Mapping[str, Tensor]) -> Tensor:
        return network._terms(head, told)

    def advance() -> Event:
        nonlocal memory, heard, position
        with torch.inference_mode():
            parts = [
                network.tables[table.name](torch.tensor([[index]])) for table, index in zip(tables, heard, strict=True)
            ]
            hidden, memory = network.recurrent(torch.cat(parts, dim=-1), memory)
            delay = draw(network.delay(hidden))
            position += delay
            struck = bar_memory.struck(position)
            names = ["struck_now"] + [f"{n}_{b}" for b in architecture.bar_memory for n in ("struck", "near")]
            told = {name: torch.tensor([[bits]]) for name, bits in zip(names, struck, strict=True)}
            place = position_class(position % bar)
            told |= {"delay": torch.tensor([[delay]]), "position": torch.tensor([[place]])}
            pitch = draw(network.pitch(torch.tanh(network.pitch_hidden(hidden) + terms("pitch", told))))
            told |= {"pitch": torch.tensor([[pitch]]), "last_velocity": torch.tensor([[last_velocity[pitch]]])}
            velocity = draw(network.velocity(torch.tanh(network.velocity_hidden(hidden) + terms("velocity", told))))
            told["velocity"] = torch.tensor([[velocity]])
            microtiming = draw(network.microtiming(hidden) + terms("microtiming", told))
        last_velocity[pitch] = velocity
        bar_memory.append(position, pitch)
        heard = [delay, pitch, velocity, microtiming, place]
        for pair in bar_memory.next_events(position, pitch):
            heard += pair
        if architecture.habits:
            habits.append(position)
            heard += habits.classes(position)
        heard += [5, 0, 1]
        return Event(delay, pitch, velocity, microtiming)

    return advance


def draw(scores: Tensor) -> int:
    """A class, drawn from the softmax of scores (1, 1, classes)."""
    return int(torch.multinomial(torch.softmax(scores[0, 0], dim=-1), 1))


if __name__ == "__main__":
    main()
