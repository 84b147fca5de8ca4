"""``drumapp render``: a MIDI file made audible as a WAV or FLAC file, or as one file for each drum."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from drumapp.atomic import check_writable
from drumapp.cli.arguments import number, whole_number
from drumapp.cli.beat import add_beat_options, read_beat
from drumapp.cli.progress import progress
from drumapp.core.errors import DrumappError
from drumapp.settings import SYNTHS
from drumapp.sound_choices import MAX_EXPORT_RATE, MAX_TAIL_SECONDS, MIN_EXPORT_RATE, MIN_PEAK_DBFS

if TYPE_CHECKING:
    from drumapp.playback.export import Exported
    from drumapp.playback.synth import Synth

BITS = ("16", "24", "float")

_DESCRIPTION = """\
Play the drums of a MIDI file into an audio file, without a sound device and faster than real time. The kit is the
built-in one unless you name a soundfont."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("render", help="turn a MIDI file into a WAV or FLAC file", description=_DESCRIPTION)
    add_beat_options(parser)
    target = parser.add_mutually_exclusive_group()
    target.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file, .wav or .flac (default: BEAT.wav)")
    target.add_argument(
        "--stems", type=Path, metavar="FOLDER", help="write the mix and a file for each drum, which add up to it"
    )
    parser.add_argument("--flac", action="store_true", help="stems as FLAC files")
    parser.add_argument("--soundfont", type=Path, metavar="FILE", help="an .sf2 or .sf3 to play it with")
    parser.add_argument(
        "--program",
        type=whole_number("a program", 0, 127),
        metavar="N",
        help="the soundfont's drum kit of this program (default: its first)",
    )
    parser.add_argument(
        "--synth", choices=SYNTHS, default="auto", help="what plays (default: FluidSynth if found, else the sampler)"
    )
    parser.add_argument(
        "--rate",
        type=whole_number("a rate", MIN_EXPORT_RATE, MAX_EXPORT_RATE, "frames a second"),
        default=48_000,
        metavar="HZ",
        help="frames a second, 8000 to 192000 (default: 48000)",
    )
    parser.add_argument("--bits", choices=BITS, default="24", help="resolution of a frame (default: 24)")
    parser.add_argument(
        "--tail",
        type=number("a tail", 0.0, MAX_TAIL_SECONDS, "seconds"),
        default=2.0,
        metavar="SECONDS",
        help="for the last drums to ring on (default: 2)",
    )
    parser.add_argument(
        "--normalise",
        type=number("a level", MIN_PEAK_DBFS, 0.0, "dBFS"),
        nargs="?",
        const=-1.0,
        metavar="DBFS",
        help="bring the loudest moment to this level (default, if given without: -1)",
    )
    parser.add_argument("--json", action="store_true", help="tell what was made as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Render and write. Raises DrumappError when the beat, the soundfont or the output is no good."""
    from drumapp.playback.audio_file import kind_of
    from drumapp.playback.export import ExportSettings, export_mix, export_stems
    from drumapp.playback.synth import make_synth
    from drumapp.resources import builtin_soundfont

    pattern = read_beat(args)
    output = args.output or args.midi.with_suffix(".wav")
    if args.stems is not None:
        kind: Literal["wav", "flac"] = "flac" if args.flac else "wav"
        _make_folder(args.stems)
    else:
        kind = kind_of(output)
        check_writable(output)
        if output.exists() and output.samefile(args.midi):
            raise DrumappError(f"Cannot write {output}: it is the beat itself; choose another file.")
    settings = ExportSettings(kind, _bits(args.bits), args.rate, args.tail, args.normalise)
    played_by = ""

    def make(rate: int) -> Synth:
        nonlocal played_by
        synth = make_synth(args.synth, args.soundfont or builtin_soundfont(), rate, args.program, offline=True)
        played_by = synth.description
        return synth

    with progress(f"Rendering {args.midi.name}") as report:
        if args.stems is not None:
            files = export_stems(pattern, args.stems, args.midi.stem, settings, make, progress=report)
        else:
            files = [export_mix(pattern, output, settings, make, progress=report)]
    if args.json:
        print(json.dumps(_described(files[0]) | {"notes": len(pattern), "synth": played_by} | _stems(files)))
    else:
        for file in files:
            print(f"{file.path}: {file.seconds:.1f} s")
        print(f"{len(pattern)} notes, played by {played_by}")
    return 0


def _described(file: Exported) -> dict[str, object]:
    from math import log10

    return {
        "output": str(file.path),
        "seconds": file.seconds,
        "peak_dbfs": round(20 * log10(file.peak), 2) if file.peak > 0 else None,
        "gain_db": round(file.gain_db, 2),
    }


def _stems(files: list[Exported]) -> dict[str, object]:
    return {"stems": [_described(file) for file in files[1:]]} if len(files) > 1 else {}


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DrumappError(f"Cannot make the folder {folder}: {error.strerror or error}.") from error


def _bits(text: str) -> Literal[16, 24, "float"]:
    choices: dict[str, Literal[16, 24, "float"]] = {"16": 16, "24": 24, "float": "float"}
    return choices[text]
