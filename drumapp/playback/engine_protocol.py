"""What the window and the playing process say to each other through the pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from drumapp.core.pattern import Note
from drumapp.core.timing import Range, TempoMap
from drumapp.playback.mix import Mix
from drumapp.playback.note_rows import Rows, pack_notes, sorted_rows


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


# --- to the playing process ---


@dataclass(frozen=True)
class SetPattern:
    """Play these notes: rows of start, pitch, velocity, duration as packed 64-bit integers."""

    notes: bytes
    length: int
    tempo: TempoMap


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
class Play:
    """Start, or go on."""


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
class SetSound:
    """Change synth, soundfont, volume or device."""

    sound: SoundSettings


@dataclass(frozen=True)
class Quit:
    """Fall silent and end."""


PlayerCommand = SetPattern | AppendNotes | SetGrowing | SetLoop | SetMix | Play | Pause | Stop | Seek | Panic | Audition
Command = PlayerCommand | SetSound | Quit


@dataclass(frozen=True)
class Message:
    """A command with its number, by which the shared state tells how far the playing process has come."""

    serial: int
    command: Command


# --- to the window ---


@dataclass(frozen=True)
class SoundReady:
    """Synth and device are in place.

    Attributes: description of the synth; device's name, or "no sound device"; latency_ms that the device holds back.
    """

    description: str
    device: str
    latency_ms: float


@dataclass(frozen=True)
class SoundProblem:
    """There is no sound: what happened, and what to do about it. The music runs on in silence."""

    sentence: str
    remedy: str


@dataclass(frozen=True)
class SoundfontProblem:
    """The soundfont asked for cannot be played, and what plays instead."""

    sentence: str


@dataclass(frozen=True)
class EngineDied:
    """The playing process is gone; `PlaybackEngine.start` brings it back."""

    sentence: str


EngineEvent = SoundReady | SoundProblem | SoundfontProblem | EngineDied


def pack(notes: Iterable[Note]) -> bytes:
    """Notes as the bytes of SetPattern."""
    return pack_notes(notes).tobytes()


def unpack(packed: bytes) -> Rows:
    """The rows of packed notes, shape (notes, 4)."""
    return np.frombuffer(packed, dtype=np.int64).reshape(-1, 4)


def join(pieces: Sequence[SetPattern | AppendNotes]) -> SetPattern:
    """One SetPattern that says the same as a SetPattern and the AppendNotes after it."""
    first = pieces[0]
    if not isinstance(first, SetPattern):
        raise ValueError("the first piece must be a SetPattern")
    rows = unpack(b"".join(piece.notes for piece in pieces))
    return SetPattern(sorted_rows(rows).tobytes(), pieces[-1].length, first.tempo)
