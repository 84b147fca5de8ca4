"""Files of a corpus as sequences that make each when it is asked for: a corpus may have a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

from drumapp.midi.corpus.piece import Piece, Refusal

if TYPE_CHECKING:
    from drumapp.midi.corpus.corpus import Corpus

PAGE = 512


class _Rows(Sequence):  # type: ignore[type-arg]
    """Rows of a corpus, made into objects a page at a time."""

    def __init__(self, corpus: Corpus, rows: NDArray[np.int64]) -> None:
        self._corpus = corpus
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Rows):
            return list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def _pages(self) -> Iterator[tuple[int, str, str]]:
        for start in range(0, len(self.rows), PAGE):
            rows = self.rows[start : start + PAGE].tolist()
            for row, (path, clause) in zip(rows, self._corpus.told(rows), strict=True):
                yield row, path, clause


class Pieces(_Rows, Sequence[Piece]):
    """Accepted files of a corpus, each made when it is asked for."""

    def __iter__(self) -> Iterator[Piece]:
        for row, path, _ in self._pages():
            yield self._corpus.piece_at(row, path)

    @overload
    def __getitem__(self, index: int) -> Piece: ...
    @overload
    def __getitem__(self, index: slice) -> Pieces: ...
    def __getitem__(self, index: int | slice) -> Piece | Pieces:
        if isinstance(index, slice):
            return Pieces(self._corpus, self.rows[index])
        row = int(self.rows[index])
        ((path, _),) = self._corpus.told([row])
        return self._corpus.piece_at(row, path)


class Refusals(_Rows, Sequence[Refusal]):
    """Refused files of a corpus, each made when it is asked for; folders that could not be read come first."""

    def __len__(self) -> int:
        return len(self._corpus.problems) + len(self.rows)

    def __iter__(self) -> Iterator[Refusal]:
        yield from self._corpus.problems
        for row, path, clause in self._pages():
            yield self._corpus.refusal(row, path, clause)

    @overload
    def __getitem__(self, index: int) -> Refusal: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Refusal]: ...
    def __getitem__(self, index: int | slice) -> Refusal | Sequence[Refusal]:
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        number = range(len(self))[index]
        problems = self._corpus.problems
        if number < len(problems):
            return problems[number]
        row = int(self.rows[number - len(problems)])
        ((path, clause),) = self._corpus.told([row])
        return self._corpus.refusal(row, path, clause)
