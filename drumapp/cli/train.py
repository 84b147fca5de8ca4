"""``drumapp train``: a folder of MIDI files in, a drummer out."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from drumapp.atomic import check_writable
from drumapp.cli.corpus_options import add_corpus_options, filters_of, kit_choices_of
from drumapp.core.errors import DrumappError

if TYPE_CHECKING:
    from drumapp.jobs.job import Job
    from drumapp.jobs.spec import JobSpec
    from drumapp.lstm.presets import Preset

HOUSE = "groove"

_DESCRIPTION = """\
Train a drummer on the MIDI files in a folder and write it as a checkpoint that plays in the window. Ctrl+C stops early
and keeps the best drummer so far; "--job" takes up what was stopped, paused or killed."""
_EPILOG = """\
examples:
  drumapp train beats/ -o mine.safetensors                          the house recipe
  drumapp train beats/ -o mine.safetensors --start-from groove --for 10m
                                                                    go on from the house drummer for ten minutes
  drumapp train beats/ -o mine.safetensors --set layers=3 --set cell=gru
  drumapp train --job mine                                          go on with a job
  torchrun --nproc-per-node 4 -m drumapp train beats/ -o mine.safetensors
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser(
        "train",
        help="train a drummer on a folder of MIDI files",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, nargs="?", metavar="DIR", help="a folder of MIDI files")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the checkpoint to write")
    parser.add_argument(
        "--preset", metavar="NAME", help="the recipe, by name or as a JSON file (default: groove, or fine-tune)"
    )
    parser.add_argument(
        "--set", action="append", type=_setting, default=[], metavar="NAME=VALUE", help="a number of the recipe"
    )
    parser.add_argument("--start-from", metavar="FILE", help='a drummer to go on from; "groove" is the house drummer')
    parser.add_argument("--name", metavar="TEXT", help="the drummer's name (default: the folder's)")
    parser.add_argument("--events", type=int, metavar="N", help="notes to hear in all (default: the preset's)")
    parser.add_argument(
        "--for", dest="seconds", type=_duration, metavar="TIME", help="train so long, such as 10m or 2h"
    )
    parser.add_argument("--first", type=int, metavar="N", help="learn from the first N notes alone, in order of path")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="for the same drummer again (default: 0)")
    parser.add_argument("--device", type=_device, default="cpu", metavar="NAME", help="cpu, cuda or mps (default: cpu)")
    parser.add_argument(
        "--threads", type=int, default=1, metavar="N", help="threads of a process (default: 1; small networks want one)"
    )
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="processes to train with (default: 1)")
    parser.add_argument("--licence", default="", metavar="TEXT", help="licence of the files, kept in the checkpoint")
    parser.add_argument("--attribution", default="", metavar="TEXT", help="whom to credit, kept in the checkpoint")
    parser.add_argument("--job", metavar="JOB", help="go on with this job: its folder, or its name among all jobs")
    parser.add_argument(
        "--job-folder", type=Path, metavar="DIR", help="where to keep the job (default: among all jobs)"
    )
    parser.add_argument(
        "--json", "--json-lines", dest="json", action="store_true", help="tell what happens as one JSON object a line"
    )
    parser.add_argument("--launch", type=int, default=0, help=argparse.SUPPRESS)  # see drumapp/jobs/launch.py
    parser.add_argument("--commands", action="store_true", help='heed "pause", "resume" and "stop" on standard input')
    add_corpus_options(parser, cache=False)


def run(args: argparse.Namespace) -> int:
    """Scan, train and write. Raises DrumappError when folder, preset, device or output are no good."""
    from drumapp.cli.training_work import work_with_others
    from drumapp.jobs.job import find_job, make_job

    job = find_job(args.job) if args.job is not None else None
    if job is not None and args.launch:
        return _launch(job, args)
    spec = job.spec if job is not None else _spec(args)
    if not _is_first():
        work_with_others(spec)
        _end_at_once()
    together = "RANK" in os.environ  # started by torchrun
    in_turn = job is not None and not together
    if job is None:
        job = make_job(spec, args.job_folder)
    if spec.processes > 1 and not together:
        return _run_together(job, args, in_turn=in_turn)
    status = _work(job, args, in_turn=in_turn)
    if together:
        _end_at_once()
    return status


def _end_at_once() -> NoReturn:
    """End the process, all being done. One that takes its leave properly is aborted now and then, when a thread of
    torch's asks for Python while that is being taken down; whoever waits for all processes would take it for a failure.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _spec(args: argparse.Namespace) -> JobSpec:
    from drumapp.jobs.spec import JobSpec
    from drumapp.resources import default_model

    if args.data is None or args.output is None:
        raise DrumappError("Give a folder to train on and, with -o, a file to write; or a job to go on with (--job).")
    preset = _preset(args)
    if _is_first():
        check_writable(args.output)
    if not args.data.is_dir():
        raise DrumappError(f"There is no folder {args.data}; give a folder of MIDI files.")
    start = None
    if args.start_from is not None:
        start = default_model() if args.start_from == HOUSE else Path(args.start_from).resolve()
    return JobSpec(
        args.name or args.data.resolve().name,
        args.data.resolve(),
        preset,
        args.seed,
        args.device,
        filters_of(args),
        kit_choices_of(args),
        start,
        args.output.resolve(),
        args.seconds,
        args.first,
        args.licence,
        args.attribution,
        args.processes,
        args.threads,
    )


def _preset(args: argparse.Namespace) -> Preset:
    from drumapp.lstm.presets import PRESETS, Architecture, Preset

    name = args.preset or ("fine-tune" if args.start_from is not None else HOUSE)
    changes = dict(args.set)
    if args.start_from is not None and (fixed := changes.keys() & {entry.name for entry in fields(Architecture)}):
        raise DrumappError(
            f"A drummer that is gone on from keeps its network: leave out --set {min(fixed)}, or --start-from."
        )
    if args.events is not None:
        if args.events < 1:
            raise DrumappError("--events must be at least 1.")
        changes["events"] = args.events
    try:
        if name in PRESETS:
            preset = PRESETS[name]
        elif Path(name).suffix == ".json":
            preset = Preset.from_json(json.loads(Path(name).read_text(encoding="utf-8")))
        else:
            raise DrumappError(f"There is no preset {name!r}; there are: {', '.join(PRESETS)}.")
        return preset.changed(changes)
    except OSError as error:
        raise DrumappError(f"Cannot read the preset {name}: {(error.strerror or str(error)).lower()}.") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise DrumappError(f"The preset {name} makes no sense: {error}.") from error


def _work(job: Job, args: argparse.Namespace, *, in_turn: bool) -> int:
    from drumapp.cli.training_work import work_on

    show = _print_json if args.json else _print_plainly
    with _stopped_by_signals(job), _commanded_by_input(job, args.commands):
        work_on(job, show, in_turn=in_turn)
    return 0


def _launch(job: Job, args: argparse.Namespace) -> int:
    """Be what torchrun is to a job's processes."""
    from drumapp.jobs.launch import job_command
    from drumapp.lstm.training.parallel import launch_processes

    launch_processes(args.launch, [*job_command(job), *(["--json"] if args.json else [])])
    return 0


def _run_together(job: Job, args: argparse.Namespace, *, in_turn: bool) -> int:
    """Start the processes that were asked for, when it is the job's turn, and wait for them."""
    import subprocess

    from drumapp.jobs.job import JobState
    from drumapp.jobs.launch import job_environment, together_command
    from drumapp.jobs.turns import wait_for_turn

    with contextlib.ExitStack() as held:
        held.enter_context(_stopped_by_signals(job))
        held.enter_context(_commanded_by_input(job, args.commands))
        if in_turn:
            lock = job.take()
            try:
                turn = wait_for_turn(job)
                if turn is None:
                    job.write_status(replace(job.status(), state=JobState.STOPPED))
                    job.forget_command()
                    return 0
            finally:
                lock.release()  # the first of the processes takes it
            held.callback(turn.release)
        command = [*together_command(job), *(["--json"] if args.json else [])]
        status = subprocess.Popen(command, env=job_environment(), start_new_session=True).wait()
    if status:
        raise DrumappError(job.status().message or f"Training ended with status {status}.")
    return 0


def _is_first() -> bool:
    """Whether this process writes, of those that torchrun started."""
    return os.environ.get("RANK", "0") == "0"


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|mps|cuda(:[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a device: cpu, cuda or mps")
    return text


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)\s*(s|m|min|h)?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"a time is written like 90s, 10m or 2h, not {text!r}")
    return float(match[1]) * {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}[match[2] or "s"]


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"a number of the recipe is set like layers=3, not {text!r}")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value.strip()


def _print_json(event: Mapping[str, Any]) -> None:
    print(json.dumps(event), flush=True)


def _print_plainly(event: Mapping[str, Any]) -> None:
    kind = event["event"]
    if kind == "material":
        print(
            f"{event['notes']:,} notes of {event['files']:,} files to learn from, {event['held_out_notes']:,} of "
            f"{event['held_out_files']:,} held out, {event['refused']:,} files refused",
            file=sys.stderr,
        )
    elif kind == "check":
        training, held_out = (event[name]["nats"] for name in ("training", "held_out"))
        right = event["training"]["right"]["both"]
        print(
            f"{event['events']:>10,} notes  {event['seconds']:6.0f} s  training {training['delay']:.3f} + "
            f"{training['pitch']:.3f} ({right:.0%} right)  held out {held_out['delay']:.3f} + "
            f"{held_out['pitch']:.3f} {'*' if event['best'] else ' '}",
            file=sys.stderr,
        )
    elif kind == "look":
        print(
            f"{event['memorised']:>10.0%} of what it plays are bars of the files; of held-out bars "
            f"{event['people_repeat']:.0%} are",
            file=sys.stderr,
        )
    elif kind == "warning":
        print(event["message"], file=sys.stderr)
    elif kind == "result" and "nats" in event:
        endings = {"stopped": " (stopped early)", "early": " (ended early, as it got no better)"}
        endings["broke down"] = " (the loss broke down; these are the best weights before)"
        right = event.get("training_right")
        learnt = f", {right['both']:.1%} of the training sequence right" if right else ""
        ending = endings.get(event["ending"], "")
        print(f"{event['output']}: {event['nats']:.3f} nats a note on held-out files{learnt}{ending}")


@contextlib.contextmanager
def _stopped_by_signals(job: Job) -> Iterator[None]:
    """Ctrl+C and a friendly request to end stop the job, which keeps its best; a second Ctrl+C interrupts as usual."""
    pressed: list[int] = []

    def press(number: int, _: FrameType | None) -> None:
        if pressed and number == signal.SIGINT:
            raise KeyboardInterrupt
        pressed.append(number)
        job.command("stop")
        print("Stopping after this batch; the best drummer so far is kept.", file=sys.stderr)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, press) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _commanded_by_input(job: Job, wanted: bool) -> Iterator[None]:
    """Pass on what is said on standard input."""

    def listen() -> None:
        for line in sys.stdin:
            if line.strip() in ("pause", "resume", "stop"):
                job.command(line.strip())

    if wanted:
        threading.Thread(target=listen, name="commands", daemon=True).start()
    yield
