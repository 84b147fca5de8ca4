"""Recipes for networks as data: what they are told, their sizes, how they are trained, how their material is varied."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

DEFAULT_TEMPERATURE = 0.85
"""At 1 the house drummer is wilder than people: 0.2 % of its bars equal the bar before, of human bars 2.4 %. At this
temperature it is 2.3 % (``python -m benchmarks.drumming``)."""

CELLS = ("lstm", "gru")
OPTIMISERS = ("adamw", "adam", "rmsprop")
SCHEDULES = ("one-cycle", "cosine", "constant")
ARRANGEMENTS = ("pieces", "glued")
LONGEST_WINDOW = 256


@dataclass(frozen=True)
class Architecture:
    """What a network is told and how large it is. Everything a stepper needs beside the weights.

    Attributes: layers and hidden units of the recurrent network; whether the heads are chained (each told what the one
    before drew) or independent; whether position in the bar and labels (tempo, style, kind) are told; how many bars
    back the bar memory looks, each a look-up of its own; whether the take's habits are told; whether velocity and
    microtiming are modelled; units in the chained heads' hidden layers; ``cell``, one of CELLS; ``window``: 0 for a
    network of one direction that remembers all it has heard, else one of two directions that reads so many events anew
    before each it says; ``one_hot``: delay and drum of the event before are told as they are, not through tables.
    Raises ValueError, naming the field, for what makes no network.
    """

    layers: int = 2
    hidden: int = 256
    chained: bool = True
    bar_position: bool = True
    bar_memory: tuple[int, ...] = (1, 2, 4)
    habits: bool = True
    labels: bool = True
    dynamics: bool = True
    pitch_units: int = 96
    velocity_units: int = 48
    cell: str = "lstm"
    window: int = 0
    one_hot: bool = False

    def __post_init__(self) -> None:
        limits = {"layers": (1, 3), "hidden": (1, 4096), "pitch_units": (1, 1024), "velocity_units": (1, 1024)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
        for name in ("chained", "bar_position", "habits", "labels", "dynamics", "one_hot"):
            if type(getattr(self, name)) is not bool:
                raise ValueError(f"{name} must be true or false")
        if len(self.bar_memory) > 8 or not all(type(bars) is int and 1 <= bars <= 64 for bars in self.bar_memory):
            raise ValueError("bar_memory must be up to eight numbers of bars, each 1 to 64")
        if self.cell not in CELLS:
            raise ValueError(f"cell must be {' or '.join(CELLS)}, not {self.cell!r}")
        if type(self.window) is not int or (self.window and not 2 <= self.window <= LONGEST_WINDOW):
            raise ValueError(f"window must be 0 or a number of events from 2 to {LONGEST_WINDOW}, not {self.window!r}")
        if not self.chained and (self.dynamics or self.bar_memory):
            raise ValueError("velocity, microtiming and bar memory need chained heads")
        if self.one_hot and (self.bar_position or self.habits or self.labels or self.dynamics or self.bar_memory):
            raise ValueError("one_hot tells delay and drum alone: no position, habits, labels, dynamics or bar memory")

    @property
    def directions(self) -> int:
        """In how many directions events are read."""
        return 2 if self.window else 1

    @property
    def counts_bars(self) -> bool:
        """Whether it knows of bars or of microtiming, which are counted on the house grid."""
        return self.bar_position or self.habits or self.dynamics or bool(self.bar_memory)

    def to_json(self) -> dict[str, Any]:
        """A value json can write."""
        return {**asdict(self), "bar_memory": list(self.bar_memory)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Architecture:
        """Read what :meth:`to_json` wrote, or did before networks could have ``_LATER`` fields; raises ValueError when
        it is not that.
        """
        known = {entry.name for entry in fields(cls)}
        if odd := sorted((set(value) ^ known) - (_LATER - set(value))):
            raise ValueError(f"its architecture lacks or has unknown fields ({', '.join(odd)})")
        if not isinstance(value["bar_memory"], list):
            raise ValueError("bar_memory must be a list")
        return cls(**{**value, "bar_memory": tuple(value["bar_memory"])})


_LATER = frozenset({"cell", "window", "one_hot"})


@dataclass(frozen=True)
class Optimisation:
    """How a network is trained.

    Attributes:
        events: seen in all; passes: seen at least so many times over, where the material is so large that this is more.
        arrangement: ``pieces``: sequences are cut out of pieces at random places and begin with fresh memory, as a
            take does. ``glued``: all pieces end to end are one sequence, heard in ``batch`` streams side by side with
            the memory carried on, and anew from its start, with empty memory, each round.
        batch, length: sequences in a batch (or streams), events in a sequence.
        optimiser: one of OPTIMISERS; learning_rate, the highest; schedule, one of SCHEDULES: the one-cycle of Smith
            and Topin (2018), half a cosine down from the highest, or always the highest.
        weight_decay: AdamW's.
        clip_norm, clip_value: largest norm of all gradients together, largest magnitude of each; 0 is no limit.
        dropout_inputs, dropout_layers, dropout_heads: on inputs, between layers and before heads.
        labels_hidden: share of labels hidden.
        memory_range: fresh memory in training is drawn uniformly from +- this.
        deviation: standard deviation of the first weights, biases too, cut at twice that; 0 is torch's own way.
        checks: how often a run is held against the held-out files.
        patience: checks in a row without a better figure after which it ends; 0 never.
        keep: ``best``, the weights best on the held-out files, or ``last``.
        stay: of a run that goes on from a drummer, how far the weights that are measured and kept stay with that
            drummer's: 0 not at all, 0.5 half-way. Half-way learns the new and forgets less of the old: Wortsman et al.,
            "Robust fine-tuning of zero-shot models", CVPR 2022.

    Raises ValueError, naming the field, for values that make no sense.
    """

    events: int = 12_000_000
    passes: int = 0
    arrangement: str = "pieces"
    batch: int = 32
    length: int = 128
    optimiser: str = "adamw"
    learning_rate: float = 1.2e-2
    schedule: str = "one-cycle"
    weight_decay: float = 0.2
    clip_norm: float = 1.0
    clip_value: float = 0.0
    dropout_inputs: float = 0.3
    dropout_layers: float = 0.3
    dropout_heads: float = 0.3
    labels_hidden: float = 0.3
    memory_range: float = 0.1
    deviation: float = 0.0
    checks: int = 20
    patience: int = 0
    keep: str = "best"
    stay: float = 0.0

    def __post_init__(self) -> None:
        if self.keep not in ("best", "last"):
            raise ValueError(f"keep must be best or last, not {self.keep!r}")
        for name, high in (("events", 10**12), ("batch", 10**5), ("length", 10**5), ("checks", 10**5)):
            _check_whole(name, getattr(self, name), 1, high)
        for name in ("patience", "passes"):
            _check_whole(name, getattr(self, name), 0, 10**5)
        _check_number("learning_rate", self.learning_rate, 1e-9, 10.0)
        for name, top in (("weight_decay", 10.0), ("clip_norm", 1e6), ("clip_value", 1e6), ("memory_range", 10.0)):
            _check_number(name, getattr(self, name), 0.0, top)
        for name in ("dropout_inputs", "dropout_layers", "dropout_heads", "labels_hidden", "stay"):
            _check_number(name, getattr(self, name), 0.0, 0.99)
        _check_number("deviation", self.deviation, 0.0, 1.0)
        for name, known in (("arrangement", ARRANGEMENTS), ("optimiser", OPTIMISERS), ("schedule", SCHEDULES)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} must be {' or '.join(known)}, not {getattr(self, name)!r}")


@dataclass(frozen=True)
class Augmentation:
    """How each piece is varied anew every time it is heard; all 0 is not at all.

    Attributes:
        time_warp: how far, in ticks, onsets drift to and fro over some bars, at most.
        tempo_scale: by what share the tempo that is told is changed, at most.
        velocity_scale: by what share all strokes are louder or softer, at most.
        lane_swaps: chance that hats and ride change places.
        bar_rotation: chance that a piece begins with another of its bars, what was before it coming last.
        mirrored_toms: chance that high and low toms change places.

    Raises ValueError, naming the field, for values out of range.
    """

    time_warp: float = 0.0
    tempo_scale: float = 0.0
    velocity_scale: float = 0.0
    lane_swaps: float = 0.0
    bar_rotation: float = 0.0
    mirrored_toms: float = 0.0

    def __post_init__(self) -> None:
        _check_number("time_warp", self.time_warp, 0.0, 60.0)
        for name in ("tempo_scale", "velocity_scale"):
            _check_number(name, getattr(self, name), 0.0, 0.9)
        for name in ("lane_swaps", "bar_rotation", "mirrored_toms"):
            _check_number(name, getattr(self, name), 0.0, 1.0)

    def __bool__(self) -> bool:
        """Whether anything is varied."""
        return any(getattr(self, entry.name) for entry in fields(self))


@dataclass(frozen=True)
class Preset:
    """A named recipe.

    Attributes: name; description for people; architecture, optimisation, augmentation; ``words``: ``house``, the
    house's own words, drums that are struck often enough; or ``occurring``, the drums and the delays that occur.
    """

    name: str
    description: str
    architecture: Architecture = field(default_factory=Architecture)
    optimisation: Optimisation = field(default_factory=Optimisation)
    augmentation: Augmentation = field(default_factory=Augmentation)
    words: str = "house"

    def __post_init__(self) -> None:
        if self.words not in ("house", "occurring"):
            raise ValueError(f"words must be house or occurring, not {self.words!r}")

    def to_json(self) -> dict[str, Any]:
        """A value json can write."""
        return {
            "name": self.name,
            "description": self.description,
            "architecture": self.architecture.to_json(),
            "optimisation": asdict(self.optimisation),
            "augmentation": asdict(self.augmentation),
            "words": self.words,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Preset:
        """Read what :meth:`to_json` wrote; what is left out is as in the house preset. Raises ValueError, naming the
        field, when it makes no sense.
        """
        known = {"name", "description", "architecture", "optimisation", "augmentation", "words"}
        if odd := sorted(set(value) - known):
            raise ValueError(f"a preset has no fields {', '.join(odd)}")
        name = value.get("name")
        if not isinstance(name, str) or not name.strip():
            raise ValueError("a preset needs a name")
        parts = {}
        for part in ("architecture", "optimisation", "augmentation"):
            given = value.get(part, {})
            if not isinstance(given, Mapping):
                raise ValueError(f"{part} must be an object")
            parts[part] = given
        architecture = Architecture().to_json() | dict(parts["architecture"])
        return cls(
            name.strip()[:100],
            str(value.get("description", "")),
            Architecture.from_json(architecture),
            _read(Optimisation, parts["optimisation"]),
            _read(Augmentation, parts["augmentation"]),
            str(value.get("words", "house")),
        )

    def changed(self, changes: Mapping[str, Any]) -> Preset:
        """The preset with some numbers of its parts set otherwise, by their names alone. Whoever sets the events means
        them, whatever the size of the material. Raises ValueError for a name that no part has, or a value out of range.
        """
        written = self.to_json()
        if "events" in changes:
            written["optimisation"]["passes"] = 0
        for name, value in changes.items():
            part = next((part for part in _PARTS if name in written[part]), None)
            if part is None:
                raise ValueError(f"a preset has no number {name!r}")
            written[part][name] = value
        return Preset.from_json(written)

    def for_material(self, notes: int) -> Preset:
        """The preset for material of so many notes, which may take more events than it says."""
        wanted = self.optimisation
        return replace(self, optimisation=replace(wanted, events=max(wanted.events, wanted.passes * notes)))


_PARTS = ("architecture", "optimisation", "augmentation")
_Part = TypeVar("_Part", Optimisation, Augmentation)


def _read(kind: type[_Part], value: Mapping[str, Any]) -> _Part:
    if odd := sorted(set(value) - {entry.name for entry in fields(kind)}):
        raise ValueError(f"a preset's {kind.__name__.lower()} has no fields {', '.join(odd)}")
    return kind(**value)


def _check_whole(name: str, value: Any, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low:,} to {high:,}, not {value!r}")


def _check_number(name: str, value: Any, low: float, high: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not low <= value <= high:
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, not {value!r}")


PLAIN = Architecture(
    layers=1,
    hidden=200,
    chained=False,
    bar_position=False,
    bar_memory=(),
    habits=False,
    labels=False,
    dynamics=False,
)
"""Delay and drum of the event before, two independent heads."""

ONE_HOT = replace(PLAIN, one_hot=True)
AS_PUBLISHED = Optimisation(
    events=13_000_000,
    arrangement="glued",
    batch=1,
    length=200,
    optimiser="rmsprop",
    learning_rate=1e-2,
    schedule="constant",
    weight_decay=0.0,
    clip_norm=0.0,
    clip_value=5.0,
    dropout_inputs=0.0,
    dropout_layers=0.0,
    dropout_heads=0.0,
    labels_hidden=0.0,
    memory_range=0.0,
    deviation=0.01,
    keep="last",
)
"""As the drummer of 2017 was trained."""

VARIED = Augmentation(
    time_warp=4.0, tempo_scale=0.1, velocity_scale=0.15, lane_swaps=0.2, bar_rotation=0.5, mirrored_toms=0.2
)

PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("groove", "The house drummer: two layers, chained heads, bar position and bar memory"),
        Preset(
            "groove-small",
            "The house drummer at a quarter of its size, for small folders and slow machines",
            Architecture(layers=1, hidden=160, pitch_units=64, velocity_units=32),
            Optimisation(events=4_000_000, patience=8),
            VARIED,
        ),
        Preset(
            "fine-tune",
            "For going on from a drummer there is: small steps, varied material, an early end",
            Architecture(),
            Optimisation(
                events=300_000,
                passes=8,
                learning_rate=1e-3,
                schedule="cosine",
                weight_decay=0.05,
                checks=60,
                patience=20,
                stay=0.5,
            ),
            VARIED,
        ),
        Preset(
            "hollemans-2017",
            "The drummer of 2017 as published: one LSTM of 200, one-hot notes and ticks, one long sequence",
            ONE_HOT,
            AS_PUBLISHED,
            words="occurring",
        ),
        Preset(
            "hollemans-2017-batched",
            "The drummer of 2017 in twenty streams side by side, ever smaller steps: the same sooner",
            ONE_HOT,
            replace(AS_PUBLISHED, events=8_000_000, batch=20, length=50, schedule="cosine"),
            words="occurring",
        ),
        Preset(
            "independent-200",
            "One layer of 200 with two independent heads in the house's words: the yardstick",
            PLAIN,
            Optimisation(
                learning_rate=3e-3, weight_decay=0.05, dropout_inputs=0.0, dropout_layers=0.0, dropout_heads=0.0
            ),
        ),
    )
}
