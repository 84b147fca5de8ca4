"""The drumming network in torch: what is trained. :mod:`drumapp.lstm.stepper` is the same mathematics without torch.

At each event the network hears the event before (and where it lay in the bar, and what came next there in earlier
bars) and says what comes next. With chained heads it says first the delay, then the drum given the delay, then the
velocity given both, then the microtiming; each head is told what was drawn before it.

A network of two directions would hear what it is to foretell. So it reads, for each event, a window of those before it,
forwards and backwards, and says what comes next from where the two readings end.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from drumapp.lstm.layout import HeadTerm, InputTable, head_terms, input_tables
from drumapp.lstm.presets import Architecture
from drumapp.lstm.recurrence import lstm_over
from drumapp.lstm.vocabulary import VELOCITY_STEPS, Vocabulary

Columns = Mapping[str, Tensor]
Memory = tuple[Tensor, Tensor]


_WINDOWS_AT_ONCE = 4096


class DrumNetwork(nn.Module):
    """A recurrent network with chained or independent heads.

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
        self._inputs = input_tables(architecture, vocabulary)
        self.tables = nn.ModuleDict(
            {table.name: nn.Embedding(table.rows, table.width) for table in self._inputs if not table.one_hot}
        )
        recurrent = nn.LSTM if architecture.cell == "lstm" else nn.GRU
        self.add_module(
            architecture.cell,
            recurrent(
                sum(table.width for table in self._inputs),
                architecture.hidden,
                architecture.layers,
                batch_first=True,
                dropout=dropout_layers if architecture.layers > 1 else 0.0,
                bidirectional=architecture.directions == 2,
            ),
        )
        hidden = architecture.hidden * architecture.directions
        self.layer_dropout = nn.Dropout(dropout_layers)
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
            self.microtiming = nn.Linear(hidden, vocabulary.grid.microtimings)
            terms = head_terms("microtiming", architecture, vocabulary)
            self._add_terms("microtiming", terms, vocabulary.grid.microtimings)

    def _add_terms(self, head: str, terms: tuple[HeadTerm, ...], units: int) -> None:
        for term in terms:
            table = nn.Embedding(term.rows, units)
            nn.init.normal_(table.weight, std=0.02)
            self.terms[f"{head}_{term.column}"] = table

    def fresh_memory(self, batch: int, memory_range: float) -> Memory:
        """h and c drawn uniformly from +-memory_range, each (layers, batch, hidden). A GRU has no use for c, a network
        that reads windows for neither.
        """
        weight = self.delay.weight
        shape = (self.architecture.layers, batch, self.architecture.hidden)
        h = torch.empty(shape, device=weight.device, dtype=weight.dtype).uniform_(-memory_range, memory_range)
        c = torch.empty(shape, device=weight.device, dtype=weight.dtype).uniform_(-memory_range, memory_range)
        return h, c

    def forward(self, inputs: Columns, targets: Columns, memory: Memory) -> tuple[dict[str, Tensor], Memory]:
        """Logits of every head, (batch, time, classes) by name, and the memory after the last event."""
        hidden, memory = self._hear(inputs, memory)  # (B, T, H)
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

    @property
    def recurrent(self) -> nn.LSTM | nn.GRU:
        """The recurrent layers."""
        module = self.get_submodule(self.architecture.cell)
        assert isinstance(module, nn.LSTM | nn.GRU)  # __init__ puts nothing else there
        return module

    def _hear(self, inputs: Columns, memory: Memory) -> tuple[Tensor, Memory]:
        """What the recurrent layers say after each event, (batch, time, hidden), and their memory after the last."""
        architecture = self.architecture
        if architecture.one_hot and architecture.cell == "lstm" and not architecture.window:
            return self._hear_look_ups(inputs, memory)
        x = torch.cat([self._look_up(table, inputs) for table in self._inputs], dim=-1)  # (B, T, widths)
        x = self.input_dropout(x)
        if architecture.window:
            return self._hear_windows(x), memory
        if architecture.cell == "gru":
            hidden, h = self.recurrent(x, memory[0])
            return hidden, (h, memory[1])
        hidden, memory = self.recurrent(x, memory)
        return hidden, memory

    def _hear_look_ups(self, inputs: Columns, memory: Memory) -> tuple[Tensor, Memory]:
        lstm = self.recurrent
        below: Tensor | None = None
        h, c = [], []
        for layer in range(self.architecture.layers):
            from_below = getattr(lstm, f"weight_ih_l{layer}")
            bias = getattr(lstm, f"bias_ih_l{layer}") + getattr(lstm, f"bias_hh_l{layer}")
            if below is None:
                given, left = bias, 0
                for table in self._inputs:
                    rows = from_below[:, left : left + table.width].t()
                    rows = torch.cat([rows, rows.new_zeros(1, rows.shape[1])])  # nothing before the first event
                    given = given + functional.embedding(inputs[table.column].t(), rows)  # (T, B, 4H)
                    left += table.width
            else:
                given = functional.linear(self.layer_dropout(below), from_below, bias)
            matrix = getattr(lstm, f"weight_hh_l{layer}")
            below, last_h, last_c = lstm_over(given, matrix, memory[0][layer], memory[1][layer])
            h.append(last_h)
            c.append(last_c)
        assert below is not None  # there is at least one layer
        return below.transpose(0, 1), (torch.stack(h), torch.stack(c))

    def _hear_windows(self, x: Tensor) -> Tensor:
        """For each event where the forward reading of the window that ends with it ends, and where the backward one
        does, (batch, time, 2 * hidden); before the first event lies nothing.
        """
        batch, time, width = x.shape
        window, hidden = self.architecture.window, self.architecture.hidden
        begin = {
            table.column: torch.full((batch, window - 1), table.begin, dtype=torch.long, device=x.device)
            for table in self._inputs
        }
        before = torch.cat([self._look_up(table, begin) for table in self._inputs], dim=-1)
        windows = torch.cat([before, x], dim=1).unfold(1, window, 1)  # (B, T, width, window)
        said = []
        for some in torch.split(windows.transpose(2, 3).reshape(batch * time, window, width), _WINDOWS_AT_ONCE):
            read, _ = self.recurrent(some)
            said.append(torch.cat([read[:, -1, :hidden], read[:, 0, hidden:]], dim=-1))
        return torch.cat(said).reshape(batch, time, 2 * hidden)

    def _look_up(self, table: InputTable, inputs: Columns) -> Tensor:
        if table.one_hot:
            weight = self.delay.weight
            rows = torch.eye(table.rows, table.width, device=weight.device, dtype=weight.dtype)
            return functional.embedding(inputs[table.column], rows)
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
