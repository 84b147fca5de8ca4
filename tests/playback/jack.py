"""A JACK server without a sound card, for tests, and a receiver of MIDI in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.servers import die_with_parent
from drumapp.playback.midi_messages import OutPort

PATIENCE_SECONDS = 30
_is_alone = False

missing = (
    None if sys.platform.startswith("linux") and shutil.which("jackd") else "needs jackd (sudo apt install jackd2)"
)

_RECEIVER = """
    import json, sys, time
    import rtmidi
    listener = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name=sys.argv[1], queue_size_limit=1 << 16)
    listener.ignore_types(sysex=True, timing=False, active_sense=True)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        word = line.strip()
        if word == "ports":
            print(json.dumps(listener.get_ports()), flush=True)
        elif word.startswith("open "):
            listener.open_port(listener.get_ports().index(word[5:]), "in")
            print(json.dumps("open"), flush=True)
        elif word == "offer":
            listener.open_virtual_port("in")
            print(json.dumps("offered"), flush=True)
        elif word == "messages":
            messages = []
            while (message := listener.get_message()) is not None:
                messages.append(message)
            print(json.dumps(messages), flush=True)
"""


@contextmanager
def jack_server(period: int = 64) -> Iterator[None]:
    """A server that this process and those it starts use meanwhile; the only one of all that run tests.

    Its name is the same each time: JACK keeps a list of eight names, even of servers that are long gone.
    """
    before = os.environ.get("JACK_DEFAULT_SERVER")
    name = "drumapp-tests"
    os.environ["JACK_DEFAULT_SERVER"] = name
    # --sync: it waits for clients that the computer wakes late, and does not drop what they have for that period.
    command = ["jackd", "--no-mlock", "-r", "--sync", "-n", name, "-d", "dummy", "-r", "48000", "-p", str(period)]
    with alone(), _running(command) as server:
        try:
            yield
        finally:
            _end(server)
            for folder in (Path("/dev/shm"), Path(tempfile.gettempdir())):
                for left in folder.glob(f"jack*_{name}_*"):
                    left.unlink(missing_ok=True)
            if before is None:
                del os.environ["JACK_DEFAULT_SERVER"]
            else:
                os.environ["JACK_DEFAULT_SERVER"] = before


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else's server comes up meanwhile: it has the name of ours, and would pass for it when ours has gone."""
    global _is_alone
    if _is_alone:
        yield
        return
    import fcntl  # which Windows lacks, where nothing here is run

    with (Path(tempfile.gettempdir()) / "drumapp-tests-jack.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _is_alone = True
        try:
            yield
        finally:
            _is_alone = False


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers. One that is started too soon after another has ended may end itself; then another try."""
    for attempt in range(5):
        server = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent
        )
        wait_until(lambda: server.poll() is not None or _answers(), "the JACK server did not come up")  # noqa: B023
        if server.poll() is None:
            yield server
            return
        time.sleep(attempt)
    pytest.fail("the JACK server ended at once")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(2)
    except subprocess.TimeoutExpired:  # it waits for clients that wait for it
        server.kill()
        server.wait()


def _answers() -> bool:
    return subprocess.run(["jack_lsp"], capture_output=True, check=False).returncode == 0


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class Receiver:
    """Who listens to a port, in a process that nothing of the tests can disturb. Attributes: messages, so far."""

    def __init__(self, name: str = "Receiver") -> None:
        self.messages: list[tuple[list[int], float]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(_RECEIVER), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._hear() == "ready"

    def open(self, port: str) -> None:
        """Listen to a port, once it is there."""
        wait_until(lambda: port in self._ask("ports"), f"{port} never came")
        self._ask(f"open {port}")

    def look(self) -> list[list[int]]:
        """All messages so far."""
        self.messages += self._ask("messages")
        return [message for message, _ in self.messages]

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()

    def _ask(self, word: str):
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self):
        return json.loads(self._process.stdout.readline())


class Ear(Receiver):
    """Another program's input. Attributes: port, its name."""

    def __init__(self, name: str = "Ear") -> None:
        super().__init__(name)
        self.port = f"{name}:in"
        self._heeded = 0
        self._ask("offer")

    def hears(self, port: OutPort, key: int) -> bool:
        """Whether a note that is sent comes, and no other before it."""
        port.send((0x99, key, 100))
        return self.next() == [0x99, key, 100]

    def hears_sooner_or_later(self, port: OutPort, key: int) -> None:
        """Send a note again and again until it comes: a connection that nobody has waited for holds a little later."""

        def came() -> bool:
            port.send((0x99, key, 100))
            time.sleep(0.02)
            return [0x99, key, 100] in self.look()[self._heeded :]

        wait_until(came, "no note came")
        self._heeded = len(self.messages)

    def next(self) -> list[int]:
        """The next message."""
        wait_until(lambda: len(self.look()) > self._heeded, "a message was lost")
        self._heeded += 1
        return self.messages[self._heeded - 1][0]

    def players(self) -> int:
        """How many outputs it is connected to."""
        words = subprocess.run(["jack_lsp", "-c", self.port], capture_output=True, text=True, check=True).stdout
        return sum(line.startswith(" ") for line in words.splitlines())


def is_gone(process_id: int) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] == "Z"
