"""How MIDI ports are used, as the settings remember it: also those that are not there now, or switched off."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeVar

from drumapp.core.kit_map import GENERAL_MIDI, KitMap
from drumapp.playback.output_settings import (
    DRUM_CHANNEL,
    MAX_OFFSET_MS,
    ChokeMessage,
    MidiInputSettings,
    MidiOutputSettings,
)

MOST_PORTS = 64
CLICK_KEYS = (76, 77)
"""High and low wood block: what General MIDI modules strike for a metronome."""


@dataclass(frozen=True)
class OutputChoice:
    """A MIDI output.

    Attributes: port, its name; on; channel 1 to 16; kit_map, its name; offset_ms; keys: the drums that go there, None
    for all; choke, as MidiOutputSettings says; send_clock; click: whether the metronome is sent.
    """

    port: str
    on: bool = True
    channel: int = DRUM_CHANNEL
    kit_map: str = GENERAL_MIDI.name
    offset_ms: float = 0.0
    keys: tuple[int, ...] | None = None
    choke: ChokeMessage = "note-off"
    send_clock: bool = False
    click: bool = False

    def settings(self, maps: Mapping[str, KitMap]) -> MidiOutputSettings:
        """For the playing process; a map that is gone is General MIDI's."""
        keys = None if self.keys is None else frozenset(self.keys)
        kit_map = maps.get(self.kit_map, GENERAL_MIDI)
        click_keys = CLICK_KEYS if self.click else None
        return MidiOutputSettings(
            self.port, self.channel, kit_map, self.offset_ms, keys, self.choke, self.send_clock, click_keys
        )


@dataclass(frozen=True)
class InputChoice:
    """A MIDI input.

    Attributes: port, its name; on; channel 1 to 16, None for all; kit_map, its name; offset_ms; sounds: whether its
    pads are heard at once.
    """

    port: str
    on: bool = True
    channel: int | None = None
    kit_map: str = GENERAL_MIDI.name
    offset_ms: float = 0.0
    sounds: bool = True

    def settings(self, maps: Mapping[str, KitMap]) -> MidiInputSettings:
        """For the playing process; a map that is gone is General MIDI's."""
        kit_map = maps.get(self.kit_map, GENERAL_MIDI)
        return MidiInputSettings(self.port, self.channel, kit_map, self.offset_ms, self.sounds)


Choice = TypeVar("Choice", OutputChoice, InputChoice)


def changed(choices: Sequence[Choice], choice: Choice) -> tuple[Choice, ...]:
    """The choices with that of one port, in its place or as a new one."""
    kept = list(choices)
    for place, held in enumerate(kept):
        if held.port == choice.port:
            kept[place] = choice
            break
    else:
        kept.append(choice)
    return tuple(kept)


def to_stored(choice: OutputChoice | InputChoice) -> dict[str, Any]:
    """A value json can write."""
    return asdict(choice)


def output_from_stored(value: object) -> OutputChoice:
    """Read an output; fields that are left out are as by default. Raises ValueError."""
    stored = _fields_of(value, OutputChoice)
    choice = OutputChoice(**_with_keys(stored))
    _check_flags(choice.on, choice.send_clock, choice.click)
    if choice.choke not in ("note-off", "pressure"):
        raise ValueError(f"choke cannot be {choice.choke!r}")
    _check(choice.port, choice.kit_map, choice.channel, choice.offset_ms)
    if choice.keys is not None and not all(_is_whole(key) and 0 <= key <= 127 for key in choice.keys):
        raise ValueError("keys must be 0 to 127")
    return replace(choice, offset_ms=float(choice.offset_ms))


def input_from_stored(value: object) -> InputChoice:
    """Read an input; fields that are left out are as by default. Raises ValueError."""
    choice = InputChoice(**_fields_of(value, InputChoice))
    _check_flags(choice.on, choice.sounds)
    _check(choice.port, choice.kit_map, 1 if choice.channel is None else choice.channel, choice.offset_ms)
    return replace(choice, offset_ms=float(choice.offset_ms))


def _fields_of(value: object, kind: type) -> dict[str, Any]:
    names = {entry.name for entry in fields(kind)}
    if not isinstance(value, dict) or "port" not in value:
        raise ValueError("a port must have a name")
    return {name: stored for name, stored in value.items() if name in names}


def _with_keys(stored: dict[str, Any]) -> dict[str, Any]:
    keys = stored.get("keys")
    if keys is None:
        return stored
    if not isinstance(keys, list | tuple):
        raise ValueError("keys must be a list")
    return {**stored, "keys": tuple(keys)}


def _check(port: object, kit_map: object, channel: object, offset_ms: object) -> None:
    if not isinstance(port, str) or not port or not isinstance(kit_map, str):
        raise ValueError("port and kit map must have names")
    if not _is_whole(channel) or not 1 <= channel <= 16:  # type: ignore[operator]
        raise ValueError("channel must be 1 to 16")
    if isinstance(offset_ms, bool) or not isinstance(offset_ms, int | float) or not math.isfinite(offset_ms):
        raise ValueError("offset_ms must be a number")
    if not -MAX_OFFSET_MS <= offset_ms <= MAX_OFFSET_MS:
        raise ValueError(f"offset_ms must be {-MAX_OFFSET_MS:g} to {MAX_OFFSET_MS:g}")


def _check_flags(*flags: object) -> None:
    if not all(isinstance(flag, bool) for flag in flags):
        raise ValueError("a switch must be true or false")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
