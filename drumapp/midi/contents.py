"""What is in a MIDI file: the parts that play, and which of them are drums."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from drumapp.core.timing import MetreMap, TempoMap
from drumapp.midi.chunks import DRUM_CHANNEL

_LONGEST_NAME = 40
_MOST_NAMED = 6

# What tracks of drums are called: whole words, so that neither Beatles nor kitchen is one, and parts of words, also
# as programs in other languages name the tracks that they make.
_DRUM_WORDS = frozenset({"perc", "kit", "kits", "beat", "beats"})
_DRUM_PARTS_OF_WORDS = ("drum", "percus", "schlagzeug", "batteri", "batería", "bateria", "ドラム", "드럼", "鼓")
_NOT_DRUMS = re.compile(r"steel\W*drum")


class PartId(NamedTuple):
    """Which part of a file: the number of its track, from 1, and its channel, 1 to 16."""

    track: int
    channel: int


@dataclass(frozen=True)
class MidiPart:
    """What one channel of one track plays.

    Attributes: id; name of the track, "" where it has none; program 0-127, that of General MIDI's sounds at the first
    note, None where the track chooses none; first and last, the ticks of the first and the last strike, 480 to the
    quarter; keys, how often each MIDI key is struck, lowest first; is_drums, whether its channel or its track's name
    says so.
    """

    id: PartId
    name: str
    program: int | None
    first: int
    last: int
    keys: Mapping[int, int]
    is_drums: bool

    @property
    def notes(self) -> int:
        """How many notes it plays."""
        return sum(self.keys.values())

    @property
    def label(self) -> str:
        """What to call it, for people: its track's name, cut short, or number, and its channel."""
        return part_label(self.id, self.name)


@dataclass(frozen=True)
class MidiContents:
    """What is in a MIDI file.

    Attributes: midi_format, 0 or 1; ticks_per_quarter, its own resolution; name of the whole, where its first track
    plays nothing and is named; tempo and metre through time, in ticks of 480 to the quarter; parts by track and
    channel, at least one; default, those taken unless others are chosen, none where nothing tells which are drums.
    """

    midi_format: int
    ticks_per_quarter: int
    name: str
    tempo: TempoMap
    metre: MetreMap
    parts: tuple[MidiPart, ...]
    default: tuple[PartId, ...]

    def part(self, part_id: PartId) -> MidiPart | None:
        """The part of an id, or None."""
        return next((part for part in self.parts if part.id == part_id), None)

    def keys_of(self, parts: Collection[PartId]) -> Counter[int]:
        """How often each key is struck in some parts, to guess the kit map by."""
        found: Counter[int] = Counter()
        for part in self.parts:
            if part.id in parts:
                found.update(part.keys)
        return found


def named_for_drums(name: str) -> bool:
    """Whether a track's name says that it plays drums."""
    lowered = name.casefold()
    if any(part in _NOT_DRUMS.sub("", lowered) for part in _DRUM_PARTS_OF_WORDS):
        return True
    return not _DRUM_WORDS.isdisjoint(re.findall(r"[^\W\d_]+", lowered))


def default_parts(names: Mapping[PartId, str]) -> tuple[PartId, ...]:
    """The parts to take where nobody chose: those on channel 10, else those named for drums, else the only one.

    Args: names of the tracks that the parts are on. None are returned where nothing tells which of several are drums.
    """
    for chosen in (
        tuple(part for part in names if part.channel == DRUM_CHANNEL),
        tuple(part for part, name in names.items() if named_for_drums(name)),
    ):
        if chosen:
            return chosen
    return tuple(names) if len(names) == 1 else ()


def part_label(part: PartId, name: str) -> str:
    """What to call a part, for people, on one line: its track's name, cut short, or number, and its channel."""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if len(words) > _LONGEST_NAME:
        words = words[: _LONGEST_NAME - 1].rstrip() + "…"
    track = f'"{words}"' if words else f"track {part.track}"
    return f"{track} on channel {part.channel}"


def part_labels(names: Mapping[PartId, str]) -> str:
    """What to call some parts in a sentence; of many the first few."""
    labels: Sequence[str] = [part_label(part, name) for part, name in names.items()]
    if len(labels) > _MOST_NAMED:
        labels = [*labels[:_MOST_NAMED], f"{len(labels) - _MOST_NAMED} more"]
    return _listed(labels)


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
