"""Opens the MIDI ports that are wanted, notices those that come and go, and takes them up again when they return."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from drumapp.playback.bell import Bell
from drumapp.playback.engine_protocol import EngineEvent, MidiPortsChanged, PortLost, PortProblem, PortReady
from drumapp.playback.midi_input import MidiInput
from drumapp.playback.midi_messages import InPort, MidiPortError, OutPort
from drumapp.playback.midi_output import Lateness, MidiOutput
from drumapp.playback.midi_sender import MidiSender
from drumapp.playback.midiport import MidiPorts, MidiSystem
from drumapp.playback.output_settings import VIRTUAL_PORT, MidiInputSettings, MidiOutputSettings, MidiSettings
from drumapp.playback.player import Player
from drumapp.playback.port_names import find_port

LOOK_SECONDS = 1.0


class MidiKeeper:
    """Keeps outputs and inputs supplied with their ports. All of it happens in `look`, on a thread of its own.

    Attributes: fault: what ended its work unexpectedly, which is a mistake in the program.
    """

    def __init__(
        self,
        system: MidiSystem,
        player: Player,
        sender: MidiSender,
        report: Callable[[EngineEvent], None],
        make_input: Callable[[MidiInputSettings], MidiInput],
        lateness_of: Callable[[str], Lateness],
    ) -> None:
        self.fault: BaseException | None = None
        self._system = system
        self._player = player
        self._sender = sender
        self._report = report
        self._make_input = make_input
        self._lateness_of = lateness_of
        self._wishes: deque[MidiSettings] = deque()
        self._wished = MidiSettings()
        self._clock_port: str | None = None
        self._there: MidiPorts | None = None
        self._outputs: dict[MidiOutputSettings, MidiOutput] = {}
        self._leaving: list[MidiOutput] = []
        self._inputs: dict[MidiInputSettings, MidiInput] = {}
        self._out_ports: dict[str, OutPort] = {}
        self._in_ports: dict[MidiInputSettings, InPort] = {}
        self._told: dict[str, str] = {}  # of each port that is not there, what has been said of it
        self._bell = Bell()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="midi-keeper", daemon=True)

    # For other threads

    def start(self) -> None:
        """Begin to look, every second."""
        self._thread.start()

    def want(self, wishes: MidiSettings) -> None:
        """Play and listen to these from now on."""
        self._wishes.append(wishes)
        self._bell.ring()

    def listen_for_clock(self, port: str | None) -> None:
        """Listen to a port, also if nothing else is wanted of it."""
        self._clock_port = port
        self._bell.ring()

    @property
    def listening(self) -> bool:
        """Whether something may come in."""
        return bool(self._inputs)

    def close(self) -> None:
        """Let go of all ports. The sender must have been closed before, which silences them."""
        self._closing = True
        self._bell.ring()
        if self._thread.is_alive():
            self._thread.join()

    # The keeper's thread

    def look(self) -> None:
        """Do what is wished, and see what has come and gone."""
        while self._wishes:
            self._wished = self._wishes.popleft()
            self._fulfil(self._wished)
        self._change_inputs()
        there = self._system.look()
        if there != self._there:
            self._there = there
            self._report(MidiPortsChanged(there.outputs, there.inputs))
        self._give_up_lost(there)
        for settings, output in self._outputs.items():
            if output.port is None:
                self._provide(settings, output, there)
        for wanted, midi_input in self._inputs.items():
            if wanted not in self._in_ports:
                self._listen(wanted, midi_input, there)
        self._close_unused()
        if self._player.resting:
            self._system.tidy()

    def shut_down(self) -> None:
        """Let go of everything."""
        for midi_input in self._inputs.values():
            midi_input.let_go()
        for port in (*self._in_ports.values(), *self._out_ports.values()):
            port.close()
        self._in_ports.clear()
        self._out_ports.clear()
        self._system.close()

    def _run(self) -> None:
        try:
            while not self._closing:
                self.look()
                self._bell.wait(LOOK_SECONDS)
            self.shut_down()
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which ends the process with it
            self.fault = error

    def _fulfil(self, wishes: MidiSettings) -> None:
        before = self._outputs
        self._outputs = {settings: before.get(settings) or self._make_output(settings) for settings in wishes.outputs}
        self._leaving += [output for settings, output in before.items() if settings not in self._outputs]
        outputs = list(self._outputs.values())
        # A port that is open already is taken over before the music is told, so that no note falls between.
        for settings, output in self._outputs.items():
            if output.port is None and settings.port in self._out_ports:
                self._sender.attach(output, self._out_ports[settings.port])
        self._player.set_other_outputs(outputs, wishes.synth_keys)
        self._sender.set_outputs(outputs)
        wanted = {entry.port for entry in wishes.outputs} | {entry.port for entry in wishes.inputs}
        self._told = {
            name: sentence for name, sentence in self._told.items() if name in wanted or name == self._clock_port
        }

    def _make_output(self, settings: MidiOutputSettings) -> MidiOutput:
        rate, ring = self._player.sample_rate, self._sender.bell.ring
        return MidiOutput(settings, rate, ring=ring, lateness=self._lateness_of(settings.port))

    def _change_inputs(self) -> None:
        wished = self._wished.inputs
        if self._clock_port is not None and not any(entry.port == self._clock_port for entry in wished):
            wished = (*wished, MidiInputSettings(self._clock_port, sounds=False))
        for settings in [settings for settings in self._inputs if settings not in wished]:
            self._inputs.pop(settings).let_go()
            port = self._in_ports.pop(settings, None)
            if port is not None:
                port.close()
        for settings in wished:
            if settings not in self._inputs:
                self._inputs[settings] = self._make_input(settings)

    def _give_up_lost(self, there: MidiPorts) -> None:
        for output in (*self._outputs.values(), *self._leaving):
            if output.lost is not None:
                output.lost = None
                self._lose_output(output.settings.port)
        for name, out_port in list(self._out_ports.items()):
            if out_port.gone or (name != VIRTUAL_PORT and find_port(name, there.outputs) is None):
                self._lose_output(name)
        for settings, in_port in list(self._in_ports.items()):
            if in_port.gone or (settings.port != VIRTUAL_PORT and find_port(settings.port, there.inputs) is None):
                self._in_ports.pop(settings).close()
                self._inputs[settings].let_go()
                self._tell_lost(settings.port)

    def _lose_output(self, name: str) -> None:
        port = self._out_ports.pop(name, None)
        if port is None:
            return
        for output in (*self._outputs.values(), *self._leaving):
            if output.settings.port == name:
                self._sender.detach(output)
        port.close()
        self._tell_lost(name)

    def _tell_lost(self, name: str) -> None:
        sentence = f"The MIDI port {name} is gone; the music goes on without it until it is back."
        if self._told.get(name) != sentence:
            self._told[name] = sentence
            self._report(PortLost(name, sentence))

    def _provide(self, settings: MidiOutputSettings, output: MidiOutput, there: MidiPorts) -> None:
        name = settings.port
        port = self._out_ports.get(name)
        if port is None:
            if name != VIRTUAL_PORT and find_port(name, there.outputs) is None:
                self._tell_absent(name)
                return
            try:
                port = self._system.open_output(name)
            except MidiPortError as error:
                self._tell_problem(name, str(error))
                return
            self._out_ports[name] = port
            self._told.pop(name, None)
            self._report(PortReady(name))
        self._sender.attach(output, port)

    def _listen(self, settings: MidiInputSettings, midi_input: MidiInput, there: MidiPorts) -> None:
        name = settings.port
        if name != VIRTUAL_PORT and find_port(name, there.inputs) is None:
            self._tell_absent(name)
            return
        try:
            self._in_ports[settings] = self._system.open_input(name, midi_input.receive)
        except MidiPortError as error:
            self._tell_problem(name, str(error))
            return
        self._told.pop(name, None)
        self._report(PortReady(name))

    def _tell_absent(self, name: str) -> None:
        if name not in self._told:
            self._tell_problem(name, f"The MIDI port {name} is not there; it is taken up as soon as it comes.")

    def _tell_problem(self, name: str, sentence: str) -> None:
        if self._told.get(name) != sentence:
            self._told[name] = sentence
            self._report(PortProblem(name, sentence))

    def _close_unused(self) -> None:
        """Close the ports that nobody plays any more. Who leaves needs his to the last note."""
        while self._sender.left:
            output = self._sender.left.popleft()
            if output in self._leaving:
                self._leaving.remove(output)
        used = {settings.port for settings in self._outputs} | {output.settings.port for output in self._leaving}
        for name in [name for name in self._out_ports if name not in used]:
            self._out_ports.pop(name).close()
