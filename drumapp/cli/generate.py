"""``drumapp generate``: a fresh beat as a MIDI file."""

from __future__ import annotations

import argparse
import json
import secrets
from pathlib import Path

from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.core.timing import Metre
from drumapp.lstm.presets import DEFAULT_TEMPERATURE

LARGEST_DRAWN_SEED = 2**31

_DESCRIPTION = """\
Let the drummer play from a fresh memory and write what it plays as a MIDI file. The same seed, model and settings give
the same notes every time."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("generate", help="write a fresh beat as a MIDI file", description=_DESCRIPTION)
    parser.add_argument("-o", "--output", type=Path, default=Path("beat.mid"), metavar="FILE", help="default: beat.mid")
    parser.add_argument("--bars", type=int, default=8, metavar="N", help="bars to play (default: 8)")
    parser.add_argument(
        "--tempo", type=float, default=120.0, metavar="BPM", help="quarter notes a minute (default: 120)"
    )
    parser.add_argument("--metre", type=_metre, default=Metre(), metavar="N/D", help="such as 7/8 (default: 4/4)")
    parser.add_argument("--seed", type=int, metavar="N", help="for the same beat again (default: a new one each time)")
    parser.add_argument("--style", metavar="NAME", help="one of the drummer's styles, such as funk (default: any)")
    parser.add_argument(
        "--time-temperature",
        type=float,
        default=DEFAULT_TEMPERATURE,
        metavar="T",
        help="how freely time is drawn, 1 being as learnt (default: %(default)s)",
    )
    parser.add_argument(
        "--drum-temperature",
        type=float,
        default=DEFAULT_TEMPERATURE,
        metavar="T",
        help="how freely drums are drawn (default: %(default)s)",
    )
    parser.add_argument(
        "--memory", type=float, default=0.1, metavar="R", help="fresh memory is drawn from -R to R (default: 0.1)"
    )
    parser.add_argument("--no-feel", action="store_true", help="put every hit exactly on the grid of 24 to the quarter")
    parser.add_argument("--model", type=Path, metavar="FILE", help="a drummer of your own (default: the house drummer)")
    parser.add_argument("--json", action="store_true", help="tell what was made as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Generate and write the file. Raises DrumappError for a bad model, setting or output."""
    from drumapp.core.pattern import Pattern
    from drumapp.core.timing import MetreMap, TempoMap
    from drumapp.lstm.checkpoint import load_model
    from drumapp.lstm.generator import DrumGenerator
    from drumapp.lstm.take_settings import GeneratorSettings
    from drumapp.midi.smf import write_pattern
    from drumapp.resources import default_model

    seed = secrets.randbelow(LARGEST_DRAWN_SEED) if args.seed is None else args.seed
    model = load_model(args.model or default_model())
    try:
        settings = GeneratorSettings(
            seed=seed,
            bars=args.bars,
            tempo=args.tempo,
            metre=args.metre,
            time_temperature=args.time_temperature,
            pitch_temperature=args.drum_temperature,
            memory_range=args.memory,
            feel=not args.no_feel,
            style=args.style,
        )
        generator = DrumGenerator(model, settings)
    except ValueError as error:
        raise DrumappError(f"The drummer cannot play that: {error}.") from error
    length = generator.length
    assert length is not None  # the command line always names a number of bars
    notes = []
    with progress(f"{model.name} plays {args.bars} bars") as report:
        for note in generator:
            notes.append(note)
            report(note.start / length)
    pattern = Pattern.of(
        notes,
        length=length,
        tempo=TempoMap.constant(settings.tempo),
        metre=MetreMap.constant(settings.metre),
        name=model.name,
    )
    write_pattern(pattern, args.output)
    if args.json:
        made = {"output": str(args.output), "bars": args.bars, "notes": len(pattern), "seed": seed}
        print(json.dumps({**made, "model": model.name, "model_digest": model.digest}))
    else:
        print(f"{args.output}: {args.bars} bars, {len(pattern)} notes, seed {seed}, played by {model.name}")
    return 0


def _metre(text: str) -> Metre:
    try:
        return Metre.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
