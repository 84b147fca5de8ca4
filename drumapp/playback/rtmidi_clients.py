"""Rtmidi's clients at one interface: at JACK's they are dear to make and to close, and so are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any


class PortClients:
    """The clients of one direction: those that wait for a port, and those that keep one nobody plays now.

    Making a client of JACK's holds up every thread of the process for 20 ms and more, and closing a port for one of its
    periods and more, which is about what a sound device has in store. So clients are made ahead, and a port that is
    kept stays connected until `tidy`, which is for a time at which nothing sounds.

    Attributes: all, every client there is, the first of which also lists the ports.
    """

    def __init__(self, make: Callable[[], Any], ahead: int) -> None:
        """Args: make, a client, or raise MidiPortError; ahead, how many are to wait for a port beside those in use."""
        self.all: list[Any] = []
        self._make = make
        self._ahead = ahead
        self._free: list[Any] = []
        self._kept: dict[str, Any] = {}
        self._severed: list[Any] = []  # whose port is still there, but leads nowhere

    def begin(self) -> None:
        """Make the first ones, unless they are there. Raises MidiPortError."""
        if not self.all:
            self._make_ahead(max(self._ahead, 1))

    @property
    def connected(self) -> list[Any]:
        """Those that keep a port."""
        return list(self._kept.values())

    def take_first(self) -> Any:
        """The first client, if it is free, or any. Raises MidiPortError where the interface takes no more."""
        return self._free.pop(0) if self._free else self._new()

    def take(self) -> Any:
        """A client without a port; the first one keeps its place for the virtual port, which has its name.

        Raises MidiPortError where the interface takes no more.
        """
        if self._free and self._free[-1] is not self.all[0]:
            return self._free.pop()
        if self._severed:
            client = self._severed.pop()
            client.close_port()
            return client
        return self._new()

    def take_connected(self, name: str) -> Any | None:
        """The client that has kept a port, if one has."""
        return self._kept.pop(name, None)

    def give_back(self, client: Any) -> None:
        """Take back one without a port."""
        self._free.append(client)

    def keep(self, client: Any, name: str) -> None:
        """Take back one with the port that it has."""
        self._kept[name] = client

    def notice(self, there: Collection[str], *unlisted: str) -> None:
        """Trust none to be connected to what is not there any more. Args: unlisted, names that are never among them."""
        self._sever(name for name in self._kept if name not in there and name not in unlisted)

    def tidy(self, *staying: str) -> None:
        """Close the ports that are kept, but for these, and make clients ahead. Raises MidiPortError."""
        self._sever(name for name in self._kept if name not in staying)
        while self._severed:
            client = self._severed.pop()
            client.close_port()
            self._free.append(client)
        self._make_ahead(self._ahead)

    def forget(self) -> None:
        """Leave all of them alone."""
        self.all, self._free, self._kept, self._severed = [], [], {}, []

    def _sever(self, names: Iterable[str]) -> None:
        for name in list(names):
            self._severed.append(self._kept.pop(name))

    def _make_ahead(self, wanted: int) -> None:
        while len(self._free) < wanted:
            self._free.append(self._new())

    def _new(self) -> Any:
        client = self._make()
        self.all.append(client)
        return client
