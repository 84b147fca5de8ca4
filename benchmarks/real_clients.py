"""Real programs play what the virtual port sends, and their onsets are looked for where the pattern has them.

``python -m benchmarks.real_clients [--json]``. Debian's fluidsynth as a JACK synth and Hydrogen under a virtual screen
are connected to the engine's virtual port, their sound is recorded, and the onsets found in it are held against the
pattern and against a recording of the engine's own synth. A client that is not installed is told of and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.servers import (
    RATE,
    connect,
    end_tidily_on_signals,
    jack_ports,
    jack_server,
    machine_words,
    missing,
    running,
    wait_until,
)
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoMap
from drumapp.playback.engine import (
    VIRTUAL_PORT,
    MidiOutputSettings,
    MidiSettings,
    PlaybackEngine,
    PortReady,
    SoundReady,
    SoundSettings,
)
from drumapp.playback.output_settings import NO_DEVICE
from drumapp.playback.render import render_pattern
from drumapp.playback.synth import make_synth
from drumapp.resources import builtin_soundfont

SERVER, PERIOD = "drumapp-clients", 256
STROKES, SPACING_TICKS, KEY, BPM = 50, 480, 37, 137.0
SPACING_S = 60 / BPM * SPACING_TICKS / 480
# JACK hands a note on at the end of a period, and a client starts it with the next or, as fluidsynth, within 64 frames.
LIMIT_MS = 1.5 * PERIOD / RATE * 1000
_LOUD = 0.2
_HYDROGEN_CONFIG = """<?xml version="1.0" encoding="UTF-8"?>
<hydrogen_preferences><audio_engine><audio_driver>JACK</audio_driver><midi_driver><driverName>JACK-MIDI</driverName>
<port_name>None</port_name><channel_filter>-1</channel_filter><ignore_note_off>true</ignore_note_off>
<discard_note_after_action>false</discard_note_after_action></midi_driver></audio_engine></hydrogen_preferences>
"""


def pattern() -> Pattern:
    """Evenly spaced strokes of one drum."""
    notes = [Note(number * SPACING_TICKS, KEY, 110, 60) for number in range(STROKES)]
    return Pattern.of(notes, tempo=TempoMap.constant(BPM))


def onsets(audio: NDArray[np.float32]) -> NDArray[np.float64]:
    """When each stroke begins, in seconds. Args: audio, shape (frames, channels)."""
    level = np.abs(audio).max(axis=1)
    loud = np.flatnonzero(level > level.max(initial=0.0) * _LOUD)
    if not len(loud):
        return np.zeros(0)
    return np.asarray(loud[np.diff(loud, prepend=-RATE) > SPACING_S * RATE / 2] / RATE, dtype=np.float64)


def errors_ms(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each onset lies from even spacing. Raises RuntimeError when some are missing or too many."""
    if len(found) != STROKES:
        raise RuntimeError(f"{len(found)} of {STROKES} strokes were heard")
    late = found - np.arange(STROKES) * SPACING_S
    return np.asarray(np.abs(late - np.median(late)) * 1000)


def own_onsets() -> NDArray[np.float64]:
    """Those of the engine's own synth."""
    synth = make_synth("auto", builtin_soundfont(), RATE)
    try:
        return onsets(render_pattern(pattern(), synth))
    finally:
        synth.close()


@contextmanager
def fluidsynth_client(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Its MIDI port and its two audio ports."""
    options = ["audio.jack.autoconnect=0", "midi.autoconnect=0", "synth.reverb.active=0", "synth.chorus.active=0"]
    command = ["fluidsynth", "-a", "jack", "-m", "jack", "-is", "-g", "0.8", "-r", str(RATE)]
    command += [part for option in options for part in ("-o", option)]
    log = (folder / "fluidsynth.txt").open("w")
    with log, running([*command, str(builtin_soundfont())], stdin=subprocess.PIPE, stdout=log, stderr=log):
        yield _ports("fluidsynth")


@contextmanager
def hydrogen_client(folder: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Its MIDI port and its two audio ports."""
    home = folder / "hydrogen-home"
    (home / ".hydrogen").mkdir(parents=True)
    (home / ".hydrogen" / "hydrogen.conf").write_text(_HYDROGEN_CONFIG)
    reading, writing = os.pipe()
    with ExitStack() as stack:
        screen = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
        stack.enter_context(running(screen, pass_fds=[writing], stderr=subprocess.DEVNULL))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            display = f":{pipe.readline().strip()}"
        environment = {**os.environ, "HOME": str(home), "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        environment["XDG_CONFIG_HOME"] = str(home)
        log = stack.enter_context((folder / "hydrogen.txt").open("w"))
        command = ["hydrogen", "-n", "--child", "-d", "jack"]
        stack.enter_context(running(command, env=environment, stdout=log, stderr=log))
        ports = _ports("ydrogen", lambda: _press_return(environment))
        time.sleep(3.0)  # its drum kit is loaded after its ports are there
        _press_return(environment)
        time.sleep(1.0)
        yield ports


def _press_return(environment: dict[str, str]) -> None:
    """Dismiss the dialog that a first start shows."""
    subprocess.run(["xdotool", "key", "Return"], env=environment, capture_output=True, check=False)


def _ports(client: str, meanwhile: Callable[[], None] = lambda: None) -> tuple[str, tuple[str, str]]:
    """The MIDI input and the audio outputs of a JACK client, once they are there."""

    def named(*words: str) -> list[str]:
        return sorted(port for port in jack_ports() if client in port and port.endswith(words))

    def there() -> bool:
        meanwhile()
        return bool(named("midi_00", ":RX")) and len(named("left", "right", "out_L", "out_R")) >= 2

    wait_until(there, f"{client} did not come up")
    left, right = named("left", "right", "out_L", "out_R")[:2]
    return named("midi_00", ":RX")[0], (left, right)


@contextmanager
def virtual_port() -> Iterator[PlaybackEngine]:
    """An engine that plays the pattern through the virtual port alone."""
    engine = PlaybackEngine(SoundSettings(builtin_soundfont(), device=NO_DEVICE))
    engine.set_midi(MidiSettings((MidiOutputSettings(VIRTUAL_PORT),), synth_keys=frozenset()))
    engine.set_pattern(pattern())
    engine.start()
    seen: list[object] = []

    def ready() -> bool:
        seen.extend(engine.poll())
        return all(any(isinstance(event, kind) for event in seen) for kind in (PortReady, SoundReady))

    try:
        wait_until(ready, "the virtual port did not come up")
        yield engine
    finally:
        engine.close()


def record(folder: Path, engine: PlaybackEngine, midi: str, audio: tuple[str, str]) -> NDArray[np.float32]:
    """What a client makes of the pattern, shape (frames, 2)."""
    connect(f"{VIRTUAL_PORT}:out", midi)
    path = folder / f"{midi.split(':')[0]}.wav"
    seconds = round(STROKES * SPACING_S + 4)
    command = ["jack_rec", "-f", str(path), "-d", str(seconds), "-b", "24", *audio]
    with running(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as recorder:
        time.sleep(1.0)  # it does not say when it has begun
        engine.play()
        recorder.wait(seconds + 30)
    return _read_24_bits(path)


def _read_24_bits(path: Path) -> NDArray[np.float32]:
    with wave.open(str(path)) as file:
        channels, width = file.getnchannels(), file.getsampwidth()
        data = np.frombuffer(file.readframes(file.getnframes()), np.uint8).reshape(-1, width)
    whole = np.zeros((len(data), 4), np.uint8)
    whole[:, 4 - width :] = data
    return (whole.view("<i4").reshape(-1, channels) / 2**31).astype(np.float32)


CLIENTS: dict[str, tuple[tuple[str, ...], Callable[[Path], Any]]] = {
    "fluidsynth": (("fluidsynth",), fluidsynth_client),
    "hydrogen": (("hydrogen", "Xvfb", "xdotool"), hydrogen_client),
}


def measure() -> dict[str, Any]:
    """Of each client, how far its onsets lie from the pattern and from our own synth's, or why it was left out."""
    found: dict[str, Any] = {}
    own = own_onsets()
    found["own"] = {"p99_ms": round(float(np.percentile(errors_ms(own), 99)), 3)}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(jack_server(SERVER, PERIOD, patient=True))
        for name, (programs, client) in CLIENTS.items():
            absent = missing(*programs)
            if absent is not None:
                found[name] = {"why": absent}
                continue
            try:
                with client(folder) as (midi, audio), virtual_port() as engine:
                    heard = onsets(record(folder, engine, midi, audio))
                errors = errors_ms(heard)
                apart = (heard - own) * 1000
                found[name] = {
                    "onsets": len(heard),
                    "p50_ms": round(float(np.median(errors)), 3),
                    "p99_ms": round(float(np.percentile(errors, 99)), 3),
                    "against_own_p99_ms": round(float(np.percentile(np.abs(apart - np.median(apart)), 99)), 3),
                }
            except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                log = folder / f"{name}.txt"
                said = log.read_text()[-500:] if log.exists() else ""
                found[name] = {"why": f"{error}", "failed": True, "said": said}
    return found


def is_good(found: dict[str, Any]) -> bool:
    """Whether every client that is installed played every stroke, where it belongs."""
    return all(
        ("why" in entry and not entry.get("failed")) or entry.get("p99_ms", 1e9) <= LIMIT_MS for entry in found.values()
    )


def main() -> int:
    """Measure and print; 1 when a client's onsets disagree, 2 when it could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    absent = missing("jackd", "jack_connect", "jack_lsp", "jack_rec")
    if absent:
        print(f"not measured: {absent}", file=sys.stderr)
        return 2
    end_tidily_on_signals()
    machine = machine_words()
    found = measure()
    if arguments.json:
        print(json.dumps({**found, "limit_ms": LIMIT_MS, "machine": machine}))
        return 0 if is_good(found) else 1
    print(f"{STROKES} strokes through the virtual port, {PERIOD} frames a period; {machine}")
    print(f"off the pattern's even spacing at p99 (at most {LIMIT_MS:.1f} ms):")
    for name, entry in found.items():
        if "why" in entry:
            print(
                f"  {name:12} {'failed' if entry.get('failed') else 'left out'}: {entry['why']} {entry.get('said', '')}"
            )
        elif name == "own":
            print(f"  {'our synth':12} {entry['p99_ms']:.2f} ms, offline")
        else:
            print(f"  {name:12} {entry['p99_ms']:.2f} ms, {entry['against_own_p99_ms']:.2f} ms against our synth")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
