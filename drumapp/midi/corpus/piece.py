"""One file of a folder: what is learnt from, what is left out and why, and what a table shows of either."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit_map import GENERAL_MIDI, KitMap
from drumapp.core.pattern import Note, NoteRun, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.midi.corpus.cache import Cache, ContentRow
from drumapp.midi.corpus.verdicts import Verdict
from drumapp.midi.encoding import key_table


@dataclass(frozen=True)
class Piece:
    """An accepted file. Its notes are read from the cache when they are asked for.

    Attributes: path relative to the folder; style and kind (``beat`` or ``fill``) where the corpus tells; split it
    belongs to; ``kit_map`` its keys are read by; ``notes``, how many.
    """

    path: Path
    style: str | None
    kind: str | None
    split: str
    kit_map: KitMap
    notes: int
    content: int
    cache: Cache

    @property
    def pattern(self) -> Pattern:
        """Its drums, in General MIDI keys, each held as long as a drum needs."""
        row = self.cache.content(self.content)
        notes = NoteRun(Note(*values) for values in sorted(self.columns.tolist()))
        return Pattern(notes, row.length, _tempo_map(row), _metre_map(row), row.name)

    @property
    def stored(self) -> NDArray[np.void]:
        """Its notes as the cache holds them, in no order, with the file's own keys; mapped into memory."""
        row = self.cache.content(self.content)
        return self.cache.notes(row.first, row.notes)

    @property
    def columns(self) -> NDArray[np.int64]:
        """Its notes in no order, int64 (notes, 3): start in ticks, General MIDI key, velocity."""
        stored = self.stored
        table = np.stack([stored[name].astype(np.int64) for name in ("start", "pitch", "velocity")], axis=1)
        if self.kit_map != GENERAL_MIDI:
            table[:, 1] = key_table(self.kit_map.to_general_midi)[table[:, 1]]
        return table

    @property
    def time(self) -> tuple[TempoMap, MetreMap]:
        """Its tempo and metre."""
        row = self.cache.content(self.content)
        return _tempo_map(row), _metre_map(row)


@dataclass(frozen=True)
class Refusal:
    """A file that was not accepted, or a folder that could not be read: the path, why as a sentence, and the kind."""

    path: Path
    reason: str
    verdict: Verdict


@dataclass(frozen=True)
class FileEntry:
    """A file as a table shows it.

    Attributes: path relative to the folder; verdict; reason, a sentence, and clause, what of it does not name the
    file, both "" where it is accepted; name of the kit map; notes, bars, tempo and metre at the start, ticks a quarter,
    seconds; style and split.
    """

    path: Path
    verdict: Verdict
    reason: str
    clause: str
    kit: str
    notes: int
    bars: float
    bpm: float
    metre: str
    resolution: int
    seconds: float
    style: str | None
    split: str


def _tempo_map(row: ContentRow) -> TempoMap:
    return TempoMap(tuple(TempoChange(tick, bpm) for tick, bpm in json.loads(row.tempos)))


def _metre_map(row: ContentRow) -> MetreMap:
    return MetreMap(tuple(MetreChange(tick, Metre.parse(metre)) for tick, metre in json.loads(row.metres)))
