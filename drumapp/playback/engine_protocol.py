"""What the window and the playing process say to each other through the pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from drumapp.core.pattern import Note
from drumapp.core.timing import MetreMap, Range, TempoMap
from drumapp.note_table import note_table
from drumapp.playback.audio import DeviceInfo
from drumapp.playback.metronome import MetronomeSettings
from drumapp.playback.mix import Mix
from drumapp.playback.note_rows import pack_rows, sorted_rows, unpack_rows
from drumapp.playback.output_settings import MidiSettings, SoundSettings, SyncSettings

# --- to the playing process ---


@dataclass(frozen=True)
class SetPattern:
    """Play these notes, as `pack` packs them, after so many of the first that are there and before so many of the last.

    Attributes: notes; length in ticks; tempo; metre; before, after: how many of the notes that are there stay.
    """

    notes: bytes
    length: int
    tempo: TempoMap
    metre: MetreMap = field(default_factory=MetreMap)
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class AppendNotes:
    """Add notes, packed as in SetPattern; everything before ``length`` is final."""

    notes: bytes
    length: int


@dataclass(frozen=True)
class SetGrowing:
    """Whether the pattern's end is only where it has come to so far."""

    growing: bool


@dataclass(frozen=True)
class SetLoop:
    """Repeat a span, or nothing."""

    span: Range | None


@dataclass(frozen=True)
class SetMix:
    """Play the drums as a kit is mixed."""

    mix: Mix


@dataclass(frozen=True)
class SetMetronome:
    """Click along, count in, or neither."""

    metronome: MetronomeSettings


@dataclass(frozen=True)
class Play:
    """Start, or go on."""


@dataclass(frozen=True)
class PlaySpan:
    """Play a span once, from its start."""

    span: Range


@dataclass(frozen=True)
class Pause:
    """Fall silent and stay at the position."""


@dataclass(frozen=True)
class Stop:
    """Fall silent and rewind."""


@dataclass(frozen=True)
class Seek:
    """Go to a tick."""

    tick: float


@dataclass(frozen=True)
class Panic:
    """Silence whatever sounds; the transport goes on."""


@dataclass(frozen=True)
class Audition:
    """Strike one drum now."""

    key: int
    velocity: int


@dataclass(frozen=True)
class PressPad:
    """Strike one drum now; it is held until `ReleasePad`."""

    key: int
    velocity: int


@dataclass(frozen=True)
class ReleasePad:
    """Let go of a drum that a pad has struck."""

    key: int


@dataclass(frozen=True)
class SetSound:
    """Change synth, soundfont, volume or device."""

    sound: SoundSettings


@dataclass(frozen=True)
class TellDevices:
    """Say which sound outputs there are."""


@dataclass(frozen=True)
class SetMidi:
    """Play through MIDI ports and listen to others."""

    midi: MidiSettings


@dataclass(frozen=True)
class SetSync:
    """Follow somebody's time, or nobody's."""

    sync: SyncSettings


@dataclass(frozen=True)
class Quit:
    """Fall silent and end."""


PlayerCommand = (
    SetPattern
    | AppendNotes
    | SetGrowing
    | SetLoop
    | SetMix
    | SetMetronome
    | Play
    | PlaySpan
    | Pause
    | Stop
    | Seek
    | Panic
    | Audition
    | PressPad
    | ReleasePad
)
Command = PlayerCommand | SetSound | TellDevices | SetMidi | SetSync | Quit


@dataclass(frozen=True)
class Message:
    """A command with its number, by which the shared state tells how far the playing process has come."""

    serial: int
    command: Command


# --- to the window ---


@dataclass(frozen=True)
class SoundReady:
    """Synth and device are in place.

    Attributes: description of the synth; device's name, or "no sound device"; latency_ms that the device holds back;
    sample_rate; has_effects: whether the synth has reverb and chorus; wanted: the settings that this came of.
    """

    description: str
    device: str
    latency_ms: float
    sample_rate: int
    has_effects: bool
    wanted: SoundSettings | None = field(default=None, compare=False)


@dataclass(frozen=True)
class SoundDevices:
    """The sound outputs there are, as was asked."""

    devices: tuple[DeviceInfo, ...]


@dataclass(frozen=True)
class SoundProblem:
    """There is no sound: what happened, and what to do about it. The music runs on in silence.

    Attributes: sentence; remedy; wanted: the settings that could not be met, or cannot any more.
    """

    sentence: str
    remedy: str
    wanted: SoundSettings | None = field(default=None, compare=False)


@dataclass(frozen=True)
class SoundfontProblem:
    """The soundfont asked for cannot be played, and what plays instead. Attributes: sentence; wanted, the settings."""

    sentence: str
    wanted: SoundSettings | None = field(default=None, compare=False)


@dataclass(frozen=True)
class MidiPortsChanged:
    """The MIDI ports that there are now, of others: those to play and those to listen to."""

    outputs: tuple[str, ...]
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class PortReady:
    """A MIDI port that is wanted has been opened, for the first time or once more."""

    name: str


@dataclass(frozen=True)
class PortProblem:
    """A MIDI port that is wanted is not there or cannot be opened; it is tried again every second."""

    name: str
    sentence: str


@dataclass(frozen=True)
class PortLost:
    """A MIDI port went away while it was played or listened to; it is taken up again when it returns."""

    name: str
    sentence: str


@dataclass(frozen=True)
class PadStruck:
    """A note came in from a MIDI port.

    Attributes: port; channel 1 to 16; device_key as it was sent; key, the General MIDI drum that it means; velocity;
    tick that was heard when it was struck, with its fraction, None while nothing played, a little less than the first
    just before the music began; struck_ns, the time of the monotonic clock.
    """

    port: str
    channel: int
    device_key: int
    key: int
    velocity: int
    tick: float | None
    struck_ns: int


@dataclass(frozen=True)
class PadReleased:
    """A note that came in has ended. Attributes: as in PadStruck."""

    port: str
    key: int
    tick: float | None
    let_go_ns: int


@dataclass(frozen=True)
class ControlMoved:
    """A controller of a MIDI port has moved. Attributes: port; channel 1 to 16; controller and value, 0 to 127."""

    port: str
    channel: int
    controller: int
    value: int


@dataclass(frozen=True)
class SyncProblem:
    """Nobody's time can be followed as was asked, and why; the music keeps its own."""

    sentence: str


@dataclass(frozen=True)
class EngineDied:
    """The playing process is gone; `PlaybackEngine.start` brings it back."""

    sentence: str


EngineEvent = (
    SoundReady
    | SoundDevices
    | SoundProblem
    | SoundfontProblem
    | MidiPortsChanged
    | PortReady
    | PortProblem
    | PortLost
    | PadStruck
    | PadReleased
    | ControlMoved
    | SyncProblem
    | EngineDied
)


def pack(notes: Iterable[Note]) -> bytes:
    """Notes as the bytes of SetPattern."""
    return pack_rows(note_table(notes))


def join(pieces: Sequence[AppendNotes]) -> AppendNotes:
    """One that adds what several add one after the other, at least one."""
    rows = np.concatenate([unpack_rows(piece.notes) for piece in pieces])
    return AppendNotes(pack_rows(sorted_rows(rows)), pieces[-1].length)
