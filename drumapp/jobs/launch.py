"""Starts a job's process, which lives on when whoever started it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from drumapp.jobs.job import Job
from drumapp.jobs.spec import JobError

# Below what plays: elsewhere the process sees to that itself, for whoever started it.
_ON_WINDOWS = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)


def program() -> list[str]:
    """What starts this program again: in a frozen bundle, the bundle itself."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "drumapp"]


def job_command(job: Job) -> list[str]:
    """The command line that works on a job."""
    return [*program(), "train", "--job", str(job.path)]


def together_command(job: Job) -> list[str]:
    """The command line that works on a job with as many processes as it asks for."""
    return [*job_command(job), "--launch", str(job.spec.processes)]


def job_environment() -> dict[str, str]:
    """The environment of a job's process."""
    root = str(Path(__file__).resolve().parents[2])
    found = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": found, "OMP_WAIT_POLICY": "passive"}  # who waits shall not burn a core


def start_job(job: Job) -> subprocess.Popen[bytes]:
    """Start a job's process, or take an interrupted one up again; it waits for its turn. Raises JobError."""
    if job.is_alive:
        raise JobError(f"{job.spec.name} is being trained already.")
    command = job_command(job)
    job.forget_command()
    try:
        with (job.path / "output.txt").open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=job_environment(),
                start_new_session=True,  # it outlives the window and is not reached by its Ctrl+C
                creationflags=_ON_WINDOWS,
            )
    except OSError as error:
        raise JobError(
            f"Cannot start the training of {job.spec.name}: {(error.strerror or str(error)).lower()}."
        ) from error
