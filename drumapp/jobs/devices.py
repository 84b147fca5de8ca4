"""Which devices are worth being offered to train on, told without loading PyTorch."""

from __future__ import annotations

import platform
import shutil
import sys


def devices() -> tuple[str, ...]:
    """Always "cpu", and "cuda" or "mps" where the machine seems to have it. Whether PyTorch can, the job finds out."""
    found = ["cpu"]
    if shutil.which("nvidia-smi") is not None:
        found.append("cuda")
    if sys.platform == "darwin" and platform.machine() == "arm64":
        found.append("mps")
    return tuple(found)
