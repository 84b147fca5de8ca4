"""The log: what went wrong, in a file that does not grow without end, for whoever is asked about it later.

Nothing leaves the computer. Music is not logged, nor are the names of its files, except in the words of an error.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from drumapp import __version__
from drumapp.core.errors import DrumappError
from drumapp.storage.state_folder import make_folder, state_folder

LOG_BYTES = 512 * 1024
OLD_LOGS = 3
LOG = logging.getLogger("drumapp")

Failure = Callable[[type[BaseException], BaseException, TracebackType | None], None]


def log_folder() -> Path:
    """The folder of the logs; it may not exist yet."""
    return state_folder() / "logs"


def log_file() -> Path:
    """The log that is written; older ones lie beside it, with a number behind the name."""
    return log_folder() / "drumapp.log"


def faults_file() -> Path:
    """Where Python writes its stacks when the process is killed by a fault in a library."""
    return log_folder() / "faults.log"


def start_logging() -> str | None:
    """Log from now on; returns why that cannot be done, as a sentence, or None. Without a log the program works on."""
    try:
        make_folder(log_folder())
        handler = RotatingFileHandler(log_file(), maxBytes=LOG_BYTES, backupCount=OLD_LOGS, encoding="utf-8")
    except (DrumappError, OSError) as error:
        cause = str(error) if isinstance(error, DrumappError) else (error.strerror or str(error)).lower()
        return f"No log is kept in {log_folder()}: {cause}"
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.info("Drumapp %s, Python %s, %s", __version__, sys.version.split()[0], sys.platform)
    return None


def stop_logging() -> None:
    """Close the log's file, and log as before it was opened."""
    LOG.setLevel(logging.NOTSET)
    for handler in LOG.handlers[:]:
        LOG.removeHandler(handler)
        handler.close()


def watch_for_faults() -> None:
    """Have the stacks of all threads written when a fault in a library kills the process, if a log can be kept."""
    faults = faults_file()
    with contextlib.suppress(OSError):
        if faults.is_file() and faults.stat().st_size > LOG_BYTES:
            faults.unlink()
        faulthandler.enable(faults.open("a", encoding="utf-8"))  # open for as long as the process lives


def log_uncaught(tell: Failure) -> None:
    """Log every exception that nobody caught, in whatever thread, and then tell of it.

    Args: tell is called in the thread where it happened. What cannot be raised, as in a destructor, is logged alone.
    """

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        name = threading.current_thread().name
        LOG.critical("Uncaught in the thread %s", name, exc_info=(kind, error, trace))
        sys.__excepthook__(kind, error, trace)
        tell(kind, error, trace)

    def caught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            caught(args.exc_type, args.exc_value, args.exc_traceback)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            LOG.error("Unraisable: %s", args.err_msg, exc_info=(args.exc_type, args.exc_value, args.exc_traceback))
        sys.__unraisablehook__(args)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread
    sys.unraisablehook = unraisable
