"""Whole patterns as tables of integers, one row an event: what the network is trained on and primed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drumapp.core.pattern import Pattern
from drumapp.lstm.bar_memory import NEAR_SHIFTS
from drumapp.lstm.habits import HABITS, habit_classes
from drumapp.lstm.vocabulary import (
    ANY,
    MAX_DELAY,
    TICKS_PER_GRID,
    VELOCITY_STEPS,
    GridNote,
    Vocabulary,
    grid_per_bar,
    kind_class,
    position_class,
    tempo_class,
)

IntTable = NDArray[np.int64]

EVENT_COLUMNS = ("delay", "pitch", "velocity", "microtiming", "position", "last_velocity")
LABEL_COLUMNS = ("tempo", "style", "kind")


@dataclass(frozen=True)
class Labels:
    """What is known of a piece beside its notes; None is unknown."""

    style: str | None = None
    kind: str | None = None


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


def table_columns(bar_memory: Sequence[int]) -> tuple[str, ...]:
    """Column names of a table for a network that looks back so many bars."""
    memory = tuple(f"{name}_{bars}" for bars in bar_memory for name in ("next_delay", "next_pitch", "struck", "near"))
    return EVENT_COLUMNS + memory + ("struck_now",) + HABITS + LABEL_COLUMNS


def encode_pattern(
    pattern: Pattern, vocabulary: Vocabulary, bar_memory: Sequence[int], labels: Labels | None = None
) -> EventTable:
    """A pattern as a table of events; notes the vocabulary has no word for are left out."""
    labels = labels or Labels()
    notes = vocabulary.encode(pattern.notes)
    columns = table_columns(bar_memory)
    rows = np.zeros((len(notes), len(columns)), np.int64)
    table = EventTable(columns, rows, np.zeros(1, np.int64))
    if not notes:
        return table
    grid = np.array(notes, np.int64).reshape(-1, len(GridNote._fields))
    position, pitch, velocity, microtiming = grid.T
    table.column("delay")[:] = np.minimum(np.diff(position, prepend=0), MAX_DELAY)
    table.column("pitch")[:] = pitch
    table.column("velocity")[:] = velocity
    table.column("microtiming")[:] = microtiming
    table.column("last_velocity")[:] = _last_velocities(pitch, velocity)
    bar_starts, bar_lengths = _bars_of(pattern, position)
    table.column("position")[:] = [position_class(int(place)) for place in position - bar_starts]
    _fill_bar_memory(table, position, pitch, bar_lengths, bar_memory, len(vocabulary.pitches))
    for habit, classes in zip(HABITS, habit_classes(position).T, strict=True):
        table.column(habit)[:] = classes
    known_style = labels.style if labels.style in vocabulary.styles else None
    table.column("tempo")[:] = [tempo_class(pattern.tempo.bpm_at(place * TICKS_PER_GRID)) for place in position]
    table.column("style")[:] = vocabulary.style_class(known_style)
    table.column("kind")[:] = kind_class(labels.kind)
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


def _bars_of(pattern: Pattern, position: IntTable) -> tuple[IntTable, IntTable]:
    """Grid position at which each event's bar starts, and grid positions in that bar."""
    starts = np.empty_like(position)
    lengths = np.empty_like(position)
    for change, following in zip(pattern.metre.changes, (*pattern.metre.changes[1:], None), strict=True):
        first = round(change.tick / TICKS_PER_GRID)
        inside = position >= first
        if following is not None:
            inside &= position < round(following.tick / TICKS_PER_GRID)
        length = grid_per_bar(change.metre)
        starts[inside] = first + (position[inside] - first) // length * length
        lengths[inside] = length
    return starts, lengths


def _fill_bar_memory(
    table: EventTable,
    position: IntTable,
    pitch: IntTable,
    bar_lengths: IntTable,
    bar_memory: Sequence[int],
    pitches: int,
) -> None:
    places, first_rows = np.unique(position, return_index=True)
    struck = np.bitwise_or.reduceat(np.int64(1) << pitch, first_rows)

    def struck_at(wanted: IntTable) -> IntTable:
        index = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
        return np.where(places[index] == wanted, struck[index], 0)

    keys = position * pitches + pitch
    for bars in bar_memory:
        then = position - bars * bar_lengths
        index = np.minimum(np.searchsorted(keys, then * pitches + pitch, side="right"), len(keys) - 1)
        known = then >= 0
        delay = np.minimum(position[index] - then, MAX_DELAY) + 1
        table.column(f"next_delay_{bars}")[:] = np.where(known, delay, 0)
        table.column(f"next_pitch_{bars}")[:] = np.where(known, pitch[index] + 1, 0)
        table.column(f"struck_{bars}")[:] = struck_at(then)
        near = np.zeros_like(then)
        for shift in NEAR_SHIFTS:
            near |= struck_at(then + shift)
        table.column(f"near_{bars}")[:] = near
    # Bits below a pitch class are the drums that come before it on the same position.
    table.column("struck_now")[:] = struck_at(position) & ((np.int64(1) << pitch) - 1)
