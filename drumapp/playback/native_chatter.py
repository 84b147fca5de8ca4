"""Sound libraries write to the terminal behind Python's back; what they have to say reaches the user another way."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silenced() -> Iterator[None]:
    """Send what C code writes to standard error meanwhile into nothing. Python's own output is kept for the same time.

    ALSA and JACK print a screen of lines for every device they do not find, and have no switch for it.
    """
    try:
        sys.stderr.flush()
        descriptor = 2
        saved = os.dup(descriptor)
    except (OSError, AttributeError):  # a windowed program without a terminal has no standard error to silence
        yield
        return
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, descriptor)
        os.close(nothing)
        yield
    finally:
        os.dup2(saved, descriptor)
        os.close(saved)
