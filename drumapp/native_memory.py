"""How much of what was freed the C library keeps for what comes next."""

from __future__ import annotations

import ctypes
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h
_KEPT_BYTES = 32 << 20  # as much as it lets be set
_AT_FIRST_BYTES = 128 << 10  # what it begins with, and raises with each larger block that is freed


def give_memory_back(system: str = sys.platform) -> None:
    """Let the system have what was freed, in a millisecond or two.

    glibc keeps it otherwise wherever something above it is still in use, and a process grows by a third with an hour of
    notes that are written and edited, or with each soundfont tried.
    """
    if system == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)


def keep_memory(system: str = sys.platform) -> None:
    """Keep what is freed: for a process that takes and frees the same again and again, and has the system clear every
    page anew each time.
    """
    _set_thresholds(_KEPT_BYTES, system)


def give_large_blocks_back(system: str = sys.platform) -> None:
    """Have large blocks of memory go back as soon as they are freed, for good: for a process that seldom needs any."""
    _set_thresholds(_AT_FIRST_BYTES, system)


def _set_thresholds(size: int, system: str) -> None:
    if system == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option is not None:
            for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
                set_option(option, size)
