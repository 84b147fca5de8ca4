"""``drumapp play``: a beat played to the speakers or to MIDI ports, without the window."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drumapp.cli.arguments import number, whole_number
from drumapp.cli.beat import add_beat_options, find_kit_map, read_beat
from drumapp.core.errors import DrumappError
from drumapp.core.kit import GENERAL_MIDI_KIT, DrumKit
from drumapp.core.kit_map import GENERAL_MIDI
from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, Range, TempoMap
from drumapp.settings import SYNTHS

if TYPE_CHECKING:
    from drumapp.core.pattern import Pattern
    from drumapp.playback.engine import EngineEvent, MidiOutputSettings, PlaybackEngine

LOOK_SECONDS = 0.05
RING_SECONDS = 1.5
PATIENCE_SECONDS = 10.0

_DESCRIPTION = """\
Play a beat: a MIDI file or a project. Without a port it is heard through the built-in kit or the soundfont you name;
with one it goes there instead, in time. Ctrl+C ends it, with every note let go."""

MAX_OFFSET_MS = 500.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    parser = subparsers.add_parser("play", help="play a beat, to the speakers or a MIDI port", description=_DESCRIPTION)
    add_beat_options(parser)
    parser.add_argument("--port", action="append", default=[], metavar="NAME", help="a MIDI port to play; repeatable")
    parser.add_argument("--virtual", action="store_true", help="offer other programs a MIDI port named Drumapp")
    channel = whole_number("a channel", 1, 16)
    parser.add_argument("--channel", type=channel, default=10, metavar="N", help="of those ports (default: 10)")
    parser.add_argument("--send-as", metavar="MAP", help="the kit map those ports understand (default: general-midi)")
    offset = number("an offset", -MAX_OFFSET_MS, MAX_OFFSET_MS, "milliseconds")
    parser.add_argument("--offset", type=offset, default=0.0, metavar="MS", help="send so much later; earlier if < 0")
    parser.add_argument("--clock", action="store_true", help="send MIDI clock, start and stop to those ports too")
    parser.add_argument("--with-synth", action="store_true", help="be heard here as well while playing to a port")
    parser.add_argument("--loop", action="store_true", help="play it again and again")
    tempo = number("a tempo", MIN_TEMPO, MAX_TEMPO, "beats a minute")
    parser.add_argument("--tempo", type=tempo, metavar="BPM", help="quarter notes a minute (default: the beat's own)")
    parser.add_argument("--metronome", action="store_true", help="click along")
    parser.add_argument("--count-in", type=int, choices=range(5), default=0, metavar="BARS", help="0 to 4 (default: 0)")
    parser.add_argument("--soundfont", type=Path, metavar="FILE", help="an .sf2 or .sf3 to play it with")
    parser.add_argument("--synth", choices=SYNTHS, default="auto", help="what plays (default: FluidSynth if found)")
    parser.add_argument("--device", default="default", metavar="NAME", help="a sound device by its name; null for none")


def run(args: argparse.Namespace) -> int:
    """Play until the end or Ctrl+C. Raises DrumappError when the beat, a port or the soundfont is no good."""
    from drumapp.playback.engine import MetronomeSettings, MidiSettings, PlaybackEngine, SoundSettings
    from drumapp.resources import builtin_soundfont

    pattern, kit = _read(args)
    outputs = _outputs(args)
    heard = not outputs or args.with_synth
    device = args.device if heard else "null"
    engine = PlaybackEngine(SoundSettings(args.soundfont or builtin_soundfont(), args.synth, device=device))
    engine.set_midi(MidiSettings(outputs, synth_keys=None if heard else frozenset()))
    engine.set_metronome(MetronomeSettings(args.metronome, args.count_in))
    engine.set_kit(kit)
    engine.set_pattern(pattern)
    engine.set_loop(Range(0, pattern.length) if args.loop and pattern.length else None)
    engine.start()
    try:
        ready = _wait_until_ready(engine, {output.port for output in outputs}, heard=heard)
        _let_connect(args)
        print(f"{args.midi.name}: {len(pattern)} notes to {ready}. Ctrl+C ends it.", flush=True)
        engine.play()
        _play_on(engine, ring=heard)
    finally:
        engine.close()
    return 0


def _read(args: argparse.Namespace) -> tuple[Pattern, DrumKit]:
    from dataclasses import replace

    if args.midi.suffix.lower() == ".drumapp":
        from drumapp.storage.project_file import open_project

        project = open_project(args.midi).project
        pattern, kit = project.pattern, project.kit
    else:
        pattern, kit = read_beat(args), GENERAL_MIDI_KIT
    if args.tempo is not None:
        pattern = replace(pattern, tempo=TempoMap.constant(args.tempo))
    return pattern, kit


def _outputs(args: argparse.Namespace) -> tuple[MidiOutputSettings, ...]:
    from drumapp.playback.engine import VIRTUAL_PORT, MidiOutputSettings
    from drumapp.playback.midiport import list_output_ports
    from drumapp.playback.port_names import find_port

    kit_map = GENERAL_MIDI if args.send_as is None else find_kit_map(args.send_as)
    names = [VIRTUAL_PORT] if args.virtual else []
    there = list_output_ports() if args.port else []
    for wanted in args.port:
        like = [name for name in there if wanted.casefold() in name.casefold()]
        found = find_port(wanted, there) or (like[0] if len(like) == 1 else None)
        if found is None:
            known = ", ".join(like or there) or "none"
            raise DrumappError(f"There is no MIDI port {wanted!r}; there are: {known}.")
        names.append(found)
    return tuple(
        MidiOutputSettings(name, args.channel, kit_map, args.offset, send_clock=args.clock)
        for name in dict.fromkeys(names)
    )


def _wait_until_ready(engine: PlaybackEngine, ports: set[str], *, heard: bool) -> str:
    """Where it will be heard. Raises DrumappError when a port or the sound that is needed does not come."""
    from drumapp.playback.engine import PortReady, SoundReady

    deadline = time.monotonic() + PATIENCE_SECONDS
    open_ports: set[str] = set()
    sound: SoundReady | None = None
    while sound is None or open_ports < ports:
        for event in engine.poll():
            _fail_for(event, heard=heard)
            if isinstance(event, PortReady):
                open_ports.add(event.name)
            elif isinstance(event, SoundReady):
                sound = event
        if time.monotonic() > deadline:
            raise DrumappError("The playing process did not come up; try again.")
        time.sleep(LOOK_SECONDS / 5)
    places = [*([f"{sound.description} ({sound.device})"] if heard else []), *sorted(open_ports)]
    return ", ".join(places)


def _fail_for(event: EngineEvent, *, heard: bool) -> None:
    from drumapp.playback.engine import EngineDied, PortProblem, SoundfontProblem, SoundProblem

    if isinstance(event, SoundfontProblem | PortProblem | EngineDied):
        raise DrumappError(event.sentence)
    if isinstance(event, SoundProblem) and heard:
        raise DrumappError(f"{event.sentence} {event.remedy}")


def _let_connect(args: argparse.Namespace) -> None:
    if args.virtual and sys.stdin is not None and sys.stdin.isatty():
        input("Connect to the port Drumapp, then press Return. ")


def _play_on(engine: PlaybackEngine, *, ring: bool) -> None:
    """Until the end; what goes wrong meanwhile is said, and the music goes on."""
    from drumapp.playback.engine import EngineDied, PortLost, PortReady, SoundProblem

    while engine.playhead().playing:
        for event in engine.poll():
            if isinstance(event, EngineDied):
                raise DrumappError(event.sentence)
            if isinstance(event, PortLost | SoundProblem):
                print(f"drumapp: {event.sentence}", file=sys.stderr, flush=True)
            elif isinstance(event, PortReady):
                print(f"drumapp: The MIDI port {event.name} is back.", file=sys.stderr, flush=True)
        time.sleep(LOOK_SECONDS)
    if ring:
        time.sleep(RING_SECONDS)
