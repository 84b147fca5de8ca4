"""What one document holds: the pattern, its kit, the drummer's settings and the takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from drumapp.core.kit import HOUSE_KIT, DrumKit
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What JSON can say. Values are never changed in place: they are shared between projects."""

Fields: TypeAlias = Mapping[str, Json]

MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class Take:
    """One run of the drummer, with all that replays it. Raises ValueError for a seed that no drummer takes.

    Attributes:
        id: unique within its project.
        name, starred: as the user calls and marks it.
        model, drummer: digest of the checkpoint that played, and what it was called.
        seed: of the run.
        settings: of the drummer, by name.
        context: digest of the notes its memory had heard before; empty for fresh memory.
        made: when it ended, in seconds since 1970; 0 where nobody knows.
        result: the pattern as it was when the take ended; None where the take is kept as a recipe only.
        unknown, unknown_result: fields that a later version of the program wrote, kept as they are.
    """

    id: str
    name: str = ""
    starred: bool = False
    model: str = ""
    drummer: str = ""
    seed: int = 0
    settings: Fields = field(default_factory=dict)
    context: str = ""
    made: float = 0.0
    result: Pattern | None = None
    unknown: Fields = field(default_factory=dict)
    unknown_result: Fields = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"seed must be 0 to {MAX_SEED}, not {self.seed}")


def _age(take: Take) -> tuple[bool, int, str]:
    """Takes are numbered as they are made; ids that are no numbers, which others may have given, come last."""
    number = int(take.id) if take.id.isdecimal() and len(take.id) < 20 else None
    return number is None, number or 0, take.id


@dataclass(frozen=True)
class UnknownFields:
    """What a later version of the program wrote into a project file and this one does not understand.

    Attributes: fields of the file as a whole, of the pattern, of the kit, of each lane by its key, and whole records.
    """

    file: Fields = field(default_factory=dict)
    pattern: Fields = field(default_factory=dict)
    kit: Fields = field(default_factory=dict)
    lanes: Mapping[int, Fields] = field(default_factory=dict)
    records: tuple[Fields, ...] = ()


@dataclass(frozen=True)
class Project:
    """One document, immutable. Raises ValueError when two takes share an id.

    Attributes: pattern; kit; drummer, the settings of the next take by name; takes, oldest first; unknown fields; loop,
    the ticks that are repeated, None for the whole pattern; locks, notes that the drummer leaves as they are;
    origin, id of the take that the pattern comes from, empty where it is nobody's.
    """

    pattern: Pattern = field(default_factory=Pattern)
    kit: DrumKit = HOUSE_KIT
    drummer: Fields = field(default_factory=dict)
    takes: tuple[Take, ...] = ()
    unknown: UnknownFields = field(default_factory=UnknownFields)
    loop: Range | None = None
    locks: frozenset[Note] = frozenset()
    origin: str = ""

    def __post_init__(self) -> None:
        ids = [take.id for take in self.takes]
        if len(set(ids)) != len(ids):
            raise ValueError("takes must not share an id")

    @property
    def loop_span(self) -> Range:
        """The ticks that are repeated: the loop as far as the pattern reaches, all of it where nothing is left."""
        whole = Range(0, self.pattern.length)
        if self.loop is None or self.loop.start >= whole.stop:
            return whole
        return Range(self.loop.start, min(self.loop.stop, whole.stop))

    def take(self, take_id: str) -> Take | None:
        """The take of an id, or None."""
        return next((take for take in self.takes if take.id == take_id), None)

    def with_take(self, take: Take) -> Project:
        """The same project with a take more, in order of id, or with the take of that id replaced in its place."""
        if self.take(take.id) is None:
            return replace(self, takes=tuple(sorted((*self.takes, take), key=_age)))
        return replace(self, takes=tuple(take if held.id == take.id else held for held in self.takes))

    def without_take(self, take_id: str) -> Project:
        """The same project without the take of that id."""
        return replace(self, takes=tuple(take for take in self.takes if take.id != take_id))
