"""Drum kits: which MIDI key is which drum. How other makers' keys map to these is told in drumapp.core.kit_map.

Key names follow the General MIDI 1 percussion key map (MIDI Manufacturers Association, RP-003).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class Family(StrEnum):
    """Kinds of drum that share a colour."""

    KICK = "kick"
    SNARE = "snare"
    HAT = "hats"
    TOM = "toms"
    CYMBAL = "cymbals"
    PERCUSSION = "percussion"


MIN_LANE_VOLUME_DB, MAX_LANE_VOLUME_DB = -60.0, 12.0
MAX_CHOKE_GROUP = 16


def _check(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"a lane's {field} must be {least:g} to {most:g}, not {value:g}")


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of the piano roll: a drum, and how it is mixed.

    Attributes: name; key, the General MIDI percussion key by which the network, the roll and the built-in kit know the
    drum; family; choke_group: drums of one group (a number over 0) cut each other off; volume_db, 0 as the kit plays
    it, at its least silent; pan from -1 (left) to 1; muted; soloed: while any lane is, only soloed ones are heard;
    locked: the drummer leaves its notes as they are, and writes none into it.
    Raises ValueError, naming the field, for a value out of range.
    """

    name: str
    key: int
    family: Family = Family.PERCUSSION
    choke_group: int = 0
    volume_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    soloed: bool = False
    locked: bool = False

    def __post_init__(self) -> None:
        _check("key", self.key, 0, 127)
        _check("choke_group", self.choke_group, 0, MAX_CHOKE_GROUP)
        _check("volume_db", self.volume_db, MIN_LANE_VOLUME_DB, MAX_LANE_VOLUME_DB)
        _check("pan", self.pan, -1.0, 1.0)


HAT_CHOKE = 1
WHISTLE_CHOKE = 2
GUIRO_CHOKE = 3
CUICA_CHOKE = 4
TRIANGLE_CHOKE = 5

_F = Family
GENERAL_MIDI_LANES: tuple[Lane, ...] = (
    Lane("Acoustic bass drum", 35, _F.KICK),
    Lane("Kick", 36, _F.KICK),
    Lane("Side stick", 37, _F.SNARE),
    Lane("Snare", 38, _F.SNARE),
    Lane("Hand clap", 39, _F.SNARE),
    Lane("Snare rim", 40, _F.SNARE),
    Lane("Low floor tom", 41, _F.TOM),
    Lane("Closed hat", 42, _F.HAT, HAT_CHOKE),
    Lane("Floor tom", 43, _F.TOM),
    Lane("Pedal hat", 44, _F.HAT, HAT_CHOKE),
    Lane("Low tom", 45, _F.TOM),
    Lane("Open hat", 46, _F.HAT, HAT_CHOKE),
    Lane("Mid tom", 47, _F.TOM),
    Lane("High mid tom", 48, _F.TOM),
    Lane("Crash", 49, _F.CYMBAL),
    Lane("High tom", 50, _F.TOM),
    Lane("Ride", 51, _F.CYMBAL),
    Lane("China", 52, _F.CYMBAL),
    Lane("Ride bell", 53, _F.CYMBAL),
    Lane("Tambourine", 54),
    Lane("Splash", 55, _F.CYMBAL),
    Lane("Cowbell", 56),
    Lane("Crash 2", 57, _F.CYMBAL),
    Lane("Vibraslap", 58),
    Lane("Ride 2", 59, _F.CYMBAL),
    Lane("High bongo", 60),
    Lane("Low bongo", 61),
    Lane("Mute high conga", 62),
    Lane("Open high conga", 63),
    Lane("Low conga", 64),
    Lane("High timbale", 65),
    Lane("Low timbale", 66),
    Lane("High agogo", 67),
    Lane("Low agogo", 68),
    Lane("Cabasa", 69),
    Lane("Maracas", 70),
    Lane("Short whistle", 71, _F.PERCUSSION, WHISTLE_CHOKE),
    Lane("Long whistle", 72, _F.PERCUSSION, WHISTLE_CHOKE),
    Lane("Short guiro", 73, _F.PERCUSSION, GUIRO_CHOKE),
    Lane("Long guiro", 74, _F.PERCUSSION, GUIRO_CHOKE),
    Lane("Claves", 75),
    Lane("High wood block", 76),
    Lane("Low wood block", 77),
    Lane("Mute cuica", 78, _F.PERCUSSION, CUICA_CHOKE),
    Lane("Open cuica", 79, _F.PERCUSSION, CUICA_CHOKE),
    Lane("Mute triangle", 80, _F.PERCUSSION, TRIANGLE_CHOKE),
    Lane("Open triangle", 81, _F.PERCUSSION, TRIANGLE_CHOKE),
)
"""Every General MIDI percussion key, 35-81, in order of key."""

FIRST_DRUM_KEY = GENERAL_MIDI_LANES[0].key
LAST_DRUM_KEY = GENERAL_MIDI_LANES[-1].key

# Top to bottom as drummers' charts stack them: cymbals above, kick at the foot.
_HOUSE_KEYS = (57, 49, 53, 51, 46, 44, 42, 48, 45, 43, 37, 40, 38, 36)


@dataclass(frozen=True)
class DrumKit:
    """A named set of lanes, top to bottom as the piano roll shows them. Raises ValueError when a key comes twice."""

    name: str
    lanes: tuple[Lane, ...]

    def __post_init__(self) -> None:
        keys = [lane.key for lane in self.lanes]
        if len(set(keys)) != len(keys):
            raise ValueError(f"kit {self.name!r} has a key twice")

    @cached_property
    def row_of_key(self) -> Mapping[int, int]:
        """Row (0 at the top) of each MIDI key."""
        return MappingProxyType({lane.key: row for row, lane in enumerate(self.lanes)})

    def lane_of(self, key: int) -> Lane | None:
        """The lane of a MIDI key, or None."""
        row = self.row_of_key.get(key)
        return None if row is None else self.lanes[row]

    @property
    def heard_keys(self) -> frozenset[int]:
        """The MIDI keys of the lanes that mute and solo let through."""
        soloed = frozenset(lane.key for lane in self.lanes if lane.soloed)
        return soloed or frozenset(lane.key for lane in self.lanes if not lane.muted)

    @property
    def locked_keys(self) -> frozenset[int]:
        """The MIDI keys of the lanes that the drummer leaves alone."""
        return frozenset(lane.key for lane in self.lanes if lane.locked)

    def with_lane(self, lane: Lane) -> DrumKit:
        """The same kit with another lane in the place of the one of its key. Raises KeyError when there is none."""
        row = self.row_of_key[lane.key]
        return replace(self, lanes=(*self.lanes[:row], lane, *self.lanes[row + 1 :]))

    def with_keys(self, keys: frozenset[int] | set[int]) -> DrumKit:
        """The same kit with a lane more, under those it has, for every key it lacks."""
        missing = sorted(set(keys) - set(self.row_of_key))
        if not missing:
            return self
        return DrumKit(self.name, self.lanes + tuple(general_midi_lane(key) for key in missing))


def general_midi_lane(key: int) -> Lane:
    """The General MIDI lane of a key; outside 35-81 a percussion lane named after its key."""
    if FIRST_DRUM_KEY <= key <= LAST_DRUM_KEY:
        return GENERAL_MIDI_LANES[key - FIRST_DRUM_KEY]
    return Lane(f"Key {key}", key)


GENERAL_MIDI_KIT = DrumKit("General MIDI", tuple(reversed(GENERAL_MIDI_LANES)))
HOUSE_KIT = DrumKit("Drum kit", tuple(general_midi_lane(key) for key in _HOUSE_KEYS))
"""The lanes shown at first: the drums the house model plays."""
