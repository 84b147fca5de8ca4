"""A virtual X screen, looked at and driven from outside."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 800
_ACCENTS = ((0x6A, 0x5C, 0xF0), (0x55, 0x46, 0xD6))  # Generate's colour, dark and light
_ROLL = (slice(300, 640), slice(260, 900))  # under the ruler, right of the lanes' names
_LEAST_BUTTON = 2000
_TYPING_MS = "20"


@dataclass
class Screen:
    """A screen and what can be done on it. Attributes: display, its X name; pictures, where they are kept if at all."""

    display: str
    pictures: Path | None

    def look(self) -> NDArray[np.uint8]:
        """What is on the screen: (height, width, 3) as red, green, blue."""
        command = ["import", "-silent", "-window", "root", "-depth", "8", "rgb:-"]
        pixels = subprocess.run(command, env=self._environment, capture_output=True, check=True, timeout=30).stdout
        return np.frombuffer(pixels, np.uint8).reshape(HEIGHT, WIDTH, 3)

    def keep(self, name: str) -> None:
        """Keep a picture of the screen, if pictures are kept."""
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            picture = self.pictures / f"{name}.png"
            subprocess.run(["import", "-silent", "-window", "root", str(picture)], env=self._environment, check=True)

    def look_at_roll(self) -> NDArray[np.int16]:
        """The part of the screen that is the piano roll."""
        return self.look()[_ROLL].astype(np.int16)

    def notes(self) -> int:
        """How many pixels of the roll are not grey: notes are the only colours in it."""
        roll = self.look_at_roll()
        return int(((roll.max(axis=2) - roll.min(axis=2)) > 60).sum())

    def generate_button(self) -> tuple[int, int]:
        """The middle of Generate, the largest area of its colour at the top left."""
        corner = self.look()[: HEIGHT // 4, : WIDTH // 4]
        for accent in _ACCENTS:
            rows, columns = np.nonzero((corner == accent).all(axis=2))
            if len(rows) > _LEAST_BUTTON:
                return int(np.median(columns)), int(np.median(rows))
        raise RuntimeError("there is no Generate button on the screen")

    def click(self, x: int, y: int) -> None:
        """Press and release the left button at a place."""
        self._do("mousemove", "--sync", str(x), str(y), "click", "1")

    def key(self, keys: str) -> None:
        """Press keys in the program's own window: nobody gives it the keyboard back when a dialog closes."""
        self.answer("Drumapp$", keys)

    def answer(self, title: str, *keys: str) -> None:
        """Press keys in the window of a title, once it is there."""
        window = self._window(title)
        self._do("windowfocus", "--sync", window, "key", *keys)

    def type_into(self, title: str, text: str) -> None:
        """Type a file's name in the file dialog of a title, and agree."""
        window = self._window(title)
        self._do("windowfocus", "--sync", window, "key", "ctrl+a", "type", "--delay", _TYPING_MS, text)
        time.sleep(0.5)  # the dialog completes names meanwhile, and Return would take its choice
        self._do("windowfocus", "--sync", window, "key", "Return")

    def _window(self, title: str) -> str:
        time.sleep(1)  # a dialog that has just been closed still has its window
        return self._do("search", "--sync", "--onlyvisible", "--name", title).split()[0]

    def _do(self, *words: str) -> str:
        return subprocess.run(
            ["xdotool", *words], env=self._environment, capture_output=True, text=True, check=True, timeout=30
        ).stdout

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {"DISPLAY": self.display}


@contextlib.contextmanager
def virtual_screen(pictures: Path | None = None) -> Iterator[Screen]:
    """An X server for as long as this lasts."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            yield Screen(f":{pipe.readline().strip()}", pictures)
    finally:
        server.terminate()
        server.wait(timeout=20)
