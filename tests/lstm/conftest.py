from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def _one_thread_for_torch() -> None:
    """Networks this small are slower on several threads, and tests run several at a time."""
    torch.set_num_threads(1)
