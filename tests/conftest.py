"""What holds for all tests."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def same_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that trains in its own process leaves its priority: the tests after it would be slower and slower."""
    if hasattr(os, "nice"):
        monkeypatch.setattr(os, "nice", lambda _: 0)
