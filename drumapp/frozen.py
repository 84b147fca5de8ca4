"""What a frozen bundle needs before anything else runs. In a checkout or a wheel none of it does anything."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

_LIBRARY_PATH = "LD_LIBRARY_PATH"


def prepare() -> None:
    """Become a child process if this is one, and mend streams and environment."""
    multiprocessing.freeze_support()  # the playing process and the readers of a corpus start here too
    if not getattr(sys, "frozen", False):
        return
    _open_missing_streams()
    _give_back_library_path()


def _open_missing_streams() -> None:
    """A program with a window has no streams on Windows; what prints is to print into nothing, not to fail."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the program ends


def _give_back_library_path() -> None:
    """The bundle's libraries are loaded by now; the file manager or the browser we open must not get them.

    PyInstaller's start program sets the variable anew for each process of the bundle, and keeps what it was.
    """
    if sys.platform in ("win32", "darwin"):
        return
    before = os.environ.pop(f"{_LIBRARY_PATH}_ORIG", None)
    if before:
        os.environ[_LIBRARY_PATH] = before
    else:
        os.environ.pop(_LIBRARY_PATH, None)
