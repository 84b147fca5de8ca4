"""Drives a finished bundle as a user on another computer would, and fails at the first thing that is wrong.

    python packaging/smoke_test.py dist/bundle/drumapp

The program sees no Python, an empty home and, where the system lets us, no network. Everywhere: the commands, training
(where the bundle has torch) and the painted window. On Linux besides, on a virtual screen (Xvfb, xdotool, ImageMagick):
the first start, which must be heard and seen writing within ten seconds, Generate, exported MIDI and WAV files; and
a bare user: no FluidSynth, no sound card, no MIDI, a home that cannot be written and has no ASCII name.

With --screenshots FOLDER the pictures of the virtual screen are kept.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from virtual_screen import Screen, virtual_screen

PATIENCE_S = 90
FIRST_BEAT_S = 10
TRAIN_S = 10
BROKEN = ("PYI-", "Traceback (most recent call last)", "ModuleNotFoundError", "ImportError", "Failed to execute script")
NAMELESS = "Jörg Ünïcödé 鼓手"
NOBODY = 65534


class BrokenBundleError(Exception):
    """What is wrong with the bundle, as a sentence."""


class Bundle:
    """The program of a bundle, and how a clean computer starts it."""

    def __init__(self, program: Path, home: Path, *, user: int | None = None) -> None:
        self.program, self.home, self._user = program, home, user
        self.folder = program.parent

    def environment(self, **more: str) -> dict[str, str]:
        """That of a user who has nothing."""
        if os.name == "nt":  # Windows starts nothing without its own variables
            kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DRUMAPP_"))}
            own = {"PATH": str(Path(os.environ["SYSTEMROOT"]) / "System32"), "USERPROFILE": str(self.home)}
            return kept | own | {name: str(self.home) for name in ("APPDATA", "LOCALAPPDATA")} | more
        return {"PATH": str(self.home / "nothing"), "HOME": str(self.home), "USER": self.home.name} | more

    def command(self, *words: str) -> list[str]:
        """A command line of the program, without the network where that can be had."""
        return [*_without_network(self._user), str(self.program), *words]

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start the program."""
        return subprocess.Popen(
            self.command(*words),
            env=self.environment(**more),
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=os.name != "nt",
        )

    def run(self, *words: str, status: int | None = 0, **more: str) -> str:
        """What the program prints; it must end with the status, if one is given, and complain of nothing."""
        with self.start(*words, **more) as process:
            try:
                told, _ = process.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise BrokenBundleError(f"{' '.join(words)} takes longer than {PATIENCE_S} s") from error
        check(told, " ".join(words))
        if status is not None and process.returncode != status:
            raise BrokenBundleError(f"{' '.join(words)} ended with {process.returncode}: {told}")
        return told


def check(told: str, what: str) -> None:
    """What a program printed tells of no fault."""
    for word in BROKEN:
        if word in told:
            raise BrokenBundleError(f"{what}: {told}")


def check_file(path: Path, least: int) -> None:
    """A file that was to be written is there and holds something."""
    if not path.is_file() or path.stat().st_size < least:
        size = path.stat().st_size if path.is_file() else "no"
        raise BrokenBundleError(f"{path.name} should have at least {least} bytes and has {size}")


def wait_for(what: str, condition: Callable[[], bool], seconds: float = PATIENCE_S) -> float:
    """Wait until something is so; returns how many seconds that took."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise BrokenBundleError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.1)
    return time.monotonic() - start


# Starts the rest of the command line as another user, if one is named, and with a loopback interface, which a new
# network namespace has but keeps down.
_AS_OTHER = """
import fcntl, os, socket, struct, sys
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
user, *command = sys.argv[1:]
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
if user:
    os.setgroups([])
    os.setgid(int(user))
    os.setuid(int(user))
os.execv(command[0], command)
"""


@cache
def _without_network(user: int | None) -> tuple[str, ...]:
    """A prefix that takes the network away, or nothing where the system does not let us."""
    unshare = shutil.which("unshare")
    if unshare is None or not sys.platform.startswith("linux"):
        return ()
    as_other = (sys.executable, "-I", "-c", _AS_OTHER, "" if user is None else str(user))
    nothing = shutil.which("true") or "/bin/true"
    for words in ((unshare, "--net"), (unshare, "--map-root-user", "--net")):
        if subprocess.run([*words, *as_other, nothing], capture_output=True, check=False).returncode == 0:
            return (*words, *as_other)
    return ()


def look(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """What doctor finds."""
    told = bundle.run("doctor", "--json", status=None)  # 1 where there is no sound device
    try:
        found: dict[str, dict[str, Any]] = json.loads(told)["findings"]
    except ValueError as error:
        raise BrokenBundleError(f"doctor --json prints no JSON: {told}") from error
    return found


def commands(bundle: Bundle) -> None:
    """Model, soundfont, FluidSynth, MIDI and WAV files by the command line."""
    findings = look(bundle)
    for name in ("model", "synth", "fluidsynth", "soundfonts", "versions"):
        if not findings[name]["ok"]:
            raise BrokenBundleError(f"doctor misses {name}: {findings[name]['found']}")
    for path in (findings["model"]["path"], findings["synth"]["soundfont"]):
        if bundle.folder.resolve() not in Path(path).resolve().parents and sys.platform != "darwin":
            raise BrokenBundleError(f"{path} is not the bundle's own")
    bundle.run("generate", "--bars", "4", "--seed", "7", "-o", "beat.mid")
    bundle.run("render", "beat.mid", "-o", "beat.wav")
    bundle.run("render", "beat.mid", "-o", "beat.flac")
    check_file(bundle.home / "beat.mid", 200)
    check_file(bundle.home / "beat.wav", 100_000)
    check_file(bundle.home / "beat.flac", 10_000)


def training(bundle: Bundle) -> None:
    """Ten seconds on five files; the drummer that comes out must play. Two processes must find each other."""
    files = bundle.home / "five files"
    files.mkdir()
    for seed in range(5):
        bundle.run("generate", "--bars", "24", "--seed", str(seed), "-o", str(files / f"{seed}.mid"))
    bundle.run("train", str(files), "-o", "own.safetensors", "--for", f"{TRAIN_S}s")
    check_file(bundle.home / "own.safetensors", 100_000)
    bundle.run("generate", "--model", "own.safetensors", "--bars", "8", "--seed", "1", "-o", "own.mid")
    check_file(bundle.home / "own.mid", 60)  # after ten seconds it may have little to say
    bundle.run("train", str(files), "-o", "two.safetensors", "--for", "3s", "--processes", "2")
    check_file(bundle.home / "two.safetensors", 100_000)


def window_paints(bundle: Bundle) -> None:
    """The window on whatever screen there is."""
    if not bundle.run("--quit-after-paint").startswith("painted "):
        raise BrokenBundleError("the window was not painted")


@contextlib.contextmanager
def open_window(bundle: Bundle, screen: Screen) -> Iterator[subprocess.Popen[str]]:
    """The program with its window on a screen; afterwards it is ended, and must not have complained."""
    program = bundle.start(DISPLAY=screen.display, QT_SCALE_FACTOR="1")
    told = ""
    try:
        yield program
    except BaseException:
        screen.keep("failed")
        raise
    finally:
        program.send_signal(signal.SIGTERM)
        try:
            told, _ = program.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            told, _ = program.communicate()
    check(told, "the window")
    if program.returncode not in (0, -signal.SIGTERM):
        raise BrokenBundleError(f"the window's program ended with {program.returncode}: {told}")


def first_start(bundle: Bundle, screen: Screen) -> None:
    """A beat by itself, then Generate, then files out of the window."""
    with open_window(bundle, screen) as program:
        seconds = wait_for("notes at the very first start", lambda: screen.notes() > 100)
        print(f"  notes {seconds:.1f} s after the very first start")
        if seconds > FIRST_BEAT_S:
            raise BrokenBundleError(f"the first beat came after {seconds:.0f} s, not within {FIRST_BEAT_S}")
        screen.keep("first-start")
        loaded = Path(f"/proc/{_process_of(bundle.program, program.pid)}/maps").read_text()
        if "libtorch" in loaded:
            raise BrokenBundleError("the window's process has loaded torch")
        screen.key("Escape")  # the tour
        before = screen.look_at_roll()
        screen.click(*screen.generate_button())
        wait_for("other notes after a click on Generate", lambda: bool((screen.look_at_roll() != before).mean() > 0.01))
        screen.key("period")  # stop, so that the take is done writing
        time.sleep(3)
        midi, wav = bundle.home / "out.mid", bundle.home / "out.wav"
        screen.key("ctrl+e")
        screen.answer("^Export MIDI$", "Return")
        screen.type_into("^Export MIDI$", str(midi))
        wait_for("the exported MIDI file", midi.is_file)
        screen.key("ctrl+shift+e")
        screen.answer("^Export audio$", "Return")
        screen.type_into("^Export audio$", str(wav))
        wait_for("the exported WAV file", wav.is_file)
        screen.keep("exported")
        time.sleep(1)
    check_file(midi, 200)
    check_file(wav, 100_000)
    _check_log(bundle)


def bare_user(bundle: Bundle, screen: Screen) -> None:
    """Nothing there, nothing allowed: it starts, and says what is missing."""
    findings = look(bundle)
    for name in ("fluidsynth", "audio", "midi"):
        finding = findings[name]
        if finding["ok"] or not finding["found"] or not finding["remedy"]:
            raise BrokenBundleError(f"doctor should miss {name} and say what to do: {finding}")
    if not findings["model"]["ok"] or not findings["synth"]["ok"]:
        raise BrokenBundleError(f"model and built-in sampler should be there: {findings}")
    with open_window(bundle, screen) as program:
        wait_for("notes without a sound device", lambda: screen.notes() > 100)
        time.sleep(2)
        screen.keep("bare-user")
        if program.poll() is not None:
            raise BrokenBundleError("the window did not stay open")


def _check_log(bundle: Bundle) -> None:
    for log in bundle.home.rglob("drumapp.log*"):
        check(log.read_text(encoding="utf-8"), log.name)


def _process_of(program: Path, started: int) -> int:
    """The process that runs the program, where another may have started it."""
    for process in (started, *_descendants(started)):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{process}/exe").resolve() == program.resolve():
                return process
    raise BrokenBundleError("the window's process is gone")


def _descendants(process: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found


def without_fluidsynth(bundle: Path, copy: Path) -> Path:
    """A copy of a bundle that lost its FluidSynth; returns its program."""
    subprocess.run(["cp", "-al", str(bundle.parent), str(copy)], check=True)
    for library in copy.rglob("libfluidsynth*"):
        library.unlink()
    return copy / bundle.name


def program_of(folder: Path) -> Path:
    """The program in a bundle's folder."""
    if folder.suffix == ".app":
        return folder / "Contents" / "MacOS" / "drumapp"
    return folder / ("drumapp-console.exe" if os.name == "nt" else "drumapp")


def main(argv: Sequence[str] | None = None) -> None:
    """Test the bundle in the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, metavar="FOLDER")
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER")
    args = parser.parse_args(argv)
    program = program_of(args.bundle.resolve())
    if not program.is_file():
        sys.exit(f"There is no bundle in {args.bundle}: {program} is missing.")
    with_torch = any(program.parents[1].rglob("libtorch*")) or any(program.parents[1].rglob("torch_cpu.dll"))
    with tempfile.TemporaryDirectory(prefix="drumapp-smoke-") as name, contextlib.ExitStack() as held:
        folder = Path(name)
        folder.chmod(0o755)
        home = folder / "home"
        home.mkdir()
        bundle = Bundle(program, home)
        steps: list[tuple[str, Callable[[], None]]] = [("commands", lambda: commands(bundle))]
        if with_torch:
            steps.append(("training", lambda: training(bundle)))
        if sys.platform.startswith("linux"):
            screen = held.enter_context(virtual_screen(args.screenshots))
            first, bare = folder / "first", folder / NAMELESS
            first.mkdir()
            bare.mkdir(mode=0o555)
            lost = without_fluidsynth(program, folder / "bundle")
            user = NOBODY if os.getuid() == 0 else None
            steps += [
                ("the first start", lambda: first_start(Bundle(program, first), screen)),
                ("a bare user", lambda: bare_user(Bundle(lost, bare, user=user), screen)),
            ]
        else:
            steps.append(("the window", lambda: window_paints(bundle)))
        for title, step in steps:
            print(f"{title} …", flush=True)
            try:
                step()
            except (BrokenBundleError, subprocess.SubprocessError, RuntimeError) as error:
                sys.exit(f"FAILED at {title}: {error}")
    print("The bundle works.")


if __name__ == "__main__":
    main()
