"""Edits as pure functions: a pattern and a selection in, a new pattern and selection out.

The rules every edit keeps are told in :mod:`drumapp.core.editing.merging`. Ticks, percents and velocities are integers
throughout; what is random takes a seed.
"""

from drumapp.core.editing.clipboard import Clipping, copy, cut, paste
from drumapp.core.editing.grid import GRIDS, MAX_SWING, OFF, STRAIGHT_SWING, Grid, StepKind, nearest_lines
from drumapp.core.editing.joining import append_pattern, excerpt, excerpt_selection
from drumapp.core.editing.length import set_bars, set_length
from drumapp.core.editing.merging import NOTHING, Edited, Selection
from drumapp.core.editing.moving import copy_move, move, move_to_lane, nudge, resize, set_duration
from drumapp.core.editing.placing import clear_region, fill_every, paint_run, place, remove, swap, toggle
from drumapp.core.editing.selecting import (
    grid_span_of,
    select_all,
    select_lanes,
    select_rectangle,
    span_of,
    still_there,
)
from drumapp.core.editing.timing_tools import duplicate, humanise, quantise, reverse, thin_out
from drumapp.core.editing.velocity_tools import (
    ramp_velocity,
    randomise_velocity,
    scale_velocity,
    set_velocity,
    shift_velocity,
)

__all__ = [
    "GRIDS",
    "MAX_SWING",
    "NOTHING",
    "OFF",
    "STRAIGHT_SWING",
    "Clipping",
    "Edited",
    "Grid",
    "Selection",
    "StepKind",
    "append_pattern",
    "clear_region",
    "copy",
    "copy_move",
    "cut",
    "duplicate",
    "excerpt",
    "excerpt_selection",
    "fill_every",
    "grid_span_of",
    "humanise",
    "move",
    "move_to_lane",
    "nearest_lines",
    "nudge",
    "paint_run",
    "paste",
    "place",
    "quantise",
    "ramp_velocity",
    "randomise_velocity",
    "remove",
    "resize",
    "reverse",
    "scale_velocity",
    "select_all",
    "select_lanes",
    "select_rectangle",
    "set_bars",
    "set_duration",
    "set_length",
    "set_velocity",
    "shift_velocity",
    "span_of",
    "still_there",
    "swap",
    "thin_out",
    "toggle",
]
