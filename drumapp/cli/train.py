"""``drumapp train``: a folder of MIDI files in, a drummer out."""

from __future__ import annotations

import argparse
import json
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from drumapp.atomic import check_writable
from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.settings import MAX_SEED

if TYPE_CHECKING:
    from drumapp.lstm.training import TrainingProgress

_DESCRIPTION = """\
Train a drummer on the MIDI files in a folder and write it as a checkpoint that plays in the window. Ctrl+C stops early
and keeps the best drummer so far."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("train", help="train a drummer on a folder of MIDI files", description=_DESCRIPTION)
    parser.add_argument("data", type=Path, metavar="DIR", help="a folder of MIDI files")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the checkpoint to write")
    parser.add_argument("--preset", default="groove", metavar="NAME", help="the recipe (default: groove)")
    parser.add_argument("--name", metavar="TEXT", help="the drummer's name (default: the folder's)")
    parser.add_argument("--events", type=int, metavar="N", help="notes to hear in all (default: the preset's)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="for the same drummer again (default: 0)")
    parser.add_argument("--device", type=_device, default="cpu", metavar="NAME", help="cpu, cuda or mps (default: cpu)")
    parser.add_argument("--licence", default="", metavar="TEXT", help="licence of the files, kept in the checkpoint")
    parser.add_argument("--attribution", default="", metavar="TEXT", help="whom to credit, kept in the checkpoint")
    parser.add_argument("--json", action="store_true", help="report as one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Scan, train and write. Raises DrumappError when folder, preset, device or output are no good."""
    from drumapp.lstm.material import table_of, vocabulary_of
    from drumapp.lstm.presets import PRESETS
    from drumapp.midi.corpus import TRAIN, VALIDATION, scan_folder

    if args.preset not in PRESETS:
        raise DrumappError(f"There is no preset {args.preset!r}; there are: {', '.join(PRESETS)}.")
    if not 0 <= args.seed <= MAX_SEED:
        raise DrumappError(f"--seed must be from 0 to {MAX_SEED}.")
    check_writable(args.output)
    preset = PRESETS[args.preset]
    if args.events is not None:
        if args.events < 1:
            raise DrumappError("--events must be at least 1.")
        preset = replace(preset, optimisation=replace(preset.optimisation, events=args.events))
    with progress(f"Reading {args.data}") as report:
        corpus = scan_folder(args.data, progress=report)
    vocabulary = vocabulary_of(corpus)
    training_pieces, held_out_pieces = corpus.of_split(TRAIN), corpus.of_split(VALIDATION)
    if not training_pieces or not held_out_pieces:
        raise DrumappError(
            f"{args.data} has too few files that can be used: one at least is needed to train on and one to hold out; "
            "add more MIDI files."
        )
    bar_memory = preset.architecture.bar_memory
    try:
        training, held_out = (table_of(pieces, vocabulary, bar_memory) for pieces in (training_pieces, held_out_pieces))
    except ValueError as error:
        raise DrumappError(
            f"The files of {args.data} have too few drums in common to hold some out; add more MIDI files."
        ) from error

    # torch takes a second to load: what can be refused is refused before.
    from drumapp.lstm.checkpoint import DrumModel, save_model
    from drumapp.lstm.training import train

    with _stop_on_interrupt() as interrupted, progress(f"Training on {len(training)} notes") as report:

        def show(step: TrainingProgress) -> None:
            report(min(step.events / step.total_events, 1.0))
            _tell(step, as_json=args.json)

        result = train(
            preset,
            vocabulary,
            training,
            held_out,
            seed=args.seed,
            device=args.device,
            progress=show,
            should_stop=lambda: bool(interrupted),
        )
    provenance: dict[str, Any] = {
        "preset": preset.name,
        "optimisation": asdict(preset.optimisation),
        "data": {
            "digest": corpus.digest,
            "kit": corpus.kit,
            "files": len(training_pieces),
            "notes": len(training),
            "held_out_files": len(held_out_pieces),
            "held_out_notes": len(held_out),
            "refused": len(corpus.refused),
        },
        "licence": args.licence,
        "attribution": args.attribution,
        "training": {
            "seed": args.seed,
            "device": args.device,
            "events": result.events,
            "best_at_events": result.best_at_events,
            "seconds": round(result.seconds, 1),
            "held_out_nats": {name: round(nats, 4) for name, nats in result.held_out_nats.items()},
        },
    }
    weights = {name: weight.numpy() for name, weight in result.weights.items()}
    name = args.name or args.data.resolve().name
    digest = save_model(DrumModel(name, preset.architecture, vocabulary, weights, provenance), args.output)
    if args.json:
        print(json.dumps({"output": str(args.output), "digest": digest, "stopped": result.stopped, **provenance}))
    else:
        nats = result.held_out_nats
        stopped = " (stopped early)" if result.stopped else ""
        stopped = " (the loss broke down; these are the best weights before)" if result.broke_down else stopped
        print(f"{args.output}: {nats['delay'] + nats['pitch']:.3f} nats a note on held-out files{stopped}")
    return 0


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|mps|cuda(:[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a device: cpu, cuda or mps")
    return text


def _tell(step: TrainingProgress, *, as_json: bool) -> None:
    held_out = step.held_out_nats or {}
    if as_json:
        figures = {"events": step.events, "of": step.total_events, "seconds": round(step.seconds, 1)}
        print(
            json.dumps({**figures, "training": step.training_nats, "held_out": held_out, "best": step.best}), flush=True
        )
        return
    mark = "*" if step.best else " "
    heard = step.training_nats["delay"] + step.training_nats["pitch"]
    held = held_out.get("delay", 0.0) + held_out.get("pitch", 0.0)
    print(
        f"{step.events:>10,} notes  {step.seconds:6.0f} s  training {heard:.3f}  held out {held:.3f} {mark}",
        file=sys.stderr,
    )


@contextmanager
def _stop_on_interrupt() -> Iterator[list[int]]:
    """A list that is empty until Ctrl+C is pressed. A second Ctrl+C interrupts as usual."""
    pressed: list[int] = []

    def press(number: int, _: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)
        print("Stopping after this batch; the best drummer so far is kept.", file=sys.stderr)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
