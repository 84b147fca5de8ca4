"""Whole patterns as tables of integers, one row an event: what the network is trained on and primed with.

A piece begins with the bar of its first note; bars of silence before it are not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Pattern
from drumapp.lstm.bar_memory import NEAR_SHIFTS
from drumapp.lstm.habits import HABITS, Habits, habit_classes
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import (
    ANY,
    MAX_DELAY,
    VELOCITY_STEPS,
    Vocabulary,
    kind_class,
    position_class,
)

IntTable = NDArray[np.int64]

EVENT_COLUMNS = ("delay", "pitch", "velocity", "microtiming", "position", "last_velocity")
LABEL_COLUMNS = ("tempo", "style", "kind")


@dataclass(frozen=True)
class Labels:
    """What is known of a piece beside its notes; None is unknown."""

    style: str | None = None
    kind: str | None = None

    def classes(self, vocabulary: Vocabulary) -> tuple[int, int]:
        """Classes of style and kind; a style that the vocabulary has no word for is unknown."""
        known_style = self.style if self.style in vocabulary.styles else None
        return vocabulary.style_class(known_style), kind_class(self.kind)


@dataclass(frozen=True)
class EventTable:
    """Events of one piece, or of many laid end to end.

    Attributes: ``columns``, names of the table's columns; ``rows``, int64 (events, columns); ``starts``, the row at
    which each piece begins, int64 (pieces,).

    Columns: the event's classes (delay, pitch, velocity, microtiming), its place in the bar, the velocity class of the
    last hit of the same drum (32 when there is none); for each bar looked back to, the event that came next there
    after this one (``next_delay_n``, ``next_pitch_n``, 0 when unknown) and the drums struck there at this event's
    position and close to it (``struck_n``, ``near_n``, bits); ``struck_now``, drums struck before at the same
    position; the take's habits with this event; and the labels' classes.
    """

    columns: tuple[str, ...]
    rows: IntTable
    starts: IntTable

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> IntTable:
        """One column, int64 (events,)."""
        return self.rows[:, self.columns.index(name)]

    @property
    def pieces(self) -> list[EventTable]:
        """The pieces apart."""
        return [EventTable(self.columns, rows, np.zeros(1, np.int64)) for rows in np.split(self.rows, self.starts[1:])]


@cache
def table_columns(bar_memory: tuple[int, ...]) -> tuple[str, ...]:
    """Column names of a table for a network that looks back so many bars."""
    memory = [f"{name}_{bars}" for bars in bar_memory for name in ("next_delay", "next_pitch", "struck", "near")]
    return (*EVENT_COLUMNS, *memory, "struck_now", *HABITS, *LABEL_COLUMNS)


def encode_pattern(
    pattern: Pattern, vocabulary: Vocabulary, bar_memory: tuple[int, ...], labels: Labels | None = None
) -> EventTable:
    """A pattern as a table of events; notes the vocabulary has no word for are left out."""
    return encode_events(
        vocabulary.encode(pattern.notes).rows,
        Timeline(pattern.tempo, pattern.metre, vocabulary.grid),
        vocabulary,
        bar_memory,
        (labels or Labels()).classes(vocabulary),
    )


def encode_events(
    rows: IntTable,
    timeline: Timeline,
    vocabulary: Vocabulary,
    bar_memory: tuple[int, ...],
    labels: tuple[int, int],
    *,
    first: int = 0,
    before: Habits | None = None,
    without_struck: bool = False,
) -> EventTable:
    """Events, int64 (events, 4) with the fields of :class:`~drumapp.lstm.vocabulary.GridNote`, as a table.

    Args: labels, classes of style and kind; first, the event from which on rows are wanted; before, the habits of the
    take before these events, where they are not all of it: then ``first`` must be one at least, and as many events lie
    before it as are looked back to. ``without_struck`` leaves at 0 what only the heads are told.
    """
    columns = table_columns(bar_memory)
    table = EventTable(columns, np.zeros((max(len(rows) - first, 0), len(columns)), np.int64), np.zeros(1, np.int64))
    if not len(table):
        return table
    position, pitch, velocity, microtiming = rows.T
    habits = before or Habits(timeline.bar_of(int(position[0]))[0])
    wanted = slice(first, None)
    bar_starts, bar_lengths = timeline.bars_of(position[wanted])
    table.column("delay")[:] = vocabulary.delay_classes(np.diff(position, prepend=habits.begin)[wanted])
    table.column("pitch")[:] = pitch[wanted]
    table.column("velocity")[:] = velocity[wanted]
    table.column("microtiming")[:] = microtiming[wanted]
    table.column("position")[:] = position_class(position[wanted] - bar_starts)
    hits = _Hits(position, pitch)
    for bars in bar_memory:
        then = position[wanted] - bars * bar_lengths
        known = then >= habits.begin
        next_position, next_pitch = hits.after(then, pitch[wanted])
        delay = np.minimum(next_position - then, MAX_DELAY) + 1
        table.column(f"next_delay_{bars}")[:] = np.where(known, delay, 0)
        table.column(f"next_pitch_{bars}")[:] = np.where(known, next_pitch + 1, 0)
        if without_struck:
            continue
        table.column(f"struck_{bars}")[:] = hits.struck_at(then)
        near = np.zeros_like(then)
        for shift in NEAR_SHIFTS:
            near |= hits.struck_at(then + shift)
        table.column(f"near_{bars}")[:] = near
    if not without_struck:
        table.column("last_velocity")[:] = _last_velocities(pitch, velocity)[wanted]
        # Bits below a pitch class are the drums that come before it on the same position.
        below = (np.int64(1) << pitch[wanted]) - 1
        table.column("struck_now")[:] = hits.struck_at(position[wanted]) & below
    for habit, classes in zip(HABITS, habit_classes(position, habits)[wanted].T, strict=True):
        table.column(habit)[:] = classes
    table.column("tempo")[:] = timeline.tempo_classes(position[wanted])
    table.column("style")[:], table.column("kind")[:] = labels
    return table


def join(tables: Sequence[EventTable]) -> EventTable:
    """Tables laid end to end; empty ones vanish. Raises ValueError when nothing is left."""
    filled = [table for table in tables if len(table)]
    if not filled:
        raise ValueError("there is no event to learn from")
    offsets = np.cumsum([0] + [len(table) for table in filled[:-1]])
    starts = np.concatenate([table.starts + offset for table, offset in zip(filled, offsets, strict=True)])
    return EventTable(filled[0].columns, np.concatenate([table.rows for table in filled]), starts)


def without_labels(table: EventTable) -> EventTable:
    """The table with style and kind unsaid, as a folder of MIDI files without labels would give."""
    rows = table.rows.copy()
    for name in ("style", "kind"):
        rows[:, table.columns.index(name)] = ANY
    return EventTable(table.columns, rows, table.starts)


def _last_velocities(pitch: IntTable, velocity: IntTable) -> IntTable:
    order = np.argsort(pitch, kind="stable")
    ordered_pitch = pitch[order]
    before = np.full(len(pitch), VELOCITY_STEPS, np.int64)
    same = ordered_pitch[1:] == ordered_pitch[:-1]
    before[1:][same] = velocity[order][:-1][same]
    result = np.empty_like(before)
    result[order] = before
    return result


class _Hits:
    """A piece's hits, to be looked up by place."""

    def __init__(self, position: IntTable, pitch: IntTable) -> None:
        self._position, self._pitch = position, pitch
        self._pitches = int(pitch.max()) + 1
        self._keys = position * self._pitches + pitch
        self._places, first_rows = np.unique(position, return_index=True)
        self._struck = np.bitwise_or.reduceat(np.int64(1) << pitch, first_rows)

    def after(self, then: IntTable, pitch: IntTable) -> tuple[IntTable, IntTable]:
        """Position and pitch class of the first hit after each place and drum; the last hit where there is none."""
        index = np.searchsorted(self._keys, then * self._pitches + pitch, side="right")
        index = np.minimum(index, len(self._keys) - 1)
        return self._position[index], self._pitch[index]

    def struck_at(self, wanted: IntTable) -> IntTable:
        """The drums struck at each position, as bits."""
        index = np.minimum(np.searchsorted(self._places, wanted), len(self._places) - 1)
        struck: IntTable = np.where(self._places[index] == wanted, self._struck[index], 0)
        return struck
