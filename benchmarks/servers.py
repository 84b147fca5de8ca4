"""Sound and MIDI servers without a card, for benchmarks: started with names of their own, and ended with them.

Whatever ends a benchmark ends its servers too: an exception, Ctrl+C, SIGTERM, and on Linux even SIGKILL.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

RATE = 48_000
PERIOD = 64
PATIENCE_S = 30.0

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG, linux/prctl.h
_JACK_TRIES = 5
_GOODBYE_S = 3.0
_PACKAGES = {
    "jackd": "jackd2",
    "jack_connect": "jackd2",
    "jack_lsp": "jackd2",
    "jack_rec": "jackd2",
    "pulseaudio": "pulseaudio",
    "parec": "pulseaudio-utils",
    "pacat": "pulseaudio-utils",
    "pactl": "pulseaudio-utils",
    "fluidsynth": "fluidsynth",
    "hydrogen": "hydrogen",
    "xdotool": "xdotool",
    "Xvfb": "xvfb",
}


def missing(*programs: str) -> str | None:
    """Which of these programs are not installed and how to install them, as a sentence; None when all are there."""
    absent = [program for program in programs if shutil.which(program) is None]
    if not absent:
        return None
    packages = " ".join(sorted({_PACKAGES[program] for program in absent}))
    return f"{', '.join(absent)} not found (on Debian: sudo apt install {packages})"


def end_tidily_on_signals() -> None:
    """Let SIGTERM and SIGHUP end this program as Ctrl+C does, so that it cleans up after itself."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Return once it is so. Raises RuntimeError, saying ``what``, when it does not come to be."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} within {seconds:g} s")
        time.sleep(0.02)


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """A program while it lasts; one that does not end when asked to is killed."""
    process = subprocess.Popen(command, preexec_fn=die_with_parent, **options)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """End a program, gently at first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_GOODBYE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with_parent() -> None:
    """In a new process: end it when the one that started it is gone, however that ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


class Chatter:
    """Reads what a server says and keeps the lines that hold one of some words.

    Attributes: lines, each with the time of the monotonic clock at which it came, in nanoseconds.
    """

    def __init__(self, stream: IO[str], words: Iterable[str]) -> None:
        self.lines: list[tuple[int, str]] = []
        self._stream, self._words = stream, tuple(words)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._stream:
            if any(word in line for word in self._words):
                self.lines.append((time.monotonic_ns(), line.strip()))


@contextmanager
def jack_server(name: str, period: int = PERIOD, *, patient: bool = False) -> Iterator[Chatter]:
    """A JACK server that this process and those it starts use meanwhile, and what it says of xruns.

    With real-time priority where that is permitted. Args: name, the same each time for the same benchmark: JACK keeps a
    list of eight names, even of servers that are long gone; patient, whether it waits for clients that the computer
    wakes late instead of dropping what they have for that period. Raises RuntimeError when it does not come up, as
    when one of that name runs already.
    """
    before = os.environ.get("JACK_DEFAULT_SERVER")
    os.environ["JACK_DEFAULT_SERVER"] = name
    os.environ["JACK_NO_START_SERVER"] = "1"
    try:
        if _jack_answers():
            raise RuntimeError(f"a JACK server named {name} runs already: end it first")
        with _jack_running(name, period, ["--sync"] if patient else []) as chatter:
            yield chatter
    finally:
        for folder in (Path("/dev/shm"), Path(tempfile.gettempdir())):
            for left in folder.glob(f"jack*_{name}_*"):
                left.unlink(missing_ok=True)
        if before is None:
            del os.environ["JACK_DEFAULT_SERVER"]
        else:
            os.environ["JACK_DEFAULT_SERVER"] = before


@contextmanager
def _jack_running(name: str, period: int, options: Sequence[str]) -> Iterator[Chatter]:
    command = ["jackd", "--no-mlock", *options, "-n", name, "-d", "dummy", "-r", str(RATE), "-p", str(period)]
    for attempt in range(_JACK_TRIES):
        # One that is started too soon after another has ended may end itself.
        time.sleep(attempt)
        with running(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
            assert server.stdout is not None
            chatter = Chatter(server.stdout, ["XRun", "xrun"])
            wait_until(lambda: server.poll() is not None or _jack_answers(), "the JACK server did not come up")
            if server.poll() is None:
                yield chatter
                return
    raise RuntimeError("the JACK server ended at once")


def _jack_answers() -> bool:
    return subprocess.run(["jack_lsp"], capture_output=True, check=False).returncode == 0


def connect(source: str, target: str, seconds: float = PATIENCE_S) -> None:
    """Connect two JACK ports, once both are there. Raises RuntimeError when they do not come."""
    wait_until(lambda: try_to_connect(source, target), f"{source} could not be connected to {target}", seconds)


def try_to_connect(source: str, target: str) -> bool:
    """Connect two JACK ports; whether they are connected now."""
    done = subprocess.run(["jack_connect", source, target], capture_output=True, check=False)
    return done.returncode == 0 or b"already connected" in done.stderr + done.stdout


def jack_ports() -> set[str]:
    """The names of all JACK ports."""
    return set(subprocess.run(["jack_lsp"], capture_output=True, text=True, check=False).stdout.split("\n")) - {""}


@contextmanager
def sound_server(folder: Path, sinks: Sequence[str]) -> Iterator[Chatter]:
    """A PulseAudio server without a card that this process and those it starts use, and what it says of underruns.

    Args: folder for its sockets; sinks, names of its null sinks, the first of which is the default. Raises RuntimeError
    when it does not come up.
    """
    before = {name: os.environ.get(name) for name in ("XDG_RUNTIME_DIR", "PULSE_SERVER")}
    folder.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    os.environ.pop("PULSE_SERVER", None)
    modules = [
        part
        for sink in sinks
        for part in (
            "-L",
            f"module-null-sink sink_name={sink} rate={RATE} channels=2 sink_properties=device.description={sink}",
        )
    ]
    command = ["pulseaudio", "-n", "--exit-idle-time=-1", "--log-level=debug", "--log-target=stderr"]
    command += [*modules, "-L", "module-native-protocol-unix"]
    try:
        with running(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
            assert server.stderr is not None
            chatter = Chatter(server.stderr, ["Implicit underrun"])
            wait_until(
                lambda: subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode == 0,
                "PulseAudio did not come up",
            )
            yield chatter
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def bystander(sink: str, latency_ms: int) -> Iterator[None]:
    """A plain player of silence in C on a sink: when it runs dry, the computer stalled. Its stream is called pacat."""
    command = ["pacat", "--playback", "--raw", f"--rate={RATE}", "--channels=2", "--format=s16le"]
    command += [f"--latency-msec={latency_ms}", f"--device={sink}"]
    with Path("/dev/zero").open("rb") as silence, running(command, stdin=silence, stderr=subprocess.DEVNULL):
        yield


def window_environment(folder: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a program whose window is Qt's offscreen platform's, with settings and caches of its own."""
    own = {name: str(folder) for name in ("DRUMAPP_CONFIG_DIR", "DRUMAPP_STATE_DIR", "DRUMAPP_CACHE_DIR")}
    return {**environment, **own, "QT_QPA_PLATFORM": "offscreen"}


def machine_words() -> str:
    """What the figures were measured on, in a few words."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"{os.cpu_count()} cores, load {load:.1f} before"
