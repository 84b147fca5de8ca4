"""From a file's ticks to the program's 480 a quarter and back; halves are rounded up either way."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from drumapp.core.timing import TICKS_PER_QUARTER

MIN_RESOLUTION, MAX_RESOLUTION = 24, 32_767
"""Ticks a quarter that files are written with. Files of any resolution are read."""

Ticks = TypeVar("Ticks", int, NDArray[np.int64])


def from_file(ticks: Ticks, resolution: int) -> Ticks:
    """Ticks of a file with ``resolution`` ticks a quarter, in the program's."""
    return (2 * TICKS_PER_QUARTER * ticks + resolution) // (2 * resolution)


def to_file(ticks: Ticks, resolution: int) -> Ticks:
    """The program's ticks in those of a file with ``resolution`` ticks a quarter."""
    return (2 * resolution * ticks + TICKS_PER_QUARTER) // (2 * TICKS_PER_QUARTER)
