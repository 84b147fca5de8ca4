"""Where a network is trained: on the processor or on another device."""

from __future__ import annotations

import torch

from drumapp.lstm.training.errors import TrainingError


def find_device(name: str) -> torch.device:
    """A device by its name. Raises TrainingError when it is not there."""
    try:
        place = torch.device(name)
        torch.zeros(1, device=place)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise TrainingError(f"Cannot train on {name} ({reason}). Train on the processor: --device cpu.") from error
    return place
