"""What a job's log tells, gathered as it grows: curves, looks at its playing, warnings, and lines to read. No Qt."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.gui.training.words import log_line
from drumapp.jobs.job import Job

MOST_LINES = 2000
MOST_POINTS = 20_000


@dataclass(frozen=True)
class Point:
    """A measure: seconds of work by then; nats a note, delay and drum together; shares of delays and of drums right."""

    seconds: float
    nats: float
    time_right: float
    drum_right: float


@dataclass(frozen=True)
class Look:
    """A look at what the drummer plays: seconds of work by then; shares of its bars, and of held-out human bars, that
    are bars of the files; whether it plays them by heart; a few bars as they came, None where there are none.
    """

    seconds: float
    memorised: float
    people: float
    by_heart: bool
    sample: Pattern | None


@dataclass
class JobHistory:
    """Attributes: training and held_out, measures in order of time; looks; lines, the log in words; overfitting, the
    warning, empty while there is none; problem, the last of the other warnings; result, the job's last word.
    """

    job: Job
    training: list[Point] = field(default_factory=list)
    held_out: list[Point] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    overfitting: str = ""
    problem: str = ""
    result: Mapping[str, Any] | None = None
    _offset: int = 0

    def read_on(self) -> bool:
        """Take in what the log holds since it was last read; whether that was anything."""
        events, self._offset = self.job.log(self._offset)
        for event in events:
            try:
                self._take(event)
            except (KeyError, TypeError, ValueError):
                self.lines.append("(a line that cannot be understood)")
        return bool(events)

    @property
    def sample(self) -> Pattern | None:
        """The latest bars it played."""
        return next((look.sample for look in reversed(self.looks) if look.sample is not None), None)

    def _take(self, event: Mapping[str, Any]) -> None:
        kind = str(event["event"])
        if kind == "started":
            self._go_back(float(event["seconds"]))
        elif kind == "progress" and "training" in event:
            self.training.append(_point(event, event["training"]))
            if len(self.training) > MOST_POINTS:
                del self.training[::2]
        elif kind == "check":
            self.held_out.append(_point(event, event["held_out"]))
            if event["best"]:
                self.overfitting = ""
        elif kind == "look":
            self.looks.append(_look(event))
        elif kind == "warning":
            if event.get("kind") == "overfitting":
                self.overfitting = str(event["message"])
            else:
                self.problem = str(event["message"])
        elif kind == "checkpoint":
            self.problem = ""
        elif kind == "result":
            self.result = event
        line = log_line(event)
        if line:
            self.lines.append(line)

    def _go_back(self, seconds: float) -> None:
        """A run that was killed goes on from its last checkpoint: what came after that did not happen."""
        for points in (self.training, self.held_out, self.looks):
            points[:] = [point for point in points if point.seconds <= seconds]
        self.result, self.problem = None, ""


def _point(event: Mapping[str, Any], measure: Mapping[str, Any]) -> Point:
    nats, right = measure["nats"], measure["right"]
    return Point(
        float(event["seconds"]),
        float(nats["delay"]) + float(nats["pitch"]),
        float(right["delay"]),
        float(right["pitch"]),
    )


def _look(event: Mapping[str, Any]) -> Look:
    notes = [Note(*(int(value) for value in values)) for values in event["notes"]]
    sample = None
    if notes:
        sample = Pattern.of(notes, length=int(event["length"]), tempo=TempoMap.constant(float(event["tempo"])))
    return Look(
        float(event["seconds"]),
        float(event["memorised"]),
        float(event["people_repeat"]),
        bool(event["by_heart"]),
        sample,
    )
