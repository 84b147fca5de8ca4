"""Jobs take turns: one works at a time, and those that wait go on in the order they were made."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from drumapp.jobs.job import Job, JobState, list_jobs
from drumapp.storage.locks import FileLock, try_lock

_SECONDS_BETWEEN = 0.5


def wait_for_turn(job: Job, *, sleep: Callable[[float], None] = time.sleep) -> FileLock | None:
    """Wait until no other job works and none waits that was made before; returns the turn, to be held while working.

    None when the job was told to stop before its turn came.
    """
    while True:
        if job.given_command() == "stop":
            return None
        turn = try_turn(job)
        if turn is not None:
            return turn
        status = job.status()
        if status.state is not JobState.QUEUED:
            job.write_status(replace(status, state=JobState.QUEUED, seconds_left=None))
        sleep(_SECONDS_BETWEEN)


def try_turn(job: Job) -> FileLock | None:
    """The turn, if it is this job's; None while another works, or waits and was made before."""
    if _someone_before(job):
        return None
    return try_lock(job.path.parent / "turn.lock", str(job.path))


def _someone_before(job: Job) -> bool:
    """Whether a job waits that was made before this one."""
    jobs = list_jobs(job.path.parent)  # the newest first
    older = jobs[jobs.index(job) + 1 :] if job in jobs else []
    return any(other.status().state is JobState.QUEUED for other in older)
