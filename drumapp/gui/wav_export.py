"""Renders the pattern into a WAV file in a thread, with progress and a way to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.kit import DrumKit
from drumapp.core.pattern import Pattern

Render = Callable[[Pattern, DrumKit, Path, Callable[[float], None]], None]
"""Renders a pattern, mixed as a kit says, into a file, telling its progress from 0 to 1. Raises DrumappError."""


class _CancelledError(Exception):
    """Raised within the renderer's progress callback to leave it."""


class WavExport(QObject):
    """One export. Signals: progressed (0 to 1); finished (sentence of what went wrong or "", cancelled)."""

    progressed = Signal(float)
    finished = Signal(str, bool)

    def __init__(self, pattern: Pattern, kit: DrumKit, path: Path, render: Render) -> None:
        super().__init__()
        self.path = path
        self._pattern, self._kit = pattern, kit
        self._render = render
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._work, name="wav export", daemon=True)

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
            self._render(self._pattern, self._kit, self.path, self._progress)
        except _CancelledError:
            cancelled = True
        except DrumappError as error:
            sentence = str(error)
        except Exception as error:  # noqa: BLE001 - a fault here must reach the user, not die with the thread
            sentence = f"The export to {self.path} failed ({type(error).__name__}: {error})."
        self.finished.emit(sentence, cancelled)
