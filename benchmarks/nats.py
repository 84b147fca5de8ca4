"""Nats a note of the house drummer on held-out drumming, beside a 2-gram and an LSTM with independent heads.

``python -m benchmarks.nats --data DIR [--json]``. All three use the drummer's vocabulary and the same files. The LSTM
(one layer of 200, two independent softmaxes) is trained here, for as many events as the drummer was, and counts with
its best held-out figure; that takes ten minutes and more on one core.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from drumapp.lstm.checkpoint import DrumModel, load_model
from drumapp.lstm.encoding import EventTable
from drumapp.lstm.evaluation import evaluate
from drumapp.lstm.material import table_of
from drumapp.lstm.presets import PRESETS
from drumapp.lstm.training.plain import train
from drumapp.midi.corpus import TRAIN, VALIDATION, Corpus, scan_folder
from drumapp.resources import default_model

Counts = dict[tuple[int, ...], Counter[int]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a corpus with splits, such as Groove")
    parser.add_argument("--events", type=int, help="events to train the LSTM on (default: as many as the drummer's)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(default_model())
    corpus = scan_folder(args.data)
    events = args.events or int(model.provenance["training"]["events"])
    house = evaluate(model, table(corpus, VALIDATION, model, model.architecture.bar_memory)).nats_by_head
    training, held_out = table(corpus, TRAIN, model, ()), table(corpus, VALIDATION, model, ())
    gram = two_gram(training, held_out, model.vocabulary.delays, len(model.vocabulary.pitches))
    independent = independent_heads(model, training, held_out, events)
    figures = {"house": house, "two_gram": gram, "independent": independent}
    ratio = total(house) / total(independent)
    if args.json:
        print(json.dumps({**figures, "events": events, "house_to_independent": round(ratio, 4)}))
        return
    for name, nats in figures.items():
        print(f"{name:<12} {nats['delay']:.3f} + {nats['pitch']:.3f} = {total(nats):.3f} nats a note")
    print(f"house / independent {ratio:.3f}, after {events} events")


def total(nats: dict[str, float]) -> float:
    """Delay and pitch together."""
    return nats["delay"] + nats["pitch"]


def table(corpus: Corpus, split: str, model: DrumModel, bar_memory: tuple[int, ...]) -> EventTable:
    """A split in the drummer's vocabulary, without labels."""
    return table_of(corpus.of_split(split), model.vocabulary, bar_memory, labels=False)


def independent_heads(model: DrumModel, training: EventTable, held_out: EventTable, events: int) -> dict[str, float]:
    """Best held-out nats of the yardstick network."""
    preset = PRESETS["independent-200"]
    preset = replace(preset, optimisation=replace(preset.optimisation, events=events))

    def tell(told: Mapping[str, Any]) -> None:
        if told["event"] == "check":
            print(f"{told['events']:>10,} events, {told['seconds']:.0f} s, {told['held_out']['nats']}", file=sys.stderr)

    return dict(train(preset, model.vocabulary, training, held_out, report=tell).held_out.nats)


def two_gram(training: EventTable, held_out: EventTable, delays: int, pitches: int) -> dict[str, float]:
    """Delay given the drum and delay before, drum given the drum before and the delay, each interpolated with shorter
    contexts after Witten and Bell (1991).
    """
    delay_counts: Counts = {}
    pitch_counts: Counts = {}
    for before, now in pairs(training):
        for length in range(3):
            delay_counts.setdefault(delay_context(before)[:length], Counter())[now[0]] += 1
            pitch_counts.setdefault((now[0], before[1])[:length], Counter())[now[1]] += 1
    losses = {"delay": 0.0, "pitch": 0.0}
    for before, now in pairs(held_out):
        losses["delay"] -= math.log(probability(delay_counts, delay_context(before), now[0], delays))
        losses["pitch"] -= math.log(probability(pitch_counts, (now[0], before[1]), now[1], pitches))
    return {head: loss / len(held_out) for head, loss in losses.items()}


def delay_context(before: tuple[int, int]) -> tuple[int, int]:
    """The event before, the drum counting for more than the delay."""
    return before[1], before[0]


def pairs(events: EventTable) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """(delay, pitch) of each event's predecessor in its piece, (-1, -1) at the start, and its own."""
    found = []
    for piece in events.pieces:
        own = list(zip(piece.column("delay").tolist(), piece.column("pitch").tolist(), strict=True))
        found += list(zip([(-1, -1), *own[:-1]], own, strict=True))
    return found


def probability(counts: Counts, context: tuple[int, ...], outcome: int, outcomes: int) -> float:
    """Witten-Bell: a context's own counts, and its shorter one with the weight of its distinct outcomes."""
    shorter = 1 / outcomes if not context else probability(counts, context[:-1], outcome, outcomes)
    seen = counts.get(context)
    if seen is None:
        return shorter
    return (seen[outcome] + len(seen) * shorter) / (seen.total() + len(seen))


if __name__ == "__main__":
    main()
