"""Which files are taken: what a click on one changes, and what there is to filter by. No Qt."""

from __future__ import annotations

from dataclasses import replace

from drumapp.midi.corpus import Corpus, Filters, Verdict
from drumapp.midi.corpus.catalogue import NONE

FILTERED = frozenset(
    {
        Verdict.EXCLUDED,
        Verdict.OTHER_FOLDER,
        Verdict.OTHER_STYLE,
        Verdict.WRONG_METRE,
        Verdict.WRONG_TEMPO,
        Verdict.WRONG_LENGTH,
        Verdict.WRONG_DENSITY,
        Verdict.WRONG_RESOLUTION,
        Verdict.TOO_SHORT,
        Verdict.DUPLICATE,
    }
)
"""Refused by a wish, not for what they are: these can be taken all the same."""


def can_be_chosen(verdict: Verdict) -> bool:
    """Whether a click can take or leave such a file."""
    return verdict is Verdict.ACCEPTED or verdict in FILTERED


def chosen(filters: Filters, path: str, *, take: bool) -> Filters:
    """The filters with a file or folder taken, whatever they say, or left out. What is within it obeys."""
    inside = path.rstrip("/") + "/"

    def others(paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(entry for entry in paths if entry != path and not entry.startswith(inside))

    excluded, included = others(filters.excluded), others(filters.included)
    if take:
        return replace(filters, excluded=excluded, included=(*included, path))
    return replace(filters, excluded=(*excluded, path), included=included)


def metres_of(corpus: Corpus) -> list[str]:
    """The metres that occur, the most frequent first."""
    return _by_frequency(corpus.catalogue.metres.tolist(), corpus.catalogue.metre_names)


def styles_of(corpus: Corpus) -> list[str]:
    """The styles that occur, the most frequent first."""
    return _by_frequency(corpus.catalogue.styles.tolist(), corpus.catalogue.style_names)


def folders_of(corpus: Corpus) -> list[str]:
    """The folders right in the folder that hold files."""
    return sorted({name.split("/")[0] for name in corpus.catalogue.directory_names if name})


def resolutions_of(corpus: Corpus) -> list[int]:
    """The ticks a quarter that occur in files that could be read."""
    return sorted({number for number in set(corpus.catalogue.resolutions.tolist()) if number > 0})


def _by_frequency(numbers: list[int], names: tuple[str, ...]) -> list[str]:
    counts: dict[int, int] = {}
    for number in numbers:
        if number != NONE:
            counts[number] = counts.get(number, 0) + 1
    return [names[number] for number in sorted(counts, key=lambda number: -counts[number])]
