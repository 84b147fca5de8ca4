"""What playing costs of one core beyond the synth's own sound, and what the open window costs while nothing plays.

``python -m benchmarks.playing_cost [--seconds 20] [--json]``. The real window (offscreen) and its playing process play
a beat in a loop to a sound server without a card, or to no device where there is none; processor times are the
system's. What the synth takes for the same beat, without anything around it, is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.servers import end_tidily_on_signals, machine_words, missing, sound_server, window_environment
from drumapp.core.pattern import Note, Pattern
from drumapp.playback.device_rest import REST_SECONDS

SECONDS = 20.0
PLAYING_LIMIT, IDLE_LIMIT = 0.10, 0.01
BARS, BAR = 4, 1920
KEYS_OF_STEPS = {36: (0, 6, 10), 38: (4, 12), 42: range(0, 16, 2), 46: (14,)}
RATE, BLOCK = 48_000, 480
_SETTLE_S = 5.0
_REST_S = REST_SECONDS + 5.0  # by then the sound device rests, as it does whenever nobody has played for a while
_READY_LOOK_MS = 100
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def beat() -> Pattern:
    """Four bars of a plain beat at 120 bpm."""
    notes = [
        Note(bar * BAR + step * 120, key, 100)
        for bar in range(BARS)
        for key, steps in KEYS_OF_STEPS.items()
        for step in steps
    ]
    return Pattern.of(notes, length=BARS * BAR)


def cpu_seconds(process_id: int) -> float:
    """What a process has used of processors so far, all its threads together."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


def synth_share(seconds: float = SECONDS) -> float:
    """The share of a core that the synth alone takes for the beat, in blocks as a device pulls them."""
    from drumapp.playback.synth import make_synth
    from drumapp.resources import builtin_soundfont

    synth = make_synth("auto", builtin_soundfont(), RATE)
    synth.warm_up()
    pattern = beat()
    frames_a_tick = RATE * 60 / (120 * 480)
    strokes = [(round(note.start * frames_a_tick), note) for note in pattern.notes]
    length = round(pattern.length * frames_a_tick)
    start = time.process_time()
    for frame in range(0, round(seconds * RATE), BLOCK):
        place = frame % length
        for at, note in strokes:
            if place <= at < place + BLOCK:
                synth.note_on(note.pitch, note.velocity)
        synth.render(BLOCK)
    used = time.process_time() - start
    synth.close()
    return used / seconds


def watch_window(seconds: float) -> dict[str, Any]:
    """Open the window, let it rest, let it play; the shares of a core that both processes took."""
    from PySide6.QtCore import QTimer

    from drumapp.gui.application import Application
    from drumapp.gui.display import build_qt
    from drumapp.gui.garbage import settle_memory
    from drumapp.settings import Settings

    settle_memory()
    app = build_qt([])
    application: Any = Application(app, Settings())
    found: dict[str, Any] = {}
    used: dict[str, float] = {}

    def processes() -> dict[str, int]:
        return {"window": os.getpid(), "playing": application.engine.process_id}

    def begin(phase: str) -> None:
        used.update({name: cpu_seconds(number) for name, number in processes().items()})
        QTimer.singleShot(round(seconds * 1000), lambda: end(phase))

    def end(phase: str) -> None:
        for name, number in processes().items():
            found[f"{phase}_{name}"] = (cpu_seconds(number) - used[name]) / seconds
        if phase == "idle":
            application.conductor.play()
            QTimer.singleShot(round(_SETTLE_S * 1000), lambda: begin("playing"))
            return
        found["sound"] = application.window.status.sound.text()
        found["played"] = application.engine.playhead().notes_played
        application.end_at_once()

    def wait_until_ready() -> None:
        if not application.conductor.can_generate or not application.window.status.sound.text().count(","):
            QTimer.singleShot(_READY_LOOK_MS, wait_until_ready)
            return
        application.document.replace(beat(), "Open")
        QTimer.singleShot(round(_REST_S * 1000), lambda: begin("idle"))

    application.show()
    QTimer.singleShot(_READY_LOOK_MS, wait_until_ready)
    app.exec()
    return found


def measure(seconds: float) -> dict[str, Any]:
    """All figures; shares of one core. Raises RuntimeError when the window does not come to its end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if missing("pulseaudio", "pactl") is None:
            runtime = folder / "pulse"
            runtime.mkdir()
            stack.enter_context(sound_server(runtime, ["cost"]))
        found: dict[str, Any] = {}
        for part in ("window", "synth"):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.playing_cost", "--part", part, "--seconds", str(seconds)],
                env=window_environment(folder),
                capture_output=True,
                text=True,
                timeout=4 * seconds + 180,
                check=False,
            )
            if done.returncode or not done.stdout:
                raise RuntimeError(f"the {part} could not be measured: {done.stderr[-2000:]}")
            found |= json.loads(done.stdout.splitlines()[-1])
    playing = found["playing_window"] + found["playing_playing"]
    found["beyond_share"] = playing - found["synth"]
    found["idle_share"] = found["idle_window"] + found["idle_playing"]
    return found


def is_good(found: dict[str, Any]) -> bool:
    """Whether both shares are within their limits."""
    return bool(found["beyond_share"] <= PLAYING_LIMIT and found["idle_share"] <= IDLE_LIMIT)


def main() -> int:
    """Measure and print; 1 when a limit is exceeded, 2 when it could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=("window", "synth"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not Path("/proc/self/stat").exists():
        print("not measured: it needs Linux's /proc", file=sys.stderr)
        return 2
    if arguments.part is not None:
        if arguments.part == "window":
            print(json.dumps(watch_window(arguments.seconds)))
        else:
            print(json.dumps({"synth": synth_share(arguments.seconds)}))
        return 0
    end_tidily_on_signals()
    machine = machine_words()
    found = {**measure(arguments.seconds), "machine": machine}
    if arguments.json:
        print(json.dumps(found))
        return 0 if is_good(found) else 1
    print(f"shares of one core, over {arguments.seconds:g} s each ({found['sound']}; {machine})")
    print(f"{'':12}{'window':>10}{'playing process':>18}{'synth alone':>14}")
    print(f"{'stopped':12}{found['idle_window']:10.1%}{found['idle_playing']:18.1%}")
    print(f"{'playing':12}{found['playing_window']:10.1%}{found['playing_playing']:18.1%}{found['synth']:14.1%}")
    print(f"playing costs {found['beyond_share']:.1%} beyond the synth (at most {PLAYING_LIMIT:.0%})")
    print(f"the open window costs {found['idle_share']:.1%} while stopped (at most {IDLE_LIMIT:.0%})")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
