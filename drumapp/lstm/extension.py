"""A drummer's words extended by drums and styles it never heard, so that it can go on learning from other files.

What it knows stays where it is. A new drum begins as a mean of those there are, and seldom; a new style as no style.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY
from drumapp.lstm.checkpoint import DrumModel, Weights
from drumapp.lstm.ear import Ear
from drumapp.lstm.vocabulary import MAX_PITCHES, Vocabulary

_SELDOM = 2.0
"""By so many nats a new drum is less likely than a mean one."""


def drums_to_learn(vocabulary: Vocabulary, counts: Mapping[int, int], fewest: int) -> tuple[int, ...]:
    """The drums struck often enough that the vocabulary has no word for, nor a drum that they could be taken for."""
    ear = Ear(vocabulary)
    new = [
        key
        for key, count in Counter(counts).most_common()
        if count >= fewest and FIRST_DRUM_KEY <= key <= LAST_DRUM_KEY and ear.key_heard(key) is None
    ]
    return tuple(sorted(new[: MAX_PITCHES - len(vocabulary.pitches)]))


def extended(model: DrumModel, drums: Iterable[int], styles: Iterable[str]) -> DrumModel:
    """A model with words for more drums, given by MIDI key, and styles. One that hears one-hot words stays as it is."""
    vocabulary = model.vocabulary
    new_drums = [key for key in drums if key not in vocabulary.pitches]
    new_styles = [style for style in styles if style not in vocabulary.styles] if model.architecture.labels else []
    if model.architecture.one_hot or not (new_drums or new_styles):
        return model
    pitches = tuple(sorted((*vocabulary.pitches, *new_drums)))
    old = np.array([vocabulary.pitches.index(key) if key in vocabulary.pitches else -1 for key in pitches])
    weights: dict[str, NDArray[np.float32]] = {}
    for name, weight in model.weights.items():
        weights[name] = _with_drums(name, weight, old)
    if new_styles:
        weights["tables.style.weight"] = _with_rows(model.weights, "tables.style.weight", len(new_styles))
    wider = replace(vocabulary, pitches=pitches, styles=(*vocabulary.styles, *new_styles))
    return replace(model, vocabulary=wider, weights=weights, digest="", path=None)


def _with_drums(name: str, weight: NDArray[np.float32], old: NDArray[np.int64]) -> NDArray[np.float32]:
    """A weight whose rows are drums, with rows for the new ones; any other as it is."""
    if name == "tables.pitch.weight":
        return np.concatenate([_spread(weight[:-1], old), weight[-1:]])  # the last stands for no drum yet
    if name.startswith("tables.next_pitch_"):
        return np.concatenate([weight[:1], _spread(weight[1:], old)])  # the first stands for none known
    if name.startswith("terms.") and name.split(".")[1].removeprefix("pitch_").split("_")[0] in ("struck", "near"):
        return _spread(weight, old)
    if name in ("terms.velocity_pitch.weight", "terms.microtiming_pitch.weight", "pitch.weight"):
        return _spread(weight, old)
    if name == "pitch.bias":
        spread = _spread(weight, old)
        spread[old < 0] -= np.float32(_SELDOM)
        return spread
    return weight


def _spread(rows: NDArray[np.float32], old: NDArray[np.int64]) -> NDArray[np.float32]:
    """Rows put where the drums are now, the mean of all where a drum is new."""
    spread = rows[np.maximum(old, 0)].copy()
    spread[old < 0] = rows.mean(axis=0)
    return spread


def _with_rows(weights: Weights, name: str, count: int) -> NDArray[np.float32]:
    """A table with so many rows more, each as its first."""
    return np.concatenate([weights[name], np.repeat(weights[name][:1], count, axis=0)])
