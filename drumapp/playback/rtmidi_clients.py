"""Rtmidi's clients at one interface: at JACK's they are dear to make and to close, and so are made ahead and kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from drumapp.playback.midi_messages import MidiPortError


class PortClients:
    """The clients of one direction that wait for a port.

    Making a client of JACK's holds up every thread of the process for 20 ms and more, and closing its port for one of
    JACK's periods and more, which is about what a sound device has in store. So clients are made ahead, and one may
    wait with its own port, connected to nothing, until `tidy`, which is for a time at which nothing sounds.

    Attributes: all, every client there is, the first of which also lists the ports; virtual, the one that offers a port
    which nobody plays now.
    """

    def __init__(self, make: Callable[[], Any], ahead: int) -> None:
        """Args: make, a client, or raise MidiPortError; ahead, how many are to wait for a port beside those in use."""
        self.all: list[Any] = []
        self.virtual: Any | None = None
        self._make = make
        self._ahead = ahead
        self._free: list[Any] = []
        self._ports: dict[int, str] = {}

    def begin(self) -> None:
        """Make the first ones, unless they are there. Raises MidiPortError when there can be none."""
        if not self.all:
            self._free.append(self._new())
            self._make_ahead()

    def take_first(self) -> Any:
        """The first client, if it is free, or any. Raises MidiPortError where the interface takes no more."""
        return self._free.pop(0) if self._free else self._new()

    def take(self) -> Any:
        """A client but the first, which keeps its place for the virtual port, as that has its name.

        Raises MidiPortError where the interface takes no more.
        """
        return self._free.pop() if self._free and self._free[-1] is not self.all[0] else self._new()

    def take_virtual(self) -> Any | None:
        """The client that offers the virtual port, if one does and nobody plays it."""
        client, self.virtual = self.virtual, None
        return client

    def give_back(self, client: Any) -> None:
        """Take back one that nobody plays."""
        self._free.insert(0 if client is self.all[0] else len(self._free), client)

    def port_of(self, client: Any) -> str | None:
        """The port of its own that a client has kept; None where it has none, or nobody knows its name."""
        return self._ports.get(id(client))

    def keep_port(self, client: Any, name: str) -> None:
        """A client has a port of its own from now on."""
        self._ports[id(client)] = name

    def close_port(self, client: Any) -> None:
        """Close a client's port."""
        client.close_port()
        self._ports.pop(id(client), None)

    def tidy(self) -> None:
        """Close the ports of those that wait, and make clients ahead."""
        for client in self._free:
            if id(client) in self._ports:
                self.close_port(client)
        self._make_ahead()

    def forget(self) -> None:
        """Leave all of them alone."""
        self.all, self.virtual, self._free, self._ports = [], None, [], {}

    def _make_ahead(self) -> None:
        # Where no more can be had, whoever needs one is told.
        with suppress(MidiPortError):
            while len(self._free) < self._ahead:
                self._free.append(self._new())

    def _new(self) -> Any:
        client = self._make()
        self.all.append(client)
        return client
