"""How often Python looks for garbage, and how often what was thrown away goes back to the system."""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from drumapp.native_memory import give_memory_back, share_one_heap

GIVE_BACK_MS, REST_MS = 10_000, 30_000
_NEW_OBJECTS = 100_000
_YOUNG_PER_MIDDLE = 20
_MIDDLE_PER_OLD = 100


def settle_memory() -> None:
    """Look through new objects after a hundred thousand of them, through all there are hardly ever; and have all
    threads share one heap. Call it first of all, before there are threads.

    Only objects that refer to each other in a circle wait to be looked through. Notes never do, but Python looks at
    each of them again and again, and would hold up the window for a third of a second while it edits many.
    """
    share_one_heap()
    gc.set_threshold(_NEW_OBJECTS, _YOUNG_PER_MIDDLE, _MIDDLE_PER_OLD)


def give_back_often(owner: QObject, rest: Callable[[], object]) -> None:
    """Let the system have memory that was freed, every ten seconds as long as the owner lives.

    Args: rest, called twice a minute, has what holds more than it needs let go of that.
    """
    for act, interval in ((rest, REST_MS), (give_memory_back, GIVE_BACK_MS)):
        timer = QTimer(owner, interval=interval)
        timer.timeout.connect(act)
        timer.start()
