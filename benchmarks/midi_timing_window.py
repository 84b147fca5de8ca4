"""The window of `benchmarks.midi_timing`: endless generation, 60 frames a second, and 16ths through the virtual port.

``python -m benchmarks.midi_timing_window FILE COUNT``: lines of JSON in the file tell when each note was due and sent,
by the playing process's own log and, for a plain mido loop on a thread in here, by that thread.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from PySide6.QtCore import Qt, QTimer

from benchmarks.servers import connect
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.gui.application import Application
from drumapp.gui.display import build_qt
from drumapp.gui.garbage import settle_memory
from drumapp.playback.engine import VIRTUAL_PORT, PlaybackEngine, SoundSettings
from drumapp.playback.output_settings import NO_DEVICE
from drumapp.port_choices import OutputChoice
from drumapp.settings import Settings
from drumapp.sound_choices import SoundChoice

BPM = 137.0
KEY = 75  # claves, which stand in for the drummer's own
STEP = 120
HOLD = 60
EAR, PLAIN, PLAIN_EAR = "Ear", "Plain", "Plain ear"
_FRAME_MS = 16
_LOOK_MS = 500
_READY_LOOK_MS = 100
_LAST_NOTE_MS = 500


class SteadyEngine(PlaybackEngine):
    """Plays what the drummer writes and, on one key, a 16th after the other."""

    def __init__(self, sound: SoundSettings) -> None:
        super().__init__(sound)
        self._steady = 0  # the next tick of the row

    def set_pattern(self, pattern: Pattern) -> None:
        """The pattern with its row of 16ths."""
        self._steady = 0
        notes = [note for note in pattern.notes if note.pitch != KEY]
        row = self._row(pattern.length)
        super().set_pattern(replace(pattern, notes=NoteRun(sorted([*notes, *row]))))

    def append_notes(self, notes: Sequence[Note], length: int) -> None:
        """More notes, and so much more of the row."""
        super().append_notes([*(note for note in notes if note.pitch != KEY), *self._row(length)], length)

    def _row(self, length: int) -> list[Note]:
        first, self._steady = self._steady, max(-(-length // STEP) * STEP, self._steady)
        return [Note(tick, KEY, 100, HOLD) for tick in range(first, self._steady, STEP)]


class TimedWindow:
    """Plays so many notes and writes down when they were sent."""

    def __init__(self, application: Application, file: IO[str], count: int) -> None:
        self.application: Any = application
        self.frames = 0
        self._file, self._count = file, count
        self._written = 0
        self._loop: threading.Thread | None = None
        self._plain: list[tuple[int, int]] = []
        self._timers = [QTimer(application, interval=_FRAME_MS, timerType=Qt.TimerType.PreciseTimer)]
        self._timers[0].timeout.connect(self._paint)
        self._timers.append(QTimer(application, interval=_LOOK_MS))
        self._timers[1].timeout.connect(self._look)
        self._began = 0.0
        self._ending = False

    def begin(self) -> None:
        """Once drummer, sound and port are there, and listeners are connected, play."""
        application = self.application
        if not application.conductor.can_generate or not application.window.status.sound.text().count(","):
            QTimer.singleShot(_READY_LOOK_MS, self.begin)
            return
        application.midi.set_output(OutputChoice(VIRTUAL_PORT, keys=(KEY,)))
        connect("Drumapp:out", f"{EAR}:in")
        self._loop = threading.Thread(target=self._play_plainly, name="plain-loop", daemon=True)
        self._loop.start()
        application.drummer.generate()
        self._began = time.monotonic()
        for timer in self._timers:
            timer.start()

    def _paint(self) -> None:
        self.application.window.repaint()
        self.frames += 1

    def _look(self) -> None:
        """Take down what has been sent; end when it is enough."""
        engine = self.application.engine
        sent = engine.sent_since(self._written, VIRTUAL_PORT)
        self._written += len(sent)
        self._file.writelines(json.dumps(["sent", entry.due_ns, entry.due_ns + entry.late_ns]) + "\n" for entry in sent)
        assert self._loop is not None
        if self._written >= self._count and not self._loop.is_alive() and not self._ending:
            self._ending = True
            self.application.conductor.stop()
            QTimer.singleShot(_LAST_NOTE_MS, self._end)

    def _end(self) -> None:
        self._look()
        self._file.writelines(json.dumps(["plain", *entry]) + "\n" for entry in self._plain)
        frames_a_second = self.frames / (time.monotonic() - self._began)
        notes = len(self.application.document.pattern)
        self._file.write(json.dumps(["window", frames_a_second, notes]) + "\n")
        self.application.end_at_once()

    def _play_plainly(self) -> None:
        """What most programs do: mido's own loop, on a thread."""
        import mido

        backend = mido.Backend("mido.backends.rtmidi/UNIX_JACK")
        port = backend.open_output("out", virtual=True, client_name=PLAIN)
        connect(f"{PLAIN}:out", f"{PLAIN_EAR}:in")
        song = mido.MidiFile(ticks_per_beat=480)
        track = song.add_track()
        track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(BPM)))
        for number in range(self._count):
            track.append(mido.Message("note_on", channel=9, note=KEY, velocity=100, time=STEP if number else 0))
        starts: list[float] = []

        def now() -> float:
            starts.append(time.monotonic())
            return starts[-1]

        due = 0.0
        for message in song.play(now=now):
            due += message.time
            port.send(message)
            self._plain.append((round((starts[0] + due) * 1e9), time.monotonic_ns()))
        port.close()


def main() -> int:
    """Play until enough notes are sent."""
    path, count = sys.argv[1:]
    settle_memory()
    app = build_qt([])
    settings = Settings(bars=0, tempo=BPM, sound=SoundChoice(device=NO_DEVICE))
    engine = SteadyEngine(settings.sound.settings(settings.soundfont, settings.synth, settings.volume_db))
    application = Application(app, settings, engine=engine)
    with Path(path).open("w") as file:
        timed = TimedWindow(application, file, int(count))
        application.show()
        QTimer.singleShot(_READY_LOOK_MS, timed.begin)
        try:
            return app.exec()
        finally:
            application.close()


if __name__ == "__main__":
    sys.exit(main())
