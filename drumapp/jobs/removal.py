"""Jobs are taken off the list in a way that can be undone: they wait aside until they are put back or deleted."""

from __future__ import annotations

from pathlib import Path

from drumapp.jobs.job import Job, jobs_folder, list_jobs
from drumapp.jobs.spec import JobError

ASIDE = ".removed"
"""The folder, among all jobs, of those that were taken off the list."""


def set_aside(job: Job) -> Job:
    """Take a job off the list, with all that came of it; what is returned can be put back.

    Raises JobError while a process works on it, or when it cannot be moved.
    """
    if job.is_alive:
        raise JobError(f"{job.path} is being worked on; stop it first.")
    return _moved(job, job.path.parent / ASIDE)


def put_back(aside: Job) -> Job:
    """Undo :func:`set_aside`. Raises JobError when the job cannot be moved."""
    return _moved(aside, aside.path.parent.parent)


def jobs_aside(folder: Path | None = None) -> list[Job]:
    """The jobs that were set aside and not put back."""
    return list_jobs((folder or jobs_folder()) / ASIDE)


def _moved(job: Job, folder: Path) -> Job:
    try:
        folder.mkdir(exist_ok=True)
        target, number = folder / job.path.name, 1
        while target.exists():
            number += 1
            target = folder / f"{job.path.name}-{number}"
        job.path.rename(target)
    except OSError as error:
        raise JobError(f"Cannot move {job.path}: {(error.strerror or str(error)).lower()}.") from error
    return Job(target)
