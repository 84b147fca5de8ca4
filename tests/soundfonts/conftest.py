"""Makes the kit's build script importable, and reads the built soundfont once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "soundfonts"
sys.path.insert(0, str(FOLDER))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from parsed_soundfont import ParsedSoundFont  # noqa: E402  (the paths above make it importable)


@pytest.fixture(scope="session")
def soundfont_path() -> Path:
    return FOLDER / "drumapp.sf2"


@pytest.fixture(scope="session")
def font(soundfont_path: Path) -> ParsedSoundFont:
    return ParsedSoundFont(soundfont_path.read_bytes())
