"""What lies between a network's input and its heads, in NumPy, without torch.

One-hot inputs times a matrix are row look-ups, so every input table is multiplied into the first layer's weights once,
when the core is built, and an event's input is a sum of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.cells import Floats, input_gates, make_cell
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.encoding import LABEL_COLUMNS
from drumapp.lstm.habits import HABITS
from drumapp.lstm.layout import input_tables

SLOW_COLUMNS = frozenset((*HABITS, *LABEL_COLUMNS))
"""Inputs that stay the same for many events, and come last: their rows are summed only when they change."""


@dataclass
class Memory:
    """The network's h and c, float32 (layers, hidden) each; the stepper changes them in place.

    A network that reads a window of events has no other memory than these: its h is the window, float32 (events,
    columns), the classes it heard, the latest last; its c is empty.
    """

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


class Inputs:
    """The first layer's input as sums of rows.

    Attributes: ``columns`` that are heard, in order; ``begin``, the class of each before the first event.
    """

    def __init__(self, model: DrumModel, suffixes: Sequence[str] = ("",)) -> None:
        tables = input_tables(model.architecture, model.vocabulary)
        self.columns = tuple(table.column for table in tables)
        self.begin = tuple(table.begin for table in tables)
        first_rows = np.cumsum([0] + [table.rows for table in tables[:-1]])
        self._first_rows = tuple(int(row) for row in first_rows)
        folded = [_folded_inputs(model, suffix) for suffix in suffixes]
        self._rows = folded[0] if len(folded) == 1 else np.concatenate(folded, axis=1)
        self.width = self._rows.shape[1]
        self._quick = sum(table.column not in SLOW_COLUMNS for table in tables)
        self._gathered = np.empty((self._quick, self.width), np.float32)
        self._ones = np.ones(self._quick, np.float32)
        self._quick_sum = np.empty(self.width, np.float32)
        self._slow_rows: list[int] = []
        self._slow_sum = np.zeros(self.width, np.float32)

    def sum(self, heard: Sequence[int], out: Floats) -> None:
        """What the first layer's gates get from the classes heard, in the order of ``columns``."""
        self._sum_rows(list(map(add, self._first_rows, heard)), out)

    def sum_many(self, heard: NDArray[np.int64]) -> Floats:
        """:meth:`sum` for each row of ``heard``, int64 (events, columns)."""
        given = np.empty((len(heard), self.width), np.float32)
        for row, out in zip((heard + np.array(self._first_rows)).tolist(), given, strict=True):
            self._sum_rows(row, out)
        return given

    def _sum_rows(self, rows: list[int], out: Floats) -> None:
        slow_rows = rows[self._quick :]
        if slow_rows != self._slow_rows:
            self._slow_rows = slow_rows
            self._rows[slow_rows].sum(axis=0, out=self._slow_sum)
        self._rows.take(rows[: self._quick], axis=0, out=self._gathered, mode="clip")
        np.dot(self._ones, self._gathered, out=self._quick_sum)
        np.add(self._quick_sum, self._slow_sum, out=out)


class RecurrentCore:
    """Layers that carry their memory from event to event."""

    def __init__(self, model: DrumModel) -> None:
        self.inputs = Inputs(model)
        self._layers = [make_cell(model, layer) for layer in range(model.architecture.layers)]
        self._shape = (model.architecture.layers, model.architecture.hidden)

    def fresh(self, memory_range: float, rng: np.random.Generator) -> Memory:
        """A memory drawn uniformly from +- memory_range."""
        return Memory.fresh(*self._shape, memory_range, rng)

    def zeros(self) -> Memory:
        """A memory of nothing."""
        return Memory.zeros(*self._shape)

    def advance(self, memory: Memory, heard: Sequence[int]) -> Floats:
        """Hear one event; returns what the heads get, which the next event overwrites."""
        layers = self._layers
        self.inputs.sum(heard, layers[0].given)
        h, c = memory.h, memory.c
        for layer, cell in enumerate(layers):
            if layer > 0:
                cell.take_from(h[layer - 1], cell.given)
            cell.advance(cell.given, h[layer], c[layer], h[layer])
        last: Floats = h[-1]
        return last

    def hear(self, memory: Memory, heard: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """:meth:`Stepper.hear`: layer by layer, so that one matrix stays in the processor's cache for all events."""
        events, shape = len(heard), memory.h.shape
        h, c = np.empty((events, *shape), np.float32), np.empty((events, *shape), np.float32)
        given = self.inputs.sum_many(heard)
        for layer, cell in enumerate(self._layers):
            if layer > 0:
                for below, out in zip(h[:, layer - 1], given, strict=True):
                    cell.take_from(below, out)
            hidden, state = memory.h[layer], memory.c[layer]
            for event_given, event_h, event_c in zip(given, h[:, layer], c[:, layer], strict=True):
                cell.advance(event_given, hidden, state, event_h)
                hidden = event_h
                event_c[:] = state
            memory.h[layer] = hidden
        return h, c

    def said_after(self, h: Floats, c: Floats) -> Floats:  # noqa: ARG002 - as every core
        """:meth:`Stepper.hidden_after`."""
        last: Floats = h[:, -1]
        return last


class WindowCore:
    """Layers that read the last events anew for each, forwards and backwards, as a network of two directions must when
    it is to foretell: it says what comes next from where the forward reading ends and where the backward one does.
    """

    def __init__(self, model: DrumModel) -> None:
        self.inputs = Inputs(model, ("", "_reverse"))
        architecture = model.architecture
        self._window, self._hidden = architecture.window, architecture.hidden
        self._cells = [
            [make_cell(model, layer, suffix) for suffix in ("", "_reverse")] for layer in range(architecture.layers)
        ]
        self._gates = self.inputs.width // 2

    def fresh(self, memory_range: float, rng: np.random.Generator) -> Memory:  # noqa: ARG002 - as every core
        """A window in which nothing has been heard: there is nothing to draw."""
        return self.zeros()

    def zeros(self) -> Memory:
        """A window in which nothing has been heard."""
        begin = np.array(self.inputs.begin, np.float32)
        return Memory(np.tile(begin, (self._window, 1)), np.zeros((0, 0), np.float32))

    def advance(self, memory: Memory, heard: Sequence[int]) -> Floats:
        """Hear one event; returns what the heads get."""
        memory.h[:-1] = memory.h[1:]
        memory.h[-1] = heard
        return self._said(memory.h)

    def hear(self, memory: Memory, heard: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """:meth:`Stepper.hear`."""
        events = len(heard)
        h = np.empty((events, *memory.h.shape), np.float32)
        for event, row in enumerate(heard):
            memory.h[:-1] = memory.h[1:]
            memory.h[-1] = row
            h[event] = memory.h
        return h, np.zeros((events, 0, 0), np.float32)

    def said_after(self, h: Floats, c: Floats) -> Floats:  # noqa: ARG002 - as every core
        """:meth:`Stepper.hidden_after`."""
        if not len(h):
            return np.empty((0, 2 * self._hidden), np.float32)
        return np.stack([self._said(window) for window in h])

    def _said(self, window: Floats) -> Floats:
        """What the heads get after the events in a window."""
        given = self.inputs.sum_many(window.astype(np.int64))
        events = len(given)
        below = np.empty((events, 2, self._hidden), np.float32)
        for layer, cells in enumerate(self._cells):
            above = np.empty_like(below)
            for direction, cell in enumerate(cells):
                h, c = np.zeros(self._hidden, np.float32), np.zeros(self._hidden, np.float32)
                for event in range(events) if direction == 0 else range(events - 1, -1, -1):
                    if layer == 0:
                        cell.given[:] = given[event, direction * self._gates : (direction + 1) * self._gates]
                    else:
                        cell.take_from(below[event].reshape(-1), cell.given)
                    cell.advance(cell.given, h, c, above[event, direction])
                    h = above[event, direction]
            below = above
        return np.concatenate([below[-1, 0], below[0, 1]])


def _folded_inputs(model: DrumModel, suffix: str) -> Floats:
    """Every input table times its share of the first layer's input weights, (all rows, gates)."""
    from_inputs, bias = input_gates(model, suffix)
    folded, left = [], 0
    for table in input_tables(model.architecture, model.vocabulary):
        share = from_inputs[:, left : left + table.width]
        if table.one_hot:  # the last row stands for the time before the first event: nothing
            folded.append(np.concatenate([share.T, np.zeros((1, len(share)))]))
        else:
            folded.append(model.weights[f"tables.{table.name}.weight"].astype(np.float64) @ share.T)
        left += table.width
    folded[0] += bias  # exactly one row of the first table is in every sum
    return np.concatenate(folded).astype(np.float32)
