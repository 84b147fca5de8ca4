"""Small presets and beats to train on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drumapp.core.pattern import Note, Pattern
from drumapp.lstm.encoding import EventTable, encode_pattern, join
from drumapp.lstm.material import TableMaterial
from drumapp.lstm.presets import PRESETS, Architecture, Optimisation, Preset
from drumapp.lstm.training.batches import Columns, batches_of
from drumapp.lstm.training.trainer import Trainer
from tests.lstm.drummers import VOCABULARY, random_beat

PRESET = Preset(
    "tiny",
    "",
    Architecture(layers=1, hidden=24, pitch_units=12, velocity_units=8),
    Optimisation(
        events=12_000, batch=4, length=32, learning_rate=2e-2, weight_decay=0.0, dropout_inputs=0.0, dropout_heads=0.0
    ),
)
GLUED = Preset(
    "glued",
    "",
    replace(PRESETS["hollemans-2017"].architecture, hidden=24),
    replace(PRESETS["hollemans-2017"].optimisation, events=3000, batch=3, length=20, checks=5),
)


def rock(bars: int) -> Pattern:
    bar = [(0, 36), (0, 42), (240, 42), (480, 38), (480, 42), (720, 42), (960, 36), (960, 42), (1440, 38)]
    return Pattern.of([Note(number * 1920 + start, key, 100) for number in range(bars) for start, key in bar])


def rock_table(bars: int = 12, pieces: int = 4) -> EventTable:
    return join([encode_pattern(rock(bars), VOCABULARY, PRESET.architecture.bar_memory) for _ in range(pieces)])


def beats_table(seeds: range, notes: int = 150) -> EventTable:
    beats = [random_beat(seed, notes=notes) for seed in seeds]
    return join([encode_pattern(beat, VOCABULARY, PRESET.architecture.bar_memory) for beat in beats])


def with_optimisation(preset: Preset = PRESET, **changes: Any) -> Preset:
    return replace(preset, optimisation=replace(preset.optimisation, **changes))


def a_trainer(preset: Preset, seed: int = 1) -> Trainer:
    material = TableMaterial(beats_table(range(4)))
    columns = Columns(preset.architecture, VOCABULARY, material.columns)
    batches = batches_of(material, columns, preset.optimisation, seed)
    return Trainer(preset, VOCABULARY, batches, seed=seed)
