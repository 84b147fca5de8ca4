"""From a click on Generate to the first note handed to the synth, in the real window with the real playing process."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

CLICKS = 20
LIMIT_MS = 50.0
PATIENCE_S = 30.0
PAUSE_S = 0.35  # between clicks: what one take leaves behind must not wait for the next


def measure(clicks: int = CLICKS) -> tuple[list[float], str]:
    """Milliseconds of each click, and what made the sound. Raises RuntimeError when a note does not come."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, Qt
    from PySide6.QtTest import QTest

    from drumapp.gui.application import Application
    from drumapp.gui.display import build_qt
    from drumapp.settings import Settings

    app = build_qt([])
    application = Application(app, Settings())

    def rest() -> None:
        # Waiting, as a real window does: a loop without rest would keep the drummer's thread from the interpreter.
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def wait_until(condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{what} did not come within {PATIENCE_S:g} s")
            rest()

    try:
        application.show()
        wait_until(lambda: application.conductor.can_generate, "the drummer")
        wait_until(lambda: application.window.status.sound.text().count(",") > 0, "the sound")
        button = application.window.transport.generate
        waits_ms = []
        for _ in range(clicks):
            clicked_ns = time.monotonic_ns()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            wait_until(lambda: application.engine.playhead().first_note_ns is not None, "the first note")
            struck_ns = application.engine.playhead().first_note_ns
            assert struck_ns is not None
            waits_ms.append((struck_ns - clicked_ns) / 1e6)
            rested_at = time.monotonic() + PAUSE_S
            while time.monotonic() < rested_at:
                rest()
        return waits_ms, application.window.status.sound.text()
    finally:
        application.end_at_once()


def main() -> int:
    """Measure and print; with ``--json`` one object with ``p95_ms`` in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as settings:
        os.environ["DRUMAPP_CONFIG_DIR"] = os.environ["DRUMAPP_STATE_DIR"] = settings
        waits_ms, sound = measure()
    p50, p95 = statistics.median(waits_ms), percentile(waits_ms, 0.95)
    if arguments.json:
        figures = {"p50_ms": p50, "p95_ms": p95, "max_ms": max(waits_ms), "clicks": len(waits_ms), "sound": sound}
        print(json.dumps(figures))
    else:
        print(f"click on Generate to first note, {len(waits_ms)} clicks, {sound}:")
        print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms (at most {LIMIT_MS:g}), longest {max(waits_ms):.1f} ms")
    return 0


def percentile(values: list[float], share: float) -> float:
    """The smallest of the values that ``share`` of them do not exceed."""
    ordered = sorted(values)
    place = -(-len(ordered) * share // 1)
    return ordered[max(int(place) - 1, 0)]


if __name__ == "__main__":
    sys.exit(main())
