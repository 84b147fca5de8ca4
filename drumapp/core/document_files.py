"""Which files the window opens, by their names."""

from __future__ import annotations

from pathlib import Path

PROJECT_SUFFIX = ".drumapp"
MIDI_SUFFIXES = (".mid", ".midi", ".smf")


def is_document(path: Path | str) -> bool:
    """Whether it is called as a project or a MIDI file is."""
    return Path(path).suffix.lower() in (PROJECT_SUFFIX, *MIDI_SUFFIXES)
