"""Which drum a network takes a MIDI key for, when it knows no word for the key itself.

A context may hold any key. What the network lacks is heard as the drum it knows that comes closest, a floor tom as
another tom; what resembles nothing it knows is not heard. The notes themselves are never changed by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY, Family, general_midi_lane
from drumapp.core.kit_map import ROLAND_TD
from drumapp.core.pattern import Note
from drumapp.lstm.vocabulary import Vocabulary

_LIKENESS: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        # Side stick and clap are backbeats; hats by how far they are open; cymbals by whether they crash or carry time.
        35: (36,),
        36: (35,),
        37: (40, 38),
        38: (40, 37),
        39: (38, 40, 37),
        40: (38, 37),
        42: (44, 46),
        44: (42, 46),
        46: (42, 44),
        49: (57, 52, 55, 51),
        51: (59, 53, 49),
        52: (49, 57, 55, 51),
        53: (51, 59),
        55: (49, 57, 52),
        57: (49, 52, 55, 51),
        59: (51, 53, 49),
    }
)
"""For each key those that come closest, the closest first. Drums that are not named here are taken for the nearest key
of their family: toms lie in order of height.
"""

_MOST_NAMED = 6


@dataclass(frozen=True)
class Ear:
    """A network's ear."""

    vocabulary: Vocabulary

    def key_heard(self, key: int) -> int | None:
        """The key of the drum that the network takes a key for; None for what it does not hear."""
        return self._heard_keys.get(key)

    @cached_property
    def key_classes(self) -> NDArray[np.int64]:
        """Pitch class that each MIDI key is heard as, int64 (128,); -1 for those not heard."""
        own = self.vocabulary.key_classes
        classes = np.full(len(own), -1, np.int64)
        for key, heard in self._heard_keys.items():
            classes[key] = own[heard]
        return classes

    @cached_property
    def _heard_keys(self) -> Mapping[int, int]:
        known = self.vocabulary.pitches
        heard = {key: key for key in known}
        for key in range(128):
            if key in heard:
                continue
            # Electronic kits send keys of their own for some zones.
            drum = ROLAND_TD.to_general_midi[key] if not FIRST_DRUM_KEY <= key <= LAST_DRUM_KEY else key
            candidate = drum if drum in known else _closest(drum, known)
            if candidate is not None:
                heard[key] = candidate
        return heard


def _closest(drum: int, known: Sequence[int]) -> int | None:
    if not FIRST_DRUM_KEY <= drum <= LAST_DRUM_KEY:
        return None
    for key in _LIKENESS.get(drum, ()):
        if key in known:
            return key
    family = general_midi_lane(drum).family
    if family is Family.PERCUSSION:
        return None  # a triangle is no conga
    relatives = [key for key in known if general_midi_lane(key).family is family]
    return min(relatives, key=lambda key: (abs(key - drum), key), default=None)


@dataclass(frozen=True)
class Hearsay:
    """What a network makes of the keys of some notes.

    Attributes: ``as_others``, notes by (their key, the key they are heard as); ``unheard``, notes by key.
    """

    as_others: Mapping[tuple[int, int], int]
    unheard: Mapping[int, int]

    @classmethod
    def of(cls, notes: Iterable[Note], ear: Ear) -> Hearsay:
        """What an ear makes of notes."""
        as_others: dict[tuple[int, int], int] = {}
        unheard: dict[int, int] = {}
        for key, count in sorted(Counter(note.pitch for note in notes).items()):
            heard = ear.key_heard(key)
            if heard is None:
                unheard[key] = count
            elif heard != key:
                as_others[key, heard] = count
        return cls(as_others, unheard)

    @property
    def sentence(self) -> str:
        """What to tell the user; empty when the network hears every note as it is."""
        clauses = []
        if self.as_others:
            pairs = _listed([f"{_named(key)} as {_named(heard)}" for key, heard in self.as_others])
            clauses.append(f"hears {_notes(sum(self.as_others.values()))} as the closest drum it knows ({pairs})")
        if self.unheard:
            keys = _listed([_named(key) for key in self.unheard])
            clauses.append(f"does not hear {_notes(sum(self.unheard.values()))} on keys it has no drum for ({keys})")
        return f"The drummer {' and '.join(clauses)}; your notes stay as they are." if clauses else ""


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_MOST_NAMED])} and {more} more"


def _named(key: int) -> str:
    return f"{general_midi_lane(key).name} ({key})" if FIRST_DRUM_KEY <= key <= LAST_DRUM_KEY else str(key)


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"
