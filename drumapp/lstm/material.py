"""From a scanned corpus to what a network is trained on: its vocabulary, and its pieces as tables of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY
from drumapp.lstm.augment import Music, varied
from drumapp.lstm.encoding import EventTable, Labels, encode_events, join, table_columns
from drumapp.lstm.grid import HOUSE_GRID
from drumapp.lstm.presets import Augmentation
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import LONGEST_DELAY, Vocabulary
from drumapp.midi.corpus import Corpus, CorpusError, Piece

FEWEST_HITS = 10
"""A drum struck less often than this in a whole corpus is taken for a slip and gets no word."""
_AUGMENTATION = 1
_MOST_KEPT = 1_000_000
"""Events that are kept encoded; of more each piece is encoded when its turn comes."""


def vocabulary_of(corpus: Corpus) -> Vocabulary:
    """The drums and styles of a corpus, in the house's words. Raises CorpusError when no drum is struck often enough
    to learn.
    """
    counts = corpus.key_counts
    pitches = tuple(key for key in range(FIRST_DRUM_KEY, LAST_DRUM_KEY + 1) if counts[key] >= FEWEST_HITS)
    if not pitches:
        raise CorpusError(f"No drum in {corpus.folder} is struck {FEWEST_HITS} times; add more files.")
    return Vocabulary(pitches, tuple(sorted(corpus.styles)))


def occurring_vocabulary(pieces: Sequence[Piece], most_events: int | None = None) -> Vocabulary:
    """The drums and the delays that occur in pieces, on the house grid; of so many events at most. Raises CorpusError
    when there are none, or more than a vocabulary holds.
    """
    keys: set[int] = set()
    for piece in pieces:
        keys.update(np.unique(piece.columns[:, 1]).tolist())
    try:
        every_key = Vocabulary(tuple(sorted(keys)))
        delays: set[int] = set()
        heard: set[int] = set()
        left = most_events
        for piece in pieces:
            rows = every_key.encode_rows(piece.columns).rows[:left]
            if not len(rows):
                continue
            tempo, metre = piece.time
            begin = Timeline(tempo, metre).bar_of(int(rows[0, 0]))[0]
            delays.update(np.unique(np.diff(rows[:, 0], prepend=begin)).tolist())
            heard.update(np.unique(rows[:, 1]).tolist())
            if left is not None:
                left -= len(rows)
                if left <= 0:
                    break
        pitches = tuple(every_key.pitches[pitch] for pitch in sorted(heard))
        return Vocabulary(pitches, (), HOUSE_GRID, tuple(d for d in sorted(delays) if d <= LONGEST_DELAY))
    except ValueError as error:
        raise CorpusError(f"These files cannot be learnt from with words of their own: {error}.") from error


class Material(Protocol):
    """Pieces to train on. Each is encoded when its turn comes, and may be another every round."""

    @property
    def events(self) -> NDArray[np.int64]:
        """How many events each piece has at most, int64 (pieces,)."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The tables' columns."""

    def table(self, piece: int, round_number: int) -> EventTable:
        """A piece in a round."""


@dataclass(frozen=True)
class TableMaterial:
    """Pieces that are encoded already, laid end to end in one table."""

    whole: EventTable

    @property
    def columns(self) -> tuple[str, ...]:
        """The table's columns."""
        return self.whole.columns

    @property
    def events(self) -> NDArray[np.int64]:
        """Events of each piece."""
        return np.diff(np.append(self.whole.starts, len(self.whole)))

    def table(self, piece: int, round_number: int) -> EventTable:  # noqa: ARG002 - the same in every round
        """A piece; the same in every round."""
        start = int(self.whole.starts[piece])
        rows = self.whole.rows[start : start + int(self.events[piece])]
        return EventTable(self.whole.columns, rows, np.zeros(1, np.int64))


class PieceMaterial:
    """Pieces of a corpus, varied anew every round where the recipe says so.

    Args: pieces; the vocabulary; bars looked back to; ``key_classes``, the pitch class each MIDI key is heard as, the
    vocabulary's own unless given; augmentation and the seed it is drawn with; whether labels are told.
    """

    def __init__(
        self,
        pieces: Sequence[Piece],
        vocabulary: Vocabulary,
        bar_memory: tuple[int, ...],
        key_classes: NDArray[np.int64] | None = None,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        *,
        labels: bool = True,
    ) -> None:
        self.pieces = pieces
        self.vocabulary = vocabulary
        self.bar_memory = bar_memory
        self.key_classes = key_classes
        self.augmentation = augmentation or Augmentation()
        self.seed = seed
        self.labels = labels
        self.events = np.array([piece.notes for piece in self.pieces], np.int64)
        self.columns = table_columns(self.bar_memory)
        self._kept: dict[int, EventTable] | None = None
        if not self.augmentation and self.events.sum() <= _MOST_KEPT:
            self._kept = {}

    def table(self, piece: int, round_number: int) -> EventTable:
        """A piece in a round."""
        if self._kept is None:
            return self._encoded(piece, round_number)
        if piece not in self._kept:
            self._kept[piece] = self._encoded(piece, round_number)
        return self._kept[piece]

    def _encoded(self, number: int, round_number: int) -> EventTable:
        piece = self.pieces[number]
        tempo, metre = piece.time
        music = Music(piece.columns, tempo, metre)
        if self.augmentation:
            sequence = np.random.SeedSequence(self.seed, spawn_key=(_AUGMENTATION, round_number, number))
            music = varied(music, self.augmentation, self.vocabulary.pitches, np.random.default_rng(sequence))
        labels = Labels(piece.style, piece.kind) if self.labels else Labels()
        return encode_events(
            self.vocabulary.encode_rows(music.columns, self.key_classes).rows,
            Timeline(music.tempo, music.metre, self.vocabulary.grid),
            self.vocabulary,
            self.bar_memory,
            labels.classes(self.vocabulary),
        )


def table_of(
    pieces: Sequence[Piece],
    vocabulary: Vocabulary,
    bar_memory: tuple[int, ...],
    *,
    labels: bool = True,
    key_classes: NDArray[np.int64] | None = None,
    most_events: int | None = None,
) -> EventTable:
    """Pieces as one table of events, of so many at most; without ``labels`` style and kind are left unsaid. Raises
    ValueError when the vocabulary has no word for any of their notes.
    """
    return end_to_end(PieceMaterial(pieces, vocabulary, bar_memory, key_classes, labels=labels), most_events)


def end_to_end(material: Material, most_events: int | None = None) -> EventTable:
    """All pieces of a material end to end, of so many events at most. Raises ValueError when there is no event."""
    tables, left = [], most_events
    for piece in range(len(material.events)):
        table = material.table(piece, 0)
        if left is not None:
            table = EventTable(table.columns, table.rows[:left], table.starts)
            left -= len(table)
        tables.append(table)
        if left == 0:
            break
    return join(tables)
