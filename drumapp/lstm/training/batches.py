"""Which events a step of training is over: the order of a run is a function of its seed and of how far it has come.

So a run that was stopped is taken up with the very batch that would have come next, and processes that share a run
agree on every batch without asking one another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from drumapp.lstm.encoding import LABEL_COLUMNS, EventTable, IntTable
from drumapp.lstm.layout import input_tables
from drumapp.lstm.material import Material, end_to_end
from drumapp.lstm.presets import Architecture, Optimisation
from drumapp.lstm.vocabulary import Vocabulary

_ORDER, _CUTS, _SHUFFLE = 10, 11, 12
EVENTS_A_CHAPTER = 1 << 19
"""Of a large corpus so many events at a time are cut and shuffled; that many are held in memory."""


@dataclass(frozen=True)
class Batch:
    """Sequences of events, padded to one length.

    ``heard`` and ``said``, int64 (sequences, time) by column; ``mask``, bool (sequences, time), where events are;
    ``events``, how many; ``begins``: each sequence begins with memory of its own. Else it goes on from the batch
    before, or, where ``round_begins``, from nothing.
    """

    heard: Mapping[str, IntTable]
    said: Mapping[str, IntTable]
    mask: NDArray[np.bool_]
    events: int
    begins: bool = True
    round_begins: bool = False


class Batches(Protocol):
    """Batches without end. ``streams``, how many sequences of a batch are this process's, where they go on."""

    streams: int

    def next(self) -> Batch:
        """The next batch, this process's share of it."""

    def state(self) -> dict[str, int]:
        """How far it has come."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Come as far as a state says."""


class Columns:
    """What of a table a network hears, is told and says."""

    def __init__(self, architecture: Architecture, vocabulary: Vocabulary, columns: Sequence[str]) -> None:
        self._tables = input_tables(architecture, vocabulary)
        self._index = {name: number for number, name in enumerate(columns)}
        self._names = tuple(columns)

    def batch(
        self, sequences: Sequence[tuple[EventTable, int, int]], width: int, *, begins: bool = True, first: bool = False
    ) -> Batch:
        """Rows begin to end of tables, each of one piece, side by side."""
        count = len(sequences)
        said = np.zeros((count, width, len(self._names)), np.int64)
        heard = np.zeros_like(said)
        mask = np.zeros((count, width), np.bool_)
        for row, (table, begin, end) in enumerate(sequences):
            end = min(end, len(table))
            length = max(end - begin, 0)
            if not length:
                continue
            said[row, :length] = table.rows[begin:end]
            mask[row, :length] = True
            before = max(begin - 1, 0)
            heard[row, length - (end - 1 - before) : length] = table.rows[before : end - 1]
            for start in table.starts[(table.starts >= begin) & (table.starts < end)].tolist():
                for column in self._tables:
                    heard[row, start - begin, self._index[column.column]] = column.begin
        for label in LABEL_COLUMNS:  # labels are of the piece, known before its first event
            heard[:, :, self._index[label]] = said[:, :, self._index[label]]
        return Batch(
            {table.column: heard[:, :, self._index[table.column]] for table in self._tables},
            {name: said[:, :, place] for name, place in self._index.items()},
            mask,
            int(mask.sum()),
            begins,
            first,
        )


class ShuffledPieces:
    """Each round cuts every piece at new random places and shuffles the cuts."""

    streams = 0

    def __init__(
        self,
        material: Material,
        columns: Columns,
        recipe: Optimisation,
        seed: int,
        rank: int = 0,
        world: int = 1,
        most_events: int | None = None,
    ) -> None:
        self._material, self._columns, self._recipe = material, columns, recipe
        self._events = material.events if most_events is None else first_events(material.events, most_events)
        self._seed, self._rank, self._world = seed, rank, world
        self._round = self._chapter = self._batch = 0
        self._opened: tuple[int, int] | None = None
        self._chapters: list[NDArray[np.int64]] = []
        self._batches: list[NDArray[np.int64]] = []
        self._tables: dict[int, EventTable] = {}

    def state(self) -> dict[str, int]:
        """Round, chapter and batch."""
        return {"round": self._round, "chapter": self._chapter, "batch": self._batch}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Come as far as a state says."""
        self._round, self._chapter, self._batch = (int(state[name]) for name in ("round", "chapter", "batch"))
        self._opened = None

    def next(self) -> Batch:
        """The next batch, this process's share of it; that may be empty where there are more processes than
        sequences.
        """
        self._open()
        windows = self._batches[self._batch][self._rank :: self._world]
        sequences = [(self._table(int(piece)), int(begin), int(end)) for piece, begin, end in windows]
        batch = self._columns.batch(sequences, self._recipe.length)
        self._batch += 1
        if self._batch == len(self._batches):
            self._batch, self._chapter = 0, self._chapter + 1
            if self._chapter == len(self._chapters):
                self._chapter, self._round = 0, self._round + 1
        return batch

    def _table(self, piece: int) -> EventTable:
        if piece not in self._tables:
            self._tables[piece] = self._material.table(piece, self._round)
        return self._tables[piece]

    def _open(self) -> None:
        """Cut and shuffle the chapter that is due."""
        if self._opened == (self._round, self._chapter):
            return
        events, recipe = self._events, self._recipe
        if self._opened is None or self._opened[0] != self._round:
            order = self._rng(_ORDER).permutation(np.flatnonzero(events))
            edges = np.cumsum(events[order]) // EVENTS_A_CHAPTER
            self._chapters = [part for part in np.split(order, np.flatnonzero(np.diff(edges)) + 1) if len(part)]
        self._opened = (self._round, self._chapter)
        self._tables = {}
        pieces = self._chapters[self._chapter]
        firsts = self._rng(_CUTS, self._chapter).integers(1, recipe.length + 1, len(pieces))
        windows = []
        for piece, first in zip(pieces.tolist(), firsts.tolist(), strict=True):
            cuts = np.unique(np.concatenate([[0], np.arange(first, events[piece], recipe.length)]))
            ends = np.append(cuts[1:], events[piece])
            windows.append(np.stack([np.full(len(cuts), piece), cuts, ends], axis=1))
        every = np.concatenate(windows)
        every = every[self._rng(_SHUFFLE, self._chapter).permutation(len(every))]
        self._batches = np.array_split(every, -(-len(every) // recipe.batch))

    def _rng(self, *purpose: int) -> np.random.Generator:
        return np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=(*purpose, self._round)))


class GluedStreams:
    """All pieces end to end, heard in streams side by side; memory is carried on, and begins anew each round."""

    def __init__(
        self,
        material: Material,
        columns: Columns,
        recipe: Optimisation,
        rank: int = 0,
        world: int = 1,
        most_events: int | None = None,
    ) -> None:
        self.table = end_to_end(material, most_events)
        self._columns, self._length = columns, recipe.length
        streams = max(min(recipe.batch, len(self.table)), 1)
        edges = np.linspace(0, len(self.table), streams + 1).astype(np.int64)
        self._streams = list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
        self._share = slice(rank, None, world)
        self.streams = len(self._streams[self._share])
        self._round = self._offset = 0

    def state(self) -> dict[str, int]:
        """Round, and how far it has come in it."""
        return {"round": self._round, "offset": self._offset}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Come as far as a state says."""
        self._round, self._offset = int(state["round"]), int(state["offset"])

    def next(self) -> Batch:
        """The next events of this process's streams."""
        sequences = []
        for start, stop in self._streams[self._share]:
            begin = min(start + self._offset, stop)
            sequences.append((self.table, begin, min(begin + self._length, stop)))
        longest = max(stop - start for start, stop in self._streams)
        width = min(self._length, longest - self._offset)
        batch = self._columns.batch(sequences, width, begins=False, first=self._offset == 0)
        self._offset += self._length
        if self._offset >= longest:
            self._offset, self._round = 0, self._round + 1
        return batch


def first_events(events: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """How many events of each piece are among the first of all, given how many each has, int64 (pieces,)."""
    before = np.cumsum(events) - events
    first: NDArray[np.int64] = np.clip(most - before, 0, events)
    return first


def batches_of(
    material: Material,
    columns: Columns,
    recipe: Optimisation,
    seed: int,
    *,
    rank: int = 0,
    world: int = 1,
    most_events: int | None = None,
) -> Batches:
    """The batches that a recipe calls for."""
    if recipe.arrangement == "glued":
        return GluedStreams(material, columns, recipe, rank, world, most_events)
    return ShuffledPieces(material, columns, recipe, seed, rank, world, most_events)
