"""``drumapp jobs``: what is being trained, and commands to it."""

from __future__ import annotations

import argparse
import json

from drumapp.core.errors import DrumappError

_ACTIONS = ("start", "pause", "resume", "stop", "remove")

_DESCRIPTION = """\
List the training jobs, or act on one. Jobs started here, or in the window, take turns and live on by themselves; one
that was interrupted is taken up again by "start"."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("jobs", help="list training jobs and act on them", description=_DESCRIPTION)
    parser.add_argument("action", nargs="?", choices=_ACTIONS, help="what to do with a job (default: list all)")
    parser.add_argument("job", nargs="?", metavar="JOB", help="its name among all jobs, or its folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """List or act. Raises DrumappError for a job that there is not, or that cannot be acted on."""
    from drumapp.jobs.job import find_job, list_jobs
    from drumapp.jobs.launch import start_job

    if args.action is None:
        _list([(job, job.status()) for job in list_jobs()], as_json=args.json)
        return 0
    if args.job is None:
        raise DrumappError(f'Say which job to {args.action}; "drumapp jobs" lists them.')
    job = find_job(args.job)
    if args.action == "start":
        start_job(job)
    elif args.action == "remove":
        job.remove()
    elif not job.is_alive:
        raise DrumappError(f"{job.path.name} is not being trained; only what is can be told to {args.action}.")
    else:
        job.command(args.action)
    done = {"start": "started", "pause": "pausing", "resume": "going on", "stop": "stopping", "remove": "removed"}
    if args.json:
        print(json.dumps({"job": str(job.path), "done": done[args.action]}))
    else:
        print(f"{job.path.name}: {done[args.action]}")
    return 0


def _list(jobs: list[tuple[object, object]], *, as_json: bool) -> None:
    from dataclasses import asdict

    from drumapp.jobs.job import Job, JobStatus

    found = [(job, status) for job, status in jobs if isinstance(job, Job) and isinstance(status, JobStatus)]
    if as_json:
        print(json.dumps([{"job": str(job.path), **asdict(status)} for job, status in found]))
        return
    for job, status in found:
        best = "" if status.best is None else f"  {status.best:.3f} nats a note"
        left = "" if status.seconds_left is None else f"  {status.seconds_left:.0f} s left"
        print(f"{job.path.name:<30} {status.state:<12} {status.share:4.0%}{left}{best}  {status.message}".rstrip())
