"""What a take is made with, and what was turned while it was played; to and from JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any, NamedTuple

from drumapp.core.project import MAX_SEED, Fields, Json
from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, Metre
from drumapp.lstm.json_fields import flag, items, mapping, number, refuse_unknown, text, whole
from drumapp.lstm.presets import DEFAULT_TEMPERATURE
from drumapp.lstm.vocabulary import TICKS_PER_GRID

DEFAULT_MEMORY_RANGE = 0.1
MOST_VARIATIONS = 2**31


class Place(NamedTuple):
    """An event's place in a take: tick of its grid position and MIDI key, which is the order events come in."""

    tick: int
    key: int


BEFORE_ALL = Place(-TICKS_PER_GRID, -1)


@dataclass(frozen=True)
class Change:
    """Something turned while a take was played, for all events after a place until the next change.

    It is kept by place, not by the event's number, so that it stays where it was made when notes before it are edited.

    Attributes: ``after``, the last event before it; temperatures of time and of drums from there on; ``fresh``: memory
    is drawn anew there, uniformly from +- this, None where it goes on. Raises ValueError for values out of range.
    """

    after: Place
    time_temperature: float
    pitch_temperature: float
    fresh: float | None = None

    def __post_init__(self) -> None:
        _check("time temperature", self.time_temperature, 0.0, 10.0)
        _check("pitch temperature", self.pitch_temperature, 0.0, 10.0)
        if self.fresh is not None:
            _check("memory range", self.fresh, 0.0, 10.0)

    def to_json(self) -> Fields:
        """A value json can write; the place in ticks."""
        return {
            "tick": self.after.tick,
            "key": self.after.key,
            "time_temperature": self.time_temperature,
            "pitch_temperature": self.pitch_temperature,
            "fresh": self.fresh,
        }

    @classmethod
    def from_json(cls, value: Json) -> Change:
        """Read what :meth:`to_json` wrote; raises ValueError when it is not that."""
        stored = mapping(value, "a change")
        refuse_unknown(stored, {"tick", "key", "time_temperature", "pitch_temperature", "fresh"}, "a take's change")
        tick, key = whole(stored, "tick"), whole(stored, "key")
        if tick < -TICKS_PER_GRID or not -1 <= key <= 127:
            raise ValueError(f"a take's change cannot lie at tick {tick}, key {key}")
        return cls(
            Place(tick, key),
            number(stored, "time_temperature"),
            number(stored, "pitch_temperature"),
            None if stored.get("fresh") is None else number(stored, "fresh"),
        )


@dataclass(frozen=True)
class GeneratorSettings:
    """What a take is made with. With the model's digest, and the chart where there was one, it replays the take to the
    byte.

    Attributes:
        seed: of the fresh memory and of every draw.
        bars: to play, None without end. With tempo and metre it holds for a take without a chart; a chart brings its
            own.
        tempo: quarter notes a minute.
        metre: of every bar.
        time_temperature, pitch_temperature: of time (delay and microtiming) and of drums (pitch and velocity), 1 being
            as the network says and 0 always the likeliest.
        memory_range: fresh memory is drawn uniformly from +- this.
        feel: without it every onset lies on the grid; the network still imagines the microtiming it would have played.
        style: one of the model's, or None for any.
        playable: draw only what two hands and two feet can strike.
        variation: another throw of the dice from the same fresh memory; 0 is the seed's own.
        changes: what was turned while it was played, in order of place.

    Raises ValueError, naming the field, for values out of range.
    """

    seed: int = 0
    bars: int | None = 8
    tempo: float = 120.0
    metre: Metre = field(default_factory=Metre)
    time_temperature: float = DEFAULT_TEMPERATURE
    pitch_temperature: float = DEFAULT_TEMPERATURE
    memory_range: float = DEFAULT_MEMORY_RANGE
    feel: bool = True
    style: str | None = None
    playable: bool = False
    variation: int = 0
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        _check("seed", self.seed, 0, MAX_SEED)
        if self.bars is not None:
            _check("bars", self.bars, 1, 100_000)
        _check("tempo", self.tempo, MIN_TEMPO, MAX_TEMPO)
        _check("time temperature", self.time_temperature, 0.0, 10.0)
        _check("pitch temperature", self.pitch_temperature, 0.0, 10.0)
        _check("memory range", self.memory_range, 0.0, 10.0)
        _check("variation", self.variation, 0, MOST_VARIATIONS)
        if any(later.after < earlier.after for earlier, later in pairwise(self.changes)):
            raise ValueError("changes must be in order of their places")

    def up_to(self, tick: int) -> GeneratorSettings:
        """The same settings without the changes that were made at or after a tick."""
        kept = tuple(change for change in self.changes if change.after.tick < tick)
        return self if kept == self.changes else replace(self, changes=kept)

    def to_json(self) -> Fields:
        """Everything but the seed as a value json can write."""
        written: dict[str, Json] = {
            entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name not in ("seed", "changes")
        }
        return {**written, "metre": str(self.metre), "changes": [change.to_json() for change in self.changes]}

    @classmethod
    def from_json(cls, value: Fields, seed: int) -> GeneratorSettings:
        """Read what :meth:`to_json` wrote; what is left out is as by default. Raises ValueError, naming the field, for
        a value of another type or out of range, and for fields this version does not know: it could not replay them.
        """
        refuse_unknown(value, {entry.name for entry in fields(cls)} - {"seed"}, "a take's settings")
        read: dict[str, Any] = {}
        for name in value:
            if name in ("tempo", "time_temperature", "pitch_temperature", "memory_range"):
                read[name] = number(value, name)
            elif name == "variation" or (name == "bars" and value[name] is not None):
                read[name] = whole(value, name)
            elif name in ("feel", "playable"):
                read[name] = flag(value, name)
            elif name == "metre":
                read[name] = Metre.parse(text(value, name))
            elif name == "style" and value[name] is not None:
                read[name] = text(value, name)
            elif name == "changes":
                read[name] = tuple(Change.from_json(item) for item in items(value, name))
            else:
                read[name] = None
        return cls(seed=seed, **read)


def _check(name: str, value: float, lowest: float, highest: float) -> None:
    if not lowest <= value <= highest:
        raise ValueError(f"{name} must be from {lowest:g} to {highest:g}, not {value:g}")
