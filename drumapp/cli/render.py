"""``drumapp render``: a MIDI file made audible as a WAV file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Literal

from drumapp.atomic import check_writable
from drumapp.cli.beat import add_beat_options, read_beat
from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.settings import SYNTHS

BITS = ("16", "24", "float")
MIN_RATE, MAX_RATE = 8_000, 192_000

_DESCRIPTION = """\
Play the drums of a MIDI file into a WAV file, without a sound device and faster than real time. The kit is the
built-in one unless you name a soundfont."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("render", help="turn a MIDI file into a WAV file", description=_DESCRIPTION)
    add_beat_options(parser)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the WAV file (default: BEAT.wav)")
    parser.add_argument("--soundfont", type=Path, metavar="FILE", help="an .sf2 or .sf3 to play it with")
    parser.add_argument(
        "--synth", choices=SYNTHS, default="auto", help="what plays (default: FluidSynth if found, else the sampler)"
    )
    parser.add_argument(
        "--rate", type=_rate, default=48_000, metavar="HZ", help="frames a second, 8000 to 192000 (default: 48000)"
    )
    parser.add_argument("--bits", choices=BITS, default="24", help="resolution of a frame (default: 24)")
    parser.add_argument("--json", action="store_true", help="tell what was made as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Render and write the file. Raises DrumappError when the beat, the soundfont or the output is no good."""
    import numpy as np

    from drumapp.playback.render import render_pattern, write_wav
    from drumapp.playback.synth import make_synth
    from drumapp.resources import builtin_soundfont

    pattern = read_beat(args)
    output = args.output or args.midi.with_suffix(".wav")
    check_writable(output)
    if output.exists() and output.samefile(args.midi):
        raise DrumappError(f"Cannot write {output}: it is the beat itself; choose another file.")
    synth = make_synth(args.synth, args.soundfont or builtin_soundfont(), args.rate)
    try:
        with progress(f"Rendering {args.midi.name}") as report:
            audio = render_pattern(pattern, synth, progress=report)
    finally:
        synth.close()
    write_wav(output, audio, args.rate, bits=_bits(args.bits))
    peak = float(np.max(np.abs(audio), initial=0.0))
    made = {
        "output": str(output),
        "seconds": len(audio) / args.rate,
        "notes": len(pattern),
        "peak_dbfs": round(20 * float(np.log10(peak)), 2) if peak > 0 else None,
        "synth": synth.description,
    }
    if args.json:
        print(json.dumps(made))
    else:
        print(f"{output}: {made['seconds']:.1f} s, {len(pattern)} notes, played by {synth.description}")
    return 0


def _rate(text: str) -> int:
    if not text.isdecimal() or not MIN_RATE <= int(text) <= MAX_RATE:
        raise argparse.ArgumentTypeError(f"{text!r} is not a rate from {MIN_RATE} to {MAX_RATE} frames a second")
    return int(text)


def _bits(text: str) -> Literal[16, 24, "float"]:
    choices: dict[str, Literal[16, 24, "float"]] = {"16": 16, "24": 24, "float": "float"}
    return choices[text]
