"""Which note lies under a pixel: pure arithmetic over the note index, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drumapp.core.pattern import Note
from drumapp.gui.piano_roll.scene import Scene
from drumapp.gui.piano_roll.spans import least_note_px

NEAR_PX = 2.0  # beside a note that is only a few pixels wide
EDGE_PX = 6.0
WIDE_PX = 18.0  # narrower notes have no edge to grab: it would leave no room to grab the note itself


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pointer is: a tick, a row (there may be none so far down), and the note there with its right edge."""

    tick: float
    row: int
    note: Note | None = None
    on_edge: bool = False


def place_at(scene: Scene, x: float, y: float) -> Place:
    """The place under a pixel of the canvas. A lane's whole height belongs to its notes, so that soft ones are hit."""
    view = scene.view
    tick, row = view.tick_at(x), view.row_at(y)
    if not 0 <= row < scene.rows:
        return Place(tick, row)
    key, least = scene.kit.lanes[row].key, least_note_px(view.pixels_per_tick)
    reach = (least + NEAR_PX) / view.pixels_per_tick
    near = scene.index.between(tick - reach, tick + NEAR_PX / view.pixels_per_tick)
    left = view.x_of(near.starts)
    width = np.maximum(near.durations * view.pixels_per_tick - 1.0, least)
    hit = np.flatnonzero((near.pitches == key) & (left - NEAR_PX <= x) & (x <= left + width + NEAR_PX))
    if len(hit) == 0:
        return Place(tick, row)
    # Of several that overlap, the one whose middle is nearest; of those, the one painted last.
    found = int(hit[::-1][np.argmin(np.abs((left + width / 2)[hit[::-1]] - x))])
    note = Note(int(near.starts[found]), key, int(near.velocities[found]), int(near.durations[found]))
    right = float(left[found] + width[found])
    return Place(tick, row, note, on_edge=float(width[found]) >= WIDE_PX and abs(x - right) <= EDGE_PX)
