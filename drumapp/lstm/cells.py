"""Recurrent cells in NumPy, one event at a time.

The gates' sigmoids are taken as (1 + tanh(x / 2)) / 2, with the halving folded into the weights, so that one tanh
serves all gates that can share it. LSTM as in Hochreiter and Schmidhuber (1997) with the forget gate of Gers,
Schmidhuber and Cummins (2000); GRU as in Cho et al. (2014), with the reset gate behind the product, as torch has it.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.checkpoint import DrumModel, Weights

Floats = NDArray[np.float32]
_HALF = np.float32(0.5)


class Cell(Protocol):
    """One layer of a network, in one direction.

    What its gates get from below comes with each event: that of the first layer is summed from look-ups, the others
    multiply the layer below. Products are of one size each, whether one event is heard or many, so that both come to
    the same bits.
    """

    given: Floats

    def take_from(self, below: Floats, given: Floats) -> None:
        """Write into ``given`` what the gates get from the hidden state of the layer below."""

    def advance(self, given: Floats, h: Floats, cell: Floats, out: Floats) -> None:
        """From ``h`` to ``out``, which may be the same; ``cell`` is changed in place."""


class LstmCell:
    """An LSTM layer. Gates are kept as input, forget, output, cell."""

    def __init__(self, model: DrumModel, layer: int, suffix: str = "") -> None:
        hidden, weights = model.architecture.hidden, model.weights
        self.given = np.zeros(4 * hidden, np.float32)
        self._matrix = _gate_matrix(weights[f"lstm.weight_hh_l{layer}{suffix}"])
        if layer > 0:
            self._below_matrix = _gate_matrix(weights[f"lstm.weight_ih_l{layer}{suffix}"])
            self._bias = halved_lstm_gates(lstm_biases(weights, layer, suffix)).astype(np.float32)
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


class GruCell:
    """A GRU layer: reset, update, new. Its memory is h alone; ``cell`` is left as it is."""

    def __init__(self, model: DrumModel, layer: int, suffix: str = "") -> None:
        hidden, weights = model.architecture.hidden, model.weights
        self.given = np.zeros(3 * hidden, np.float32)
        self._matrix = np.ascontiguousarray(
            halved_gru_gates(weights[f"gru.weight_hh_l{layer}{suffix}"].astype(np.float64)), dtype=np.float32
        )
        self._recurrent_bias = halved_gru_gates(weights[f"gru.bias_hh_l{layer}{suffix}"].astype(np.float64)).astype(
            np.float32
        )
        if layer > 0:
            self._below_matrix = np.ascontiguousarray(
                halved_gru_gates(weights[f"gru.weight_ih_l{layer}{suffix}"].astype(np.float64)), dtype=np.float32
            )
            self._bias = halved_gru_gates(weights[f"gru.bias_ih_l{layer}{suffix}"].astype(np.float64)).astype(
                np.float32
            )
        self._z = z = np.empty(3 * hidden, np.float32)
        self._sigmoids = z[: 2 * hidden]
        self._reset, self._update, self._new = z.reshape(3, hidden)

    def take_from(self, below: Floats, given: Floats) -> None:
        """Write into ``given`` what the gates get from the hidden state of the layer below."""
        np.dot(self._below_matrix, below, out=given)
        given += self._bias

    def advance(self, given: Floats, h: Floats, cell: Floats, out: Floats) -> None:  # noqa: ARG002 - as every cell
        """From ``h`` to ``out``, which may be the same."""
        z, sigmoids, new = self._z, self._sigmoids, self._new
        np.dot(self._matrix, h, out=z)
        z += self._recurrent_bias
        sigmoids += given[: len(sigmoids)]
        np.tanh(sigmoids, out=sigmoids)
        sigmoids *= _HALF
        sigmoids += _HALF
        new *= self._reset
        new += given[len(sigmoids) :]
        np.tanh(new, out=new)
        # out = new + update * (h - new), with the reset gate's place as scratch
        np.subtract(h, new, out=self._reset)
        self._reset *= self._update
        np.add(new, self._reset, out=out)


def make_cell(model: DrumModel, layer: int, suffix: str = "") -> Cell:
    """The cell of a layer; suffix is torch's for the second direction."""
    return LstmCell(model, layer, suffix) if model.architecture.cell == "lstm" else GruCell(model, layer, suffix)


def input_gates(model: DrumModel, suffix: str = "") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first layer's input weights, (gates, inputs), and its bias, as its cell has its gates."""
    weights = model.weights
    if model.architecture.cell == "lstm":
        matrix = halved_lstm_gates(weights[f"lstm.weight_ih_l0{suffix}"].astype(np.float64))
        return matrix, halved_lstm_gates(lstm_biases(weights, 0, suffix))
    matrix = halved_gru_gates(weights[f"gru.weight_ih_l0{suffix}"].astype(np.float64))
    return matrix, halved_gru_gates(weights[f"gru.bias_ih_l0{suffix}"].astype(np.float64))


def lstm_biases(weights: Weights, layer: int, suffix: str = "") -> NDArray[np.float64]:
    """The two biases of a layer as one."""
    first, second = weights[f"lstm.bias_ih_l{layer}{suffix}"], weights[f"lstm.bias_hh_l{layer}{suffix}"]
    return first.astype(np.float64) + second.astype(np.float64)


def halved_lstm_gates(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gates' rows from torch's order (input, forget, cell, output) to (input, forget, output, cell), the sigmoids'
    halved.
    """
    at_input, forget, cell, output = np.split(rows, 4)
    return np.concatenate([at_input / 2, forget / 2, output / 2, cell])


def halved_gru_gates(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gates' rows in torch's order (reset, update, new), the sigmoids' halved."""
    reset, update, new = np.split(rows, 3)
    return np.concatenate([reset / 2, update / 2, new])


def _gate_matrix(weight: Floats) -> Floats:
    return np.ascontiguousarray(halved_lstm_gates(weight.astype(np.float64)), dtype=np.float32)
