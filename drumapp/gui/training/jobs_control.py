"""The jobs, as they are on disk: looked at now and then, started, told what to do, removed and put back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from drumapp.core.errors import DrumappError
from drumapp.gui.training.history import JobHistory
from drumapp.gui.training.jobs_panel import Listed
from drumapp.jobs.job import Job, JobState, list_jobs, make_job
from drumapp.jobs.launch import start_job
from drumapp.jobs.removal import jobs_aside, put_back, set_aside
from drumapp.jobs.spec import JobError, JobSpec

ACTIVE_MS, IDLE_MS = 500, 3000
_AT_WORK = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


class JobsControl(QObject):
    """Signals: changed when a job came, went or is elsewhere; drummers_changed when other drummers can be had.

    Attributes: jobs, the newest first; ``watched``, whether they are looked at often: the tab is in sight.
    """

    changed = Signal()
    drummers_changed = Signal()

    def __init__(self, start: Callable[[Job], subprocess.Popen[bytes]] = start_job) -> None:
        super().__init__()
        self._start = start
        self.jobs: list[Listed] = []
        self._names: dict[Path, str] = {}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._histories: dict[Path, JobHistory] = {}
        self._drummers: tuple[tuple[str, Path], ...] = ()
        self.watched = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def begin(self) -> None:
        """Find the jobs there are, and forget those that were removed before the last end."""
        for job in jobs_aside():
            try:
                job.remove()
            except DrumappError:
                continue  # it is off the list all the same, and tried again next time
        self.look()

    def watch(self, watched: bool) -> None:
        """The tab came into sight or went."""
        self.watched = watched
        self.look()

    def close(self) -> None:
        """Look no more; the jobs live on."""
        self._timer.stop()
        for process in self._processes:
            if process.poll() is None:
                process.returncode = 0  # it is meant to outlive us: nobody shall complain that it runs
        self._processes.clear()

    @property
    def at_work(self) -> list[Listed]:
        """Those that work, rest or wait for their turn, with a process of their own."""
        return [entry for entry in self.jobs if entry.status.state in _AT_WORK]

    @property
    def drummers(self) -> tuple[tuple[str, Path], ...]:
        """Names and files of the drummers of those that are over."""
        return self._drummers

    def look(self) -> None:
        """See where the jobs are."""
        self._processes = [process for process in self._processes if process.poll() is None]
        before, self.jobs = self.jobs, [entry for entry in map(self._listed, list_jobs()) if entry is not None]
        if self.at_work or self.watched:
            self._timer.start(ACTIVE_MS if self.at_work else IDLE_MS)
        else:
            self._timer.stop()
        drummers = tuple(
            (entry.name, entry.job.best)
            for entry in self.jobs
            if entry.status.state in (JobState.FINISHED, JobState.STOPPED) and entry.job.best.is_file()
        )
        if drummers != self._drummers:
            self._drummers = drummers
            self.drummers_changed.emit()
        if self.jobs != before:
            self.changed.emit()

    def find(self, job: Job | None) -> Listed | None:
        """A job as it is listed."""
        return next((entry for entry in self.jobs if entry.job == job), None)

    def history(self, job: Job) -> JobHistory:
        """A job's log so far, read up to now."""
        history = self._histories.setdefault(job.path, JobHistory(job))
        history.read_on()
        return history

    # What the user does; each raises DrumappError

    def train(self, spec: JobSpec) -> Job:
        """Make a job and start it."""
        job = make_job(spec)
        self.start(job)
        return job

    def start(self, job: Job) -> None:
        """Start a job, or take it up again."""
        before = job.status()
        if not job.is_alive:
            # Until its process has come so far as to say where it stands.
            job.write_status(replace(before, state=JobState.QUEUED, message="", seconds_left=None))
        try:
            self._processes.append(self._start(job))
        except DrumappError:
            if not job.is_alive:
                job.write_status(before)
            raise
        finally:
            self.look()

    def command(self, job: Job, command: str) -> None:
        """Pause, resume or stop a job."""
        job.command(command)
        self.look()

    def set_aside(self, job: Job) -> Job:
        """Take a job off the list; what is returned can be put back."""
        aside = set_aside(job)
        self._histories.pop(job.path, None)
        self._names.pop(job.path, None)
        self.look()
        return aside

    def put_back(self, aside: Job) -> Job:
        """Undo that."""
        job = put_back(aside)
        self.look()
        return job

    def _listed(self, job: Job) -> Listed | None:
        if job.path not in self._names:
            try:
                self._names[job.path] = job.spec.name
            except JobError:
                self._names[job.path] = f"{job.path.name} (damaged)"
        status = job.status()
        if status.state is JobState.INTERRUPTED and self._is_starting(job):
            status = replace(status, state=JobState.QUEUED)
        return Listed(job, self._names[job.path], status)

    def _is_starting(self, job: Job) -> bool:
        """Whether its process was started and has not come so far as to take it."""
        return any(str(job.path) in process.args for process in self._processes if process.poll() is None)
