"""The network in NumPy, one event at a time, without torch: what plays.

One-hot inputs times a matrix are row look-ups, so every input table is multiplied into the first layer's weights once,
when the stepper is built, and an event's input is a sum of rows. The gates' sigmoids are taken as
(1 + tanh(x / 2)) / 2, with the halving folded into the weights, so that one tanh serves all four gates.
LSTM as in Hochreiter and Schmidhuber (1997) with the forget gate of Gers, Schmidhuber and Cummins (2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from drumapp.lstm.checkpoint import DrumModel, Weights
from drumapp.lstm.encoding import LABEL_COLUMNS
from drumapp.lstm.habits import HABITS
from drumapp.lstm.layout import head_terms, input_tables

Floats = NDArray[np.float32]

SLOW_COLUMNS = frozenset((*HABITS, *LABEL_COLUMNS))
"""Inputs that stay the same for many events, and come last: their rows are summed only when they change."""
_SETS_REMEMBERED = 1 << 14


@dataclass
class Memory:
    """The network's h and c, float32 (layers, hidden) each; the stepper changes them in place."""

    h: Floats
    c: Floats

    @classmethod
    def fresh(cls, layers: int, hidden: int, memory_range: float, rng: np.random.Generator) -> Memory:
        """Drawn uniformly from +- memory_range."""
        h, c = rng.uniform(-memory_range, memory_range, (2, layers, hidden)).astype(np.float32)
        return cls(h, c)

    @classmethod
    def zeros(cls, layers: int, hidden: int) -> Memory:
        """A memory of nothing."""
        return cls(np.zeros((layers, hidden), np.float32), np.zeros((layers, hidden), np.float32))

    def copy(self) -> Memory:
        """A memory that no longer follows this one."""
        return Memory(self.h.copy(), self.c.copy())


class Stepper:
    """A trained network, ready to advance. It holds scratch space: use one from one thread at a time.

    After :meth:`advance`, ``delay_scores`` says which delays are likely. :meth:`tell_delay` answers with the drums'
    scores, :meth:`tell_pitch` with the velocities', :meth:`tell_velocity` with the microtimings'; each may be called
    once an event, in that order, unless :meth:`keep` and :meth:`withdraw` take it back. Scores are unnormalised log
    probabilities, float32 (classes,), in scratch space that the next event overwrites.

    :meth:`hear` advances over many events that are known beforehand, in half the time an event, to the same bits.
    """

    def __init__(self, model: DrumModel) -> None:
        # The matrices are too small to share between threads: waking a second one costs more than the product.
        threadpool_limits(limits=1, user_api="blas")
        self.architecture = model.architecture
        self.vocabulary = model.vocabulary
        tables = input_tables(model.architecture, model.vocabulary)
        self.input_columns = tuple(table.column for table in tables)
        first_rows = np.cumsum([0] + [table.rows for table in tables[:-1]])
        self._first_rows = tuple(int(row) for row in first_rows)
        self.begin = tuple(table.begin for table in tables)
        self._input_rows = _folded_inputs(model)
        self._quick = sum(table.column not in SLOW_COLUMNS for table in tables)
        self._gathered = np.empty((self._quick, self._input_rows.shape[1]), np.float32)
        self._ones = np.ones(self._quick, np.float32)
        self._quick_sum = np.empty(self._input_rows.shape[1], np.float32)
        self._slow_rows: list[int] = []
        self._slow_sum = np.zeros(self._input_rows.shape[1], np.float32)
        self._layers = [_Layer(model, layer) for layer in range(model.architecture.layers)]
        self._build_heads(model)

    def advance(self, memory: Memory, heard: Sequence[int]) -> None:
        """Hear one event: ``heard`` gives its class in each of ``input_columns``. Changes ``memory``."""
        layers = self._layers
        self._sum_inputs(list(map(add, self._first_rows, heard)), layers[0].given)
        h, c = memory.h, memory.c
        for layer, network_layer in enumerate(layers):
            if layer > 0:
                network_layer.take_from(h[layer - 1], network_layer.given)
            network_layer.advance(network_layer.given, h[layer], c[layer], h[layer])
        self.speak(memory)

    def hear(self, memory: Memory, heard: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Hear events one after the other without saying anything in between: what :meth:`advance` does to ``memory``
        for each row of ``heard``, int64 (events, columns), bit for bit.

        Layer by layer, so that one matrix stays in the processor's cache for all events. Returns h and c after each
        event, float32 (events, layers, hidden).
        """
        events, shape = len(heard), memory.h.shape
        h, c = np.empty((events, *shape), np.float32), np.empty((events, *shape), np.float32)
        given = np.empty((events, self._input_rows.shape[1]), np.float32)
        for row, out in zip((heard + np.array(self._first_rows)).tolist(), given, strict=True):
            self._sum_inputs(row, out)
        for layer, network_layer in enumerate(self._layers):
            if layer > 0:
                for below, out in zip(h[:, layer - 1], given, strict=True):
                    network_layer.take_from(below, out)
            hidden, cell = memory.h[layer], memory.c[layer]
            for event_given, event_h, event_c in zip(given, h[:, layer], c[:, layer], strict=True):
                network_layer.advance(event_given, hidden, cell, event_h)
                hidden = event_h
                event_c[:] = cell
            memory.h[layer] = hidden
        return h, c

    def speak(self, memory: Memory) -> None:
        """Say which delays are likely after what ``memory`` has heard; :meth:`advance` has done so already."""
        np.dot(self._out_matrix, memory.h[-1], out=self._out)
        self._out += self._out_bias

    def keep(self) -> None:
        """Keep what the network said of this event, before it is told a delay, for :meth:`withdraw`."""
        self._kept[:] = self._after_delay

    def withdraw(self) -> None:
        """Take back what the network was told of this event since :meth:`keep`."""
        self._after_delay[:] = self._kept

    def tell_delay(self, delay: int, position: int, struck: Sequence[int]) -> Floats:
        """Drums' scores, given the delay class, the position class it leads to, and the sets of drums struck there.

        ``struck`` lists, as bits, the drums already struck at the position, then for each bar looked back to those at
        it and close to it: :class:`~drumapp.lstm.bar_memory.BarMemory` gives them. Independent heads heed none of it.
        """
        if not self.architecture.chained:
            return self._pitch
        self._after_delay += self._delay_rows[delay]
        if self._position_rows is not None:
            self._after_delay += self._position_rows[position]
        hidden = self._pitch_hidden
        for rows, drums in zip(self._struck_rows, struck, strict=True):
            if drums:
                hidden += rows[drums]
        np.tanh(hidden, out=hidden)
        np.dot(self._pitch_matrix, hidden, out=self._pitch)
        self._pitch += self._pitch_bias
        return self._pitch

    def tell_pitch(self, pitch: int, last_velocity: int) -> Floats:
        """Velocities' scores, given the drum and the velocity class of its last hit (32 when it had none)."""
        self._after_pitch += self._pitch_rows[pitch]
        hidden = self._velocity_hidden
        hidden += self._last_velocity_rows[last_velocity]
        np.tanh(hidden, out=hidden)
        np.dot(self._velocity_matrix, hidden, out=self._velocity)
        self._velocity += self._velocity_bias
        return self._velocity

    def tell_velocity(self, velocity: int) -> Floats:
        """Microtimings' scores, given the velocity class."""
        self._microtiming += self._velocity_rows[velocity]
        return self._microtiming

    def microtiming_after(self, delay: int, position: int, pitch: int, velocity: int) -> Floats:
        """Microtimings' scores for an event known but for its microtiming: those that telling the network the delay,
        the drum and the velocity would come to, bit for bit, without the scores of drums and velocities.
        """
        microtiming = self._microtiming
        first = -len(microtiming)
        microtiming += self._delay_rows[delay, first:]
        if self._position_rows is not None:
            microtiming += self._position_rows[position, first:]
        microtiming += self._pitch_rows[pitch, first:]
        return self.tell_velocity(velocity)

    def _sum_inputs(self, rows: list[int], out: Floats) -> None:
        """What the first layer's gates get from the given rows of the input tables."""
        slow_rows = rows[self._quick :]
        if slow_rows != self._slow_rows:
            self._slow_rows = slow_rows
            self._input_rows[slow_rows].sum(axis=0, out=self._slow_sum)
        self._input_rows.take(rows[: self._quick], axis=0, out=self._gathered, mode="clip")
        np.dot(self._ones, self._gathered, out=self._quick_sum)
        np.add(self._quick_sum, self._slow_sum, out=out)

    def _build_heads(self, model: DrumModel) -> None:
        architecture, weights = model.architecture, model.weights
        # One product serves all heads; what a head is told lies side by side, so that telling several is one addition.
        stacked = ["delay", "pitch_hidden" if architecture.chained else "pitch"]
        if architecture.dynamics:
            stacked += ["velocity_hidden", "microtiming"]
        self._out_matrix = np.ascontiguousarray(np.concatenate([weights[f"{name}.weight"] for name in stacked]))
        self._out_bias = np.concatenate([weights[f"{name}.bias"] for name in stacked])
        self._out = np.empty_like(self._out_bias)
        edges = np.cumsum([len(weights[f"{name}.bias"]) for name in stacked])
        self.delay_scores = self._out[: edges[0]]
        self._after_delay = self._out[edges[0] :]
        self._kept = self._after_delay.copy()
        if not architecture.chained:
            self._pitch = self._after_delay
            return
        self._pitch_hidden = self._out[edges[0] : edges[1]]
        self._pitch_matrix = np.ascontiguousarray(weights["pitch.weight"])
        self._pitch_bias = weights["pitch.bias"]
        self._pitch = np.empty_like(self._pitch_bias)
        told = ["pitch", "velocity", "microtiming"] if architecture.dynamics else ["pitch"]
        self._delay_rows = _side_by_side(weights, told, "delay")
        self._position_rows = _side_by_side(weights, told, "position") if architecture.bar_position else None
        self._struck_rows = [
            _SetRows(weights[f"terms.pitch_{term.column}.weight"])
            for term in head_terms("pitch", architecture, model.vocabulary)
            if term.bits
        ]
        if architecture.dynamics:
            self._after_pitch = self._out[edges[1] :]
            self._pitch_rows = _side_by_side(weights, ["velocity", "microtiming"], "pitch")
            self._velocity_hidden = self._out[edges[1] : edges[2]]
            self._last_velocity_rows = np.ascontiguousarray(weights["terms.velocity_last_velocity.weight"])
            self._velocity_matrix = np.ascontiguousarray(weights["velocity.weight"])
            self._velocity_bias = weights["velocity.bias"]
            self._velocity = np.empty_like(self._velocity_bias)
            self._microtiming = self._out[edges[2] :]
            self._velocity_rows = np.ascontiguousarray(weights["terms.microtiming_velocity.weight"])


class _Layer:
    """One LSTM layer. What the gates get from below comes with each event: the stepper sums the first layer's, the
    others multiply the layer below. Products of one size each, whether one event is heard or many: so both come to
    the same bits.
    """

    def __init__(self, model: DrumModel, layer: int) -> None:
        hidden = model.architecture.hidden
        weights = model.weights
        self.given = np.zeros(4 * hidden, np.float32)
        self._matrix = _gate_matrix(weights[f"lstm.weight_hh_l{layer}"])
        if layer > 0:
            self._below_matrix = _gate_matrix(weights[f"lstm.weight_ih_l{layer}"])
            self._bias = _halved_gates(_biases(weights, layer)).astype(np.float32)
        self._z = z = np.empty(4 * hidden, np.float32)
        self._sigmoids = z[: 3 * hidden]
        self._input, self._forget, self._output, self._cell = z.reshape(4, hidden)
        self._squashed = np.empty(hidden, np.float32)

    def take_from(self, below: Floats, given: Floats) -> None:
        """Write into ``given`` what the gates get from the hidden state of the layer below."""
        np.dot(self._below_matrix, below, out=given)
        given += self._bias

    def advance(self, given: Floats, h: Floats, cell: Floats, out: Floats) -> None:
        """From ``h`` to ``out``, which may be the same; ``cell`` is changed in place."""
        z, sigmoids, squashed = self._z, self._sigmoids, self._squashed
        np.dot(self._matrix, h, out=z)
        z += given
        np.tanh(z, out=z)
        sigmoids *= _HALF
        sigmoids += _HALF
        cell *= self._forget
        self._input *= self._cell
        cell += self._input
        np.tanh(cell, out=squashed)
        np.multiply(self._output, squashed, out=out)


class _SetRows:
    """Sums of a table's rows over sets of drums, remembered: a take meets the same few hundred sets again and again."""

    def __init__(self, table: Floats) -> None:
        self._table = table
        self._sums: dict[int, Floats] = {}

    def __getitem__(self, drums: int) -> Floats:
        row = self._sums.get(drums)
        if row is None:
            chosen = [index for index in range(len(self._table)) if drums >> index & 1]
            if len(self._sums) >= _SETS_REMEMBERED:
                self._sums.clear()
            row = self._sums[drums] = self._table[chosen].sum(axis=0)
        return row


_HALF = np.float32(0.5)


def _folded_inputs(model: DrumModel) -> Floats:
    """Every input table times its share of the first layer's input weights, (all rows, 4 * hidden)."""
    weights = model.weights
    from_inputs = _halved_gates(weights["lstm.weight_ih_l0"].astype(np.float64))
    folded, left = [], 0
    for table in input_tables(model.architecture, model.vocabulary):
        share = from_inputs[:, left : left + table.width]
        folded.append(weights[f"tables.{table.name}.weight"].astype(np.float64) @ share.T)
        left += table.width
    folded[0] += _halved_gates(_biases(weights, 0))  # exactly one row of the first table is in every sum
    return np.concatenate(folded).astype(np.float32)


def _biases(weights: Weights, layer: int) -> NDArray[np.float64]:
    return weights[f"lstm.bias_ih_l{layer}"].astype(np.float64) + weights[f"lstm.bias_hh_l{layer}"]


def _gate_matrix(weight: Floats) -> Floats:
    return np.ascontiguousarray(_halved_gates(weight.astype(np.float64)), dtype=np.float32)


def _halved_gates(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gates' rows from torch's order (input, forget, cell, output) to (input, forget, output, cell), the sigmoids'
    halved.
    """
    at_input, forget, cell, output = np.split(rows, 4)
    return np.concatenate([at_input / 2, forget / 2, output / 2, cell])


def _side_by_side(weights: Weights, heads: Sequence[str], column: str) -> Floats:
    return np.concatenate([weights[f"terms.{head}_{column}.weight"] for head in heads], axis=1)
