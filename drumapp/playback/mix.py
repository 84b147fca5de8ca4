"""How a kit is mixed and which drums cut each other off: a kit's lanes as synths and the scheduler need them.

Two things may choke a drum: the kit's choke groups, and the exclusive classes of the soundfont. A class is what the
font's maker thought right, a group is what the user sees. So a lane whose group is still General MIDI's leaves the font
its say as well; once the user has given it another group, or none, only the kit decides: an open hat that was taken out
of the hats' group rings on although the font would cut it off. Keys without a lane are left to the font.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from drumapp.core.kit import MAX_LANE_VOLUME_DB, MIN_LANE_VOLUME_DB, DrumKit, Lane, general_midi_lane


class KeyMix(NamedTuple):
    """How a synth plays one key.

    Attributes: gain, a factor from 0 to MOST_GAIN; pan from -1 (left) to 1; exclusive: whether the soundfont's
    exclusive classes hold for it.
    """

    gain: float = 1.0
    pan: float = 0.0
    exclusive: bool = True


PLAIN = KeyMix()
"""A key as the soundfont plays it."""


def gain_of(decibels: float) -> float:
    """The factor that a level in decibels stands for."""
    return float(10.0 ** (decibels / 20.0))


MOST_GAIN = gain_of(MAX_LANE_VOLUME_DB)


def panned(place: float, pan: float) -> float:
    """Where a sound at ``place`` goes under a lane's pan, both from -1 (left) to 1.

    Pan moves it that share of the way to the side: whatever the place was, pan 1 is hard right and 0 changes nothing.
    """
    return place + pan - abs(pan) * place


@dataclass(frozen=True)
class Mix:
    """What a kit asks for.

    Attributes: keys, those that are not played plainly; unheard: keys that mute and solo keep from being struck;
    groups: the choke group of each key that has one.
    """

    keys: Mapping[int, KeyMix] = field(default_factory=dict)
    unheard: frozenset[int] = frozenset()
    groups: Mapping[int, int] = field(default_factory=dict)

    def of(self, key: int) -> KeyMix:
        """How a key is played."""
        return self.keys.get(key, PLAIN)

    def rivals(self, struck: Collection[int], ringing: Iterable[int]) -> list[int]:
        """Those of the ringing keys that are choked when keys are struck together: by any other of their group."""
        groups = [(key, self.groups[key]) for key in struck if key in self.groups]
        if not groups:
            return []
        return sorted(
            key for key in ringing if any(self.groups.get(key) == group and key != other for other, group in groups)
        )


def mix_of(kit: DrumKit) -> Mix:
    """The mix of a kit. Keys without a lane are played plainly, whatever is muted or soloed."""
    mixes = {lane.key: _key_mix(lane) for lane in kit.lanes}
    return Mix(
        keys={key: mix for key, mix in mixes.items() if mix != PLAIN},
        unheard=frozenset(mixes) - kit.heard_keys,
        groups={lane.key: lane.choke_group for lane in kit.lanes if lane.choke_group},
    )


def _key_mix(lane: Lane) -> KeyMix:
    silent = lane.volume_db <= MIN_LANE_VOLUME_DB
    exclusive = lane.choke_group == general_midi_lane(lane.key).choke_group
    return KeyMix(0.0 if silent else gain_of(lane.volume_db), lane.pan, exclusive)
