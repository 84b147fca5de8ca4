"""MIDI messages as bytes. Source: MIDI 1.0 Detailed Specification (MIDI Manufacturers Association)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from drumapp.core.errors import DrumappError

NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL_CHANGE = 0x80, 0x90, 0xA0, 0xB0
SUSTAIN, ALL_SOUND_OFF, ALL_NOTES_OFF = 64, 120, 123

SONG_POSITION = 0xF2
CLOCK, START, CONTINUE, STOP = 0xF8, 0xFA, 0xFB, 0xFC

CLOCKS_PER_QUARTER = 24
CLOCKS_PER_POSITION = 6
"""Song positions are counted in sixteenths: "MIDI beats" of six clocks."""
LAST_POSITION = 2**14 - 1

Message = bytes | tuple[int, ...]
Receive = Callable[[Sequence[int], int], None]
"""Told a message that has come in, and when: nanoseconds of `time.monotonic_ns`."""


class MidiPortError(DrumappError):
    """A MIDI port that cannot be opened."""


class PortGoneError(Exception):
    """A MIDI port that is not there any more."""


class OutPort(Protocol):
    """An open MIDI output. Attributes: name; gone: whether it is known that nobody is there to send to."""

    name: str

    @property
    def gone(self) -> bool:
        """Whether there is nobody any more to send to."""

    def send(self, message: Message) -> None:
        """Send a message now. Raises PortGoneError when there is nobody to send it to."""

    def close(self) -> None:
        """Let go of the port; harmless when it is gone."""


class InPort(Protocol):
    """An open MIDI input. Attributes: name; gone: whether it is known that nothing can come in any more."""

    name: str

    @property
    def gone(self) -> bool:
        """Whether there is nobody any more to listen to."""

    def close(self) -> None:
        """Listen no more."""


def song_position(sixteenths: int) -> bytes:
    """The message that tells a place, counted in sixteenths from the start; past the last, the last."""
    place = min(max(sixteenths, 0), LAST_POSITION)
    return bytes((SONG_POSITION, place & 0x7F, place >> 7))
