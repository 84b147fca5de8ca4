"""A receiver of MIDI in a process of its own: JACK ports that write down what comes in, and when.

``python -m benchmarks.midi_receiver FILE NAME...`` offers a port ``NAME:in`` for each name and writes lines of JSON:
name, the time of the monotonic clock at which Python saw the message, by how many microseconds it came after the one
before it (rtmidi's stamp, from JACK's own thread), and its bytes. It ends when its standard input closes.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import jack_ports, running, wait_until

_LOOK_S = 0.001
_FLUSH_S = 0.5


@dataclass(frozen=True)
class Heard:
    """A message that came in. Attributes: at_ns of the monotonic clock, by the receiver's stamps; its bytes."""

    at_ns: int
    message: tuple[int, ...]

    @property
    def is_strike(self) -> bool:
        """Whether a note was struck."""
        return self.message[0] & 0xF0 == 0x90 and self.message[2] > 0

    @property
    def is_release(self) -> bool:
        """Whether a key was let go."""
        return self.message[0] & 0xF0 == 0x80 or (self.message[0] & 0xF0 == 0x90 and self.message[2] == 0)


@contextmanager
def receiver(path: Path, names: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The process while it lasts, with its ports ready for `connect`."""
    command = [sys.executable, "-m", "benchmarks.midi_receiver", str(path), *names]
    with running(command, stdin=subprocess.PIPE) as process:
        wanted = {f"{name}:in" for name in names}
        wait_until(lambda: wanted <= jack_ports(), "the receiver did not come up")
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(5)


def read_heard(path: Path) -> dict[str, list[Heard]]:
    """What each port has received so far, in order.

    A message can only be seen late, never early: the earliest time that agrees with all of a port's stamps is taken for
    the first one's.
    """
    rows: dict[str, list[tuple[int, int, tuple[int, ...]]]] = {}
    for line in path.read_text().splitlines():
        try:
            name, seen_ns, after_us, message = json.loads(line)
        except ValueError:
            continue  # the last line, as it is being written
        rows.setdefault(name, []).append((seen_ns, after_us, tuple(message)))
    return {name: _timed(found) for name, found in rows.items()}


def _timed(rows: list[tuple[int, int, tuple[int, ...]]]) -> list[Heard]:
    stamps, stamp = [], 0
    for _, after_us, _ in rows:
        stamp += after_us * 1000
        stamps.append(stamp)
    first = min(seen_ns - stamp for (seen_ns, _, _), stamp in zip(rows, stamps, strict=True))
    return [Heard(first + stamp, message) for (_, _, message), stamp in zip(rows, stamps, strict=True)]


def still_sounding(heard: Sequence[Heard]) -> set[tuple[int, int]]:
    """Channel and key of the notes that were struck and not let go."""
    sounding: set[tuple[int, int]] = set()
    for entry in heard:
        place = entry.message[0] & 0x0F, entry.message[1]
        if entry.is_strike:
            sounding.add(place)
        elif entry.is_release:
            sounding.discard(place)
    return sounding


def main() -> None:
    """Listen until standard input closes."""
    import rtmidi

    path, names = Path(sys.argv[1]), sys.argv[2:]
    listeners = {}
    for name in names:
        listener = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name=name, queue_size_limit=1 << 16)
        listener.ignore_types(sysex=True, timing=True, active_sense=True)
        listener.open_virtual_port("in")
        listeners[name] = listener
    flushed = time.monotonic()
    with path.open("w") as file:
        while not _closed(sys.stdin.fileno()):
            for name, listener in listeners.items():
                while (event := listener.get_message()) is not None:
                    message, seconds = event
                    line = [name, time.monotonic_ns(), round(seconds * 1e6), message]
                    file.write(json.dumps(line) + "\n")
            now = time.monotonic()
            if now > flushed + _FLUSH_S:
                flushed = now
                file.flush()
            time.sleep(_LOOK_S)


def _closed(descriptor: int) -> bool:
    ready, _, _ = select.select([descriptor], [], [], 0)
    return bool(ready) and not os.read(descriptor, 1024)


if __name__ == "__main__":
    main()
