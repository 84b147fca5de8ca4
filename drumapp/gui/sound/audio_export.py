"""Makes an audio file, or several, in a thread, with progress and a way to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError

Progress = Callable[[float], None]
Work = Callable[[Progress], str]
"""Makes the files, telling its progress from 0 to 1; what it says of them, in words. Raises DrumappError, and whatever
the progress raises: then it leaves no file.
"""


class _CancelledError(Exception):
    """Raised within the work's progress callback to leave it."""


class AudioExport(QObject):
    """One export. Signals: progressed (0 to 1); finished (sentence of what went wrong or "", cancelled).

    Attributes: path of the file or folder; made, what the work said of what it made.
    """

    progressed = Signal(float)
    finished = Signal(str, bool)

    def __init__(self, path: Path, work: Work) -> None:
        super().__init__()
        self.path = path
        self.made = ""
        self._job = work
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, name="audio export", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def cancel(self) -> None:
        """Leave off; nothing is written then. ``finished`` still comes."""
        self._cancelled.set()

    def wait(self) -> None:
        """Until the thread has ended."""
        self._thread.join()

    def _progress(self, share: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.progressed.emit(share)

    def _work(self) -> None:
        sentence, cancelled = "", False
        try:
            self.made = self._job(self._progress)
        except _CancelledError:
            cancelled = True
        except DrumappError as error:
            sentence = str(error)
        except Exception as error:  # noqa: BLE001 - a fault here must reach the user, not die with the thread
            sentence = f"The export to {self.path} failed ({type(error).__name__}: {error})."
        self.finished.emit(sentence, cancelled)
