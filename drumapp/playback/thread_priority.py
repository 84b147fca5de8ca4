"""Asks the system to run the thread that makes sound before others."""

from __future__ import annotations

import os
import sys
import threading

# Above all that computes, below the sound servers' own threads.
_REALTIME_PRIORITY = 5
_NICE = -11


def hurry_this_thread() -> str:
    """Raise the calling thread's priority as far as this user may; what came of it: realtime, high or normal.

    Only Linux is asked: on macOS and Windows the sound system raises the priority of the threads that it calls.
    """
    if sys.platform != "linux":
        return "normal"
    try:
        # Round robin and not first in, first out: a fault in here must not lock the computer up.
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(0, policy, os.sched_param(_REALTIME_PRIORITY))
    except OSError:
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        except OSError:
            return "normal"  # most users may do neither, and the usual buffer is made for that
        return "high"
    return "realtime"
