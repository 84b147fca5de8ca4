"""An LSTM layer over look-ups, in torch, for inputs that are one-hot.

torch's own LSTM multiplies a matrix of noughts and ones. Here what the gates get from below is already summed from
rows; what is left, the recurrence, has its backward pass written out, so that the weights' gradient is one product
over all events instead of one an event.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


class _Recurrence(torch.autograd.Function):
    """h after each event, (time, batch, hidden), and the last h and c, from ``given``, (time, batch, 4 * hidden), with
    gates in torch's order (input, forget, cell, output), the recurrent matrix, (4 * hidden, hidden), and the first h
    and c, (batch, hidden).
    """

    @staticmethod
    def forward(ctx: Any, given: Tensor, matrix: Tensor, h0: Tensor, c0: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        time, batch, gates = given.shape
        hidden = gates // 4
        across = matrix.t().contiguous()
        z = torch.empty_like(given)
        h = given.new_empty(time + 1, batch, hidden)
        c = torch.empty_like(h)
        squashed = given.new_empty(time, batch, hidden)
        h[0], c[0] = h0, c0
        for event in range(time):
            gate = z[event]
            torch.addmm(given[event], h[event], across, out=gate)
            gate[:, : 2 * hidden].sigmoid_()
            gate[:, 2 * hidden : 3 * hidden].tanh_()
            gate[:, 3 * hidden :].sigmoid_()
            torch.mul(gate[:, hidden : 2 * hidden], c[event], out=c[event + 1])
            c[event + 1].addcmul_(gate[:, :hidden], gate[:, 2 * hidden : 3 * hidden])
            torch.tanh(c[event + 1], out=squashed[event])
            torch.mul(gate[:, 3 * hidden :], squashed[event], out=h[event + 1])
        ctx.save_for_backward(z, h, c, squashed, matrix)
        return h[1:].clone(), h[-1].clone(), c[-1].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        from_above, dh_last, dc_last = gradients
        z, h, c, squashed, matrix = ctx.saved_tensors
        time, batch, gates = z.shape
        hidden = gates // 4
        at_input, forget, cell, output = z.view(time, batch, 4, hidden).unbind(2)
        slope = torch.empty_like(z).view(time, batch, 4, hidden)
        torch.mul(cell, at_input * (1 - at_input), out=slope[:, :, 0])
        torch.mul(c[:-1], forget * (1 - forget), out=slope[:, :, 1])
        torch.mul(at_input, 1 - cell * cell, out=slope[:, :, 2])
        torch.mul(squashed, output * (1 - output), out=slope[:, :, 3])
        through = output * (1 - squashed * squashed)
        dz = torch.empty_like(z)
        by_gate = dz.view(time, batch, 4, hidden)
        dh, dc = dh_last.clone(), dc_last.clone()
        for event in range(time - 1, -1, -1):
            dh += from_above[event]
            dc.addcmul_(dh, through[event])
            torch.mul(slope[event, :, :3], dc[:, None], out=by_gate[event, :, :3])
            torch.mul(slope[event, :, 3], dh, out=by_gate[event, :, 3])
            dc *= forget[event]
            torch.mm(dz[event], matrix, out=dh)
        dmatrix = dz.reshape(-1, gates).t() @ h[:-1].reshape(-1, hidden)
        return dz, dmatrix, dh, dc


def lstm_over(given: Tensor, matrix: Tensor, h0: Tensor, c0: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """h after each event and the last h and c of one LSTM layer; shapes as :class:`_Recurrence` has them."""
    result: tuple[Tensor, Tensor, Tensor] = _Recurrence.apply(given, matrix, h0, c0)  # type: ignore[no-untyped-call]
    return result
