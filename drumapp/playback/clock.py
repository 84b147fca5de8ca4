"""Clocks: what time it is, and waiting until it is later.

While a sound device runs, its frame counter is the clock. These are for when there is none.
"""

from __future__ import annotations

import time
from typing import Protocol

NANOSECONDS = 1_000_000_000


class Clock(Protocol):
    """Time in nanoseconds from an arbitrary zero; it never goes back."""

    def now_ns(self) -> int:
        """Nanoseconds since the clock's zero."""

    def wait_until(self, due_ns: int) -> None:
        """Return once :meth:`now_ns` has reached ``due_ns``; at once when it has already."""


class MonotonicClock:
    """The system's monotonic clock; on Linux and macOS all processes share its zero."""

    def now_ns(self) -> int:
        """Nanoseconds, as `time.monotonic_ns`."""
        return time.monotonic_ns()

    def wait_until(self, due_ns: int) -> None:
        """Sleep until ``due_ns``."""
        remaining = due_ns - time.monotonic_ns()
        if remaining > 0:
            time.sleep(remaining / NANOSECONDS)


class ManualClock:
    """A clock that moves only when it is told to, or waited on: timing tests become arithmetic."""

    def __init__(self, now_ns: int = 0) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """The time it was set to."""
        return self._now_ns

    def wait_until(self, due_ns: int) -> None:
        """Jump to ``due_ns``; a time that has passed changes nothing."""
        self._now_ns = max(self._now_ns, due_ns)

    def advance(self, nanoseconds: int) -> None:
        """Move the time on. Raises ValueError for a negative amount."""
        if nanoseconds < 0:
            raise ValueError(f"a clock cannot go back: {nanoseconds} ns")
        self._now_ns += nanoseconds
