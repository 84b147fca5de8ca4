"""What a run of sent notes says of an output's timing: jitter, drift, and how to make up for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drumapp.playback.timing_log import Sent

EDGES_MS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Where one bar of the histogram ends and the next begins; the last has no end."""

LEAST_SENT = 20

SOUND_ADVICE = (
    "It holds back {latency_ms:g} ms, for which the synth is struck ahead; if your DAW records it late all the same, "
    "enter by how much as the synth's offset."
)
"""What a sound device's report leads to."""

_DRIFT_MS = 10 * 60 * 1000.0
_DRIFT_PIECES = 12
_LEAST_DRIFT_MS = 0.2  # within the run
_BROKEN_MS = 100.0
_BAR = 40


@dataclass(frozen=True)
class TimingReport:
    """How an output keeps time.

    Attributes:
        name: of the output.
        count: how many notes, or blocks, were looked at.
        median_ms, p99_ms, max_ms: of the lateness, without its drift.
        drift_ms: by how much it would be later after ten minutes than at their start; 0 where the run was too short to
            tell it from chance.
        histogram: how many were up to each of EDGES_MS late, and how many later still.
        offset_ms: what to set as the output's offset, so that it is on time in the middle.
    """

    name: str
    count: int
    median_ms: float
    p99_ms: float
    max_ms: float
    drift_ms: float
    histogram: tuple[int, ...]
    offset_ms: float

    @property
    def jitter_ms(self) -> float:
        """From the middle to the latest hundredth."""
        return self.p99_ms - self.median_ms


def report_timing(name: str, sent: Sequence[Sent], *, relative: bool = False) -> TimingReport | None:
    """What the times say; None when they are too few to say anything.

    Args: relative: whether lateness counts from the earliest, since nobody knows when they were really due.
    """
    sent = _unbroken(sent)
    if len(sent) < LEAST_SENT:
        return None
    due_ms = np.array([entry.due_ns for entry in sent]) / 1e6
    late_ms = np.array([entry.late_ns for entry in sent]) / 1e6
    due_ms -= due_ms[0]
    slope = _drift_of(due_ms, late_ms)
    if abs(slope) * due_ms[-1] < _LEAST_DRIFT_MS:
        slope = 0.0
    level = late_ms - slope * due_ms
    if relative:
        level -= level.min()
    median, p99 = np.percentile(level, [50, 99])
    places = np.searchsorted(EDGES_MS, level, side="left")
    return TimingReport(
        name=name,
        count=len(sent),
        median_ms=float(median),
        p99_ms=float(p99),
        max_ms=float(level.max()),
        drift_ms=float(slope * _DRIFT_MS),
        histogram=tuple(np.bincount(places, minlength=len(EDGES_MS) + 1).tolist()),
        offset_ms=round(-float(median), 1) + 0.0,
    )


def bars(report: TimingReport) -> list[tuple[str, int]]:
    """The histogram's bars, each with its label, up to the last that is not empty."""
    labels = [f"to {edge:g} ms" for edge in EDGES_MS] + [f"over {EDGES_MS[-1]:g} ms"]
    last = max(index for index, count in enumerate(report.histogram) if count)
    return list(zip(labels, report.histogram, strict=True))[: last + 1]


def summary(report: TimingReport, what: str = "notes") -> str:
    """How late and how even, in one sentence. Args: what was counted."""
    return (
        f"{report.count} {what}, late by {report.median_ms:.2f} ms in the middle, {report.p99_ms:.2f} ms at p99, "
        f"{report.max_ms:.2f} ms at most; drift {report.drift_ms:+.2f} ms in ten minutes"
    )


def describe(report: TimingReport, what: str = "notes") -> list[str]:
    """The report as lines of text, with its histogram. Args: what was counted."""
    lines = [f"{report.name}: {summary(report, what)}"]
    most = max(report.histogram)
    for label, count in bars(report):
        lines.append(f"  {label:>10}  {'#' * round(_BAR * count / most)}{' ' if count else ''}{count}")
    return lines


def _unbroken(sent: Sequence[Sent]) -> Sequence[Sent]:
    """What came after the last break, such as a device that was opened anew."""
    for index in range(len(sent) - 1, 0, -1):
        if abs(sent[index].late_ns - sent[index - 1].late_ns) > _BROKEN_MS * 1e6:
            return sent[index:]
    return sent


def _drift_of(due_ms: np.ndarray, late_ms: np.ndarray) -> float:
    """The slope of the earliest ones: being late is chance, being early is not possible."""
    pieces = np.array_split(np.arange(len(due_ms)), min(_DRIFT_PIECES, len(due_ms) // 4))
    earliest = [piece[np.argmin(late_ms[piece])] for piece in pieces]
    return float(np.polyfit(due_ms[earliest], late_ms[earliest], 1)[0])
