"""``drumapp generate``: a fresh beat as a MIDI file, or what the drummer writes into a file there is."""

from __future__ import annotations

import argparse
import json
import re
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.core.kit import GENERAL_MIDI_LANES, Family
from drumapp.core.timing import DEFAULT_TEMPO, Metre
from drumapp.lstm.presets import DEFAULT_TEMPERATURE

if TYPE_CHECKING:
    from drumapp.core.pattern import Pattern
    from drumapp.lstm.chart import Chart
    from drumapp.lstm.checkpoint import DrumModel
    from drumapp.lstm.take_settings import GeneratorSettings

LARGEST_DRAWN_SEED = 2**31
DEFAULT_BARS = 8
MOST_ALTERNATIVES = 100

_DESCRIPTION = """\
Let the drummer play from a fresh memory and write what it plays as a MIDI file. The same seed, model and settings give
the same notes every time. With --continue it first hears a MIDI file, and goes on from it as if it had played that
itself; the file's own notes stay as they are."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("generate", help="write a fresh beat as a MIDI file", description=_DESCRIPTION)
    parser.add_argument("-o", "--output", type=Path, default=Path("beat.mid"), metavar="FILE", help="default: beat.mid")
    parser.add_argument("--bars", type=int, metavar="N", help=f"bars to play (default: {DEFAULT_BARS})")
    parser.add_argument(
        "--tempo", type=float, metavar="BPM", help=f"quarter notes a minute (default: {DEFAULT_TEMPO:g})"
    )
    parser.add_argument("--metre", type=_metre, metavar="N/D", help="such as 7/8 (default: 4/4)")
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
    parser.add_argument("--playable", action="store_true", help="only what two hands and two feet can strike")
    parser.add_argument(
        "--continue", dest="context", type=Path, metavar="FILE", help="go on from a MIDI file, in its tempo and metre"
    )
    parser.add_argument(
        "--region", type=_region, metavar="A-B", help="write bars A to B of that file anew instead, such as 3-4"
    )
    parser.add_argument(
        "--keep",
        type=_keys,
        metavar="DRUMS",
        help="drums that stay as they are in the region, such as kick,snare: "
        f"{', '.join(Family)}, General MIDI names or keys",
    )
    parser.add_argument(
        "--trade",
        type=int,
        metavar="N",
        help="call and response: the first N bars of that file are yours, the drummer writes the next N, and so on",
    )
    parser.add_argument(
        "--alternatives", type=int, default=1, metavar="N", help="write N of them, as beat-1.mid to beat-N.mid"
    )
    parser.add_argument("--model", type=Path, metavar="FILE", help="a drummer of your own (default: the house drummer)")
    parser.add_argument("--json", action="store_true", help="tell what was made as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Generate and write the files. Raises DrumappError for a bad model, setting, context or output."""
    from drumapp.lstm.checkpoint import load_model
    from drumapp.lstm.take_settings import GeneratorSettings
    from drumapp.midi.smf import write_pattern
    from drumapp.resources import default_model

    _check_together(args)
    seed = secrets.randbelow(LARGEST_DRAWN_SEED) if args.seed is None else args.seed
    model = load_model(args.model or default_model())
    try:
        settings = GeneratorSettings(
            seed=seed,
            bars=DEFAULT_BARS if args.bars is None else args.bars,
            tempo=DEFAULT_TEMPO if args.tempo is None else args.tempo,
            metre=args.metre or Metre(),
            time_temperature=args.time_temperature,
            pitch_temperature=args.drum_temperature,
            memory_range=args.memory,
            feel=not args.no_feel,
            style=args.style,
            playable=args.playable,
        )
        if args.trade is not None:
            patterns = [_trade(args, settings, model)]
        else:
            patterns = _play(model, settings, _chart(args, settings, model), args.alternatives)
    except ValueError as error:
        raise DrumappError(f"The drummer cannot play that: {error}.") from error
    paths = [args.output]
    if args.alternatives > 1:
        paths = [args.output.with_stem(f"{args.output.stem}-{number + 1}") for number in range(args.alternatives)]
    for path, pattern in zip(paths, patterns, strict=True):
        write_pattern(pattern, path)
    made = [
        {"output": str(path), "bars": pattern.bars, "notes": len(pattern), "seed": seed, "variation": variation}
        for variation, (path, pattern) in enumerate(zip(paths, patterns, strict=True))
    ]
    if args.json:
        told: dict[str, Any] = {**made[0], "model": model.name, "model_digest": model.digest}
        print(json.dumps(told if len(made) == 1 else {**told, "alternatives": made}))
    else:
        for one in made:
            print(f"{one['output']}: {one['bars']} bars, {one['notes']} notes, seed {seed}, played by {model.name}")
    return 0


def _play(model: DrumModel, settings: GeneratorSettings, chart: Chart | None, number: int) -> list[Pattern]:
    """So many variations of what the settings and the chart ask for, as whole patterns."""
    from dataclasses import replace

    from drumapp.lstm.generator import DrumGenerator
    from drumapp.lstm.stepper import Stepper

    stepper = Stepper(model)
    trail = None
    patterns = []
    with progress(f"{model.name} plays") as report:
        for variation in range(number):
            varied = replace(settings, variation=variation)
            generator = DrumGenerator(model, varied, stepper, chart=chart, trail=trail)
            trail = generator.trail
            start, stop = generator.tick, generator.length
            assert stop is not None  # the command line always names a number of bars
            notes = []
            for note in generator:
                notes.append(note)
                report((variation + (note.start - start) / max(stop - start, 1)) / number)
            written = generator.chart.written(notes)
            patterns.append(written if chart is not None else replace(written, name=model.name))
    return patterns


def _trade(args: argparse.Namespace, settings: GeneratorSettings, model: DrumModel) -> Pattern:
    """The file with every other bar, or so many, answered by the drummer."""
    from drumapp.core.timing import Range
    from drumapp.core.turns import turns
    from drumapp.lstm.cowriting import respond
    from drumapp.midi.smf import read_pattern

    pattern = read_pattern(args.context)
    _tell_hearsay(pattern, model)
    spans = turns(pattern.metre, Range(0, pattern.length), args.trade)
    if not spans:
        raise DrumappError(f"{args.context} has {pattern.bars} bars: too few to trade {args.trade} by {args.trade}.")
    return respond(model, settings, pattern, spans)


def _check_together(args: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if args.context is None and args.region is not None:
        raise DrumappError("--region needs a file to write into: give one with --continue FILE.")
    if args.keep is not None and args.region is None:
        raise DrumappError("--keep needs a region in which drums may stay: give one with --region A-B.")
    if args.trade is not None and args.context is None:
        raise DrumappError("--trade needs a file to answer: give one with --continue FILE.")
    if args.trade is not None and not (args.region is None and args.bars is None and args.alternatives == 1):
        raise DrumappError("--trade answers a whole file once: leave --region, --bars and --alternatives out.")
    if args.region is not None and args.bars is not None:
        raise DrumappError("A region has its own number of bars: leave --bars out.")
    if args.context is not None and not (args.tempo is None and args.metre is None):
        raise DrumappError(f"{args.context} has its own tempo and metre: leave --tempo and --metre out.")
    if not 1 <= args.alternatives <= MOST_ALTERNATIVES:
        raise DrumappError(f"--alternatives must be from 1 to {MOST_ALTERNATIVES}, not {args.alternatives}.")


def _chart(args: argparse.Namespace, settings: GeneratorSettings, model: DrumModel) -> Chart | None:
    """What is to be written into the file that was given; says on standard error what of it is not heard as it is."""
    if args.context is None:
        return None
    from drumapp.lstm.chart import Chart
    from drumapp.midi.smf import read_pattern

    pattern = read_pattern(args.context)
    bar_start = pattern.metre.bar_start
    if args.region is None:
        assert settings.bars is not None  # the command line always names a number of bars
        first, after_last = pattern.bars, pattern.bars + settings.bars
    else:
        first, after_last = args.region[0] - 1, args.region[1]
        if after_last > pattern.bars:
            raise DrumappError(f"{args.context} has {pattern.bars} bars, and no bar {after_last}.")
    _tell_hearsay(pattern, model)
    return Chart(pattern, bar_start(first), bar_start(after_last), args.keep or frozenset(), by_beat=True)


def _tell_hearsay(pattern: Pattern, model: DrumModel) -> None:
    from drumapp.lstm.ear import Ear, Hearsay

    if sentence := Hearsay.of(pattern.notes, Ear(model.vocabulary)).sentence:
        print(sentence, file=sys.stderr)


def _metre(text: str) -> Metre:
    try:
        return Metre.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _region(text: str) -> tuple[int, int]:
    """First and last bar, counted from 1, of ``3-4`` or ``3``."""
    match = re.fullmatch(r"(\d{1,6})(?:-(\d{1,6}))?", text)
    first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= first <= last:
        raise argparse.ArgumentTypeError(f"a region is written like 3-4 or 3, bars counted from 1, not {text!r}")
    return first, last


def _keys(text: str) -> frozenset[int]:
    """The MIDI keys of a list of families, drums and keys."""
    keys: set[int] = set()
    for word in text.lower().split(","):
        name = word.strip()
        found = {lane.key for lane in GENERAL_MIDI_LANES if name == lane.name.lower() or name == lane.family}
        if re.fullmatch(r"\d{1,3}", name) and int(name) < 128:
            found.add(int(name))
        if not found:
            raise argparse.ArgumentTypeError(
                f"{word.strip()!r} is no drum: name {', '.join(Family)}, a General MIDI drum or a key from 0 to 127"
            )
        keys |= found
    return frozenset(keys)
