"""MIDI ports and sync, between the settings, the playing process and the window."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from drumapp.gui.kit_maps import KitMaps
from drumapp.playback.port_names import find_port
from drumapp.port_choices import InputChoice, OutputChoice, changed
from drumapp.settings import Settings

if TYPE_CHECKING:
    from drumapp.core.kit_map import KitMap
    from drumapp.playback.engine import EngineEvent, PlaybackEngine
    from drumapp.playback.output_settings import MidiOutputSettings

VIRTUAL_PORT = "Drumapp"
ABSENT = "not there now"


class MidiControl(QObject):
    """Signals: changed when ports came or went, or their use is another; problem (port, sentence), empty when it is
    over; said (sentence).

    Attributes: output_ports and input_ports, those there are; problems, of each port that cannot be used, the sentence.
    """

    changed = Signal()
    problem = Signal(str, str)
    said = Signal(str)

    def __init__(self, engine: PlaybackEngine, settings: Settings, kit_maps: KitMaps) -> None:
        super().__init__()
        self._engine, self._settings, self._kit_maps = engine, settings, kit_maps
        self.output_ports: tuple[str, ...] = ()
        self.input_ports: tuple[str, ...] = ()
        self.problems: dict[str, str] = {}
        self._lent = False

    def start(self) -> None:
        """Use the ports that were used last."""
        self._tell_ports()
        self._tell_sync()

    # What there is to choose from

    @property
    def outputs(self) -> tuple[OutputChoice, ...]:
        """Every output there is or was: first the program's own port, then the others."""
        held = {choice.port: choice for choice in self._settings.midi_outputs}
        return tuple(held.get(name) or OutputChoice(name, on=False) for name in _names(self.output_ports, held))

    @property
    def inputs(self) -> tuple[InputChoice, ...]:
        """Every input there is or was."""
        held = {choice.port: choice for choice in self._settings.midi_inputs}
        return tuple(held.get(name) or InputChoice(name, on=False) for name in _names(self.input_ports, held))

    def maps(self) -> tuple[KitMap, ...]:
        """The kit maps there are."""
        return tuple(self._kit_maps.all())

    def state_of(self, port: str, *, output: bool) -> str:
        """What is the matter with a port, in a few words; empty where all is well."""
        if port in self.problems:
            return self.problems[port]
        there = self.output_ports if output else self.input_ports
        return "" if port == VIRTUAL_PORT or find_port(port, there) is not None else ABSENT

    # What the user does

    def set_output(self, choice: OutputChoice) -> None:
        """Use an output so."""
        if choice not in self._settings.midi_outputs:
            self._settings.midi_outputs = changed(self._settings.midi_outputs, choice)
            self._tell_ports()

    def set_input(self, choice: InputChoice) -> None:
        """Use an input so."""
        if choice not in self._settings.midi_inputs:
            self._settings.midi_inputs = changed(self._settings.midi_inputs, choice)
            self._tell_ports()

    def switch_output(self, port: str, *, on: bool) -> None:
        """Play through a port, or no longer."""
        choice = next((choice for choice in self.outputs if choice.port == port), OutputChoice(port))
        self.set_output(replace(choice, on=on))

    def switch_input(self, port: str, *, on: bool) -> None:
        """Listen to a port, or no longer."""
        choice = next((choice for choice in self.inputs if choice.port == port), InputChoice(port))
        self.set_input(replace(choice, on=on))

    def set_synth_keys(self, keys: tuple[int, ...] | None) -> None:
        """Let the synth play some drums only, none, or (None) all."""
        if keys != self._settings.synth_keys:
            self._settings.synth_keys = keys
            self._tell_ports()

    def set_sync(self, source: str, port: str = "") -> None:
        """Keep our own time, or follow somebody's. A clock whose port is not chosen yet is not followed."""
        if (source, port) != (self._settings.sync, self._settings.sync_port):
            self._settings.sync, self._settings.sync_port = source, port
            self._tell_ports()
            self._tell_sync()

    # What the playing process says

    def hear(self, event: EngineEvent) -> None:
        """Take up what concerns ports and sync."""
        from drumapp.playback import engine as playback

        if isinstance(event, playback.MidiPortsChanged):
            self.output_ports = tuple(name for name in event.outputs if name != VIRTUAL_PORT)
            self.input_ports = tuple(name for name in event.inputs if name != VIRTUAL_PORT)
        elif isinstance(event, playback.PortReady):
            if self.problems.pop(event.name, None) is not None:
                self.said.emit(f"The MIDI port {event.name} is back")
            self.problem.emit(event.name, "")
        elif isinstance(event, playback.PortProblem | playback.PortLost):
            self.problems[event.name] = event.sentence
            self.problem.emit(event.name, event.sentence)
        elif isinstance(event, playback.SyncProblem):
            self.problems["sync"] = event.sentence
            self.problem.emit("sync", event.sentence)
        else:
            return
        self.changed.emit()

    def lend_ports(self, *, lent: bool) -> None:
        """Let go of the ports of others, so that somebody else has them to himself; or take them up again.

        Our own stays: to other programs it would be gone, and whatever was connected to it.
        """
        self._lent = lent
        self._tell_ports()

    @property
    def used_outputs(self) -> tuple[MidiOutputSettings, ...]:
        """The outputs that are on, as the playing process knows them."""
        maps = {kit_map.name: kit_map for kit_map in self.maps()}
        return tuple(choice.settings(maps) for choice in self._settings.midi_outputs if choice.on)

    def _tell_ports(self) -> None:
        from drumapp.playback.engine import MidiSettings

        settings = self._settings
        maps = {kit_map.name: kit_map for kit_map in self.maps()}
        outputs = self.used_outputs
        if self._lent:
            outputs = tuple(output for output in outputs if output.port == VIRTUAL_PORT)
        inputs = tuple(choice.settings(maps) for choice in settings.midi_inputs if choice.on)
        keys = None if settings.synth_keys is None else frozenset(settings.synth_keys)
        self._engine.set_midi(MidiSettings(outputs, inputs, keys))
        used = {entry.port for entry in (*outputs, *inputs)}
        for port in [port for port in self.problems if port not in used and port != "sync"]:
            del self.problems[port]
            self.problem.emit(port, "")
        self.changed.emit()

    def _tell_sync(self) -> None:
        from drumapp.playback.engine import SyncSettings

        source, port = self._settings.sync, self._settings.sync_port
        self.problems.pop("sync", None)
        self.problem.emit("sync", "")
        followed = source == "link" or (source == "clock" and port)
        self._engine.set_sync(SyncSettings(source, port) if followed else SyncSettings())


def _names(there: Sequence[str], held: Collection[str]) -> tuple[str, ...]:
    """The ports there are, and those that were used and are not there.

    One whose number alone is new goes by the name under which it was used: it must not be played twice.
    """
    new = [name for name in there if name not in held]
    used: dict[str, str] = {}
    for name in held:
        like = None if name in there else find_port(name, [other for other in new if other not in used])
        if like is not None:
            used[like] = name
    return tuple(dict.fromkeys((VIRTUAL_PORT, *(used.get(name, name) for name in there), *held)))
