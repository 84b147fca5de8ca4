"""What turns gradients into steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from drumapp.lstm.presets import Optimisation
from drumapp.lstm.training.schedule import Pace


class RmsProp(torch.optim.Optimizer):
    """RMSProp as TensorFlow had it in 2017: the mean square begins at one, and the constant lies under the root.

    torch's own begins at nought, so that its first steps are much larger.
    """

    def __init__(self, parameters: Iterable[Tensor], rate: float, decay: float = 0.9, constant: float = 1e-10) -> None:
        super().__init__(parameters, {"lr": rate, "decay": decay, "constant": constant})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Take a step along the gradients."""
        assert closure is None  # no caller has one
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if "mean_square" not in state:
                    state["mean_square"] = torch.ones_like(parameter)
                square = state["mean_square"]
                square.mul_(group["decay"]).addcmul_(parameter.grad, parameter.grad, value=1.0 - group["decay"])
                parameter.addcdiv_(parameter.grad, (square + group["constant"]).sqrt(), value=-group["lr"])


def make_optimiser(recipe: Optimisation, parameters: Sequence[Tensor]) -> torch.optim.Optimizer:
    """The optimiser of a recipe."""
    if recipe.optimiser == "rmsprop":
        return RmsProp(parameters, recipe.learning_rate)
    decay = recipe.weight_decay if recipe.optimiser == "adamw" else 0.0
    fused = bool(parameters) and parameters[0].device.type == "cuda"
    return torch.optim.AdamW(parameters, lr=recipe.learning_rate, weight_decay=decay, fused=fused)


def set_pace(optimiser: torch.optim.Optimizer, pace: Pace) -> None:
    """Go on at another pace."""
    for group in optimiser.param_groups:
        group["lr"] = pace.rate
        if "betas" in group:
            group["betas"] = (pace.momentum, group["betas"][1])


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """All that an optimiser remembers, by "number of parameter / name"."""
    return {
        f"{number}/{name}": value if isinstance(value, Tensor) else torch.tensor(float(value))
        for number, state in optimiser.state_dict()["state"].items()
        for name, value in state.items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Let an optimiser remember what :func:`optimiser_tensors` gave of it. Raises ValueError when that is not it."""
    state: dict[int, dict[str, Any]] = {}
    for key, tensor in tensors.items():
        number, _, name = key.partition("/")
        state.setdefault(int(number), {})[name] = tensor
    whole = optimiser.state_dict()
    whole["state"] = state
    optimiser.load_state_dict(whole)
