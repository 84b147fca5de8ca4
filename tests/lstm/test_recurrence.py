"""The recurrence over look-ups is torch's own LSTM, forwards and backwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from drumapp.lstm.network import DrumNetwork
from drumapp.lstm.presets import PRESETS
from drumapp.lstm.recurrence import lstm_over
from tests.lstm.drummers import VOCABULARY


def test_h_c_and_gradients_are_torchs() -> None:
    torch.manual_seed(0)
    time, batch, hidden = 7, 3, 5
    lstm = torch.nn.LSTM(4 * hidden, hidden).double()
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(torch.eye(4 * hidden))
        lstm.bias_ih_l0.zero_()
        lstm.bias_hh_l0.zero_()
    given = torch.randn(time, batch, 4 * hidden, dtype=torch.float64, requires_grad=True)
    h0, c0 = (torch.randn(batch, hidden, dtype=torch.float64, requires_grad=True) for _ in range(2))
    weights = [torch.randn(time, batch, hidden).double(), torch.randn(batch, hidden).double()]

    def loss(h: torch.Tensor, last_h: torch.Tensor, last_c: torch.Tensor) -> torch.Tensor:
        return (h * weights[0]).sum() + (last_h * weights[1]).sum() + (last_c**2).sum()

    h, (last_h, last_c) = lstm(given, (h0[None], c0[None]))
    theirs = torch.autograd.grad(loss(h, last_h[0], last_c[0]), [given, lstm.weight_hh_l0, h0, c0])
    found = lstm_over(given, lstm.weight_hh_l0, h0, c0)
    ours = torch.autograd.grad(loss(*found), [given, lstm.weight_hh_l0, h0, c0])
    for mine, expected in zip((*found, *ours), (h, last_h[0], last_c[0], *theirs), strict=True):
        torch.testing.assert_close(mine, expected)


@pytest.mark.parametrize("layers", [1, 2])
def test_look_ups_are_the_products_of_one_hot_rows(layers: int) -> None:
    torch.manual_seed(1)
    architecture = replace(PRESETS["hollemans-2017"].architecture, hidden=6, layers=layers)
    network = DrumNetwork(architecture, VOCABULARY).double()
    inputs = {
        "delay": torch.randint(0, VOCABULARY.delays + 1, (3, 11)),
        "pitch": torch.randint(0, len(VOCABULARY.pitches) + 1, (3, 11)),
    }
    memory = network.fresh_memory(3, 0.5)
    logits, (h, c) = network(inputs, inputs, memory)
    rows = torch.cat([network._look_up(table, inputs) for table in network._inputs], dim=-1)
    assert rows.shape[-1] == VOCABULARY.delays + len(VOCABULARY.pitches)
    hidden, (their_h, their_c) = network.recurrent(rows, memory)
    torch.testing.assert_close(logits["delay"], network.delay(hidden))
    torch.testing.assert_close(h, their_h)
    torch.testing.assert_close(c, their_c)
