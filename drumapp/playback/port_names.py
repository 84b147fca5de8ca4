"""Names of MIDI ports, which systems adorn with numbers that change from one plugging in to the next."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

# ALSA's client and port, as in "TD-17:TD-17 MIDI 1 24:0", the same where a2jmidid passes it on to JACK, as in
# "a2j:TD-17 [24] (playback): TD-17 MIDI 1", and the number that Windows has behind every name. Elsewhere a number at
# the end is the name's own: macOS has "IAC Driver Bus 1" beside "IAC Driver Bus 2".
_NUMBERS = re.compile(r"\s+\d+:\d+$|(?<=\S)\s+\[\d+\](?= \()")
_NUMBERS_ON_WINDOWS = re.compile(r"\s+\d+(:\d+)?$")


def same_port(wanted: str, found: str, system: str = sys.platform) -> bool:
    """Whether a port is the one that was chosen some time ago."""
    numbers = _NUMBERS_ON_WINDOWS if system == "win32" else _NUMBERS
    return wanted == found or numbers.sub("", wanted) == numbers.sub("", found)


def find_port(wanted: str, names: Sequence[str], system: str = sys.platform) -> str | None:
    """The port of that name, or of that name but for its number; None when there is none."""
    if wanted in names:
        return wanted
    return next((name for name in names if same_port(wanted, name, system)), None)
