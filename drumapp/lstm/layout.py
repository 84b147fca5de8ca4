"""Which look-up tables a network has: the one list that torch's network, the stepper and the checkpoint share."""

from __future__ import annotations

from dataclasses import dataclass

from drumapp.lstm.grid import HOUSE_GRID
from drumapp.lstm.habits import HABIT_STEPS, HABITS, UNKNOWN
from drumapp.lstm.presets import Architecture
from drumapp.lstm.vocabulary import (
    KINDS,
    MAX_DELAY,
    POSITIONS,
    TEMPO_STEPS,
    VELOCITY_STEPS,
    Vocabulary,
)


@dataclass(frozen=True)
class InputTable:
    """One look-up into the network's input: table name, the column that indexes it, rows, width, and the row that
    stands for the time before the first event. Of a ``one_hot`` table nothing is learnt: each row but the last is one
    of the input's units, and the last, before the first event, is none.
    """

    name: str
    column: str
    rows: int
    width: int
    begin: int
    one_hot: bool = False


@dataclass(frozen=True)
class HeadTerm:
    """One look-up added to a chained head: the column that indexes it and its rows. With ``bits`` the column is a set
    of drums and every drum in it adds its row.
    """

    column: str
    rows: int
    bits: bool = False


def input_tables(architecture: Architecture, vocabulary: Vocabulary) -> tuple[InputTable, ...]:
    """What the network hears of the event before."""
    pitches = len(vocabulary.pitches)
    if architecture.one_hot:
        return tuple(
            InputTable(name, name, classes + 1, classes, classes, one_hot=True)
            for name, classes in (("delay", vocabulary.delays), ("pitch", pitches))
        )
    tables = [
        _event_table("delay", vocabulary.delays, 32),
        _event_table("pitch", pitches, 32),
    ]
    if architecture.dynamics:
        tables.append(_event_table("velocity", VELOCITY_STEPS, 12))
        tables.append(_event_table("microtiming", vocabulary.grid.microtimings, 4))
    if architecture.bar_position:
        tables.append(InputTable("position", "position", POSITIONS, 48, 0))
    for bars in architecture.bar_memory:
        tables.append(InputTable(f"next_delay_{bars}", f"next_delay_{bars}", MAX_DELAY + 2, 32, 0))
        tables.append(InputTable(f"next_pitch_{bars}", f"next_pitch_{bars}", pitches + 1, 32, 0))
    if architecture.habits:
        tables += [InputTable(habit, habit, HABIT_STEPS + 1, 8, UNKNOWN) for habit in HABITS]
    if architecture.labels:
        tables.append(InputTable("tempo", "tempo", TEMPO_STEPS + 1, 8, 0))
        tables.append(InputTable("style", "style", len(vocabulary.styles) + 1, 12, 0))
        tables.append(InputTable("kind", "kind", len(KINDS) + 1, 4, 0))
    return tuple(tables)


def head_terms(head: str, architecture: Architecture, vocabulary: Vocabulary) -> tuple[HeadTerm, ...]:
    """What a chained head is told beside the LSTM's output."""
    pitches = len(vocabulary.pitches)
    delay = HeadTerm("delay", vocabulary.delays)
    position = (HeadTerm("position", POSITIONS),) if architecture.bar_position else ()
    if head == "pitch":
        struck = tuple(
            HeadTerm(f"{name}_{bars}", pitches, bits=True)
            for bars in architecture.bar_memory
            for name in ("struck", "near")
        )
        return (delay, *position, HeadTerm("struck_now", pitches, bits=True), *struck)
    if head == "velocity":
        last = HeadTerm("last_velocity", VELOCITY_STEPS + 1)
        return (delay, *position, HeadTerm("pitch", pitches), last)
    if head == "microtiming":
        return (delay, *position, HeadTerm("pitch", pitches), HeadTerm("velocity", VELOCITY_STEPS))
    raise ValueError(f"no chained head is named {head!r}")


def heads(architecture: Architecture) -> tuple[str, ...]:
    """Names of the heads, in the order they are drawn."""
    return ("delay", "pitch", "velocity", "microtiming") if architecture.dynamics else ("delay", "pitch")


def _event_table(column: str, classes: int, width: int) -> InputTable:
    return InputTable(column, column, classes + 1, width, classes)


def weight_shapes(architecture: Architecture, vocabulary: Vocabulary) -> dict[str, tuple[int, ...]]:
    """Every weight of a network and its shape; a checkpoint holds exactly these. Raises ValueError for an architecture
    that cannot be told the vocabulary's time.
    """
    if architecture.counts_bars and vocabulary.grid != HOUSE_GRID:
        raise ValueError(f"bars and microtiming are learnt on a grid of {HOUSE_GRID.ticks} ticks")
    hidden, pitches = architecture.hidden, len(vocabulary.pitches)
    tables = input_tables(architecture, vocabulary)
    shapes: dict[str, tuple[int, ...]] = {
        f"tables.{table.name}.weight": (table.rows, table.width) for table in tables if not table.one_hot
    }
    width = sum(table.width for table in tables)
    cell, gates = architecture.cell, 4 * hidden if architecture.cell == "lstm" else 3 * hidden
    directions = architecture.directions
    for layer in range(architecture.layers):
        for suffix in ("", "_reverse")[:directions]:
            shapes[f"{cell}.weight_ih_l{layer}{suffix}"] = (gates, width if layer == 0 else hidden * directions)
            shapes[f"{cell}.weight_hh_l{layer}{suffix}"] = (gates, hidden)
            shapes[f"{cell}.bias_ih_l{layer}{suffix}"] = (gates,)
            shapes[f"{cell}.bias_hh_l{layer}{suffix}"] = (gates,)
    hidden *= directions
    shapes |= _linear("delay", hidden, vocabulary.delays)
    if architecture.chained:
        shapes |= _linear("pitch_hidden", hidden, architecture.pitch_units)
        shapes |= _linear("pitch", architecture.pitch_units, pitches)
        shapes |= _terms("pitch", architecture, vocabulary, architecture.pitch_units)
    else:
        shapes |= _linear("pitch", hidden, pitches)
    if architecture.dynamics:
        shapes |= _linear("velocity_hidden", hidden, architecture.velocity_units)
        shapes |= _linear("velocity", architecture.velocity_units, VELOCITY_STEPS)
        shapes |= _terms("velocity", architecture, vocabulary, architecture.velocity_units)
        shapes |= _linear("microtiming", hidden, vocabulary.grid.microtimings)
        shapes |= _terms("microtiming", architecture, vocabulary, vocabulary.grid.microtimings)
    return shapes


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _terms(head: str, architecture: Architecture, vocabulary: Vocabulary, units: int) -> dict[str, tuple[int, ...]]:
    terms = head_terms(head, architecture, vocabulary)
    return {f"terms.{head}_{term.column}.weight": (term.rows, units) for term in terms}
