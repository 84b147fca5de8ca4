"""Players over a recording synth, and commands for them, in few words."""

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.player import Player
from tests.playback.recording_synth import RecordingSynth


def set_pattern(*notes: Note, length: int = 1920, bpm: float = 120.0) -> protocol.SetPattern:
    pattern = Pattern.of(notes, length=length)
    return protocol.SetPattern(protocol.pack(pattern.notes), length, TempoMap.constant(bpm))


def append(*notes: Note, length: int) -> protocol.AppendNotes:
    return protocol.AppendNotes(protocol.pack(notes), length)


def make(recorder: RecordingSynth, *commands: protocol.PlayerCommand) -> Player:
    player = Player(recorder)
    for command in commands:
        player.post(command)
    return player


def run(player: Player, frames: int, block: int = 240) -> None:
    for start in range(0, frames, block):
        player.process(min(block, frames - start))
