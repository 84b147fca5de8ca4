"""A synth for timing tests: no sound, but a record of what came when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from drumapp.playback.mix import KeyMix
from tests.playback.font_building import RATE


class RecordingSynth:
    """Writes down every command with the frame at which it came; renders all but silence, so as never to be at rest."""

    has_effects = True

    def __init__(self, sample_rate: int = RATE) -> None:
        self.sample_rate = sample_rate
        self.description = "Recording"
        self.frame = 0
        self.log: list[tuple[int, str, int, int]] = []
        self.mixes: dict[int, KeyMix] = {}
        self.closed = False

    def note_on(self, key: int, velocity: int) -> None:
        self.log.append((self.frame, "on", key, velocity))

    def note_off(self, key: int) -> None:
        self.log.append((self.frame, "off", key, 0))

    def choke(self, key: int) -> None:
        self.log.append((self.frame, "choke", key, 0))

    def set_key_mix(self, key: int, mix: KeyMix) -> None:
        self.mixes[key] = mix

    def set_effects(self, reverb: float, chorus: float) -> None:
        self.effects = reverb, chorus

    def all_off(self) -> None:
        self.log.append((self.frame, "all off", -1, 0))

    def render(self, frames: int) -> NDArray[np.float32]:
        self.frame += frames
        return np.full((frames, 2), 1e-6, np.float32)

    def warm_up(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    @property
    def strikes(self) -> list[tuple[int, int]]:
        """(frame, key) of every note struck."""
        return self._of_kind("on")

    @property
    def releases(self) -> list[tuple[int, int]]:
        """(frame, key) of every note let go."""
        return self._of_kind("off")

    @property
    def chokes(self) -> list[tuple[int, int]]:
        """(frame, key) of every key choked."""
        return self._of_kind("choke")

    @property
    def silenced(self) -> list[int]:
        """The frames at which everything was silenced."""
        return [frame for frame, _ in self._of_kind("all off")]

    def _of_kind(self, kind: str) -> list[tuple[int, int]]:
        return [(frame, key) for frame, what, key, _ in self.log if what == kind]
