"""The timing self-test in a thread of its own, with what it needs lent to it meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from drumapp.core.errors import DrumappError
from drumapp.gui.midi_setup.control import MidiControl
from drumapp.gui.sound.control import SoundControl

if TYPE_CHECKING:
    from drumapp.playback.output_settings import MidiOutputSettings, SoundSettings
    from drumapp.playback.self_test import SelfTest

Progress = Callable[[float], None]
Run = Callable[["SoundSettings", "list[MidiOutputSettings]", Progress], "SelfTest"]
"""Tests the outputs, telling its progress from 0 to 1. Raises DrumappError, and whatever the progress raises."""


class _CancelledError(Exception):
    """Raised within the test's progress to leave it."""


class TimingTest(QObject):
    """Tests every output in use. The music halts, and sound device and ports are the test's own, until it is done.

    Signals: progressed (0 to 1); changed when it has begun or ended, or an offset was taken over.
    Attributes: result of the last test, None before the first; problem, why there is none; running.
    """

    progressed = Signal(float)
    changed = Signal()
    _done = Signal(object, str)

    def __init__(self, sound: SoundControl, midi: MidiControl, halt: Callable[[], None]) -> None:
        super().__init__()
        self._sound, self._midi, self._halt = sound, midi, halt
        self._run: Run = _run
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self.result: SelfTest | None = None
        self.problem = ""
        self._done.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> bool:
        """Whether it is at it."""
        return self._thread is not None

    def start(self) -> None:
        """Begin; does nothing while it runs."""
        if self.running:
            return
        self._halt()
        self._cancelled.clear()
        self.problem = ""
        sound = self._sound.sound
        outputs = [replace(output, offset_ms=0.0, keys=None, send_clock=False) for output in self._midi.used_outputs]
        self._sound.lend_device(lent=True)
        self._midi.lend_ports(lent=True)
        self._thread = threading.Thread(target=self._work, args=(sound, outputs), name="timing test", daemon=True)
        self._thread.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Leave off soon; ``changed`` still comes."""
        self._cancelled.set()

    def close(self) -> None:
        """Leave off, and wait until it has."""
        self.cancel()
        if self._thread is not None:
            self._thread.join()

    def take_over(self, port: str, offset_ms: float) -> None:
        """Set a port's offset to what the test suggests."""
        choice = next(choice for choice in self._midi.outputs if choice.port == port)
        self._midi.set_output(replace(choice, offset_ms=offset_ms))
        self.changed.emit()

    def offset_of(self, port: str) -> float | None:
        """A port's offset in milliseconds as it is set; None for a port that is not known any more."""
        return next((choice.offset_ms for choice in self._midi.outputs if choice.port == port), None)

    def _progress(self, share: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self.progressed.emit(share)

    def _work(self, sound: SoundSettings, outputs: list[MidiOutputSettings]) -> None:
        result, sentence = None, ""
        try:
            result = self._run(sound, outputs, self._progress)
        except _CancelledError:
            sentence = "The test was cancelled."
        except DrumappError as error:
            sentence = str(error)
        except Exception as error:  # noqa: BLE001 - a fault here must reach the user, not die with the thread
            sentence = f"The timing test failed ({type(error).__name__}: {error})."
        self._done.emit(result, sentence)

    def _take(self, result: SelfTest | None, sentence: str) -> None:
        if self._thread is not None:
            self._thread.join()
        self._thread = None
        if result is not None:
            self.result = result
        self.problem = sentence
        self._sound.lend_device(lent=False)
        self._midi.lend_ports(lent=False)
        self.changed.emit()


def _run(sound: SoundSettings, outputs: list[MidiOutputSettings], progress: Progress) -> SelfTest:
    from drumapp.playback.self_test import run_self_test

    return run_self_test(sound, outputs, progress=progress)
