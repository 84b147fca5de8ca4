"""Pieces varied as a musician might vary them, so that a few files teach as many would.

What is drawn depends on the seed, the round and the piece alone, so that a run that is taken up again hears the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumapp.core.timing import MAX_TEMPO, MIN_TEMPO, MetreMap, TempoChange, TempoMap
from drumapp.lstm.grid import HOUSE_GRID
from drumapp.lstm.presets import Augmentation

SWAPS = ((42, 51), (46, 53))
"""Closed hat and ride carry time; the open hat and the ride's bell accent it."""
TOMS = (41, 43, 45, 47, 48, 50)
"""From low to high."""
_TICKS_OF_DRIFT = 3840
"""From one turn of the drift to the next: two bars of 4/4."""


@dataclass(frozen=True)
class Music:
    """Notes with their time. ``columns``, int64 (notes, 3): start in ticks, General MIDI key, velocity."""

    columns: NDArray[np.int64]
    tempo: TempoMap
    metre: MetreMap


def varied(music: Music, augmentation: Augmentation, keys: Collection[int], rng: np.random.Generator) -> Music:
    """Music varied once. Drums are exchanged only for those among ``keys``."""
    start, key, velocity = music.columns.T
    tempo = music.tempo
    # All draws are made, whether they are used or not: to turn one number off leaves the others' effects as they were.
    turned, swapped, mirrored, louder, faster = rng.random(5)
    rotation, drift_seed = rng.integers(0, 1 << 31, 2).tolist()
    if turned < augmentation.bar_rotation:
        start = _rotated(start, music.metre, rotation)
    if augmentation.time_warp:
        start = _drifted(start, augmentation.time_warp, drift_seed)
    if swapped < augmentation.lane_swaps:
        key = _exchanged(key, [pair for pair in SWAPS if set(pair) <= set(keys)])
    if mirrored < augmentation.mirrored_toms:
        toms = [tom for tom in TOMS if tom in keys]
        key = _exchanged(key, list(zip(toms, reversed(toms), strict=True))[: len(toms) // 2])
    if augmentation.velocity_scale:
        scale = 1.0 + (2.0 * louder - 1.0) * augmentation.velocity_scale
        velocity = np.clip(np.rint(velocity * scale).astype(np.int64), 1, 127)
    if augmentation.tempo_scale:
        tempo = _scaled(tempo, 1.0 + (2.0 * faster - 1.0) * augmentation.tempo_scale)
    return Music(np.stack([start, key, velocity], axis=1), tempo, music.metre)


def _rotated(start: NDArray[np.int64], metre: MetreMap, draw: int) -> NDArray[np.int64]:
    """Begun with another bar; as it is where the metre changes or there is but one bar."""
    if len(metre.changes) > 1 or not len(start):
        return start
    bar = metre.changes[0].metre.ticks_per_bar
    early = -HOUSE_GRID.earliest  # a stroke a little before a bar line belongs to the bar after it
    bars = int((start.max() + early) // bar) + 1
    if bars < 2:
        return start
    first = 1 + draw % (bars - 1)
    return np.maximum((start + early - first * bar) % (bars * bar) - early, 0)


def _drifted(start: NDArray[np.int64], most: float, seed: int) -> NDArray[np.int64]:
    """Moved along a line of random corners, a chord as one."""
    if not len(start):
        return start
    corners = int(start.max()) // _TICKS_OF_DRIFT + 2
    offsets = np.random.default_rng(seed).uniform(-most, most, corners)
    drift = np.interp(start, np.arange(corners) * _TICKS_OF_DRIFT, offsets)
    return np.maximum(start + np.rint(drift).astype(np.int64), 0)


def _exchanged(key: NDArray[np.int64], pairs: list[tuple[int, int]]) -> NDArray[np.int64]:
    table = np.arange(128)
    for one, other in pairs:
        table[one], table[other] = other, one
    exchanged: NDArray[np.int64] = table[key]
    return exchanged


def _scaled(tempo: TempoMap, scale: float) -> TempoMap:
    return TempoMap(
        tuple(TempoChange(change.tick, min(max(change.bpm * scale, MIN_TEMPO), MAX_TEMPO)) for change in tempo.changes)
    )
