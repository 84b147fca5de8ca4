"""The window of `benchmarks.endless`: endless play, edits and other outputs, all written down as they happen.

``python -m benchmarks.endless_window FILE SECONDS SEED SINK...``: lines of JSON in the file say what was done and what
became of the document, with the time of the monotonic clock.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from PySide6.QtCore import QTimer

from benchmarks.underruns import LONG_GAP_NS
from drumapp.core.changes import note_difference
from drumapp.core.editing import NOTHING, Grid
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.application import Application
from drumapp.gui.display import build_qt
from drumapp.gui.garbage import settle_memory
from drumapp.playback import engine as playback
from drumapp.playback.output_settings import DEFAULT_DEVICE, NO_DEVICE
from drumapp.playback.soundfont import find_soundfonts
from drumapp.resources import builtin_soundfont
from drumapp.settings import Settings

BPM = 120.0
BAR = 1920
EDITS_A_MINUTE = 10
DESKS = ("Desk A:in", "Desk B:in")
OUTPUTS = (playback.VIRTUAL_PORT, *DESKS)
PULSE = "PulseAudio"
_OVERLAP_MS = 3_000
WARM_UP_S, WARM_UP_SHARE = 300.0, 1 / 4
REST_S, REST_SHARE = 60.0, 1 / 5  # so long all outputs are as at first, for memory to be compared
_SWITCH_MS = 60_000
_SETTLE_S = 5.0
_ENDING_S = 3.0
_READY_LOOK_MS = 100
_DRAWN_KEYS = (36, 38, 42, 46, 49, 51)


class EndlessWindow:
    """Does to the application what a restless user does. Args: sinks, names of the sound devices to choose from."""

    def __init__(
        self, application: Application, file: IO[str], seconds: float, seed: int, sinks: Sequence[str]
    ) -> None:
        self.application: Any = application
        self._file = file
        self._seconds = seconds
        self._dice = random.Random(seed)
        self._sinks = sinks
        self._fonts = [None, *[path for path in find_soundfonts() if path != builtin_soundfont()][:2]]
        self._pattern = Pattern()
        self._outputs: tuple[str, ...] = ()
        self._timers: list[QTimer] = []
        self._pulls = 0
        self._last_called: list[int] = []
        self._rest_s = self._resting_until = 0.0

    # What is written down

    def write(self, kind: str, **more: Any) -> None:
        """Write down what happened now."""
        self._file.write(json.dumps({"t": time.monotonic_ns(), "kind": kind, **more}) + "\n")
        self._file.flush()

    def _write_change(self, came: Sequence[Note] | None = None) -> None:
        before, self._pattern = self._pattern, self.application.document.pattern
        gone, new = ((), tuple(came)) if came is not None else note_difference(before.notes, self._pattern.notes)
        if gone or new:
            self.write("notes", gone=gone, came=new)

    def _write_event(self, event: Any) -> None:
        if isinstance(event, playback.PortReady):
            self.write("ready", port=event.name)
        elif isinstance(event, playback.SoundReady):
            self.write("sound", words=f"{event.description}, {event.device}")
        elif not isinstance(event, playback.MidiPortsChanged | playback.SoundDevices):
            self.write("problem", words=getattr(event, "sentence", repr(event)))

    def _write_head(self) -> None:
        engine = self.application.engine
        head, pulls = engine.playhead(), engine.pulls_since(self._pulls)
        self._pulls = engine.pulls
        self.write("head", tick=head.tick, playing=head.playing, waiting=head.waiting, notes=len(self._pattern))
        # When the sound device waited for long between two blocks: whether an underrun was of our making.
        called = [*self._last_called, *(entry.due_ns + entry.late_ns for entry in pulls)]
        self._last_called = called[-1:]
        for before, after in pairwise(called):
            if after - before > LONG_GAP_NS:
                self.write("gap", at=after, ms=(after - before) / 1e6)

    # What is done

    def begin(self) -> None:
        """Once drummer and sound are there, generate without end."""
        conductor, engine = self.application.conductor, self.application.engine
        if not conductor.can_generate or not self.application.window.status.sound.text().count(","):
            QTimer.singleShot(_READY_LOOK_MS, self.begin)
            return
        document = self.application.document
        document.replaced.connect(self._write_change)
        document.appended.connect(self._write_change)
        self.application.window.roll.auditioned.connect(lambda key, _velocity: self.write("audition", key=key))
        self.write("begin", window=os.getpid(), playing=engine.process_id, bpm=BPM)
        self._use(OUTPUTS)
        self.application.drummer.generate()
        self._repeat(1_000, self._write_head)
        QTimer.singleShot(round(_SETTLE_S * 1000), self._settled)

    def _settled(self) -> None:
        self.write("settled")
        self._later(60_000 / EDITS_A_MINUTE, self._edit)
        self._later(_SWITCH_MS, self._switch)
        warm_s = min(WARM_UP_S, self._seconds * WARM_UP_SHARE)
        self._rest_s = min(REST_S, self._seconds * REST_SHARE)
        for begin_s in (warm_s, self._seconds - self._rest_s):
            QTimer.singleShot(round(begin_s * 1000), self._rest)
        QTimer.singleShot(round(self._seconds * 1000), self._finish)

    def _edit(self) -> None:
        """Change something within four bars of the playhead, heard already or yet to come."""
        self._later(60_000 / EDITS_A_MINUTE, self._edit)
        document, editor, dice = self.application.document, self.application.notes.editor, self._dice
        tick = round(self.application.engine.playhead().tick)
        near = document.pattern.between(Range(max(tick - 4 * BAR, 0), tick + 4 * BAR))
        chosen = frozenset(dice.sample(near, min(dice.randint(1, 4), len(near))))
        kind = dice.choice(("delete", "draw", "nudge", "louder", "softer", "undo"))
        self.write("edit", what=kind)
        if kind == "draw":
            place = max(tick + dice.randrange(-2 * BAR, 2 * BAR), 0) // 120 * 120
            editor.toggle_cell(place, dice.choice(_DRAWN_KEYS), Grid())
        elif kind == "undo":
            if document.undo_label not in (None, "Generate"):
                document.undo()
        else:
            editor.select(chosen)
            match kind:
                case "delete":
                    editor.delete()
                case "nudge":
                    editor.nudge(dice.choice((-30, -10, 10, 30)))
                case _:
                    editor.shift_velocity(dice.choice((5, 12)) * (1 if kind == "louder" else -1))
            editor.select(NOTHING)

    def _rest(self) -> None:
        """For a while have all outputs as they were at first."""
        self._resting_until = time.monotonic() + self._rest_s
        self.write("rest", seconds=self._rest_s)
        self._use(OUTPUTS)
        self.application.midi.set_synth_keys(None)
        sound = self.application.sound.control
        sound.choose_synth("auto")
        sound.choose_device(DEFAULT_DEVICE, "")
        sound.choose_soundfont(None)

    def _switch(self) -> None:
        """Play through other ports, and sound otherwise; for some seconds old and new ports play together."""
        self._later(_SWITCH_MS, self._switch)
        if time.monotonic() < self._resting_until:
            return
        wanted = tuple(port for port in OUTPUTS if self._dice.random() < 0.5) or (self._dice.choice(OUTPUTS),)
        self._use(tuple(dict.fromkeys((*self._outputs, *wanted))))
        QTimer.singleShot(_OVERLAP_MS, lambda: self._use_alone(wanted))
        sound, dice = self.application.sound.control, self._dice
        match dice.randrange(4):
            case 0:
                keys = None if self.application.settings.synth_keys is not None else ()
                self.write("switch", what=f"the synth {'on' if keys is None else 'off'}")
                self.application.midi.set_synth_keys(keys)
            case 1:
                font = dice.choice(self._fonts)
                self.write("switch", what=f"soundfont {font.name if font else 'built in'}")
                sound.choose_soundfont(font)
            case 2:
                synth = dice.choice(("fluidsynth", "sampler"))
                self.write("switch", what=f"synth {synth}")
                sound.choose_synth(synth)
            case _:
                device = dice.choice((NO_DEVICE, *self._sinks))
                self.write("switch", what=f"device {device}")
                sound.choose_device(device, "" if device == NO_DEVICE else PULSE)

    def _use_alone(self, outputs: Sequence[str]) -> None:
        if time.monotonic() >= self._resting_until:
            self._use(outputs)

    def _use(self, outputs: Sequence[str]) -> None:
        for port in OUTPUTS:
            if (port in outputs) != (port in self._outputs):
                self.write("on" if port in outputs else "off", port=port)
                self.application.midi.switch_output(port, on=port in outputs)
        self._outputs = tuple(outputs)

    def _finish(self) -> None:
        for timer in self._timers:
            timer.stop()
        self.write("stop")
        self.application.conductor.stop()
        QTimer.singleShot(round(_ENDING_S * 1000), self._quit)

    def _quit(self) -> None:
        self.write("end")
        self.application.end_at_once()

    def notice_fault(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A mistake in this program, or in what it does with the window: the run goes on, but its verdict is bad."""
        self.write("fault", words=f"{kind.__name__}: {error}")
        traceback.print_exception(kind, error, trace)

    def _later(self, mean_ms: float, act: Callable[[], None]) -> None:
        timer = QTimer(self.application, singleShot=True)
        timer.timeout.connect(act)
        timer.timeout.connect(timer.deleteLater)
        timer.timeout.connect(lambda: self._timers.remove(timer))
        self._timers.append(timer)
        timer.start(round(mean_ms * self._dice.uniform(0.8, 1.2)))

    def _repeat(self, every_ms: int, act: Callable[[], None]) -> None:
        timer = QTimer(self.application, interval=every_ms)
        timer.timeout.connect(act)
        timer.start()
        self._timers.append(timer)


def main() -> int:
    """Play until the time is over or a signal comes."""
    path, seconds, seed, *sinks = sys.argv[1:]
    settle_memory()
    app = build_qt([])
    application = Application(app, Settings(bars=0, tempo=BPM))
    with Path(path).open("w") as file:
        restless = EndlessWindow(application, file, float(seconds), int(seed), sinks)
        sys.excepthook = restless.notice_fault
        application.conductor.sound_event.connect(restless._write_event)
        application.show()
        QTimer.singleShot(_READY_LOOK_MS, restless.begin)
        try:
            return app.exec()
        finally:
            application.close()


if __name__ == "__main__":
    sys.exit(main())
