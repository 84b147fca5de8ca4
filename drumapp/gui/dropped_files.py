"""What is among the files that are dragged onto the window."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import QMimeData

SOUNDFONT_SUFFIXES = (".sf2", ".sf3")


def dropped_file(data: QMimeData, suffixes: Collection[str]) -> Path | None:
    """The first file of a kind, by its name; None when there is none."""
    for url in data.urls():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and path.suffix.lower() in suffixes:
            return path
    return None


def dropped_folder(data: QMimeData) -> Path | None:
    """The first folder among what is dragged; None when there is none."""
    for url in data.urls():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and path.is_dir():
            return path
    return None
