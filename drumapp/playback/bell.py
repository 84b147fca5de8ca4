"""Wakes a thread that waits for the time of its next work."""

from __future__ import annotations

import threading


class Bell:
    """One thread waits, any other rings. A ring while nobody waits is heard by the next wait."""

    def __init__(self) -> None:
        # A bare lock: an Event would make a new one for each wait.
        self._locked = threading.Lock()
        self._locked.acquire()

    def ring(self) -> None:
        """End the wait. Never waits itself."""
        try:
            self._locked.release()
        except RuntimeError:
            return  # it has been rung already

    @property
    def rung(self) -> bool:
        """Whether the next wait will end at once."""
        return not self._locked.locked()

    def wait(self, seconds: float) -> None:
        """Return when rung, or after so many seconds."""
        if seconds > 0.0:
            self._locked.acquire(timeout=seconds)
