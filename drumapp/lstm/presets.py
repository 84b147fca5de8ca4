"""Recipes for networks: what they are told, their sizes, and how they are trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

DEFAULT_TEMPERATURE = 0.85
"""At 1 the house drummer is wilder than people: 0.2 % of its bars equal the bar before, of human bars 2.4 %. At this
temperature it is 2.3 % (``python -m benchmarks.drumming``)."""


@dataclass(frozen=True)
class Architecture:
    """What a network is told and how large it is. Everything a stepper needs beside the weights.

    Attributes: layers and hidden units of the LSTM; whether the heads are chained (each told what the one before
    drew) or independent; whether position in the bar and labels (tempo, style, kind) are told; how many bars back
    the bar memory looks, each a look-up of its own; whether the take's habits are told; whether velocity and
    microtiming are modelled; units in the chained heads' hidden layers.
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

    def __post_init__(self) -> None:
        limits = {"layers": (1, 3), "hidden": (1, 4096), "pitch_units": (1, 1024), "velocity_units": (1, 1024)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if type(value) is not int or not low <= value <= high:
                raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
        for name in ("chained", "bar_position", "habits", "labels", "dynamics"):
            if type(getattr(self, name)) is not bool:
                raise ValueError(f"{name} must be true or false")
        if len(self.bar_memory) > 8 or not all(type(bars) is int and 1 <= bars <= 64 for bars in self.bar_memory):
            raise ValueError("bar_memory must be up to eight numbers of bars, each 1 to 64")
        if not self.chained and (self.dynamics or self.bar_memory):
            raise ValueError("velocity, microtiming and bar memory need chained heads")

    def to_json(self) -> dict[str, Any]:
        """A value json can write."""
        return {**asdict(self), "bar_memory": list(self.bar_memory)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Architecture:
        """Read what :meth:`to_json` wrote; raises ValueError when it is not that."""
        known = {entry.name for entry in fields(cls)}
        if set(value) != known:
            odd = ", ".join(sorted(set(value) ^ known))
            raise ValueError(f"its architecture lacks or has unknown fields ({odd})")
        if not isinstance(value["bar_memory"], list):
            raise ValueError("bar_memory must be a list")
        return cls(**{**value, "bar_memory": tuple(value["bar_memory"])})


@dataclass(frozen=True)
class Optimisation:
    """How a network is trained.

    Attributes: events seen in all; sequences in a batch and events in a sequence; highest learning rate of the
    one-cycle schedule (Smith and Topin 2018); AdamW weight decay; largest gradient norm; dropout on inputs, between
    layers and before heads; share of labels hidden; fresh memory in training is drawn uniformly from +- memory_range.
    """

    events: int = 12_000_000
    batch: int = 32
    length: int = 128
    learning_rate: float = 1.2e-2
    weight_decay: float = 0.2
    clip_norm: float = 1.0
    dropout_inputs: float = 0.3
    dropout_layers: float = 0.3
    dropout_heads: float = 0.3
    labels_hidden: float = 0.3
    memory_range: float = 0.1


@dataclass(frozen=True)
class Preset:
    """A named recipe."""

    name: str
    description: str
    architecture: Architecture = field(default_factory=Architecture)
    optimisation: Optimisation = field(default_factory=Optimisation)


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset("groove", "The house drummer: two layers, chained heads, bar position and bar memory"),
        Preset(
            "independent-200",
            "One layer of 200 with two independent heads, as the 2017 drummer: the yardstick",
            Architecture(
                layers=1,
                hidden=200,
                chained=False,
                bar_position=False,
                bar_memory=(),
                habits=False,
                labels=False,
                dynamics=False,
            ),
            Optimisation(
                learning_rate=3e-3, weight_decay=0.05, dropout_inputs=0.0, dropout_layers=0.0, dropout_heads=0.0
            ),
        ),
    )
}
