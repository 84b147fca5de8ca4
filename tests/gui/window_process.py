"""A window in a process of its own, to be killed: generates an endless take and says how long it is after each write.

Not a test itself. Prints one line per 50 ms: the number of notes in the document, and the size of the journal.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from drumapp import resources
from drumapp.gui.application import Application
from drumapp.gui.display import build_qt
from drumapp.playback.engine import PlaybackEngine, SoundSettings
from drumapp.settings import Settings
from drumapp.storage.journal import JOURNAL_SUFFIX, journal_folder


def main(path: str | None = None) -> int:
    """Until it is killed."""
    app = build_qt([])
    engine = PlaybackEngine(SoundSettings(resources.builtin_soundfont(), synth="sampler", device="null"))
    application = Application(app, Settings(bars=0, seed=5, tempo=200.0), engine=engine)
    application.show()

    def report() -> None:
        journals = list(journal_folder().glob(f"*{JOURNAL_SUFFIX}"))
        size = journals[0].stat().st_size if journals else 0
        print(len(application.document.pattern), size, flush=True)

    def begin() -> None:
        if path is not None:
            application.projects.open(Path(path))
        application.drummer.generate()

    timer = QTimer(interval=50)
    timer.timeout.connect(report)
    timer.start()
    QTimer.singleShot(200, begin)
    return app.exec()


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
