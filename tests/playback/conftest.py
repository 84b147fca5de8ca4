"""What the playback tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.playback.font_building import Font, key_zone, pulse
from tests.playback.recording_synth import RecordingSynth


@pytest.fixture
def make_font(tmp_path: Path) -> Callable[[Font], Path]:
    """Writes a font into a temporary file."""

    def make(font: Font) -> Path:
        path = tmp_path / f"font{len(list(tmp_path.iterdir()))}.sf2"
        path.write_bytes(font.to_bytes())
        return path

    return make


@pytest.fixture
def font(make_font: Callable[[Font], Path]) -> Path:
    """A kit of three short pulses on the keys 36, 38 and 42."""
    return make_font(Font([key_zone(key, pulse()) for key in (36, 38, 42)]))


@pytest.fixture
def recorder() -> RecordingSynth:
    return RecordingSynth()
