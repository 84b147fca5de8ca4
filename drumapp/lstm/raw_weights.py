"""The weights of the drummer of 2017, as its author kept them: two matrices of bare numbers, in and out.

``Wx`` is (notes + ticks + hidden + 1) x (4 * hidden) float32, little-endian, row by row: rows are the one-hot notes,
the one-hot ticks, h and 1; columns are four blocks, the gates forget, input, output and the new cell. ``Wy`` is
(hidden + 1) x (notes + ticks), rows h and 1. Which note and which number of ticks a row stands for is told apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumapp.core.errors import DrumappError
from drumapp.core.timing import TICKS_PER_QUARTER
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.grid import HOUSE_GRID, Grid
from drumapp.lstm.presets import PLAIN, Architecture
from drumapp.lstm.vocabulary import Vocabulary

_FLOAT = np.dtype("<f4")
_FROM_RAW = (1, 0, 3, 2)
"""Where torch's gates (input, forget, cell, output) lie among forget, input, output, cell."""
_LARGEST_HIDDEN = 4096
_ORDER_KEY = "raw_order"


class RawWeightsError(DrumappError):
    """Weights that do not fit their words, or a drummer that cannot be written so; one sentence that says why."""


@dataclass(frozen=True)
class RawWeights:
    """A drummer as two matrices: the bytes of ``Wx`` and ``Wy``, and the notes and ticks of their rows in order."""

    wx: bytes
    wy: bytes
    notes: tuple[int, ...]
    ticks: tuple[int, ...]


def import_raw(
    raw: RawWeights,
    name: str,
    *,
    ticks_per_quarter: int = TICKS_PER_QUARTER,
    provenance: Mapping[str, Any] | None = None,
) -> DrumModel:
    """A drummer that plays, of raw weights. Raises RawWeightsError, naming what is wrong, for words that make no sense
    or matrices of another size than they call for.
    """
    notes, ticks = _in_order("notes", raw.notes), _in_order("ticks", raw.ticks)
    vocabulary = _vocabulary(sorted(raw.notes), sorted(raw.ticks), ticks_per_quarter)
    words = len(notes) + len(ticks)
    hidden = len(raw.wy) // _FLOAT.itemsize // words - 1
    if not 1 <= hidden <= _LARGEST_HIDDEN or len(raw.wy) != (hidden + 1) * words * _FLOAT.itemsize:
        raise RawWeightsError(
            f"Wy has {len(raw.wy):,} bytes, which are no rows of {len(notes)} notes and {len(ticks)} ticks; "
            "check the lists of notes and ticks."
        )
    rows = words + hidden + 1
    if len(raw.wx) != rows * 4 * hidden * _FLOAT.itemsize:
        raise RawWeightsError(
            f"Wx has {len(raw.wx):,} bytes, and Wy calls for {rows * 4 * hidden * _FLOAT.itemsize:,}: "
            f"{rows} rows of {4 * hidden} numbers."
        )
    wx = np.frombuffer(raw.wx, _FLOAT).reshape(rows, 4, hidden)
    wy = np.frombuffer(raw.wy, _FLOAT).reshape(hidden + 1, words)
    if not (np.isfinite(wx).all() and np.isfinite(wy).all()):
        raise RawWeightsError("The weights hold values that are no numbers; the files are damaged or of another kind.")
    gates = np.ascontiguousarray(wx[:, _FROM_RAW].reshape(rows, 4 * hidden).T)  # (4H, rows), gates as torch has them
    from_ticks = gates[:, len(notes) : words][:, ticks]
    weights = {
        "lstm.weight_ih_l0": np.concatenate([from_ticks, gates[:, : len(notes)][:, notes]], axis=1),
        "lstm.weight_hh_l0": gates[:, words:-1],
        "lstm.bias_ih_l0": gates[:, -1],
        "lstm.bias_hh_l0": np.zeros(4 * hidden, np.float32),
        "delay.weight": wy[:-1, len(notes) :].T[ticks],
        "delay.bias": wy[-1, len(notes) :][ticks],
        "pitch.weight": wy[:-1, : len(notes)].T[notes],
        "pitch.bias": wy[-1, : len(notes)][notes],
    }
    architecture = _architecture(hidden)
    kept = {key: np.ascontiguousarray(weight, np.float32) for key, weight in weights.items()}
    scaled = [tick * TICKS_PER_QUARTER // ticks_per_quarter for tick in raw.ticks]
    told = {**(provenance or {}), _ORDER_KEY: {"notes": list(raw.notes), "ticks": scaled}}
    return DrumModel(name, architecture, vocabulary, kept, told)


def export_raw(model: DrumModel) -> RawWeights:
    """A drummer's raw weights; those of an imported one are the very bytes that were imported. Raises RawWeightsError
    for a drummer that is told more than the drummer of 2017 was.
    """
    hidden = model.architecture.hidden
    if model.architecture != _architecture(hidden):
        raise RawWeightsError(
            f"{model.name} cannot be written as raw weights: only drummers of one LSTM layer that hear one-hot notes"
            " and ticks can (preset hollemans-2017)."
        )
    vocabulary, weights = model.vocabulary, model.weights
    notes = list(vocabulary.pitches)
    ticks = [vocabulary.delay_of(delay) * vocabulary.grid.ticks for delay in range(vocabulary.delays)]
    order = model.provenance.get(_ORDER_KEY)
    note_order, tick_order = _written_order(order, "notes", notes), _written_order(order, "ticks", ticks)
    bias = weights["lstm.bias_ih_l0"]
    if weights["lstm.bias_hh_l0"].any():
        bias = bias + weights["lstm.bias_hh_l0"]
    from_input = weights["lstm.weight_ih_l0"]
    gates = np.concatenate(
        [
            from_input[:, len(ticks) :][:, note_order],
            from_input[:, : len(ticks)][:, tick_order],
            weights["lstm.weight_hh_l0"],
            bias[:, None],
        ],
        axis=1,
    )
    wx = gates.T.reshape(-1, 4, hidden)[:, _FROM_RAW]  # exchanging two pairs twice gives them back
    said = [(weights[f"{head}.weight"], weights[f"{head}.bias"]) for head in ("pitch", "delay")]
    orders = (note_order, tick_order)
    wy = np.concatenate([np.concatenate([w[o].T, b[o][None]]) for (w, b), o in zip(said, orders, strict=True)], axis=1)
    return RawWeights(
        _bytes(wx),
        _bytes(wy),
        tuple(notes[place] for place in note_order),
        tuple(ticks[place] for place in tick_order),
    )


def _architecture(hidden: int) -> Architecture:
    return replace(PLAIN, hidden=hidden, one_hot=True)


def _bytes(matrix: NDArray[np.float32]) -> bytes:
    return np.ascontiguousarray(matrix, _FLOAT).tobytes()


def _in_order(what: str, words: Sequence[int]) -> list[int]:
    """For each word in ascending order its place among the words."""
    if not words:
        raise RawWeightsError(f"The list of {what} is empty.")
    if len(set(words)) != len(words):
        raise RawWeightsError(f"The list of {what} holds {_first_twice(words)} twice.")
    return sorted(range(len(words)), key=words.__getitem__)


def _first_twice(words: Sequence[int]) -> int:
    return next(word for place, word in enumerate(words) if word in words[:place])


def _vocabulary(notes: Sequence[int], ticks: Sequence[int], ticks_per_quarter: int) -> Vocabulary:
    if not 1 <= ticks_per_quarter <= 32767:
        raise RawWeightsError(f"A quarter note cannot have {ticks_per_quarter} ticks; give 1 to 32767.")
    scaled = [tick * TICKS_PER_QUARTER for tick in ticks]
    if odd := [tick for tick, value in zip(ticks, scaled, strict=True) if value % ticks_per_quarter]:
        raise RawWeightsError(
            f"{odd[0]} ticks of {ticks_per_quarter} to the quarter are no whole number of Drumapp's ticks "
            f"({TICKS_PER_QUARTER} to the quarter)."
        )
    own = [value // ticks_per_quarter for value in scaled]
    # The coarsest grid, up to the house's, on which all of them and every bar line lie.
    common = math.gcd(60, *own)
    grid = Grid(max(size for size in range(1, HOUSE_GRID.ticks + 1) if common % size == 0 and 60 % size == 0))
    try:
        return Vocabulary(tuple(notes), (), grid, tuple(tick // grid.ticks for tick in own), ordered=False)
    except ValueError as error:
        raise RawWeightsError(f"These notes and ticks cannot be used: {error}.") from error


def _written_order(order: object, what: str, words: Sequence[int]) -> list[int]:
    """The places of words in the order they were imported in; as they are where nothing sensible tells."""
    told = order.get(what) if isinstance(order, Mapping) else None
    if not isinstance(told, Sequence) or sorted(map(str, told)) != sorted(map(str, words)):
        return list(range(len(words)))
    places = {str(word): place for place, word in enumerate(words)}
    return [places[str(word)] for word in told]
