"""MIDI ports of this computer, hardware and virtual, through rtmidi: found, opened, played and listened to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from drumapp.core.errors import DrumappError
from drumapp.playback.midi_messages import InPort, OutPort, Receive
from drumapp.playback.native_chatter import silenced
from drumapp.playback.output_settings import VIRTUAL_PORT
from drumapp.playback.port_names import find_port
from drumapp.playback.rtmidi_ports import Poller, RtMidiIn, RtMidiOut, SeveralInputs, SeveralOutputs

# rtmidi's names of the interfaces, and people's.
_BACKENDS = {
    "LINUX_ALSA": "ALSA",
    "UNIX_JACK": "JACK",
    "MACOSX_CORE": "Core MIDI",
    "WINDOWS_MM": "Windows MIDI",
}
_JACK, _ALSA, _CORE = "UNIX_JACK", "LINUX_ALSA", "MACOSX_CORE"
_WITHOUT_VIRTUAL_PORTS = ("WINDOWS_MM",)

_CLIENT = "Drumapp"
_ALSA_DEVICE = Path("/dev/snd/seq")
_UNIX_SOCKETS = Path("/proc/net/unix")


class MidiPortError(DrumappError):
    """A MIDI port that cannot be opened."""


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
    for name in _built_in(rtmidi):
        api = getattr(rtmidi, f"API_{name}")
        try:
            with silenced():
                outputs, inputs = rtmidi.MidiOut(api).get_ports(), rtmidi.MidiIn(api).get_ports()
        except OSError as error:  # what rtmidi raises derives from it
            backends.append(MidiBackend(_BACKENDS[name], problem=_plain(str(error))))
        else:
            backends.append(MidiBackend(_BACKENDS[name], tuple(_others(outputs)), tuple(_others(inputs))))
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

    JACK's clients are dear: making or ending one holds up every thread of the process for 20 ms and more. So clients
    are made ahead, and kept for the next port when theirs is closed. A virtual port, once offered, stays until the end:
    rtmidi cannot offer it again by the same client, and so whoever is connected to it stays so while it is not played.
    """

    def __init__(self) -> None:
        self._interfaces: list[_Interface] | None = None
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

    def close(self) -> None:
        """Let go of everything."""
        self._poller.close()
        for interface in self._interfaces or ():
            interface.close()

    def _found(self) -> list[_Interface]:
        if self._interfaces is None:
            try:
                import rtmidi
            except (ImportError, OSError):
                return []  # the doctor says why
            self._interfaces = [_Interface(rtmidi, name, self._poller) for name in _built_in(rtmidi)]
        return self._interfaces

    def _with_virtual_ports(self) -> list[_Interface]:
        able = [interface for interface in self._found() if interface.has_virtual_ports and interface.answers()]
        if not able:
            raise MidiPortError(
                no_virtual_ports()
                or f"No MIDI interface answers that could offer a port ({describe_backend()}) "
                "On Linux load ALSA's sequencer (sudo modprobe snd-seq) or start JACK."
            )
        return able


class _Interface:
    """One of rtmidi's interfaces, its clients kept: the first output and input list the ports too."""

    def __init__(self, rtmidi: Any, name: str, poller: Poller) -> None:
        self.has_virtual_ports = name not in _WITHOUT_VIRTUAL_PORTS
        self._rtmidi = rtmidi
        self._name = name
        self._poller = poller
        self._outs: list[Any] = []
        self._ins: list[Any] = []
        self._idle_outs: list[Any] = []
        self._idle_ins: list[Any] = []
        self._virtual_outs: list[Any] = []  # clients that have offered a port, and are not played now
        self._virtual_ins: list[Any] = []
        self._open: list[RtMidiOut | RtMidiIn] = []

    def answers(self) -> bool:
        """Whether it can be used now. After JACK has died, clients of the dead server are left alone: they hang."""
        if not _may_answer(self._name):
            for port in self._open:
                port.gone = True
            self._poller.forget(self._ins)
            self._outs, self._ins, self._idle_outs, self._idle_ins, self._open = [], [], [], [], []
            self._virtual_outs, self._virtual_ins = [], []
            return False
        try:
            if not self._outs:
                self._idle_outs = [self._new_out(), *([self._new_out()] if self._name == _JACK else [])]
                self._idle_ins = [self._new_in()]
        except MidiPortError:
            self._outs, self._ins, self._idle_outs, self._idle_ins = [], [], [], []
            return False
        return True

    def close(self) -> None:
        """End all clients. JACK would take up the next of their name badly if they just went."""
        if _may_answer(self._name):
            for client in (*self._outs, *self._ins):
                client.delete()

    def outputs(self) -> list[str]:
        """The ports of others that can be played."""
        return list(_others(self.all_outputs()))

    def inputs(self) -> list[str]:
        """The ports of others that can be listened to."""
        return list(_others(self.all_inputs()))

    def all_outputs(self) -> list[str]:
        """All ports that can be played, in rtmidi's order."""
        return self._listed(self._outs[0])

    def all_inputs(self) -> list[str]:
        """All ports that can be listened to, in rtmidi's order."""
        return self._listed(self._ins[0])

    def open_output(self, index: int, name: str) -> OutPort:
        """Open a port by its place in the list. Raises MidiPortError when it is taken."""
        # The first client keeps its place for the virtual port, which has its name.
        idle = self._idle_outs
        client = idle.pop() if idle and idle[-1] is not self._outs[0] else self._new_out()
        return self._opened(client, name, lambda: client.open_port(index, "out"), idle)

    def virtual_output(self) -> OutPort:
        """Offer a port to other programs. Raises MidiPortError."""
        if self._virtual_outs:
            return self._opened(self._virtual_outs.pop(), VIRTUAL_PORT, lambda: None, self._virtual_outs)
        client = self._idle_outs.pop(0) if self._idle_outs else self._new_out()
        offer = partial(client.open_virtual_port, self._virtual_name("out"))
        return self._opened(client, VIRTUAL_PORT, offer, self._virtual_outs)

    def open_input(self, index: int, name: str, receive: Receive) -> InPort:
        """Open a port by its place in the list. Raises MidiPortError when it is taken."""
        client = self._idle_ins.pop() if self._idle_ins else self._new_in()
        return self._opened_input(client, name, receive, lambda: client.open_port(index, "in"), self._idle_ins)

    def virtual_input(self, receive: Receive) -> InPort:
        """Offer a port to other programs. Raises MidiPortError."""
        if self._virtual_ins:
            self.throw_away_unheard()
            return self._opened_input(self._virtual_ins.pop(), VIRTUAL_PORT, receive, lambda: None, self._virtual_ins)
        client = self._idle_ins.pop() if self._idle_ins else self._new_in()
        offer = partial(client.open_virtual_port, self._virtual_name("in"))
        return self._opened_input(client, VIRTUAL_PORT, receive, offer, self._virtual_ins)

    def throw_away_unheard(self) -> None:
        """Forget what came in through a virtual port while nobody listened; rtmidi would keep it."""
        for client in self._virtual_ins:
            while client.get_message() is not None:
                pass

    def _virtual_name(self, direction: str) -> str:
        # Core MIDI shows the port's name alone, the others the client's before it.
        return _CLIENT if self._name == _CORE else direction

    def _opened(self, client: Any, name: str, open_it: Callable[[], object], afterwards: list[Any]) -> OutPort:
        """Args: afterwards, among which clients the port's is to be once it is closed."""
        try:
            with silenced():
                open_it()
        except (OSError, ValueError) as error:
            self._idle_outs.append(client)
            raise MidiPortError(f"The MIDI output {name} cannot be opened: {_plain(str(error))}.") from error

        take_back = self._taking_back(afterwards)
        answers = partial(_may_answer, _JACK) if self._name == _JACK else None
        port = RtMidiOut(client, name, answers=answers, stays=name == VIRTUAL_PORT, done=take_back)
        self._open.append(port)
        return port

    def _opened_input(
        self, client: Any, name: str, receive: Receive, open_it: Callable[[], object], afterwards: list[Any]
    ) -> InPort:
        # Of JACK's nothing may be left out, for the time of a message is told from the one before it, left out or not.
        jack = self._name == _JACK
        client.ignore_types(sysex=not jack, timing=False, active_sense=not jack)
        try:
            with silenced():
                open_it()
        except (OSError, ValueError) as error:
            self._idle_ins.append(client)
            raise MidiPortError(f"The MIDI input {name} cannot be opened: {_plain(str(error))}.") from error
        stays, take_back = name == VIRTUAL_PORT, self._taking_back(afterwards)
        port = RtMidiIn(client, name, receive, self._poller, jack=jack, stays=stays, done=take_back)
        self._open.append(port)
        return port

    def _taking_back(self, afterwards: list[Any]) -> Callable[[RtMidiOut | RtMidiIn], None]:
        """What is done once a port is closed: its client waits for the next one."""

        def take_back(port: RtMidiOut | RtMidiIn) -> None:
            if port in self._open:  # else its server has died
                self._open.remove(port)
                afterwards.append(port.client)

        return take_back

    def _new_out(self) -> Any:
        client = self._new(self._rtmidi.MidiOut, _CLIENT)
        self._outs.append(client)
        return client

    def _new_in(self) -> Any:
        client = self._new(self._rtmidi.MidiIn, f"{_CLIENT} in")
        self._ins.append(client)
        return client

    def _new(self, kind: Any, name: str) -> Any:
        """A client of the interface. Raises MidiPortError where it takes no more, as JACK at some number."""
        try:
            with silenced():
                return kind(getattr(self._rtmidi, f"API_{self._name}"), name=name)
        except OSError as error:
            raise MidiPortError(f"{_BACKENDS[self._name]} takes up no port of ours: {_plain(str(error))}.") from error

    def _listed(self, client: Any) -> list[str]:
        try:
            return list(client.get_ports())
        except OSError:
            return []  # it has died since it answered; the next look finds that out


def _built_in(rtmidi: Any) -> list[str]:
    compiled = rtmidi.get_compiled_api()
    return [name for name in _BACKENDS if getattr(rtmidi, f"API_{name}") in compiled]


def _may_answer(interface: str) -> bool:
    """Whether to try an interface at all: asked in vain, ALSA complains on the terminal and JACK takes its time.

    The JACK that rtmidi's wheels bring along finds its server by a socket, whose name the system lists while it lives.
    """
    if interface == _ALSA:
        return _ALSA_DEVICE.exists()
    if interface == _JACK and sys.platform == "linux":
        try:
            sockets = _UNIX_SOCKETS.read_bytes()
        except OSError:
            return True  # there is no telling
        server = os.environ.get("JACK_DEFAULT_SERVER", "default")
        return f"/jack_{server}_".encode() in sockets
    return True


def _others(names: Sequence[str], system: str = sys.platform) -> Iterator[str]:
    """The ports that are not this program's own: Windows lists none of those, but loopMIDI's may well have our name."""
    return (name for name in dict.fromkeys(names) if system == "win32" or not name.startswith(_CLIENT))


def _plain(message: str) -> str:
    """Rtmidi's message without the C++ function's name."""
    if "ALSA sequencer" in message:
        return "the ALSA sequencer is absent (sudo modprobe snd-seq)"
    if "JACK" in message:
        return "the JACK server is not running"
    return message.split(": ", 1)[-1].rstrip(".")
