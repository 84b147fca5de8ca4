"""MIDI learn: controls of MIDI devices press the window's buttons and turn its numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from drumapp.core.midi_learn import (
    MAX_VALUE,
    ControlKind,
    MidiControl,
    Presses,
    bound,
    control_of,
    freed,
    target_of,
)
from drumapp.gui.recording.targets import Button, Knob, Target
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.playback.engine import ControlMoved, PadStruck

REST_MS = 400  # after the last turn of a knob: what was turned until then is one undo
TOGETHER_SECONDS = 0.15  # some pads tell by controllers where they are about to be struck


class MidiLearn(QObject):
    """Signals: changed when something is bound or free, or another target waits; heard (control) for every one that
    came in; refused (sentence) when a control cannot do what it was meant to.

    Attributes: targets, by name; waiting, the name of the target that the next control is bound to, or None; clock,
    asked for the time in seconds.
    """

    changed = Signal()
    heard = Signal(object)
    refused = Signal(str)

    def __init__(self, targets: Mapping[str, Target], settings: Settings) -> None:
        super().__init__()
        self.targets = targets
        self.waiting: str | None = None
        self.clock: Callable[[], float] = time.monotonic
        self._settings = settings
        self._presses = Presses()
        self._turned: set[str] = set()
        self._resting = QTimer(self, singleShot=True, interval=REST_MS)
        self._resting.timeout.connect(self._rest)
        self._just_bound: tuple[str, float] | None = None  # to a controller, and when

    def control_of(self, target: str) -> MidiControl | None:
        """What drives a target, or None."""
        return control_of(self._settings.midi_bindings, target)

    # What the user does

    def wait_for(self, target: str | None) -> None:
        """Bind the next control that moves to a target; None waits for nothing."""
        self.waiting, self._just_bound = target, None
        self.changed.emit()

    def free(self, target: str) -> None:
        """Let nothing drive a target."""
        self._settings.midi_bindings = freed(self._settings.midi_bindings, target)
        self.wait_for(None)

    # What comes in

    def strike(self, event: PadStruck) -> bool:
        """A pad was struck; whether it is bound, and so plays no note."""
        control = MidiControl(ControlKind.NOTE, event.channel, event.device_key)
        self.heard.emit(control)
        just, self._just_bound = self._just_bound, None
        if self.waiting is None and just is not None and self.clock() - just[1] <= TOGETHER_SECONDS:
            self.waiting = just[0]
        if self.waiting is not None:
            self._bind(self.waiting, control)
            return True
        target = self._target_of(control)
        if isinstance(target, Button):
            target.press()
        return target is not None

    def move(self, event: ControlMoved) -> None:
        """A controller has moved."""
        control = MidiControl(ControlKind.CONTROLLER, event.channel, event.controller)
        self.heard.emit(control)
        pressed = self._presses.pressed(control, event.value)
        if self.waiting is not None:
            target = self.waiting
            self._bind(target, control)
            self._just_bound = (target, self.clock()) if isinstance(self.targets[target], Button) else None
            return
        target = self._target_of(control)
        if isinstance(target, Knob):
            target.turn(event.value / MAX_VALUE)
            self._turned.add(target.name)
            self._resting.start()
        elif isinstance(target, Button) and pressed:
            target.press()

    def _target_of(self, control: MidiControl) -> Target | None:
        name = target_of(self._settings.midi_bindings, control)
        return None if name is None else self.targets.get(name)

    def _bind(self, name: str, control: MidiControl) -> None:
        """Bind a control to a target, if it can drive that."""
        target = self.targets[name]
        if isinstance(target, Knob) and control.kind is ControlKind.NOTE:
            self.refused.emit(f"A pad cannot turn {target.title}: move a knob or a fader.")
            return
        self._settings.midi_bindings = bound(self._settings.midi_bindings, name, control)
        self.wait_for(None)

    def _rest(self) -> None:
        turned, self._turned = self._turned, set()
        for name in turned:
            target = self.targets[name]
            if isinstance(target, Knob):
                target.rest()
