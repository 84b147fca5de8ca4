"""Kit maps: which keys of another device or plug-in mean which General MIDI drum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

_KEYS = range(128)


@dataclass(frozen=True)
class KitMap:
    """The keys by which another device or plug-in knows the General MIDI drums.

    Attributes:
        name: what the device is called.
        keys: for a General MIDI drum, by its MIDI key, the device's keys that mean it: the first is sent, all are
            understood. A drum that is not named has the key it has in General MIDI.
        stand_ins: for a drum the device lacks, the General MIDI drum that is played in its place.

    Raises ValueError, naming the key, for a map that contradicts itself: a key of the device that means two drums or
    comes twice, a drum that is both named and stood in for, a stand-in that has one itself, a drum without keys, a key
    outside 0-127; and for a name without a letter or digit.
    """

    name: str
    keys: Mapping[int, Sequence[int]] = field(default_factory=dict, hash=False)
    stand_ins: Mapping[int, int] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        # Copies in order of key: whoever made the mappings may change them, and equal maps shall look alike.
        object.__setattr__(self, "keys", {drum: tuple(self.keys[drum]) for drum in sorted(self.keys)})
        object.__setattr__(self, "stand_ins", {drum: self.stand_ins[drum] for drum in sorted(self.stand_ins)})
        if not any(character.isalnum() for character in self.name):
            raise ValueError(f"a kit map's name must have a letter or a digit, not {self.name!r}")
        self._check_keys()
        self._check_stand_ins()

    @cached_property
    def to_general_midi(self) -> Mapping[int, int]:
        """The General MIDI key that each of the device's 128 keys means."""
        meant = {key: drum for drum, keys in self.keys.items() for key in keys}
        return {key: meant.get(key, key) for key in _KEYS}

    @cached_property
    def from_general_midi(self) -> Mapping[int, int]:
        """The device's key to be sent for each of the 128 General MIDI keys."""
        played = {drum: self.stand_ins.get(drum, drum) for drum in _KEYS}
        return {drum: self.keys[played[drum]][0] if played[drum] in self.keys else played[drum] for drum in _KEYS}

    def _check_keys(self) -> None:
        meant: dict[int, int] = {}
        for drum, keys in self.keys.items():
            _check_key(drum)
            if not keys:
                raise ValueError(f"drum {drum} has no keys")
            for key in keys:
                _check_key(key)
                if key in meant:
                    other = f"both drum {meant[key]} and drum {drum}" if meant[key] != drum else f"drum {drum} twice"
                    raise ValueError(f"key {key} means {other}")
                meant[key] = drum

    def _check_stand_ins(self) -> None:
        for drum, played in self.stand_ins.items():
            _check_key(drum)
            _check_key(played)
            if drum in self.keys:
                raise ValueError(f"drum {drum} has keys of its own and drum {played} as a stand-in")
            if played in self.stand_ins:
                raise ValueError(f"drum {played}, the stand-in for drum {drum}, has a stand-in itself")


def _check_key(key: int) -> None:
    if key not in _KEYS:
        raise ValueError(f"a key must be 0 to 127, not {key}")


GENERAL_MIDI = KitMap("General MIDI")

ROLAND_TD = KitMap(
    "Roland TD",
    {
        42: (42, 22),  # closed hi-hat: bow, edge
        46: (46, 26),  # open hi-hat: bow, edge
        48: (48, 50),  # tom 1: head, rim
        45: (45, 47),  # tom 2
        43: (43, 58),  # tom 3
        49: (49, 55),  # crash 1: bow, edge
        57: (57, 52),  # crash 2
        51: (51, 59),  # ride; its bell, 53, is General MIDI's
    },
    {35: 36, 41: 43, 47: 45, 50: 48, 52: 57, 55: 49, 59: 51},
)
"""Roland's V-Drums as they leave the factory: the TD-11, TD-17 and their kin.

The snare's rim shot (40) keeps its key, which General MIDI calls the second snare: its sound differs from the head's.
Source: Roland, "TD-17: Default Factory MIDI Note Map" (support.roland.com, article 360005173411). The Groove MIDI
Dataset, recorded on a TD-11, holds the same keys.
"""

LOGIC = KitMap(
    "Logic and GarageBand",
    {
        38: (38, 34),  # snare: centre, edge
        40: (40, 32),  # rim shot: centre, edge
        44: (44, 33, 31),  # hi-hat by foot: close, close again, splash
        48: (48, 50),  # high tom: head, edge
        45: (45, 47),  # mid tom
        43: (41, 43),  # low tom
        51: (51, 59, 52),  # ride: outer, inner, edge
    },
    {41: 43, 47: 45, 50: 48, 52: 57, 55: 49, 59: 51},
)
"""Drum Kit Designer, which plays the acoustic kits of Logic Pro and GarageBand and what their Drummer exports.

Source: Apple, Logic Pro User Guide, "Drum Kit Designer mappings", the column "GM Standard"; Apple's C1 is key 36.
"""

ABLETON_808 = KitMap(
    "Ableton 808 Core Kit",
    {
        75: (40,),  # claves
        43: (41,),  # low tom
        45: (43,),  # mid tom
        70: (44,),  # maracas
        48: (45,),  # high tom
        64: (47,),  # low conga
        63: (48,),  # mid conga
        62: (50,),  # high conga
        56: (51,),  # cowbell
    },
    {35: 36, 40: 38, 41: 43, 44: 42, 47: 45, 50: 48, 51: 49, 52: 49, 53: 49, 55: 49, 57: 49, 59: 49},
)
"""The 16 pads, from C1 = 36, of the 808 Core Kit that comes with Ableton Live, whose order many racks follow.

Live's stock kits agree on kick, rim, snare, clap (36-39), closed and open hat (42, 46) and a cymbal (49) alone; see
also ABLETON_909. Source: the pads' names as Live shows them, as public projects have written them down; Ableton itself
publishes no table.
"""

ABLETON_909 = KitMap(
    "Ableton 909 Core Kit",
    {
        35: (40,),  # second bass drum
        40: (41, 43),  # second and third snare
        43: (44,),  # low tom
        48: (47,),  # high tom
        49: (49,),  # crash
        57: (48,),  # another crash
        51: (51,),  # ride
        59: (50,),  # another ride
    },
    {41: 43, 44: 42, 47: 45, 50: 48, 52: 57, 53: 51, 55: 57},
)
"""The 16 pads, from C1 = 36, of the 909 Core Kit that comes with Ableton Live. Source: as for ABLETON_808."""

BUILT_IN_KIT_MAPS = (GENERAL_MIDI, ROLAND_TD, LOGIC, ABLETON_808, ABLETON_909)
"""The maps that come with the program, in the order of a menu."""

_ROLANDS_HAT_EDGES = (22, 26)
_ROLANDS_TOM_RIM = 58  # General MIDI's vibraslap, which comes with other percussion
_LOGICS_BELOW_GENERAL_MIDI = (31, 32, 33, 34)
# What Drum Kit Designer is silent on: where it is struck, 31 to 34 are General MIDI 2's sticks, clicks and metronome.
_NOT_LOGICS = (55, 58, *range(60, 70), *range(71, 82))
_PERCUSSION = (54, 56, *range(60, 82))
TELLTALE_KEYS = frozenset((*_ROLANDS_HAT_EDGES, _ROLANDS_TOM_RIM, *_LOGICS_BELOW_GENERAL_MIDI))
"""Where none of these is struck, nothing speaks against General MIDI."""


def guess_kit_map(counts: Mapping[int, int]) -> KitMap:
    """The built-in map that a file's keys speak for; General MIDI when nothing speaks against it.

    The edges of Roland's hi-hat (22, 26), the rim of its third tom where no percussion is struck, and the snare edges
    and pedal strokes of Drum Kit Designer (31-34) give those two away; where both occur, the more strokes decide. The
    pads of a drum machine (36-51) are also drums of General MIDI, so that Ableton's kits are never guessed. Half of the
    Groove MIDI Dataset's files strike none of Roland's own keys: the more of one player's files are counted together,
    the better the guess.

    Args: counts, how often each key is struck.
    """

    def strokes(keys: Iterable[int]) -> int:
        return sum(counts.get(key, 0) for key in keys)

    roland = strokes(_ROLANDS_HAT_EDGES) + (0 if strokes(_PERCUSSION) else strokes([_ROLANDS_TOM_RIM]))
    logic = 0 if strokes(_NOT_LOGICS) else strokes(_LOGICS_BELOW_GENERAL_MIDI)
    if roland == logic == 0:
        return GENERAL_MIDI
    return ROLAND_TD if roland >= logic else LOGIC
