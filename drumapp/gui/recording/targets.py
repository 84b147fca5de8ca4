"""What a control of a MIDI device can be bound to: actions of the window, its volume, and some of its number fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QSlider

from drumapp.gui.main_window import MainWindow
from drumapp.gui.number_field import NumberField

PRESSED = (
    ("generate", "Generate"),
    ("go_on", "Go on"),
    ("play", "Play or pause"),
    ("stop", "Stop"),
    ("record", "Record"),
    ("fresh_memory", "Fresh memory"),
    ("ab", "Next take, A or B"),
    ("loop", "Loop"),
    ("metronome", "Metronome"),
)
"""Actions by their names, and what they are called in the list."""

TURNED = ("Tempo", "Timing wildness", "Drum wildness", "Memory range")
"""Number fields, by their accessible names."""


@dataclass(frozen=True, slots=True)
class Button:
    """A target that is pressed. Attributes: name, by which it is remembered; title for people; press."""

    name: str
    title: str
    press: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Knob:
    """A target that is turned. Attributes: name, title as in Button; turn, to a share from 0 to 1; rest, once that is
    over for the moment.
    """

    name: str
    title: str
    turn: Callable[[float], None]
    rest: Callable[[], None]


Target = Button | Knob


def targets_of(window: MainWindow) -> Mapping[str, Target]:
    """All that the window has, by name, buttons first."""
    actions = window.actions_by_name
    found: list[Target] = [Button(name, title, actions[name].trigger) for name, title in PRESSED if name in actions]
    found.append(Knob("Volume", "Volume", lambda share: _slide(window.transport.volume, share), lambda: None))
    fields = {field.accessibleName(): field for field in window.findChildren(NumberField)}
    found += [Knob(name, name, fields[name].turn, fields[name].rest) for name in TURNED if name in fields]
    return {target.name: target for target in found}


def _slide(slider: QSlider, share: float) -> None:
    slider.setValue(round(slider.minimum() + share * (slider.maximum() - slider.minimum())))
