"""What a network would have said of events that are known by now: all heads of many events at once.

The stepper asks its heads one after the other, because what comes next is not known until it is drawn. Where it is
known, one product serves many events, in a small share of the time; the figures differ in their last digits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.encoding import EventTable
from drumapp.lstm.layout import head_terms, heads
from drumapp.lstm.stepper import Floats


class Hindsight:
    """A trained network's heads. Attributes: heads, their names in the order they are drawn."""

    def __init__(self, model: DrumModel) -> None:
        self._weights = model.weights
        architecture, vocabulary = model.architecture, model.vocabulary
        self.heads = heads(architecture)
        self._drums = np.arange(len(vocabulary.pitches))
        chained = self.heads[1:] if architecture.chained else ()
        self._terms = {head: head_terms(head, architecture, vocabulary) for head in chained}

    def nats(self, hidden: Floats, events: EventTable) -> NDArray[np.float64]:
        """-ln p of each event by head, float64 (events, heads).

        Args: what the heads got as each event was said, float32 (events, units); the events.
        """
        nats = np.empty((len(events), len(self.heads)))
        for head, column in zip(self.heads, nats.T, strict=True):
            scores = self._scores(head, hidden, events).astype(np.float64)
            said = events.column(head)[:, None]
            highest = scores.max(axis=1)
            shares = np.exp(scores - highest[:, None]).sum(axis=1)
            column[:] = highest - np.take_along_axis(scores, said, axis=1)[:, 0] + np.log(shares)
        return nats

    def _scores(self, head: str, hidden: Floats, events: EventTable) -> Floats:
        if f"{head}_hidden.weight" not in self._weights:
            return self._linear(head, hidden) + self._told(head, events)
        within = self._linear(f"{head}_hidden", hidden) + self._told(head, events)
        return self._linear(head, np.tanh(within))

    def _told(self, head: str, events: EventTable) -> Floats | float:
        """What a head is told beside the network's output."""
        told: Floats | float = 0.0
        for term in self._terms.get(head, ()):
            table = self._weights[f"terms.{head}_{term.column}.weight"]
            classes = events.column(term.column)
            if term.bits:
                told = told + (classes[:, None] >> self._drums & 1).astype(np.float32) @ table
            else:
                told = told + table[classes]
        return told

    def _linear(self, name: str, inputs: Floats) -> Floats:
        outputs: Floats = inputs @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return outputs
