"""Where the parts of a lane's header lie, and what a place on its volume bar stands for: pure arithmetic, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from drumapp.core.kit import MAX_LANE_VOLUME_DB, MIN_LANE_VOLUME_DB

HEADER_WIDTH = 240
CHIP_PX = 4  # the bar in the family's colour at the left edge
_BUTTON_PX = 24
_VOLUME_PX = 50
_MARGIN = 6
_LARGEST_BUTTON = 18.0

UNITY = 0.75  # where on its bar a volume of 0 dB lies
_BEND = 1.6  # gives the upper 20 dB, where mixing happens, most of the bar


class Part(Enum):
    """What of a lane's header the pointer is over."""

    NAME = "name"
    LOCK = "lock"
    MUTE = "mute"
    SOLO = "solo"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width


_VOLUME_LEFT = HEADER_WIDTH - _MARGIN - _VOLUME_PX
_SOLO_LEFT = _VOLUME_LEFT - _BUTTON_PX - 2
_MUTE_LEFT = _SOLO_LEFT - _BUTTON_PX
_LOCK_LEFT = _MUTE_LEFT - _BUTTON_PX
_NAME_LEFT = CHIP_PX + 8
_LEFT_OF = {Part.LOCK: _LOCK_LEFT, Part.MUTE: _MUTE_LEFT, Part.SOLO: _SOLO_LEFT}

SWITCHES = frozenset(_LEFT_OF)
"""The parts that are on or off."""


def part_at(x: float) -> Part:
    """The part under a pixel, counted from the header's left edge. A part is as high as its lane."""
    if x >= _VOLUME_LEFT - 2:
        return Part.VOLUME
    if x >= _SOLO_LEFT:
        return Part.SOLO
    if x >= _MUTE_LEFT:
        return Part.MUTE
    return Part.LOCK if x >= _LOCK_LEFT else Part.NAME


def box_of(part: Part, top: float, height: float) -> Box:
    """Where a part is drawn in a lane whose upper edge is at ``top``."""
    if part is Part.NAME:
        return Box(_NAME_LEFT, top, _LOCK_LEFT - _NAME_LEFT - 2, height)
    if part is Part.VOLUME:
        return Box(_VOLUME_LEFT, top, _VOLUME_PX, height)
    side = min(_LARGEST_BUTTON, max(height - 3.0, 6.0))
    left = _LEFT_OF[part] + (_BUTTON_PX - _LARGEST_BUTTON) / 2
    return Box(left, top + (height - side) / 2, _LARGEST_BUTTON, side)


def share_of_volume(volume_db: float) -> float:
    """How far along its bar a volume lies, 0 to 1."""
    if volume_db >= 0:
        return UNITY + (1 - UNITY) * min(volume_db / MAX_LANE_VOLUME_DB, 1.0)
    return UNITY * max(1 - volume_db / MIN_LANE_VOLUME_DB, 0.0) ** _BEND


def volume_at(x: float) -> float:
    """The volume in dB, to half a decibel, that a pixel counted from the header's left edge stands for."""
    share = min(max((x - _VOLUME_LEFT) / _VOLUME_PX, 0.0), 1.0)
    if share >= UNITY:
        volume_db = (share - UNITY) / (1 - UNITY) * MAX_LANE_VOLUME_DB
    else:
        volume_db = MIN_LANE_VOLUME_DB * (1 - (share / UNITY) ** (1 / _BEND))
    return round(2 * volume_db) / 2


def pan_text(pan: float) -> str:
    """A place in the stereo field for people: -1 is left, 1 right."""
    side = "left" if pan < 0 else "right"
    return f"{round(abs(pan) * 100)} % {side}" if round(abs(pan) * 100) else "centre"


def volume_text(volume_db: float) -> str:
    """A volume for people."""
    return "silent" if volume_db <= MIN_LANE_VOLUME_DB else f"{volume_db:+.1f} dB" if volume_db else "0 dB"
