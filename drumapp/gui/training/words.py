"""What the Training tab says: times, states, figures and the log in plain words. No Qt."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from drumapp.jobs.job import JobState, JobStatus

_STATES = {
    JobState.NEW: "Not started",
    JobState.QUEUED: "Waiting for its turn",
    JobState.RUNNING: "Learning",
    JobState.PAUSED: "Paused",
    JobState.FINISHED: "Finished",
    JobState.STOPPED: "Stopped, its best is kept",
    JobState.FAILED: "Failed",
    JobState.INTERRUPTED: "Interrupted",
}
_ENDINGS = {
    "finished": "finished",
    "stopped": "stopped, the best weights are kept",
    "early": "ended early, as it got no better",
    "broke down": "the loss broke down; the best weights before are kept",
}


def duration(seconds: float) -> str:
    """A time to wait: "40 s", "3 min", "2 h 10 min"."""
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def clock(seconds: float) -> str:
    """A length: "0:07", "3:20", "13:37:01"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def counted(number: int, one: str, many: str = "") -> str:
    """A number of things: "1 file", "1,021 files"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def state_words(status: JobStatus) -> str:
    """Where a job stands, in a few words."""
    words = _STATES[status.state]
    if status.state in (JobState.RUNNING, JobState.PAUSED, JobState.INTERRUPTED) and status.share > 0:
        words += f", {status.share:.0%}"
    if status.state is JobState.RUNNING and status.seconds_left is not None:
        words += f", {duration(status.seconds_left)} left"
    return words


def state_sentence(status: JobStatus) -> str:
    """Where a job stands, with all that is known."""
    parts = [state_words(status)]
    if status.state is JobState.INTERRUPTED:
        parts.append("its process ended; Start again goes on from its last checkpoint")
    if status.state is JobState.RUNNING and status.events_a_second:
        parts.append(f"{status.events_a_second:,.0f} notes a second")
    if status.events:
        parts.append(f"{status.events:,} notes heard in {duration(status.seconds)}")
    if status.best is not None:
        parts.append(f"{status.best:.3f} nats a note on held-out files")
    return "  ·  ".join(parts)


def log_line(event: Mapping[str, Any]) -> str:
    """An event of a job's log as a line; "" for those that only move a curve."""
    kind = event["event"]
    if kind == "material":
        words = (
            f"{counted(event['files'], 'file')} with {counted(event['notes'], 'note')} to learn from, "
            f"{counted(event['held_out_files'], 'file')} held out, {event['refused']:,} refused; "
            f"{counted(len(event['drums']), 'drum')}, read as {event['kit']}"
        )
    elif kind == "check":
        nats, right = event["held_out"]["nats"], event["held_out"]["right"]
        words = (
            f"{event['events']:,} notes: held out {nats['delay'] + nats['pitch']:.3f} nats a note, "
            f"time {right['delay']:.0%} and drums {right['pitch']:.0%} right" + (", the best so far" * event["best"])
        )
    elif kind == "look":
        words = f"{event['memorised']:.0%} of its bars are bars of the files; of people's {event['people_repeat']:.0%}"
    elif kind in ("warning", "failed"):
        words = str(event["message"])
    elif kind == "result":
        words = _ENDINGS.get(event["ending"], str(event["ending"]))
        if "nats" in event:
            words += f": {event['nats']:.3f} nats a note on held-out files"
    elif kind == "started":
        words = f"learning on {event['device']}"
    elif kind in ("paused", "resumed"):
        words = {"paused": "paused", "resumed": "going on"}[kind]
    else:
        return ""
    at = event.get("seconds")
    return f"{clock(at)}  {words}" if isinstance(at, int | float) else words


def day(seconds_since_1970: float) -> str:
    """When something was, in local time."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds_since_1970))
