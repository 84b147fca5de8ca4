"""Loads a drummer's model off the window's thread, and warms it up so that the first Generate is as quick as any."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from drumapp.core.errors import DrumappError

if TYPE_CHECKING:
    from drumapp.lstm.checkpoint import DrumModel

WARM_UP_NOTES = 8


class ModelLoading(QObject):
    """One load at a time; of two begun one after the other, only the later is reported.

    Signals: loaded (path, model); failed (path, sentence).
    """

    loaded = Signal(object, object)
    failed = Signal(object, str)
    _done = Signal(int, object, object, str)

    def __init__(self, load: Callable[[Path], Any] | None = None) -> None:
        super().__init__()
        self._load = load or load_and_warm
        self._number = 0
        self._thread: threading.Thread | None = None
        self._done.connect(self._report)

    def start(self, path: Path) -> None:
        """Load a checkpoint; returns at once."""
        self._number += 1
        self._thread = threading.Thread(target=self._work, args=(self._number, path), name="model", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for a load that is under way, and report nothing of it."""
        self._number += 1
        if self._thread is not None:
            self._thread.join()

    def _work(self, number: int, path: Path) -> None:
        try:
            model, sentence = self._load(path), ""
        except DrumappError as error:
            model, sentence = None, str(error)
        except Exception as error:  # noqa: BLE001 - a fault here must reach the user, not die with the thread
            model, sentence = None, f"The model {path} could not be loaded ({type(error).__name__}: {error})."
        self._done.emit(number, path, model, sentence)

    def _report(self, number: int, path: Path, model: object, sentence: str) -> None:
        if number != self._number:
            return
        if sentence:
            self.failed.emit(path, sentence)
        else:
            self.loaded.emit(path, model)


def load_and_warm(path: Path) -> DrumModel:
    """Read a checkpoint and let it play a few notes for nobody. Raises ModelFileError."""
    from drumapp.lstm.checkpoint import load_model
    from drumapp.lstm.generator import DrumGenerator
    from drumapp.lstm.take_settings import GeneratorSettings

    model = load_model(path)
    for _ in islice(DrumGenerator(model, GeneratorSettings(seed=0, bars=1)), WARM_UP_NOTES):
        pass
    return model
