from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from drumapp.native_memory import give_large_blocks_back, give_memory_back, keep_memory, share_one_heap

# Each library that is opened has a class of its own, derived from this.
_FUNCTIONS: type = type(ctypes.pythonapi.Py_GetVersion).__mro__[1]


def _own_kb() -> int:
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what the process holds")
def test_what_was_freed_below_what_is_in_use_goes_back() -> None:
    small = 64 * 1024  # in bytes; the C library asks the system for what is larger by itself
    pieces = [np.ones(small, np.uint8) for _ in range(2000)]
    kept = pieces[-1]
    full = _own_kb()
    del pieces
    give_memory_back()
    assert _own_kb() < full - 60_000
    assert kept.all()


@pytest.mark.skipif(sys.platform != "linux", reason="only there is anything to be asked for")
def test_to_give_back_leaves_nothing_behind() -> None:
    """It is called again and again by processes that hardly ever look for garbage."""
    give_memory_back()
    classes = len(_FUNCTIONS.__subclasses__())
    for _ in range(10):
        give_memory_back()
    assert len(_FUNCTIONS.__subclasses__()) <= classes  # fewer where another test's were thrown away meanwhile


def test_elsewhere_nothing_happens() -> None:
    give_memory_back("darwin")
    keep_memory("darwin")
    share_one_heap("darwin")
    give_large_blocks_back("darwin")


def _pages_cleared(setting: str) -> int:
    """Pages that the system clears for ten blocks of 4 MB, one after the other, after a larger one came and went; in a
    process of its own, for what is set stays set.
    """
    code = (
        "import resource, numpy as np\n"
        f"from drumapp.native_memory import {setting}\n"
        f"{setting}()\n"
        "np.ones(8 << 20, np.uint8)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "for _ in range(10): np.ones(4 << 20, np.uint8)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)\n"
    )
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what the process holds")
def test_a_process_that_keeps_memory_has_no_page_cleared_twice() -> None:
    assert _pages_cleared("keep_memory") < 1000


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what the process holds")
def test_large_blocks_go_back_at_once_however_many_came_before() -> None:
    assert _pages_cleared("give_large_blocks_back") >= 10 * (4 << 20) // (
        64 << 10
    )  # each page anew, of whatever size pages are


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's C library how many heaps there are")
def test_threads_share_one_heap() -> None:
    """In a process of its own: what is set stays set."""
    code = (
        "import ctypes, sys, threading, numpy as np\n"
        "from drumapp.native_memory import share_one_heap\n"
        "share_one_heap()\n"
        "kept = []\n"
        "threads = [threading.Thread(target=lambda: kept.append(np.ones(10_000, np.uint8))) for _ in range(8)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "library = ctypes.CDLL(None)\n"
        "library.fdopen.restype = ctypes.c_void_p\n"
        "library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b'w')))\n"
        "library.fflush(None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count("<heap nr=") == 1
