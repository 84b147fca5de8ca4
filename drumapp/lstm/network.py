"""The drumming network in torch: what is trained. :mod:`drumapp.lstm.stepper` is the same mathematics without torch.

At each event the network hears the event before (and where it lay in the bar, and what came next there in earlier
bars) and says what comes next. With chained heads it says first the delay, then the drum given the delay, then the
velocity given both, then the microtiming; each head is told what was drawn before it.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from drumapp.lstm.layout import HeadTerm, InputTable, head_terms, input_tables
from drumapp.lstm.presets import Architecture
from drumapp.lstm.vocabulary import MICROTIMING_STEPS, VELOCITY_STEPS, Vocabulary

Columns = Mapping[str, Tensor]
Memory = tuple[Tensor, Tensor]


class DrumNetwork(nn.Module):
    """An LSTM with chained or independent heads.

    Columns are those of :class:`~drumapp.lstm.encoding.EventTable`, int64 (batch, time), shifted by the caller: the
    inputs are the events before, the targets the events to say.
    """

    def __init__(
        self,
        architecture: Architecture,
        vocabulary: Vocabulary,
        *,
        dropout_inputs: float = 0.0,
        dropout_layers: float = 0.0,
        dropout_heads: float = 0.0,
    ) -> None:
        super().__init__()
        self.architecture = architecture
        self.vocabulary = vocabulary
        hidden = architecture.hidden
        self._inputs = input_tables(architecture, vocabulary)
        self.tables = nn.ModuleDict({table.name: nn.Embedding(table.rows, table.width) for table in self._inputs})
        self.lstm = nn.LSTM(
            sum(table.width for table in self._inputs),
            hidden,
            architecture.layers,
            batch_first=True,
            dropout=dropout_layers if architecture.layers > 1 else 0.0,
        )
        self.input_dropout = nn.Dropout(dropout_inputs)
        self.head_dropout = nn.Dropout(dropout_heads)
        self.delay = nn.Linear(hidden, vocabulary.delays)
        self.terms = nn.ModuleDict()
        if architecture.chained:
            self.pitch_hidden = nn.Linear(hidden, architecture.pitch_units)
            self.pitch = nn.Linear(architecture.pitch_units, len(vocabulary.pitches))
            self._add_terms("pitch", head_terms("pitch", architecture, vocabulary), architecture.pitch_units)
        else:
            self.pitch = nn.Linear(hidden, len(vocabulary.pitches))
        if architecture.dynamics:
            self.velocity_hidden = nn.Linear(hidden, architecture.velocity_units)
            self.velocity = nn.Linear(architecture.velocity_units, VELOCITY_STEPS)
            self._add_terms("velocity", head_terms("velocity", architecture, vocabulary), architecture.velocity_units)
            self.microtiming = nn.Linear(hidden, MICROTIMING_STEPS)
            self._add_terms("microtiming", head_terms("microtiming", architecture, vocabulary), MICROTIMING_STEPS)

    def _add_terms(self, head: str, terms: tuple[HeadTerm, ...], units: int) -> None:
        for term in terms:
            table = nn.Embedding(term.rows, units)
            nn.init.normal_(table.weight, std=0.02)
            self.terms[f"{head}_{term.column}"] = table

    def fresh_memory(self, batch: int, memory_range: float) -> Memory:
        """h and c drawn uniformly from +-memory_range, each (layers, batch, hidden)."""
        weight = self.delay.weight
        shape = (self.architecture.layers, batch, self.architecture.hidden)
        h = torch.empty(shape, device=weight.device, dtype=weight.dtype).uniform_(-memory_range, memory_range)
        c = torch.empty(shape, device=weight.device, dtype=weight.dtype).uniform_(-memory_range, memory_range)
        return h, c

    def forward(self, inputs: Columns, targets: Columns, memory: Memory) -> tuple[dict[str, Tensor], Memory]:
        """Logits of every head, (batch, time, classes) by name, and the memory after the last event."""
        x = torch.cat([self._look_up(table, inputs) for table in self._inputs], dim=-1)  # (B, T, widths)
        hidden, memory = self.lstm(self.input_dropout(x), memory)  # (B, T, H)
        hidden = self.head_dropout(hidden)
        logits = {"delay": self.delay(hidden)}
        if self.architecture.chained:
            pitch_hidden = torch.tanh(self.pitch_hidden(hidden) + self._terms("pitch", targets))
            logits["pitch"] = self.pitch(pitch_hidden)
        else:
            logits["pitch"] = self.pitch(hidden)
        if self.architecture.dynamics:
            velocity_hidden = torch.tanh(self.velocity_hidden(hidden) + self._terms("velocity", targets))
            logits["velocity"] = self.velocity(velocity_hidden)
            logits["microtiming"] = self.microtiming(hidden) + self._terms("microtiming", targets)
        return logits, memory

    def _look_up(self, table: InputTable, inputs: Columns) -> Tensor:
        found: Tensor = self.tables[table.name](inputs[table.column])
        return found

    def _terms(self, head: str, targets: Columns) -> Tensor:
        total: Tensor | None = None
        for term in head_terms(head, self.architecture, self.vocabulary):
            table = self.terms[f"{head}_{term.column}"]
            assert isinstance(table, nn.Embedding)  # _add_terms puts nothing else there
            column = targets[term.column]
            if term.bits:
                shifts = torch.arange(term.rows, device=column.device)
                struck = (column.unsqueeze(-1) >> shifts) & 1  # (B, T, pitches)
                part = struck.to(table.weight.dtype) @ table.weight
            else:
                part = table(column)
            total = part if total is None else total + part
        assert total is not None  # every chained head has terms
        return total


def negative_log_likelihood(logits: Mapping[str, Tensor], targets: Columns, mask: Tensor) -> dict[str, Tensor]:
    """Summed nats by head over the events where ``mask``, bool (batch, time), is true."""
    losses = {}
    for head, scores in logits.items():
        flat = functional.cross_entropy(scores.flatten(0, 1), targets[head].flatten(), reduction="none")
        losses[head] = (flat * mask.flatten()).sum()
    return losses
