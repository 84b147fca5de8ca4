"""One of rtmidi's interfaces to MIDI ports: whether it answers, what it lists, and the ports opened through it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from drumapp.playback.jack_wires import JackWires
from drumapp.playback.midi_messages import InPort, MidiPortError, OutPort, Receive
from drumapp.playback.native_chatter import silenced
from drumapp.playback.output_settings import VIRTUAL_PORT
from drumapp.playback.rtmidi_clients import PortClients
from drumapp.playback.rtmidi_ports import Poller, RtMidiIn, RtMidiOut

# rtmidi's names of the interfaces, and people's.
BACKENDS = {
    "LINUX_ALSA": "ALSA",
    "UNIX_JACK": "JACK",
    "MACOSX_CORE": "Core MIDI",
    "WINDOWS_MM": "Windows MIDI",
}
_JACK, _ALSA, _CORE = "UNIX_JACK", "LINUX_ALSA", "MACOSX_CORE"
_WITHOUT_VIRTUAL_PORTS = ("WINDOWS_MM",)

_CLIENT = "Drumapp"
_AHEAD = 3  # outputs of JACK's that wait for a port: for the virtual one, and two of other programs
_ALSA_DEVICE = Path("/dev/snd/seq")
_UNIX_SOCKETS = Path("/proc/net/unix")


class Interface:
    """One of rtmidi's interfaces."""

    def __init__(self, rtmidi: Any, name: str, poller: Poller) -> None:
        self.has_virtual_ports = name not in _WITHOUT_VIRTUAL_PORTS
        self._rtmidi = rtmidi
        self._name = name
        self._poller = poller
        self._jack = name == _JACK
        self._wires = JackWires(rtmidi._rtmidi.__file__, f"{_CLIENT} wires") if self._jack else None
        self._outs = PortClients(partial(self._new, rtmidi.MidiOut, _CLIENT), ahead=_AHEAD if self._jack else 0)
        self._ins = PortClients(partial(self._new, rtmidi.MidiIn, f"{_CLIENT} in"), ahead=1 if self._jack else 0)
        self._open: list[RtMidiOut | RtMidiIn] = []

    def answers(self) -> bool:
        """Whether it can be used now. After JACK has died, clients of the dead server are left alone: they hang."""
        if not may_answer(self._name):
            for port in self._open:
                port.gone = True
            self._forget_clients()
            self._open = []
            return False
        try:
            self._outs.begin()
            self._ins.begin()
        except MidiPortError:
            self._forget_clients()
            return False
        return True

    def tidy(self) -> None:
        """Close the ports of clients that wait, and make clients ahead."""
        self._outs.tidy()
        self._ins.tidy()

    def close(self) -> None:
        """End all clients. JACK would take up the next of their name badly if they just went."""
        if may_answer(self._name):
            for client in (*self._outs.all, *self._ins.all):
                client.delete()
            if self._wires is not None:
                self._wires.close()

    def outputs(self) -> list[str]:
        """The ports of others that can be played."""
        return list(others(self.all_outputs()))

    def inputs(self) -> list[str]:
        """The ports of others that can be listened to."""
        return list(others(self.all_inputs()))

    def all_outputs(self) -> list[str]:
        """All ports that can be played, in rtmidi's order."""
        return self._listed(self._outs)

    def all_inputs(self) -> list[str]:
        """All ports that can be listened to, in rtmidi's order."""
        return self._listed(self._ins)

    def open_output(self, index: int, name: str) -> OutPort:
        """Open a port by its place in the list. Raises MidiPortError when it is taken."""
        client = self._outs.take()
        return self._output(client, name, self._connect(self._outs, client, index, name))

    def virtual_output(self) -> OutPort:
        """Offer a port to other programs. Raises MidiPortError."""
        client = self._outs.take_virtual()
        if client is None:
            client = self._outs.take_first()
            offer = partial(client.open_virtual_port, self._virtual_name("out"))
            self._open_by(self._outs, client, VIRTUAL_PORT, offer)
        return self._output(client, VIRTUAL_PORT, _stay)

    def open_input(self, index: int, name: str, receive: Receive) -> InPort:
        """Open a port by its place in the list. Raises MidiPortError when it is taken."""
        client = self._ins.take_first()
        return self._input(client, name, receive, self._connect(self._ins, client, index, name))

    def virtual_input(self, receive: Receive) -> InPort:
        """Offer a port to other programs. Raises MidiPortError."""
        client = self._ins.take_virtual()
        if client is None:
            client = self._ins.take_first()
            offer = partial(client.open_virtual_port, self._virtual_name("in"))
            self._open_by(self._ins, client, VIRTUAL_PORT, offer)
        return self._input(client, VIRTUAL_PORT, receive, _stay)

    def throw_away_unheard(self) -> None:
        """Forget what came in through the virtual port while nobody listened; rtmidi would keep it."""
        if self._ins.virtual is not None:
            _empty(self._ins.virtual)

    def _connect(self, clients: PortClients, client: Any, index: int, name: str) -> Callable[[], object]:
        """Connect a client to another program's port. Returns what undoes that. Raises MidiPortError."""
        own = clients.port_of(client)
        if own and self._wires is not None and self._wires.connect(*self._ends(clients, own, name)):
            return partial(self._disconnect, clients, client, own, name)
        before = self._own_ports(clients)
        self._open_by(clients, client, name, partial(client.open_port, index, "out" if clients is self._outs else "in"))
        new = [port for port in self._own_ports(clients) if port not in before]
        if len(new) != 1:
            return client.close_port  # type: ignore[no-any-return]  # rtmidi has no types
        clients.keep_port(client, new[0])
        if self._wires is not None:
            self._wires.settle()
        return partial(self._disconnect, clients, client, new[0], name)

    def _disconnect(self, clients: PortClients, client: Any, own: str, name: str) -> None:
        if self._wires is None or not self._wires.disconnect(*self._ends(clients, own, name)):
            clients.close_port(client)

    def _ends(self, clients: PortClients, own: str, name: str) -> tuple[str, str]:
        """From where to where messages go."""
        return (own, name) if clients is self._outs else (name, own)

    def _own_ports(self, clients: PortClients) -> list[str]:
        """The ports of our clients in JACK, where those that can be played list those of them that play."""
        if not self._jack:
            return []
        names = self.all_inputs() if clients is self._outs else self.all_outputs()
        return [name for name in names if name.startswith(_CLIENT)]

    def _virtual_name(self, direction: str) -> str:
        # Core MIDI shows the port's name alone, the others the client's before it.
        return _CLIENT if self._name == _CORE else direction

    def _open_by(self, clients: PortClients, client: Any, name: str, open_it: Callable[[], object]) -> None:
        if clients.port_of(client) is not None:
            clients.close_port(client)
        if clients is self._ins:
            # Of JACK's nothing may be left out, for a message's time is told from the one before it, left out or not.
            client.ignore_types(sysex=not self._jack, timing=False, active_sense=not self._jack)
        try:
            with silenced():
                open_it()
        except (OSError, ValueError) as error:
            clients.give_back(client)
            direction = "input" if clients is self._ins else "output"
            raise MidiPortError(f"The MIDI {direction} {name} cannot be opened: {plain(str(error))}.") from error

    def _output(self, client: Any, name: str, let_go: Callable[[], object]) -> OutPort:
        answers = partial(may_answer, _JACK) if self._jack else None
        done = partial(self._take_back, self._outs)
        port = RtMidiOut(client, name, answers=answers, let_go=let_go, done=done)
        self._open.append(port)
        return port

    def _input(self, client: Any, name: str, receive: Receive, let_go: Callable[[], object]) -> InPort:
        _empty(client)
        done = partial(self._take_back, self._ins)
        port = RtMidiIn(client, name, receive, self._poller, jack=self._jack, let_go=let_go, done=done)
        self._open.append(port)
        return port

    def _take_back(self, clients: PortClients, port: RtMidiOut | RtMidiIn) -> None:
        """Of a port that is closed: its client waits for the next one."""
        if port not in self._open:
            return  # its server has died
        self._open.remove(port)
        if port.name == VIRTUAL_PORT:
            clients.virtual = port.client
        else:
            clients.give_back(port.client)

    def _forget_clients(self) -> None:
        self._poller.forget(self._ins.all)
        self._outs.forget()
        self._ins.forget()
        if self._wires is not None:
            self._wires.forget()

    def _new(self, kind: Any, name: str) -> Any:
        """A client of the interface. Raises MidiPortError where it takes no more, as JACK at some number."""
        try:
            with silenced():
                return kind(getattr(self._rtmidi, f"API_{self._name}"), name=name)
        except OSError as error:
            raise MidiPortError(f"{BACKENDS[self._name]} takes up no port of ours: {plain(str(error))}.") from error

    def _listed(self, clients: PortClients) -> list[str]:
        names = None if self._wires is None else self._wires.midi_ports(played=clients is self._outs)
        if names is not None:
            return names
        try:
            return list(clients.all[0].get_ports())
        except OSError:
            return []  # it has died since it answered; the next look finds that out


def _stay() -> None:
    """A virtual port stays when it is closed: rtmidi cannot offer it again by the same client."""


def _empty(client: Any) -> None:
    while client.get_message() is not None:
        pass


def built_in(rtmidi: Any) -> list[str]:
    """The interfaces, by rtmidi's names, that it was built with."""
    compiled = rtmidi.get_compiled_api()
    return [name for name in BACKENDS if getattr(rtmidi, f"API_{name}") in compiled]


def may_answer(interface: str) -> bool:
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


def others(names: Sequence[str], system: str = sys.platform) -> Iterator[str]:
    """The ports that are not this program's own: Windows lists none of those, but loopMIDI's may well have our name."""
    return (name for name in dict.fromkeys(names) if system == "win32" or not name.startswith(_CLIENT))


def plain(message: str) -> str:
    """Rtmidi's message without the C++ function's name."""
    if "ALSA sequencer" in message:
        return "the ALSA sequencer is absent (sudo modprobe snd-seq)"
    if "JACK" in message:
        return "the JACK server is not running"
    return message.split(": ", 1)[-1].rstrip(".")
