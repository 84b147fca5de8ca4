"""A beat that a command is given as a MIDI file: which tracks of it, and by which kit map its keys are read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import BUILT_IN_KIT_MAPS, GENERAL_MIDI, KitMap, guess_kit_map
from drumapp.settings import kit_maps_folder

if TYPE_CHECKING:
    from drumapp.core.pattern import Pattern
    from drumapp.midi.contents import MidiContents, PartId

GUESS = "guess"


def add_beat_options(parser: argparse.ArgumentParser) -> None:
    """Add the file and how to read it."""
    parser.add_argument("midi", type=Path, metavar="BEAT.mid", help="the beat: a MIDI file with drums")
    parser.add_argument(
        "--track",
        action="append",
        metavar="TRACK",
        help="a track of it to take, by its name or number; repeat for several (default: those on channel 10, else "
        "those named for drums)",
    )
    parser.add_argument(
        "--kit-map",
        metavar="MAP",
        help=f"what its keys mean: {', '.join(map(_handle, BUILT_IN_KIT_MAPS))}, a map of your own by its name or "
        f"file, or {GUESS} (default: general-midi)",
    )


def read_beat(args: argparse.Namespace) -> Pattern:
    """The pattern in the file. Raises DrumappError for a file, a track or a map that is no good."""
    from drumapp.midi.smf import read_contents, read_pattern

    kit_map = GENERAL_MIDI if args.kit_map in (None, GUESS) else find_kit_map(args.kit_map)
    contents = read_contents(args.midi)
    parts = contents.default if args.track is None else _parts(contents, args.track, args.midi)
    if not parts:
        raise DrumappError(
            f"Nothing in {args.midi} tells which part is the drums; name one with --track: {_tracks(contents)}."
        )
    if args.kit_map == GUESS:
        kit_map = guess_kit_map(contents.keys_of(parts))
    return read_pattern(args.midi, parts=parts, key_map=kit_map.to_general_midi)


def find_kit_map(wanted: str) -> KitMap:
    """The map of a name, be it built in or the user's, or in a file. Raises DrumappError when there is none."""
    from drumapp.storage.kit_map_file import list_kit_maps, read_kit_map

    handle = _handle_of(wanted)
    for kit_map in BUILT_IN_KIT_MAPS:
        if _handle(kit_map) == handle:
            return kit_map
    own = list_kit_maps(kit_maps_folder())
    for stored in own.maps:
        if _handle(stored.kit_map) == handle:
            return stored.kit_map
    path = Path(wanted)
    if path.suffix or path.exists():
        return read_kit_map(path)
    known = ", ".join(map(_handle, (*BUILT_IN_KIT_MAPS, *(stored.kit_map for stored in own.maps))))
    raise DrumappError(" ".join((f"There is no kit map {wanted!r}; there are: {known}.", *own.problems)))


def _handle(kit_map: KitMap) -> str:
    return _handle_of(kit_map.name)


def _handle_of(name: str) -> str:
    """A name as it is easily typed: roland-td."""
    return "-".join(name.casefold().replace("-", " ").split())


def _parts(contents: MidiContents, tracks: Sequence[str], path: Path) -> Sequence[PartId]:
    """All channels of the tracks asked for."""
    found: list[PartId] = []
    for track in tracks:
        wanted = track.strip().casefold()
        named = [part.id for part in contents.parts if part.name.strip().casefold() == wanted]
        numbered = [part.id for part in contents.parts if str(part.id.track) == wanted]
        if not (named or numbered):
            raise DrumappError(f"{path} has no track {track!r} that plays; there are: {_tracks(contents)}.")
        found += named or numbered
    return found


def _tracks(contents: MidiContents) -> str:
    return ", ".join(f"{part.id.track} ({part.label})" for part in contents.parts)
