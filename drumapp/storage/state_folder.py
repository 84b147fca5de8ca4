"""Where the program keeps what must outlive a crash and is nobody's document."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from drumapp.core.errors import DrumappError

FOLDER_VARIABLE = "DRUMAPP_STATE_DIR"


def state_folder() -> Path:
    """The folder, which may not exist yet: $DRUMAPP_STATE_DIR, else where the system wants it."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_state_path("drumapp")


def make_folder(path: Path) -> None:
    """Make a folder of the user's own, with those above it. Raises DrumappError, naming folder and cause."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise DrumappError(f"Cannot make the folder {path} for work that is not saved yet: {cause}.") from error
