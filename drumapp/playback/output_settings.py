"""Where the music goes and how, as the user chooses it: the synth's sound, MIDI outputs and inputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drumapp.core.kit_map import GENERAL_MIDI, KitMap

VIRTUAL_PORT = "Drumapp"
"""What other programs call the port that the program offers them, and what the settings call it."""

MAX_OFFSET_MS = 500.0
DRUM_CHANNEL = 10

ChokeMessage = Literal["note-off", "pressure"]


DEFAULT_DEVICE, NO_DEVICE = "default", "null"
MIN_SAMPLE_RATE, MAX_SAMPLE_RATE = 8_000, 192_000
MIN_BUFFER_MS, MAX_BUFFER_MS = 4, 400


@dataclass(frozen=True)
class SoundSettings:
    """What makes the sound. Raises ValueError, naming the field, for a value out of range.

    Attributes:
        soundfont: to play.
        synth: "auto", "fluidsynth" or "sampler".
        volume_db: in decibels, 0 as recorded.
        device: a sound output's name; DEFAULT_DEVICE for the system's, NO_DEVICE for none.
        backend: through which part of the system the device is reached, such as "JACK"; empty for the first that works.
        sample_rate: frames a second; a device of another rate has them converted by the system.
        buffer_ms: of sound that the device holds back; the less, the sooner it sounds and the sooner it stutters.
        program: of the drum kit in the soundfont's bank of drums; None for its first.
        reverb, chorus: how much of each, 0 to 1. The sampler has neither.
        offset_ms: when the synth is struck, from the beat: before it is negative, for what a device holds back that
            nobody knows of.
    """

    soundfont: Path
    synth: str = "auto"
    volume_db: float = 0.0
    device: str = DEFAULT_DEVICE
    backend: str = ""
    sample_rate: int = 48_000
    buffer_ms: int = 20
    program: int | None = None
    reverb: float = 0.0
    chorus: float = 0.0
    offset_ms: float = 0.0

    def __post_init__(self) -> None:
        _check_range("sample_rate", self.sample_rate, MIN_SAMPLE_RATE, MAX_SAMPLE_RATE)
        _check_range("buffer_ms", self.buffer_ms, MIN_BUFFER_MS, MAX_BUFFER_MS)
        _check_range("program", self.program or 0, 0, 127)
        _check_range("reverb", self.reverb, 0.0, 1.0)
        _check_range("chorus", self.chorus, 0.0, 1.0)
        _check_range("offset_ms", self.offset_ms, -MAX_OFFSET_MS, MAX_OFFSET_MS)


@dataclass(frozen=True)
class MidiOutputSettings:
    """A MIDI port that is played, and how. Raises ValueError, naming the field, for a value out of range.

    Attributes:
        port: name of the port, VIRTUAL_PORT for the one that the program offers itself.
        channel: 1 to 16.
        kit_map: which key is sent for which drum.
        offset_ms: when notes are sent, from the beat: before it is negative.
        keys: the drums that go there, by General MIDI key; None for all.
        choke: how another drum of its group cuts a drum off. The note-off is always sent, once more where it was sent
            before; "pressure" adds full polyphonic pressure, which is how Roland's modules and many drum plug-ins are
            told that a hand grabs a cymbal. General MIDI modules need neither: they choke hats themselves.
        send_clock: whether clock, start, stop and song position are sent too.
        click_keys: what is struck for the metronome, on the first beat of a bar and on the others; None for nothing.
    """

    port: str
    channel: int = DRUM_CHANNEL
    kit_map: KitMap = GENERAL_MIDI
    offset_ms: float = 0.0
    keys: frozenset[int] | None = None
    choke: ChokeMessage = "note-off"
    send_clock: bool = False
    click_keys: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if not self.port:
            raise ValueError("a MIDI output needs the name of a port")
        _check_range("channel", self.channel, 1, 16)
        _check_range("offset_ms", self.offset_ms, -MAX_OFFSET_MS, MAX_OFFSET_MS)
        if self.click_keys is not None and not all(0 <= key <= 127 for key in self.click_keys):
            raise ValueError(f"click_keys must be 0 to 127, not {self.click_keys}")


@dataclass(frozen=True)
class MidiInputSettings:
    """A MIDI port that is listened to. Raises ValueError, naming the field, for a value out of range.

    Attributes: port, its name, VIRTUAL_PORT for the one that the program offers itself; channel 1 to 16 that is heard,
    None for all; kit_map, what its keys mean; offset_ms taken off the time at which a note arrives, for what the
    controller and its cable hold back; sounds: whether its pads are played at once through all outputs.
    """

    port: str
    channel: int | None = None
    kit_map: KitMap = GENERAL_MIDI
    offset_ms: float = 0.0
    sounds: bool = True

    def __post_init__(self) -> None:
        if not self.port:
            raise ValueError("a MIDI input needs the name of a port")
        _check_range("channel", 1 if self.channel is None else self.channel, 1, 16)
        _check_range("offset_ms", self.offset_ms, -MAX_OFFSET_MS, MAX_OFFSET_MS)


@dataclass(frozen=True)
class MidiSettings:
    """What is played and listened to. Attributes: synth_keys: the drums that the synth plays; None for all."""

    outputs: tuple[MidiOutputSettings, ...] = ()
    inputs: tuple[MidiInputSettings, ...] = ()
    synth_keys: frozenset[int] | None = None


@dataclass(frozen=True)
class SyncSettings:
    """Whose time is kept. Raises ValueError for a clock without a port.

    Attributes: source "internal" for our own, "clock" for a MIDI clock, "link" for Ableton Link; port, that the clock
    comes from.
    """

    source: Literal["internal", "clock", "link"] = "internal"
    port: str = ""

    def __post_init__(self) -> None:
        if self.source == "clock" and not self.port:
            raise ValueError("a MIDI clock needs the name of a port")


def _check_range(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"{field} must be {least:g} to {most:g}, not {value:g}")
