"""A progress bar for what takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE_SECONDS = 1.0

Report = Callable[[float], None]
"""Told the share that is done, 0 to 1."""


@contextmanager
def progress(label: str, *, clock: Callable[[], float] = time.monotonic) -> Iterator[Report]:
    """A bar on standard error that shows itself once the work has taken a second, and goes when it is done.

    Where standard error is no terminal nothing is shown, so that logs and pipes stay clean.
    """
    if not sys.stderr.isatty():
        yield _ignore
        return
    bar = _Bar(label, clock)
    try:
        yield bar.report
    finally:
        bar.close()


def _ignore(_: float) -> None:
    """Take a report for nobody."""


class _Bar:
    """Rich's bar, loaded and drawn only when it is needed: quick commands do not pay for it."""

    def __init__(self, label: str, clock: Callable[[], float]) -> None:
        self._label = label
        self._clock = clock
        self._start = clock()
        self._shown: tuple[Progress, TaskID] | None = None

    def report(self, share: float) -> None:
        if self._shown is None:
            if self._clock() - self._start < PATIENCE_SECONDS:
                return
            self._shown = self._show()
        bar, task = self._shown
        bar.update(task, completed=share)

    def close(self) -> None:
        if self._shown is not None:
            self._shown[0].stop()

    def _show(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        bar.start()
        return bar, bar.add_task(self._label, total=1.0)
