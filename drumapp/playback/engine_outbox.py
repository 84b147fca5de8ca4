"""The writing end of a pipe between window and playing process: it never waits, even when the other side hangs."""

from __future__ import annotations

import queue
import select
import sys
import threading
from multiprocessing.connection import Connection

_LENGTH_BYTES = 4  # that a Connection writes before a message


class Outbox:
    """Sends messages in order: a small one at once, if the pipe has room; any other through a thread of its own.

    The detour costs a busy window some milliseconds, as its threads take turns; a click on Generate has none to give.
    Nothing is said of a pipe whose other end is gone: its reader's own pipe tells of that.
    """

    def __init__(self, commands: Connection) -> None:
        self._commands = commands
        self._room = _Room(commands)
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._queued = 0  # messages the thread has not yet written
        self._thread = threading.Thread(target=self._send_all, name="playback-sender", daemon=True)
        self._thread.start()

    def put(self, message: bytes) -> None:
        """Send a message after all those before it; returns at once."""
        with self._lock:
            if not self._queued and self._room.holds(len(message)):
                try:
                    self._commands.send_bytes(message)
                except OSError:
                    self._room.gone = True
                return
            self._queued += 1
        self._queue.put(message)

    @property
    def waiting(self) -> int:
        """How many messages have not been written yet."""
        return self._queued

    def finish(self) -> None:
        """Take no more messages; those before are still sent, and then the pipe is closed."""
        self._queue.put(None)

    def join(self, seconds: float) -> None:
        """Wait until all is sent or the other end is gone, at most so long."""
        self._thread.join(seconds)

    def _send_all(self) -> None:
        try:
            while (message := self._queue.get()) is not None:
                self._commands.send_bytes(message)
                with self._lock:
                    self._queued -= 1
        except OSError:
            self._room.gone = True
        finally:
            with self._lock:
                self._commands.close()
                self._room.gone = True


class _Room:
    """Whether a pipe takes a message without making the writer wait. Attributes: gone, once it is closed."""

    def __init__(self, commands: Connection) -> None:
        self.gone = False
        self._poll: select.poll | None = None
        if sys.platform != "win32":
            self._poll = select.poll()
            self._poll.register(commands.fileno(), select.POLLOUT)

    def holds(self, length: int) -> bool:
        if self._poll is None or self.gone or length + _LENGTH_BYTES > select.PIPE_BUF:
            return False
        # A pipe that reports itself ready takes PIPE_BUF bytes without blocking: POSIX's promise.
        return any(event & select.POLLOUT for _, event in self._poll.poll(0))
