"""The window's process from start to end: Qt, the window, signals, faults, what to begin with."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from drumapp.core.document_files import is_document
from drumapp.gui.application import Application
from drumapp.gui.display import build_qt
from drumapp.gui.documents_to_open import DocumentsToOpen
from drumapp.gui.garbage import settle_memory
from drumapp.logs import log_uncaught, start_logging, watch_for_faults
from drumapp.settings import load_settings, settings_file

QUIT_AFTER_PAINT = "--quit-after-paint"
SIGNAL_LOOK_MS = 200


def run(argv: Sequence[str]) -> int:
    """Open the window and return when it is closed. Raises DrumappError where there is no display.

    Args: argv, a project or MIDI file to open, and what Qt understands. With --quit-after-paint it prints ``painted``
    and time.monotonic_ns of the first paint, and ends.
    """
    arguments = [argument for argument in argv if argument != QUIT_AFTER_PAINT]
    settle_memory()
    app = build_qt(arguments)
    never_started = not settings_file().exists()
    application = Application(app, load_settings())
    if QUIT_AFTER_PAINT in argv:
        application.window.painted.connect(lambda: QTimer.singleShot(0, lambda: _report_paint(app)))
        application.window.show()
    else:
        _log_faults(application)
        application.show()
        named = [Path(argument) for argument in arguments if is_document(argument)]
        application.started.connect(lambda: begin(application, app.documents, named, never_started))
    # Python sees a signal only when it gets to run: the timer sees to that while Qt waits for events.
    signal.signal(signal.SIGINT, lambda *_: application.end_at_once())
    signal.signal(signal.SIGTERM, lambda *_: application.end_at_once())
    alive = QTimer(interval=SIGNAL_LOOK_MS)
    alive.timeout.connect(lambda: None)
    alive.start()
    try:
        return app.exec()
    finally:
        application.close()


def _log_faults(application: Application) -> None:
    problem = start_logging()
    if problem:
        print(f"drumapp: {problem}", file=sys.stderr)
    else:
        watch_for_faults()
    log_uncaught(application.faults.tell)


def begin(application: Application, opening: DocumentsToOpen, named: list[Path], never_started: bool) -> None:
    """With the documents the user started it by, or at the very first start with a beat of its own."""
    opening.wanted.connect(application.projects.open)
    documents = [*named, *opening.hand_over()]
    for path in documents[:1]:  # one window has one document
        application.projects.open(path)
    if never_started and not documents:
        application.welcome()


def _report_paint(app: QApplication) -> None:
    print(f"painted {time.monotonic_ns()}", flush=True)
    app.quit()
