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


@dataclass(frozen=True)
class SoundSettings:
    """What makes the sound.

    Attributes: soundfont to play; synth "auto", "fluidsynth" or "sampler"; volume_db in decibels, 0 as recorded;
    device "default" for the system's sound output or "null" for none.
    """

    soundfont: Path
    synth: str = "auto"
    volume_db: float = 0.0
    device: Literal["default", "null"] = "default"


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
        _check_channel(self.channel)
        _check_offset(self.offset_ms)
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
        if self.channel is not None:
            _check_channel(self.channel)
        _check_offset(self.offset_ms)


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


def _check_channel(channel: int) -> None:
    if not 1 <= channel <= 16:
        raise ValueError(f"channel must be 1 to 16, not {channel}")


def _check_offset(offset_ms: float) -> None:
    if not -MAX_OFFSET_MS <= offset_ms <= MAX_OFFSET_MS:
        raise ValueError(f"offset_ms must be {-MAX_OFFSET_MS:g} to {MAX_OFFSET_MS:g}, not {offset_ms:g}")
