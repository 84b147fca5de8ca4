"""Memory that the C library keeps although nobody uses it."""

from __future__ import annotations

import ctypes
import sys


def give_memory_back(system: str = sys.platform) -> None:
    """Let the system have what was freed, in a millisecond or two.

    glibc keeps it otherwise wherever something above it is still in use, and a process grows by a third with an hour of
    notes that are written and edited, or with each soundfont tried.
    """
    if system == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)
