"""Which control of a MIDI device does what in the program."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

PRESSED = 64
"""From this value on a controller counts as pressed."""

MAX_VALUE = 127
MAX_BINDINGS = 128
MAX_TARGET_LENGTH = 64


class ControlKind(StrEnum):
    """What a control sends."""

    CONTROLLER = "controller"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class MidiControl:
    """A knob, fader or pad of any device. Raises ValueError, naming the field, for what MIDI does not have.

    Attributes: kind; channel 1 to 16; number of the controller, or key as the device sends it, 0 to 127.
    """

    kind: ControlKind
    channel: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.channel <= 16:
            raise ValueError(f"channel must be 1 to 16, not {self.channel}")
        if not 0 <= self.number <= MAX_VALUE:
            raise ValueError(f"number must be 0 to {MAX_VALUE}, not {self.number}")

    def __str__(self) -> str:
        what = "CC" if self.kind is ControlKind.CONTROLLER else "note"
        return f"{what} {self.number}, channel {self.channel}"


@dataclass(frozen=True, slots=True)
class MidiBinding:
    """What a control does. Attributes: target, by its name; control. Raises ValueError for a name no target has."""

    target: str
    control: MidiControl

    def __post_init__(self) -> None:
        if not 0 < len(self.target) <= MAX_TARGET_LENGTH:
            raise ValueError(f"a target's name has 1 to {MAX_TARGET_LENGTH} characters, not {len(self.target)}")


Bindings: TypeAlias = tuple[MidiBinding, ...]
"""One control drives one target, and a target has one control."""


def check_bindings(bindings: Sequence[MidiBinding]) -> Bindings:
    """The bindings. Raises ValueError where a control or a target comes twice, or for more than anybody has."""
    if len(bindings) > MAX_BINDINGS:
        raise ValueError(f"there can be {MAX_BINDINGS} bindings, not {len(bindings)}")
    everything: list[Hashable] = [binding.control for binding in bindings]
    everything += [binding.target for binding in bindings]
    if len(set(everything)) != len(everything):
        raise ValueError("a control drives one target, and a target has one control")
    return tuple(bindings)


def bound(bindings: Bindings, target: str, control: MidiControl) -> Bindings:
    """With a control that drives a target; whatever it drove before, and what drove that, is free."""
    others = (other for other in bindings if other.target != target and other.control != control)
    return (*others, MidiBinding(target, control))


def freed(bindings: Bindings, target: str) -> Bindings:
    """With nothing that drives a target."""
    return tuple(other for other in bindings if other.target != target)


def control_of(bindings: Bindings, target: str) -> MidiControl | None:
    """What drives a target, or None."""
    return next((binding.control for binding in bindings if binding.target == target), None)


def target_of(bindings: Bindings, control: MidiControl) -> str | None:
    """What a control drives, or None."""
    return next((binding.target for binding in bindings if binding.control == control), None)


class Presses:
    """Tells when a controller is pressed. A fader that is pushed up is pressed once, as it passes the middle; a button
    that says its value again is pressed again, for many never say that they are let go of.
    """

    def __init__(self) -> None:
        self._last: dict[MidiControl, int] = {}

    def pressed(self, control: MidiControl, value: int) -> bool:
        """Whether a value that came from a controller presses it."""
        before = self._last.get(control, 0)
        self._last[control] = value
        return value >= PRESSED and (before < PRESSED or value == before)
