"""What times of due and of arrival say: lateness, drift, and whether a receiver agrees with the sender. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MS = 1e6
TEN_MINUTES_NS = 600e9
_WAKING_NS = 0.1 * MS  # that a receiver's thread may take to wake at the end of a period


@dataclass(frozen=True)
class Lateness:
    """In milliseconds. Attributes: p50, p99 and max."""

    p50_ms: float
    p99_ms: float
    max_ms: float

    @staticmethod
    def of(late_ns: Sequence[float]) -> Lateness:
        """Of times in nanoseconds; at least one."""
        p50, p99, most = np.percentile(np.array(late_ns, dtype=float), [50, 99, 100]) / MS
        return Lateness(float(p50), float(p99), float(most))

    def named(self, name: str) -> dict[str, float]:
        """As figures whose names begin so."""
        return {f"{name}{key}": round(value, 3) for key, value in vars(self).items()}


def drift_ms(due_ns: Sequence[int], came_ns: Sequence[int]) -> float:
    """By how much later they come after ten minutes than at their start: the last quarter against the first.

    Args: due_ns, of an even count of our own, and came_ns, by a clock that nobody here has set; at least four.
    """
    due, late = np.array(due_ns, dtype=float), np.array(came_ns, dtype=float) - np.array(due_ns, dtype=float)
    quarter = max(len(due) // 4, 1)
    span = np.median(due[-quarter:]) - np.median(due[:quarter])
    return float((np.median(late[-quarter:]) - np.median(late[:quarter])) / span * TEN_MINUTES_NS / MS)


@dataclass(frozen=True)
class Agreement:
    """What a receiver that is told of messages once a period says of the times at which they were sent.

    Attributes: share of messages that came within a period of when they were sent, plus what a thread takes to wake;
    p99_ms and max_ms from sending to coming; least_ms: how late the sender was at p99 if every message had waited for a
    whole period; most_ms: if none had waited at all.
    """

    share: float
    p99_ms: float
    max_ms: float
    least_ms: float
    most_ms: float

    @staticmethod
    def of(due_ns: Sequence[int], sent_ns: Sequence[int], came_ns: Sequence[int], period_ns: float) -> Agreement:
        """Of times in nanoseconds, each in the same order; at least one."""
        due, sent, came = (np.array(times, dtype=float) for times in (due_ns, sent_ns, came_ns))
        wait = came - sent
        late = came - due
        return Agreement(
            share=float(np.mean((wait >= -_WAKING_NS) & (wait <= period_ns + _WAKING_NS))),
            p99_ms=float(np.percentile(wait, 99) / MS),
            max_ms=float(wait.max() / MS),
            least_ms=float(np.percentile(np.maximum(late - period_ns, 0.0), 99) / MS),
            most_ms=float(np.percentile(late, 99) / MS),
        )
