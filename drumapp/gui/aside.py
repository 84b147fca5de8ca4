"""A thread beside the window's, for what takes longer than a blink: one job after another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal

Result = TypeVar("Result")


class Aside(QObject):
    """Jobs are done in the order they are asked for. Their results come in the window's thread, later than ``ask``.

    Signals: failed (sentence) when a job broke off by a fault of the program; whoever gives a job catches what may
    rightly go wrong in it.
    """

    failed = Signal(str)
    _came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
        self._closed = False
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def ask(self, job: Callable[[], Result], then: Callable[[Result], object]) -> None:
        """Do a job, then hand on what came of it."""
        if self._closed:
            return
        future = self._worker.submit(job)
        future.add_done_callback(lambda done: self._came.emit((done, then)))

    def close(self) -> None:
        """Wait for the job under way; those that wait are not done, and nobody is told of any."""
        self._closed = True
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, came: tuple[Future[Result], Callable[[Result], object]]) -> None:
        future, then = came
        if self._closed or future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self.failed.emit(f"A fault of the program: {type(error).__name__}: {error}.")
        else:
            then(future.result())
