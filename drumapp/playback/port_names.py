"""Names of MIDI ports, which systems adorn with numbers that change from one plugging in to the next."""

from __future__ import annotations

import re
from collections.abc import Sequence

# ALSA's client and port, as in "TD-17:TD-17 MIDI 1 24:0", and the number that Windows has behind every name.
_NUMBERS = re.compile(r"\s+\d+(:\d+)?$")


def same_port(wanted: str, found: str) -> bool:
    """Whether a port is the one that was chosen some time ago."""
    return wanted == found or _NUMBERS.sub("", wanted) == _NUMBERS.sub("", found)


def find_port(wanted: str, names: Sequence[str]) -> str | None:
    """The port of that name, or of that name but for its number; None when there is none."""
    if wanted in names:
        return wanted
    return next((name for name in names if same_port(wanted, name)), None)
