"""MIDI ports of this computer, hardware and virtual, through rtmidi: found, opened, played and listened to."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Protocol

from drumapp.playback.midi_messages import InPort, MidiPortError, OutPort, Receive
from drumapp.playback.native_chatter import silenced
from drumapp.playback.output_settings import VIRTUAL_PORT
from drumapp.playback.port_names import find_port
from drumapp.playback.rtmidi_interface import BACKENDS, Interface, built_in, others, plain
from drumapp.playback.rtmidi_ports import Poller, SeveralInputs, SeveralOutputs


@dataclass(frozen=True)
class MidiBackend:
    """One way to MIDI ports. Attributes: name; outputs and inputs, the ports' names; problem: why it cannot be used."""

    name: str
    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True)
class MidiPorts:
    """What there is now. Attributes: outputs that can be played and inputs that can be listened to, by name."""

    outputs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


class MidiSystem(Protocol):
    """Where ports are found; tests have one of their own."""

    def look(self) -> MidiPorts:
        """The ports there are now, but those of this program."""

    def open_output(self, name: str) -> OutPort:
        """Open a port, or make the virtual one. Raises MidiPortError when it is not there or taken."""

    def open_input(self, name: str, receive: Receive) -> InPort:
        """Open a port, or make the virtual one; `receive` is called from another thread. Raises MidiPortError."""

    def tidy(self) -> None:
        """Let go of what is held in case it is wanted again. Call it while nothing sounds: it may take its time."""

    def close(self) -> None:
        """Let go of everything."""


def midi_backends() -> list[MidiBackend]:
    """The MIDI interfaces that this computer's rtmidi was built with, and what each of them offers."""
    try:
        import rtmidi
    except (ImportError, OSError) as error:
        # OSError or ImportError alike: on Linux its extension needs ALSA's library to load.
        return [MidiBackend("rtmidi", problem=f"it cannot be loaded ({error}); on Debian: sudo apt install libasound2")]
    backends = []
    for name in built_in(rtmidi):
        api = getattr(rtmidi, f"API_{name}")
        try:
            with silenced():
                outputs, inputs = rtmidi.MidiOut(api).get_ports(), rtmidi.MidiIn(api).get_ports()
        except OSError as error:  # what rtmidi raises derives from it
            backends.append(MidiBackend(BACKENDS[name], problem=plain(str(error))))
        else:
            backends.append(MidiBackend(BACKENDS[name], tuple(others(outputs)), tuple(others(inputs))))
    return backends


def list_output_ports() -> list[str]:
    """The names of all MIDI ports that notes can be sent to."""
    return list(dict.fromkeys(port for backend in midi_backends() for port in backend.outputs))


def describe_backend() -> str:
    """One sentence on what MIDI there is."""
    backends = midi_backends()
    usable = [backend for backend in backends if backend.problem is None]
    if usable:
        names = ", ".join(f"{backend.name} ({len(backend.outputs)} outputs)" for backend in usable)
        return f"MIDI through {names}."
    problems = "; ".join(f"{backend.name}: {backend.problem}" for backend in backends)
    return f"No MIDI: {problems or 'rtmidi knows no interface of this system'}."


def no_virtual_ports(system: str = sys.platform) -> str | None:
    """Why other programs cannot be offered a port here, and what to do instead; None where they can."""
    if system != "win32":
        return None
    return (
        "Windows has no virtual MIDI ports: install loopMIDI (tobias-erichsen.de), make a port in it, choose that port "
        "here and in the other program."
    )


class RtMidiSystem:
    """The ports of this computer. For one thread, but the ports it opens may be used by another.

    A virtual port, once offered, stays until the end: rtmidi cannot offer it again by the same client, and so whoever
    is connected to it stays so while it is not played. Of JACK's others our end stays until the next `tidy`.
    """

    def __init__(self) -> None:
        self._interfaces: list[Interface] | None = None
        self._poller = Poller()

    def look(self) -> MidiPorts:
        """The ports there are now, but those of this program. Raises what a listener has raised."""
        if self._poller.fault is not None:
            raise self._poller.fault
        interfaces = [interface for interface in self._found() if interface.answers()]
        for interface in interfaces:
            interface.throw_away_unheard()
        outputs = dict.fromkeys(name for interface in interfaces for name in interface.outputs())
        inputs = dict.fromkeys(name for interface in interfaces for name in interface.inputs())
        return MidiPorts(tuple(outputs), tuple(inputs))

    def open_output(self, name: str) -> OutPort:
        """Open a port, or make the virtual one on every interface that has such. Raises MidiPortError."""
        if name == VIRTUAL_PORT:
            return SeveralOutputs(name, [interface.virtual_output() for interface in self._with_virtual_ports()])
        for interface in self._found():
            if interface.answers():
                names = interface.all_outputs()
                found = find_port(name, names)
                if found is not None:
                    return interface.open_output(names.index(found), found)
        raise MidiPortError(f"There is no MIDI output {name!r} now.")

    def open_input(self, name: str, receive: Receive) -> InPort:
        """Open a port, or make the virtual one. Raises MidiPortError."""
        if name == VIRTUAL_PORT:
            inputs = [interface.virtual_input(receive) for interface in self._with_virtual_ports()]
            return SeveralInputs(name, inputs)
        for interface in self._found():
            if interface.answers():
                names = interface.all_inputs()
                found = find_port(name, names)
                if found is not None:
                    return interface.open_input(names.index(found), found, receive)
        raise MidiPortError(f"There is no MIDI input {name!r} now.")

    def tidy(self) -> None:
        """Close our ends of ports that nobody plays, and make clients ahead."""
        for interface in self._found():
            if interface.answers():
                interface.tidy()

    def close(self) -> None:
        """Let go of everything."""
        self._poller.close()
        for interface in self._interfaces or ():
            interface.close()

    def _found(self) -> list[Interface]:
        if self._interfaces is None:
            try:
                import rtmidi
            except (ImportError, OSError):
                return []  # the doctor says why
            self._interfaces = [Interface(rtmidi, name, self._poller) for name in built_in(rtmidi)]
        return self._interfaces

    def _with_virtual_ports(self) -> list[Interface]:
        able = [interface for interface in self._found() if interface.has_virtual_ports and interface.answers()]
        if not able:
            raise MidiPortError(
                no_virtual_ports()
                or f"No MIDI interface answers that could offer a port ({describe_backend()}) "
                "On Linux load ALSA's sequencer (sudo modprobe snd-seq) or start JACK."
            )
        return able
