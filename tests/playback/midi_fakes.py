"""MIDI ports that are plugged in and out by a test, and write down what they are sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from drumapp.playback.midi_messages import NOTE_OFF, NOTE_ON, MidiPortError, PortGoneError, Receive
from drumapp.playback.midiport import MidiPorts
from drumapp.playback.output_settings import VIRTUAL_PORT
from drumapp.playback.port_names import find_port

Message = tuple[int, ...]


@dataclass
class FakePort:
    """An open output. Attributes: sent, all messages with the time at which each was sent; closed; broken; gone."""

    name: str
    now_ns: Callable[[], int] = lambda: 0
    sent: list[tuple[int, Message]] = field(default_factory=list)
    closed: bool = False
    broken: bool = False
    gone: bool = False

    def send(self, message: Sequence[int]) -> None:
        if self.broken or self.closed:
            raise PortGoneError(self.name)
        self.sent.append((self.now_ns(), tuple(message)))

    def close(self) -> None:
        self.closed = True

    @property
    def messages(self) -> list[Message]:
        return [message for _, message in self.sent]

    @property
    def strikes(self) -> list[tuple[int, int, int]]:
        """(time, key, velocity) of every note struck."""
        return [(at, message[1], message[2]) for at, message in self.sent if is_strike(message)]


@dataclass
class FakeInput:
    """An open input: what a test sends goes to who listens."""

    name: str
    receive: Receive
    closed: bool = False
    gone: bool = False

    def close(self) -> None:
        self.closed = True


class FakeSystem:
    """The ports of a computer. Attributes: outputs and inputs there are; busy, names that cannot be opened; opened."""

    def __init__(self, outputs: Sequence[str] = (), inputs: Sequence[str] = (), *, virtual: bool = True) -> None:
        self.outputs = list(outputs)
        self.inputs = list(inputs)
        self.busy: set[str] = set() if virtual else {VIRTUAL_PORT}
        self.opened: list[FakePort] = []
        self.listened: list[FakeInput] = []
        self.closed = False
        self.tidied = 0
        self.now_ns: Callable[[], int] = lambda: 0

    def look(self) -> MidiPorts:
        return MidiPorts(tuple(self.outputs), tuple(self.inputs))

    def open_output(self, name: str) -> FakePort:
        self._check(name, self.outputs)
        port = FakePort(name, lambda: self.now_ns())
        self.opened.append(port)
        return port

    def open_input(self, name: str, receive: Receive) -> FakeInput:
        self._check(name, self.inputs)
        port = FakeInput(name, receive)
        self.listened.append(port)
        return port

    def tidy(self) -> None:
        self.tidied += 1

    def close(self) -> None:
        self.closed = True

    def port(self, name: str) -> FakePort:
        """The port of that name that was opened last."""
        return [port for port in self.opened if port.name == name][-1]

    def unplug(self, name: str) -> None:
        """The port goes, in the midst of whatever it plays."""
        self.outputs.remove(name)
        for port in self.opened:
            port.broken = port.broken or port.name == name

    def all_sent(self) -> list[tuple[int, Message]]:
        """What all ports were sent, in order of time."""
        return sorted((entry for port in self.opened for entry in port.sent), key=lambda entry: entry[0])

    def _check(self, name: str, names: list[str]) -> None:
        if name in self.busy:
            raise MidiPortError(f"The MIDI port {name} cannot be opened: it is busy.")
        if name != VIRTUAL_PORT and find_port(name, names) is None:
            raise MidiPortError(f"There is no MIDI port {name!r} now.")


def is_strike(message: Message) -> bool:
    return message[0] & 0xF0 == NOTE_ON and message[2] > 0


def still_sounding(
    messages: Sequence[Message], before: frozenset[tuple[int, int]] | set[tuple[int, int]] = frozenset()
) -> set[tuple[int, int]]:
    """(channel, key) of every note that was struck and not let go. Fails when one is struck while it sounds."""
    sounding = set(before)
    for message in messages:
        note = message[0] & 0x0F, message[1] if len(message) > 1 else 0
        if is_strike(message):
            assert note not in sounding, f"key {note[1]} is struck while it sounds"
            sounding.add(note)
        elif message[0] & 0xF0 in (NOTE_OFF, NOTE_ON):
            sounding.discard(note)
    return sounding
