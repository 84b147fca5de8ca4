"""The program as a user starts it, on a virtual X screen, clicked by xdotool and looked at from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

NEEDED = ("Xvfb", "xdotool", "import")
SCREEN = (1280, 800)
PATIENCE_SECONDS = 60.0

missing = [tool for tool in NEEDED if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(
    bool(missing) or not sys.platform.startswith("linux"), reason=f"needs an X server to drive: {', '.join(missing)}"
)


@dataclass
class Screen:
    """A virtual screen and what can be done on it."""

    environment: dict[str, str]

    def look(self) -> NDArray[np.uint8]:
        """What is on the screen: (height, width, 3) as red, green, blue."""
        command = ["import", "-silent", "-window", "root", "-depth", "8", "rgb:-"]
        pixels = subprocess.run(command, env=self.environment, capture_output=True, check=True, timeout=30).stdout
        return np.frombuffer(pixels, np.uint8).reshape(SCREEN[1], SCREEN[0], 3)

    def do(self, *words: str) -> str:
        """Run xdotool."""
        return subprocess.run(
            ["xdotool", *words], env=self.environment, capture_output=True, text=True, check=True, timeout=30
        ).stdout

    def click(self, x: int, y: int) -> None:
        """Press and release the left button at a place."""
        self.do("mousemove", "--sync", str(x), str(y), "click", "1")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    reading, writing = os.pipe()
    width, height = SCREEN
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        display = f":{pipe.readline().strip()}"
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment |= {
        "DISPLAY": display,
        "DRUMAPP_CONFIG_DIR": str(tmp_path / "config"),
        "DRUMAPP_STATE_DIR": str(tmp_path / "state"),
        "QT_SCALE_FACTOR": "1",
    }
    # At the very first start a beat would play by itself.
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.json").write_text("{}")
    yield Screen(environment)
    server.terminate()
    server.wait(timeout=20)


def wait_for(what: str, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)


def filled_button(picture: NDArray[np.uint8]) -> tuple[int, int] | None:
    """The middle of Generate: the largest area of its colour on the screen, which no other control is filled with."""
    from drumapp.gui.theme import DARK, LIGHT

    for colours in (DARK, LIGHT):
        accent = [int(colours.accent[place : place + 2], 16) for place in (1, 3, 5)]
        rows, columns = np.nonzero((picture[: SCREEN[1] // 4] == accent).all(axis=2))
        if len(rows) > 2000:
            left = columns[columns < SCREEN[0] // 4]
            return int(np.median(left)), int(np.median(rows[columns < SCREEN[0] // 4]))
    return None


def roll_of(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    """A part of the screen that lies within the roll, under its ruler and right of where the playhead begins."""
    return picture[300:640, 260:900].astype(np.int16)


def colourful(part: NDArray[np.int16]) -> int:
    """How many pixels are not grey: notes are the only colours within the roll."""
    return int(((part.max(axis=2) - part.min(axis=2)) > 60).sum())


def test_a_click_on_generate_draws_notes(screen: Screen, tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "drumapp"],
        env=screen.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for("the window", lambda: filled_button(screen.look()) is not None)
        place = filled_button(screen.look())
        assert place is not None
        before = roll_of(screen.look())
        assert colourful(before) == 0
        screen.click(*place)
        wait_for("notes in the roll", lambda: colourful(roll_of(screen.look())) > 100)
        assert (roll_of(screen.look()) != before).any()
        screen.do("key", "ctrl+q")
        # The take is not saved: the question has the keyboard, on Save, and Discard is next to it.
        question = screen.do("search", "--sync", "--onlyvisible", "--name", "^Drumapp$").split()[0]
        screen.do("windowfocus", "--sync", question, "key", "Tab", "key", "space")
        out, err = program.communicate(timeout=30)
    finally:
        program.kill()
        program.wait()

    assert program.returncode == 0, err
    assert "Traceback" not in err
    assert out == ""
    assert not list((tmp_path / "state" / "recovery").iterdir())
