"""A job's folder: read by whoever wants to know, written by the process that works on it.

- ``job.json``: what to do (:mod:`drumapp.jobs.spec`);
- ``status.json``: how far it has come, replaced every second;
- ``log.jsonl``: what happened, one JSON object a line, never rewritten;
- ``command``: the last of pause, resume and stop that was given;
- ``best.safetensors``: the best drummer so far; it plays;
- ``states/``: the last checkpoints of the run;
- ``output.txt``: what the process printed, such as the reason of a crash;
- ``lock``: held by the process as long as it lives.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from drumapp.atomic import write_atomically
from drumapp.core.errors import DrumappError
from drumapp.jobs.spec import JobError, JobSpec
from drumapp.storage.locks import FileLock, try_lock
from drumapp.storage.state_folder import make_folder, state_folder

COMMANDS = ("pause", "resume", "stop")
_MOST_LOG_BYTES = 64 << 20
_TRIES, _SECONDS_BETWEEN_TRIES = 10, 0.05
_TRIES, _SECONDS_BETWEEN_TRIES = 10, 0.05


class JobState(StrEnum):
    """Where a job stands."""

    NEW = "new"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it by itself."""
        return self in (JobState.FINISHED, JobState.STOPPED, JobState.FAILED)


@dataclass(frozen=True)
class JobStatus:
    """How far a job has come.

    Attributes: state; ``message``, a sentence, why it failed, say, or ""; share of the run that is over, 0 to 1;
    seconds of work so far and left, None where that is not known; events seen, and a second; nats a note, delay and
    drum together, on the held-out files at the best, None before the first check; ``updated``, seconds since 1970.
    """

    state: JobState = JobState.NEW
    message: str = ""
    share: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None
    events: int = 0
    events_a_second: float = 0.0
    best: float | None = None
    updated: float = 0.0


@dataclass(frozen=True)
class Job:
    """A job by its folder."""

    path: Path

    @property
    def spec(self) -> JobSpec:
        """What it is to do. Raises JobError when that cannot be read."""
        try:
            data = (self.path / "job.json").read_bytes()
        except OSError as error:
            raise JobError(f"Cannot read the job {self.path}: {(error.strerror or str(error)).lower()}.") from error
        return JobSpec.from_bytes(data, self.path)

    @property
    def best(self) -> Path:
        """The checkpoint of its best drummer so far; it may not exist yet."""
        return self.path / "best.safetensors"

    @property
    def states(self) -> Path:
        """The folder of the run's checkpoints."""
        return self.path / "states"

    @property
    def is_alive(self) -> bool:
        """Whether a process works on it, or waits for its turn."""
        try:
            lock = try_lock(self.path / "lock")
        except DrumappError:
            return False
        if lock is None:
            return True
        lock.release()
        return False

    def status(self) -> JobStatus:
        """How far it has come. A job whose process died is INTERRUPTED; to start it again takes it up where it was."""
        status = self._written_status()
        unfinished = status.state in (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
        if unfinished and not self.is_alive:
            # It may have come to its end between the two looks.
            status = self._written_status()
            if not status.state.is_over:
                return JobStatus(**{**status.__dict__, "state": JobState.INTERRUPTED, "seconds_left": None})
        return status

    def _written_status(self) -> JobStatus:
        try:
            stored = json.loads((self.path / "status.json").read_bytes())
            return JobStatus(
                JobState(stored["state"]),
                str(stored["message"]),
                float(stored["share"]),
                float(stored["seconds"]),
                None if stored["seconds_left"] is None else float(stored["seconds_left"]),
                int(stored["events"]),
                float(stored["events_a_second"]),
                None if stored["best"] is None else float(stored["best"]),
                float(stored["updated"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return JobStatus()

    def write_status(self, status: JobStatus) -> None:
        """For the process that works on it. Raises WriteError."""
        stored = {**status.__dict__, "updated": time.time()}
        write_atomically(self.path / "status.json", json.dumps(stored).encode(), durable=False)

    def log(self, offset: int = 0) -> tuple[list[Mapping[str, Any]], int]:
        """What happened since the log was read up to ``offset``, and up to where it was read now."""
        try:
            with (self.path / "log.jsonl").open("rb") as file:
                file.seek(offset)
                data = file.read(_MOST_LOG_BYTES)
        except OSError:
            return [], offset
        whole = data.rfind(b"\n") + 1  # the last line may still be in writing
        return list(_events(data[:whole])), offset + whole

    def append_log(self, event: Mapping[str, Any]) -> None:
        """For the process that works on it. Raises OSError."""
        with (self.path / "log.jsonl").open("ab") as file:
            file.write(json.dumps(event).encode() + b"\n")

    def command(self, command: str) -> None:
        """Ask the process that works on it to "pause", "resume" or "stop"; it heeds within a second or a batch."""
        if command not in COMMANDS:
            raise ValueError(f"a job can be told {', '.join(COMMANDS)}, not {command!r}")
        write_atomically(self.path / "command", command.encode(), durable=False)

    def given_command(self) -> str | None:
        """The last command that was given."""
        try:
            command = (self.path / "command").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        return command if command in COMMANDS else None

    def forget_command(self) -> None:
        """Begin without a command."""
        (self.path / "command").unlink(missing_ok=True)

    def take(self) -> FileLock:
        """Work on it, for as long as the lock is held. Raises JobError when another process does."""
        for _ in range(_TRIES):
            lock = try_lock(self.path / "lock")
            if lock is not None:
                return lock
            time.sleep(_SECONDS_BETWEEN_TRIES)  # someone may just be looking whether it is alive
        raise JobError(f"Another process works on {self.path} already.")

    def remove(self) -> None:
        """Delete it with all that came of it. Raises JobError while a process works on it, or when that fails."""
        if self.is_alive:
            raise JobError(f"{self.path} is being worked on; stop it first.")
        try:
            shutil.rmtree(self.path)
        except OSError as error:
            raise JobError(f"Cannot delete {self.path}: {(error.strerror or str(error)).lower()}.") from error


def jobs_folder() -> Path:
    """The folder of all jobs; it may not exist yet."""
    return state_folder() / "jobs"


def make_job(spec: JobSpec, path: Path | None = None) -> Job:
    """A new job in a folder of its own, which must not hold one yet. Raises JobError, or WriteError."""
    if path is None:
        path = _free_folder(jobs_folder(), spec.name)
    make_folder(path)
    job = Job(path)
    if (path / "job.json").exists():
        raise JobError(f"There is a job in {path} already; go on with it, or choose another folder.")
    write_atomically(path / "job.json", spec.to_bytes())
    job.write_status(JobStatus())
    return job


def list_jobs(folder: Path | None = None) -> list[Job]:
    """All jobs, the newest first."""
    folder = folder or jobs_folder()
    try:
        found = [path for path in folder.iterdir() if (path / "job.json").is_file()]
    except OSError:
        return []
    return [Job(path) for path in sorted(found, key=_made_at, reverse=True)]


def find_job(wanted: str) -> Job:
    """A job by its folder, or by its folder's name among all jobs. Raises JobError when there is none."""
    for path in (Path(wanted), jobs_folder() / wanted):
        if (path / "job.json").is_file():
            return Job(path)
    known = ", ".join(job.path.name for job in list_jobs()) or "none"
    raise JobError(f"There is no job {wanted!r}; there are: {known}.")


def _made_at(path: Path) -> tuple[int, str]:
    try:
        return (path / "job.json").stat().st_mtime_ns, path.name
    except OSError:
        return 0, path.name


def _free_folder(folder: Path, name: str) -> Path:
    stem = "-".join(re.findall(r"[^\W_]+", name.casefold()))[:40].strip("-") or "drummer"
    number = 1
    path = folder / stem
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}"
    return path


def _events(data: bytes) -> Iterator[Mapping[str, Any]]:
    for line in data.splitlines():
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield event
