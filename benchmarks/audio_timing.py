"""Onsets as a sound server hears them, and how much faster than real time beats are rendered.

The engine plays clicks into PulseAudio's null sink, which is recorded and searched for their onsets; without
PulseAudio only the rendering is measured. Errors are those against even spacing: the delay all share is taken off.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback.engine import PlaybackEngine, SoundReady, SoundSettings
from drumapp.playback.render import render_pattern
from drumapp.playback.synth import make_synth
from drumapp.resources import builtin_soundfont

RATE = 48_000
CLICKS = 100
CLICK_KEY = 37
SPACING_TICKS = 240
TEMPO = 150.0
SPACING_FRAMES = RATE * 60 * SPACING_TICKS // (int(TEMPO) * 480)
PATIENCE_S = 30.0
BEAT_KEYS = (36, 38, 42, 51, 49)
BEAT_BARS = 16


def render_speed(kind: str) -> float:
    """Seconds of music rendered in a second: five drums on every 16th, the best of three."""
    ticks = range(0, BEAT_BARS * 1920, 120)
    pattern = Pattern.of([Note(tick, key, 100) for tick in ticks for key in BEAT_KEYS])
    synth = make_synth(kind, builtin_soundfont(), RATE)
    try:
        synth.warm_up()
        best = 0.0
        for _ in range(3):
            start = time.perf_counter()
            audio = render_pattern(pattern, synth)
            best = max(best, len(audio) / RATE / (time.perf_counter() - start))
            synth.all_off()
        return best
    finally:
        synth.close()


@contextmanager
def null_sink(folder: Path) -> Iterator[Path]:
    """A PulseAudio server without a card while it lasts; the path of the recording of all it plays."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    recording = folder / "recording.raw"
    sink = f"module-null-sink sink_name=clicks rate={RATE} channels=2"
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--exit-idle-time=-1", "-L", sink, "-L", "module-native-protocol-unix"],
        stderr=subprocess.DEVNULL,
    )
    recorder = None
    try:
        deadline = time.monotonic() + PATIENCE_S
        while subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode:
            if time.monotonic() > deadline:
                raise RuntimeError("PulseAudio did not start")
            time.sleep(0.05)
        form = (f"--rate={RATE}", "--format=float32le", "--channels=2")
        with recording.open("wb") as file:
            recorder = subprocess.Popen(["parec", "-d", "clicks.monitor", "--latency-msec=20", *form], stdout=file)
        time.sleep(0.5)  # parec does not say when it has begun
        yield recording
    finally:
        for process in (recorder, server):
            if process is not None:
                process.terminate()
                process.wait()


def play_clicks(kind: str) -> None:
    """Play evenly spaced clicks through the engine's real process and the default device."""
    engine = PlaybackEngine(SoundSettings(builtin_soundfont(), kind))
    engine.start()
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not any(isinstance(event, SoundReady) for event in engine.poll()):
            if time.monotonic() > deadline:
                raise RuntimeError("the playing process did not come up")
            time.sleep(0.01)
        time.sleep(1.0)  # its sounds are made ready meanwhile
        notes = [Note(index * SPACING_TICKS, CLICK_KEY, 127) for index in range(CLICKS)]
        engine.set_pattern(Pattern.of(notes, tempo=TempoMap.constant(TEMPO)))
        engine.play()
        while engine.playhead().playing:
            time.sleep(0.05)
    finally:
        engine.close()


def onset_errors_ms(recording: Path) -> list[float]:
    """How far each click lies from even spacing, in milliseconds. Raises RuntimeError when some were not heard."""
    samples = np.fromfile(recording, np.float32)
    level = np.abs(samples[: len(samples) // 2 * 2].reshape(-1, 2)).max(axis=1)
    loud = np.flatnonzero(level > level.max(initial=0.0) * 0.1)
    onsets = loud[np.diff(loud, prepend=-SPACING_FRAMES) > SPACING_FRAMES // 2]
    if len(onsets) != CLICKS:
        raise RuntimeError(f"{len(onsets)} of {CLICKS} clicks were heard")
    lateness = (onsets - np.arange(CLICKS) * SPACING_FRAMES) / RATE * 1000
    errors: list[float] = np.abs(lateness - np.median(lateness)).tolist()
    return errors


def main() -> int:
    """Measure and print; with ``--json`` one object with ``p99_ms`` and ``render_x`` in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--synth", choices=("auto", "fluidsynth", "sampler"), default="sampler")
    arguments = parser.parse_args()
    figures: dict[str, object] = {"synth": arguments.synth, "render_x": round(render_speed(arguments.synth), 1)}
    if all(shutil.which(program) for program in ("pulseaudio", "parec", "pactl")):
        with tempfile.TemporaryDirectory() as folder, null_sink(Path(folder)) as recording:
            play_clicks(arguments.synth)
            errors = onset_errors_ms(recording)
        figures |= {"p99_ms": float(np.percentile(errors, 99)), "max_ms": max(errors), "clicks": CLICKS}
    else:
        figures |= {"p99_ms": None, "why": "PulseAudio is not installed (sudo apt install pulseaudio)"}
    if arguments.json:
        print(json.dumps(figures))
        return 0
    print(f"{arguments.synth}: beats are rendered {figures['render_x']} times faster than real time")
    if figures["p99_ms"] is None:
        print(f"onsets not measured: {figures['why']}")
    else:
        print(f"onsets of {CLICKS} clicks off by {figures['p99_ms']:.2f} ms at p99, {figures['max_ms']:.2f} at most")
    return 0


if __name__ == "__main__":
    sys.exit(main())
