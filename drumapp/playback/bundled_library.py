"""Which FluidSynth library is loaded: a frozen bundle's own, by its absolute path, and never another.

A bundle that takes what the system happens to have plays with another version than it was tested with, and on macOS
the loader ends it: library validation allows only libraries of the bundle's own signature.
"""

from __future__ import annotations

import contextlib
import ctypes.util
import sys
from collections.abc import Iterator
from pathlib import Path

from drumapp.resources import bundle_folder

_NAMES = {"darwin": "libfluidsynth*.dylib", "win32": "*fluidsynth*.dll"}
_NAMES_ELSEWHERE = "libfluidsynth.so*"


def own_library() -> Path | None:
    """FluidSynth's library in a frozen bundle; None where there is no bundle, or nothing of the kind in it."""
    folder = bundle_folder()
    if folder is None:
        return None
    return next(iter(sorted(folder.glob(_NAMES.get(sys.platform, _NAMES_ELSEWHERE)))), None)


@contextlib.contextmanager
def own_library_alone() -> Iterator[None]:
    """While this lasts, whoever looks for a library is in a bundle shown the bundle's own FluidSynth.

    In a checkout or a wheel the system's libraries are found as usual. Raises ImportError in a bundle without it.
    """
    if bundle_folder() is None:
        yield
        return
    found = own_library()
    if found is None:
        raise ImportError("This bundle was made without FluidSynth's library.")
    usual = ctypes.util.find_library
    ctypes.util.find_library = lambda name: str(found)  # noqa: ARG005 - whichever of its names is asked for
    try:
        yield
    finally:
        ctypes.util.find_library = usual
