"""How much of what was freed the C library keeps for what comes next."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of glibc's malloc.h
_KEPT_BYTES = 32 << 20  # as much as it lets be set
_AT_FIRST_BYTES = 128 << 10  # what it begins with, and raises with each larger block that is freed


def give_memory_back(system: str = sys.platform) -> None:
    """Let the system have what was freed, in a millisecond or two.

    glibc keeps it otherwise wherever something above it is still in use, and a process grows by a third with an hour of
    notes that are written and edited, or with each soundfont tried.
    """
    if system == "linux":
        trim = getattr(_c_library(), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)


def share_one_heap(system: str = sys.platform) -> None:
    """Have all threads share one heap: for a process whose threads come and go. Call it before there are any.

    glibc gives each thread a heap of its own otherwise, and of those heaps' tops malloc_trim gives nothing back.
    """
    if system == "linux":
        _set_options({_ARENA_MAX: 1})


def keep_memory(system: str = sys.platform) -> None:
    """Keep what is freed: for a process that takes and frees the same again and again, and has the system clear every
    page anew each time.
    """
    if system == "linux":
        _set_options(dict.fromkeys((_TRIM_THRESHOLD, _MMAP_THRESHOLD), _KEPT_BYTES))


def give_large_blocks_back(system: str = sys.platform) -> None:
    """Have large blocks of memory go back as soon as they are freed, for good: for a process that seldom needs any."""
    if system == "linux":
        _set_options(dict.fromkeys((_TRIM_THRESHOLD, _MMAP_THRESHOLD), _AT_FIRST_BYTES))


def _set_options(options: Mapping[int, int]) -> None:
    set_option = getattr(_c_library(), "mallopt", None)  # other C libraries have none
    if set_option is not None:
        for option, value in options.items():
            set_option(option, value)


@cache
def _c_library() -> ctypes.CDLL:
    """Opened once: each time comes with a new class, 3 kB that stay until Python looks for garbage."""
    return ctypes.CDLL(None)
