"""Onsets as a sound server hears them and as a file holds them, and how much faster than real time beats are rendered.

``python -m benchmarks.audio_timing [--synth fluidsynth] [--json]``. The engine plays clicks into PulseAudio's null
sink, which is recorded and searched for their onsets; errors are those against even spacing: the delay all share is
taken off. The same clicks rendered into memory must begin within a block of FluidSynth's, 64 frames, of their due
frames. Without PulseAudio only what is rendered is measured.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.servers import end_tidily_on_signals, machine_words, missing, running, sound_server
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback.engine import PlaybackEngine, SoundReady, SoundSettings
from drumapp.playback.render import render_pattern
from drumapp.playback.synth import Synth, make_synth
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
LOUD = 0.1
LIMIT_MS, BLOCK_LIMIT, SPEED_LIMIT = 1.5, 64, 100


def plain_beat() -> Pattern:
    """Kick, snare and closed hats on the eighths."""
    steps = {36: (0, 6, 10), 38: (4, 12), 42: range(0, 16, 2)}
    places = [(bar, key, step) for bar in range(BEAT_BARS) for key, row in steps.items() for step in row]
    return Pattern.of([Note(bar * 1920 + step * 120, key, 100) for bar, key, step in places])


def dense_beat() -> Pattern:
    """Five drums on every 16th."""
    ticks = range(0, BEAT_BARS * 1920, 120)
    return Pattern.of([Note(tick, key, 100) for tick in ticks for key in BEAT_KEYS])


def clicks() -> Pattern:
    """Evenly spaced side sticks."""
    notes = [Note(index * SPACING_TICKS, CLICK_KEY, 127) for index in range(CLICKS)]
    return Pattern.of(notes, tempo=TempoMap.constant(TEMPO))


def render_speed(synth: Synth, pattern: Pattern) -> float:
    """Seconds of music rendered in a second, the best of three."""
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        audio = render_pattern(pattern, synth)
        best = max(best, len(audio) / RATE / (time.perf_counter() - start))
        synth.all_off()
    return best


@contextmanager
def recorded_sink(folder: Path) -> Iterator[Path]:
    """A PulseAudio server without a card while it lasts; the path of the recording of all it plays."""
    recording = folder / "recording.raw"
    command = [
        "parec",
        "-d",
        "clicks.monitor",
        "--latency-msec=20",
        f"--rate={RATE}",
        "--format=float32le",
        "--channels=2",
    ]
    with (
        sound_server(folder, ["clicks"]),
        recording.open("wb") as file,
        running(command, stdout=file, stderr=subprocess.DEVNULL),
    ):
        time.sleep(0.5)  # parec does not say when it has begun
        yield recording


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
        engine.set_pattern(clicks())
        engine.play()
        while engine.playhead().playing:
            time.sleep(0.05)
    finally:
        engine.close()


def onsets(level: NDArray[np.float32]) -> NDArray[np.int64]:
    """The frames at which clicks begin. Raises RuntimeError when some were not heard. Args: level of each frame."""
    loud = np.flatnonzero(level > level.max(initial=0.0) * LOUD)
    found = loud[np.diff(loud, prepend=-SPACING_FRAMES) > SPACING_FRAMES // 2]
    if len(found) != CLICKS:
        raise RuntimeError(f"{len(found)} of {CLICKS} clicks were heard")
    return found


def onset_errors_ms(recording: Path) -> list[float]:
    """How far each click lies from even spacing, in milliseconds. Raises RuntimeError when some were not heard."""
    samples = np.fromfile(recording, np.float32)
    found = onsets(np.abs(samples[: len(samples) // 2 * 2].reshape(-1, 2)).max(axis=1))
    lateness = (found - np.arange(CLICKS) * SPACING_FRAMES) / RATE * 1000
    errors: list[float] = np.abs(lateness - np.median(lateness)).tolist()
    return errors


def offline_errors(synth: Synth) -> list[int]:
    """By how many frames each click begins after its due frame, where the sound itself takes none to begin."""
    level = np.abs(render_pattern(clicks(), synth)).max(axis=1)
    synth.all_off()
    click = synth.render(2 * RATE)  # what rang is over
    synth.note_on(CLICK_KEY, 127)
    click = np.abs(synth.render(SPACING_FRAMES)).max(axis=1)
    attack = int(np.flatnonzero(click > click.max() * LOUD)[0])  # struck at a block's start, it begins with the block
    synth.all_off()
    errors: list[int] = (onsets(level) - np.arange(CLICKS) * SPACING_FRAMES - attack).tolist()
    return errors


def measure(kind: str) -> dict[str, object]:
    """All figures of a synth."""
    synth = make_synth(kind, builtin_soundfont(), RATE)
    try:
        synth.warm_up()
        offline = offline_errors(synth)
        found: dict[str, object] = {
            "synth": synth.description,
            "render_x": round(render_speed(synth, plain_beat()), 1),
            "dense_render_x": round(render_speed(synth, dense_beat()), 1),
            "offline_p99_ms": float(np.percentile(np.abs(offline), 99)) / RATE * 1000,
            "offline_max_frames": max(abs(error) for error in offline),
        }
    finally:
        synth.close()
    absent = missing("pulseaudio", "parec", "pactl")
    if absent is not None:
        return {**found, "p99_ms": None, "why": absent}
    with tempfile.TemporaryDirectory() as folder, recorded_sink(Path(folder)) as recording:
        play_clicks(kind)
        errors = onset_errors_ms(recording)
    return {**found, "p99_ms": float(np.percentile(errors, 99)), "max_ms": max(errors), "clicks": CLICKS}


def is_good(found: dict[str, object]) -> bool:
    """Whether every figure is within its limit."""
    live, offline, frames, speed = (
        found[name] for name in ("p99_ms", "offline_p99_ms", "offline_max_frames", "render_x")
    )
    assert isinstance(offline, float)
    assert isinstance(frames, int)
    assert isinstance(speed, float)
    in_time = live is None or (isinstance(live, float) and live <= LIMIT_MS)
    return in_time and offline <= LIMIT_MS and frames <= BLOCK_LIMIT and speed >= SPEED_LIMIT


def main() -> int:
    """Measure and print; with ``--json`` one object with ``p99_ms`` and ``render_x`` in it. 1 beyond a limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--synth", choices=("auto", "fluidsynth", "sampler"), default="auto")
    arguments = parser.parse_args()
    end_tidily_on_signals()
    machine = machine_words()
    figures = {**measure(arguments.synth), "machine": machine}
    if arguments.json:
        print(json.dumps(figures))
        return 0 if is_good(figures) else 1
    print(f"{figures['synth']}; {machine}")
    print(
        f"a plain beat is rendered {figures['render_x']} times faster than real time (at least {SPEED_LIMIT}), "
        f"five drums on every 16th {figures['dense_render_x']} times"
    )
    print(
        f"offline, onsets lie {figures['offline_p99_ms']:.2f} ms off at p99 (at most {LIMIT_MS}), "
        f"{figures['offline_max_frames']} frames at most ({BLOCK_LIMIT})"
    )
    if figures["p99_ms"] is None:
        print(f"live onsets not measured: {figures['why']}")
    else:
        print(
            f"live, onsets of {CLICKS} clicks lie {figures['p99_ms']:.2f} ms off at p99 (at most {LIMIT_MS}), "
            f"{figures['max_ms']:.2f} at most"
        )
    return 0 if is_good(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
