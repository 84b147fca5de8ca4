"""How the sound is made and exported, as the settings remember it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from drumapp.playback.output_settings import (
    DEFAULT_DEVICE,
    MAX_BUFFER_MS,
    MAX_OFFSET_MS,
    MAX_SAMPLE_RATE,
    MIN_BUFFER_MS,
    MIN_SAMPLE_RATE,
    SoundSettings,
)
from drumapp.resources import builtin_soundfont

if TYPE_CHECKING:
    from drumapp.playback.audio_file import Bits, FileKind

MOST_SOUNDFONTS = 12
"""So many of the user's own soundfonts are remembered."""

MIN_EXPORT_RATE, MAX_EXPORT_RATE = 8_000, 192_000
MAX_TAIL_SECONDS = 60.0
MIN_PEAK_DBFS = -60.0

_LONGEST_NAME = 1000


@dataclass(frozen=True)
class SoundChoice:
    """The sound device and what is done to the sound. Attributes: as in `SoundSettings`."""

    device: str = DEFAULT_DEVICE
    backend: str = ""
    sample_rate: int = 48_000
    buffer_ms: int = 20
    program: int | None = None
    reverb: float = 0.0
    chorus: float = 0.0
    offset_ms: float = 0.0

    def settings(self, soundfont: Path | None, synth: str, volume_db: float) -> SoundSettings:
        """For the playing process; no soundfont is the built-in kit."""
        return SoundSettings(
            soundfont or builtin_soundfont(),
            synth,
            volume_db,
            self.device,
            self.backend,
            self.sample_rate,
            self.buffer_ms,
            self.program,
            self.reverb,
            self.chorus,
            self.offset_ms,
        )

    @classmethod
    def of(cls, sound: SoundSettings) -> SoundChoice:
        """What of it is remembered here."""
        return cls(**{entry.name: getattr(sound, entry.name) for entry in fields(cls)})


@dataclass(frozen=True)
class AudioExportChoice:
    """How audio was exported last.

    Attributes: kind "wav" or "flac"; bits; sample_rate; tail_seconds for the last drums to ring; normalise: whether the
    loudest moment is brought to peak_dbfs; stems: a file for each drum besides the mix.
    """

    kind: FileKind = "wav"
    bits: Bits = 24
    sample_rate: int = 48_000
    tail_seconds: float = 2.0
    normalise: bool = False
    peak_dbfs: float = -1.0
    stems: bool = False


def sound_from_stored(value: object) -> SoundChoice:
    """Read a choice; fields that are left out are as by default. Raises ValueError."""
    return _read(
        SoundChoice,
        value,
        {
            "device": _name,
            "backend": lambda stored: stored if stored == "" else _name(stored),
            "sample_rate": lambda stored: _whole(stored, MIN_SAMPLE_RATE, MAX_SAMPLE_RATE),
            "buffer_ms": lambda stored: _whole(stored, MIN_BUFFER_MS, MAX_BUFFER_MS),
            "program": lambda stored: None if stored is None else _whole(stored, 0, 127),
            "reverb": lambda stored: _number(stored, 0.0, 1.0),
            "chorus": lambda stored: _number(stored, 0.0, 1.0),
            "offset_ms": lambda stored: _number(stored, -MAX_OFFSET_MS, MAX_OFFSET_MS),
        },
    )


def export_from_stored(value: object) -> AudioExportChoice:
    """Read a choice; fields that are left out are as by default. Raises ValueError."""
    choice = _read(
        AudioExportChoice,
        value,
        {
            "kind": lambda stored: _one_of(stored, ("wav", "flac")),
            "bits": lambda stored: _one_of(stored, (16, 24, "float")),
            "sample_rate": lambda stored: _whole(stored, MIN_EXPORT_RATE, MAX_EXPORT_RATE),
            "tail_seconds": lambda stored: _number(stored, 0.0, MAX_TAIL_SECONDS),
            "normalise": _flag,
            "peak_dbfs": lambda stored: _number(stored, MIN_PEAK_DBFS, 0.0),
            "stems": _flag,
        },
    )
    if choice.kind == "flac" and choice.bits == "float":
        raise ValueError("a FLAC file holds no floats")
    return choice


_Choice = TypeVar("_Choice", SoundChoice, AudioExportChoice)


def _read(kind: type[_Choice], value: object, readers: Mapping[str, Callable[[Any], Any]]) -> _Choice:
    if not isinstance(value, dict):
        raise ValueError("these choices must be an object")
    return kind(**{name: read(value[name]) for name, read in readers.items() if name in value})


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or "\0" in value:
        raise ValueError("a name must be text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("a switch must be true or false")
    return value


def _one_of(value: object, allowed: tuple[object, ...]) -> Any:
    # 16.0 == 16 and True == 1: the type must be right too.
    if not any(value == entry and type(value) is type(entry) for entry in allowed):
        raise ValueError(f"{value!r} is none of {allowed}")
    return value


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"a whole number from {least} to {most} is needed")
    return value


def _number(value: object, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"a number from {least:g} to {most:g} is needed")
    return float(value)
