"""A synth for timing tests: no sound, but a record of what came when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.playback.font_building import RATE


class RecordingSynth:
    """Writes down every command with the frame at which it came; renders silence."""

    def __init__(self, sample_rate: int = RATE) -> None:
        self.sample_rate = sample_rate
        self.description = "Recording"
        self.frame = 0
        self.log: list[tuple[int, str, int, int]] = []
        self.silenced: list[int] = []
        self.closed = False

    def note_on(self, key: int, velocity: int) -> None:
        self.log.append((self.frame, "on", key, velocity))

    def note_off(self, key: int) -> None:
        self.log.append((self.frame, "off", key, 0))

    def all_off(self) -> None:
        self.silenced.append(self.frame)

    def render(self, frames: int) -> NDArray[np.float32]:
        self.frame += frames
        return np.zeros((frames, 2), np.float32)

    def warm_up(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    @property
    def strikes(self) -> list[tuple[int, int]]:
        """(frame, key) of every note struck."""
        return [(frame, key) for frame, kind, key, _ in self.log if kind == "on"]

    @property
    def releases(self) -> list[tuple[int, int]]:
        """(frame, key) of every note let go."""
        return [(frame, key) for frame, kind, key, _ in self.log if kind == "off"]
