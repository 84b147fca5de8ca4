"""Open ports of rtmidi's clients, and the thread that looks for what comes in from JACK."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.midi_messages import InPort, Message, OutPort, PortGoneError, Receive
from drumapp.playback.thread_priority import MIDI, hurry_this_thread

_POLL_SECONDS = 0.001
# rtmidi keeps 16 kB for JACK and, once they are full and nobody empties them, waits for ever.
_JACK_BYTES_UNCHECKED = 6000
_BYTES_A_MESSAGE = 8
_LONGEST_UNSEEN_NS = NANOSECONDS // 10


class RtMidiOut:
    """An open output. Attributes: name; client, rtmidi's; gone, once nobody is there to send to.

    Args: answers, for JACK, whether its server is still there; let_go, closes it; done, told when it is closed.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        answers: Callable[[], bool] | None,
        let_go: Callable[[], object],
        done: Callable[[RtMidiOut], None],
    ) -> None:
        self.name = name
        self.client = client
        self.gone = False
        self._answers = answers
        self._let_go = let_go
        self._done = done
        self._unchecked = 0

    def send(self, message: Message) -> None:
        """As every :class:`OutPort`."""
        if self._answers is not None:
            self._unchecked += _BYTES_A_MESSAGE
            if self._unchecked > _JACK_BYTES_UNCHECKED:
                self._unchecked = 0
                self.gone = self.gone or not self._answers()
        if self.gone:
            raise PortGoneError(self.name)
        try:
            self.client.send_message(message)
        except OSError as error:
            self.gone = True
            raise PortGoneError(self.name) from error

    def close(self) -> None:
        """As every :class:`OutPort`."""
        gone, self.gone = self.gone, True
        if not gone or self._answers is None:  # what a dead JACK left behind would hang
            self._let_go()
        self._done(self)


class SeveralOutputs:
    """One port that is offered through several interfaces. Attributes: name; gone, when it is from all of them."""

    def __init__(self, name: str, ports: Sequence[OutPort]) -> None:
        self.name = name
        self._ports = list(ports)

    @property
    def gone(self) -> bool:
        """As every :class:`OutPort`."""
        return all(port.gone for port in self._ports)

    def send(self, message: Message) -> None:
        """As every :class:`OutPort`."""
        for port in tuple(self._ports):
            try:
                port.send(message)
            except PortGoneError:
                self._ports.remove(port)
                if not self._ports:
                    raise

    def close(self) -> None:
        """As every :class:`OutPort`."""
        for port in self._ports:
            port.close()


class RtMidiIn:
    """An open input. Attributes: name; client, rtmidi's; gone, once nothing can come in.

    Args: let_go, closes it; done, told when it is closed.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        receive: Receive,
        poller: Poller,
        *,
        jack: bool,
        let_go: Callable[[], object],
        done: Callable[[RtMidiIn], None],
    ) -> None:
        self.name = name
        self.client = client
        self.gone = False
        self._poller = poller
        self._jack = jack
        self._let_go = let_go
        self._done = done
        if jack:
            poller.listen(client, receive)
        else:
            # Called from rtmidi's own thread the moment a message comes, so that now is when it came.
            client.set_callback(lambda event, _data: poller.tell(receive, event[0], time.monotonic_ns()))

    def close(self) -> None:
        """As every :class:`InPort`."""
        if self._jack:
            self._poller.forget([self.client])
        else:
            self.client.cancel_callback()
        if not self.gone:
            self._let_go()
        self._done(self)


class SeveralInputs:
    """One port that is offered through several interfaces. Attributes: name; gone, when it is from all of them."""

    def __init__(self, name: str, ports: Sequence[InPort]) -> None:
        self.name = name
        self._ports = ports

    @property
    def gone(self) -> bool:
        """As every :class:`InPort`."""
        return all(port.gone for port in self._ports)

    def close(self) -> None:
        """As every :class:`InPort`."""
        for port in self._ports:
            port.close()


class Poller:
    """Looks for messages from JACK: its thread, which rtmidi would call us from, must not wait for Python.

    rtmidi tells how long after the one before a message came. The earliest time that agrees with all of them so far is
    nearest to the truth, since a message can only be found late; where it is far too early, one before was lost.
    Attributes: fault: what a listener has raised, on this thread or rtmidi's; nothing else would tell of it.
    """

    def __init__(self) -> None:
        self.fault: BaseException | None = None
        self._listened: dict[int, tuple[Any, Receive]] = {}
        self._came_ns: dict[int, int] = {}
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def listen(self, client: Any, receive: Receive) -> None:
        """Hear what a client gets from now on."""
        self._came_ns.pop(id(client), None)  # what came while nobody listened has not been counted
        self._listened = {**self._listened, id(client): (client, receive)}
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="midi-input", daemon=True)
            self._thread.start()

    def forget(self, clients: Sequence[Any]) -> None:
        """Hear these clients no more."""
        gone = {id(client) for client in clients}
        self._listened = {place: pair for place, pair in self._listened.items() if place not in gone}

    def tell(self, receive: Receive, message: Sequence[int], now_ns: int) -> None:
        """Tell a listener of a message; what that raises is kept as the fault."""
        try:
            receive(message, now_ns)
        except BaseException as error:  # noqa: BLE001 - raised again by the next look
            self.fault = error

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        hurry_this_thread(MIDI)
        while not self._closing.is_set():
            for place, (client, receive) in self._listened.items():
                while (event := client.get_message()) is not None:
                    message, seconds = event
                    now_ns = time.monotonic_ns()
                    after_last = self._came_ns.get(place, now_ns) + round(seconds * NANOSECONDS)
                    lost = now_ns - after_last > _LONGEST_UNSEEN_NS
                    self._came_ns[place] = now_ns if lost else min(now_ns, after_last)
                    self.tell(receive, message, self._came_ns[place])
            time.sleep(_POLL_SECONDS if self._listened else 0.1)
