"""From a scanned corpus to what a network is trained on: its vocabulary and its table of events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY
from drumapp.lstm.encoding import EventTable, Labels, encode_pattern, join
from drumapp.lstm.vocabulary import Vocabulary
from drumapp.midi.corpus import Corpus, CorpusError, Piece

FEWEST_HITS = 10
"""A drum struck less often than this in a whole corpus is taken for a slip and gets no word."""


def vocabulary_of(corpus: Corpus) -> Vocabulary:
    """The drums and styles of a corpus. Raises CorpusError when no drum is struck often enough to learn."""
    counts = corpus.key_counts
    pitches = tuple(key for key in range(FIRST_DRUM_KEY, LAST_DRUM_KEY + 1) if counts[key] >= FEWEST_HITS)
    if not pitches:
        raise CorpusError(f"No drum in {corpus.folder} is struck {FEWEST_HITS} times; add more files.")
    styles = sorted(corpus.styles)
    return Vocabulary(pitches, tuple(styles))


def table_of(
    pieces: Iterable[Piece], vocabulary: Vocabulary, bar_memory: Sequence[int], *, labels: bool = True
) -> EventTable:
    """Pieces as one table of events; without ``labels`` style and kind are left unsaid. Raises ValueError when the
    vocabulary has no word for any of their notes.
    """
    return join(
        [
            encode_pattern(
                piece.pattern, vocabulary, bar_memory, Labels(piece.style, piece.kind) if labels else Labels()
            )
            for piece in pieces
        ]
    )
