"""The network in NumPy, one event at a time, without torch: what plays.

The core (:mod:`drumapp.lstm.cores`) hears events, the heads here say what may come next; what a head is told is a
look-up, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from drumapp.lstm.cells import Floats
from drumapp.lstm.checkpoint import DrumModel, Weights
from drumapp.lstm.cores import Memory, RecurrentCore, WindowCore
from drumapp.lstm.layout import head_terms

__all__ = ["Floats", "Memory", "Stepper"]

_SETS_REMEMBERED = 256


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
        self._core = WindowCore(model) if model.architecture.window else RecurrentCore(model)
        self.input_columns = self._core.inputs.columns
        self.begin = self._core.inputs.begin
        self._build_heads(model)

    def advance(self, memory: Memory, heard: Sequence[int]) -> None:
        """Hear one event: ``heard`` gives its class in each of ``input_columns``. Changes ``memory``."""
        self._speak(self._core.advance(memory, heard))

    def fresh_memory(self, memory_range: float, rng: np.random.Generator) -> Memory:
        """A memory drawn uniformly from +- memory_range."""
        return self._core.fresh(memory_range, rng)

    def empty_memory(self) -> Memory:
        """A memory of nothing."""
        return self._core.zeros()

    def hear(self, memory: Memory, heard: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Hear events one after the other without saying anything in between: what :meth:`advance` does to ``memory``
        for each row of ``heard``, int64 (events, columns), bit for bit.

        Returns h and c after each event, float32 (events, *the memory's shapes).
        """
        return self._core.hear(memory, heard)

    def hidden_after(self, h: Floats, c: Floats) -> Floats:
        """What the heads get after each of many events, float32 (events, units), given what :meth:`hear` returned."""
        return self._core.said_after(h, c)

    def speak(self, memory: Memory) -> None:
        """Say which delays are likely after what ``memory`` has heard; :meth:`advance` has done so already."""
        self._speak(self.hidden_after(memory.h[None], memory.c[None])[0])

    def _speak(self, hidden: Floats) -> None:
        np.dot(self._out_matrix, hidden, out=self._out)
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


def _side_by_side(weights: Weights, heads: Sequence[str], column: str) -> Floats:
    return np.concatenate([weights[f"terms.{head}_{column}.weight"] for head in heads], axis=1)
