"""What the window's process loads: torch never, and nothing slow before the first paint."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

# Prints the modules loaded once every module of the window, the music, the players and the stepper is.
_EVERYTHING_BUT_TRAINING = """
import importlib, pkgutil, sys
import drumapp.gui, drumapp.playback, drumapp.midi, drumapp.core
rooms = [drumapp.gui, drumapp.playback, drumapp.midi, drumapp.core]
for room in rooms:
    for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        importlib.import_module(module.name)
import drumapp.lstm.checkpoint, drumapp.lstm.generator, drumapp.settings
print(*sys.modules)
"""


def own_folders(folder: Path) -> dict[str, str]:
    return {"QT_QPA_PLATFORM": "offscreen", "DRUMAPP_CONFIG_DIR": str(folder), "DRUMAPP_STATE_DIR": str(folder)}


def modules_after(code: str, tmp_path: Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | own_folders(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


def test_window_imports_neither_torch_nor_plots(tmp_path: Path) -> None:
    loaded = modules_after("import drumapp.gui.running, sys; print(*sys.modules)", tmp_path)
    assert "PySide6.QtWidgets" in loaded
    assert loaded.isdisjoint({"torch", "pyqtgraph", "symusic", "miniaudio", "fluidsynth", "rich"})


def test_nothing_the_window_can_come_to_use_imports_torch(tmp_path: Path) -> None:
    loaded = modules_after(_EVERYTHING_BUT_TRAINING, tmp_path)
    assert {"drumapp.playback.engine", "drumapp.gui.application", "drumapp.midi.smf"} <= loaded
    assert "torch" not in loaded


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_open_window_has_no_torch_in_memory(tmp_path: Path) -> None:
    """The real window with its drummer and its playing process up, not only its imports."""
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        env=os.environ | own_folders(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    last_resort = threading.Timer(30, program.kill)
    last_resort.start()
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "painted\n"
        maps = Path(f"/proc/{program.pid}/maps").read_text()
        program.terminate()
    last_resort.cancel()
    assert "Qt6Widgets" in maps
    assert "libtorch" not in maps
    assert program.returncode == 0


# The program as users start it; prints a line once its window is painted and its rooms were told to start.
_PROGRAM = """
from drumapp.gui import running

class Application(running.Application):
    def start_rooms(self):
        super().start_rooms()
        print("painted", flush=True)

running.Application = Application
raise SystemExit(running.run([]))
"""
