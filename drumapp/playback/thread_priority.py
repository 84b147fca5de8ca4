"""Asks the system to run the threads that make sound and send MIDI before others."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from typing import Any

# Above all that computes, below the sound servers' own threads. MIDI goes first: it is done in microseconds.
SOUND, MIDI = 5, 6
_NICE = -11

_TIME_CONSTRAINT, _TIME_CONSTRAINT_WORDS = 2, 4  # THREAD_TIME_CONSTRAINT_POLICY and its count, mach/thread_policy.h
_COMPUTATION_NS, _CONSTRAINT_NS = 500_000, 1_000_000


def hurry_this_thread(priority: int = SOUND, system: str = sys.platform) -> str:
    """Raise the calling thread's priority as far as this user may; what came of it: realtime, high or normal.

    On macOS and Windows only MIDI asks: the sound system raises the priority of the threads that it calls.
    """
    if system == "linux":
        return _hurry_on_linux(priority)
    if priority == SOUND:
        return "normal"
    if system == "darwin":
        return hurry_on_macos(ctypes.CDLL(None))
    if system == "win32":
        libraries: Any = getattr(ctypes, "windll")  # noqa: B009 - which mypy knows on Windows only
        return hurry_on_windows(libraries.avrt, libraries.winmm)
    return "normal"


def _hurry_on_linux(priority: int) -> str:
    if sys.platform != "linux":
        return "normal"
    try:
        # Round robin and not first in, first out: a fault in here must not lock the computer up.
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(priority))
    except OSError:
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        except OSError:
            return "normal"  # most users may do neither, and the usual buffer is made for that
        return "high"
    return "realtime"


def hurry_on_macos(library: Any) -> str:
    """Declare the calling thread's work to be due within a millisecond of waking, as Core Audio's own threads do.

    Any user may. Source: Apple, "Mach Scheduling and Thread Interfaces", and mach/thread_policy.h. Args: library, the
    system's.
    """
    timebase = (ctypes.c_uint32 * 2)()  # nanoseconds to a tick: numerator and denominator
    library.mach_timebase_info(timebase)
    numerator, denominator = timebase

    def ticks(nanoseconds: int) -> int:
        return nanoseconds * denominator // numerator

    library.pthread_self.restype = ctypes.c_void_p
    library.pthread_mach_thread_np.argtypes = [ctypes.c_void_p]
    thread = library.pthread_mach_thread_np(library.pthread_self())
    policy = (ctypes.c_uint32 * _TIME_CONSTRAINT_WORDS)(0, ticks(_COMPUTATION_NS), ticks(_CONSTRAINT_NS), 1)
    failed = library.thread_policy_set(thread, _TIME_CONSTRAINT, policy, _TIME_CONSTRAINT_WORDS)
    return "normal" if failed else "realtime"


def hurry_on_windows(avrt: Any, winmm: Any) -> str:
    """Join the system's "Pro Audio" task and have timers end within a millisecond.

    Any user may. Source: Microsoft, "Multimedia Class Scheduler Service" and "timeBeginPeriod". Args: avrt and winmm,
    the libraries.
    """
    winmm.timeBeginPeriod(1)  # for as long as the process lives: it plays
    avrt.AvSetMmThreadCharacteristicsW.restype = ctypes.c_void_p
    task = ctypes.c_uint32(0)
    return "realtime" if avrt.AvSetMmThreadCharacteristicsW("Pro Audio", ctypes.byref(task)) else "normal"
