"""Why each file of a folder is accepted or refused, for all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from drumapp.core.timing import TICKS_PER_QUARTER, Metre
from drumapp.midi.corpus.catalogue import NONE, Catalogue
from drumapp.midi.corpus.filters import Filters, Span
from drumapp.midi.corpus.kits import ancestors
from drumapp.midi.errors import Fault

Bools = NDArray[np.bool_]


class Verdict(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    DAMAGED = Fault.DAMAGED.value
    NOT_MIDI = Fault.NOT_MIDI.value
    SMPTE = Fault.SMPTE.value
    NO_DRUMS = Fault.NO_DRUMS.value
    UNSUPPORTED = Fault.UNSUPPORTED.value
    UNREADABLE = Fault.UNREADABLE.value
    EXCLUDED = "excluded"
    OTHER_FOLDER = "another folder"
    OTHER_STYLE = "another style"
    TOO_SHORT = "too few notes"
    WRONG_METRE = "wrong metre"
    WRONG_TEMPO = "wrong tempo"
    WRONG_LENGTH = "wrong length"
    WRONG_DENSITY = "wrong density"
    WRONG_RESOLUTION = "wrong resolution"
    DUPLICATE = "duplicate"


ALL_VERDICTS = tuple(Verdict)


def judge(
    catalogue: Catalogue, filters: Filters, named: Callable[[Sequence[str]], dict[str, int]]
) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """The verdict on each file, numbers of ALL_VERDICTS, and for duplicates the row they play the same as, else -1.

    Args: named tells the rows of files among some paths. Of several reasons to refuse a file the first counts, in the
    order in which they are listed.
    """
    count = len(catalogue)
    verdicts = np.zeros(count, np.int8)
    twins = np.full(count, NONE, np.int64)
    open_rows = np.ones(count, np.bool_)

    def refuse(which: Bools, verdict: Verdict) -> None:
        rows = which & open_rows
        verdicts[rows] = ALL_VERDICTS.index(verdict)
        open_rows[rows] = False

    for number, name in enumerate(catalogue.fault_names):
        refuse(catalogue.faults == number, Verdict(name))
    chosen = _chosen(catalogue, filters, named)
    refuse(chosen < 0, Verdict.EXCLUDED)
    free = chosen == 0
    if filters.folders:
        wanted = {folder.strip("/") for folder in filters.folders}
        inside = [not wanted.isdisjoint((name, *ancestors(name))) for name in catalogue.directory_names]
        refuse(free & ~np.array(inside, np.bool_)[catalogue.directories], Verdict.OTHER_FOLDER)
    if filters.styles:
        wanted_styles = [number for number, name in enumerate(catalogue.style_names) if name in filters.styles]
        refuse(free & ~np.isin(catalogue.styles, wanted_styles), Verdict.OTHER_STYLE)
    refuse(free & (catalogue.notes < filters.fewest_notes), Verdict.TOO_SHORT)
    if filters.metres:
        metres = {str(Metre.parse(metre)) for metre in filters.metres}
        fits = np.array([name in metres for name in catalogue.metre_names] or [False], np.bool_)
        refuse(free & ~fits[catalogue.metres], Verdict.WRONG_METRE)
    refuse(free & _outside(catalogue.bpm, filters.tempo), Verdict.WRONG_TEMPO)
    refuse(free & _outside(bars_of(catalogue), filters.bars), Verdict.WRONG_LENGTH)
    refuse(free & _outside(density_of(catalogue), filters.density), Verdict.WRONG_DENSITY)
    if filters.resolutions:
        refuse(free & ~np.isin(catalogue.resolutions, filters.resolutions), Verdict.WRONG_RESOLUTION)
    if not filters.duplicates:
        rows = np.flatnonzero(open_rows)
        _, firsts, inverse = np.unique(catalogue.music[rows], return_index=True, return_inverse=True)
        first = rows[firsts[inverse]]
        again = (first != rows) & free[rows]
        twins[rows[again]] = first[again]
        refuse(twins != NONE, Verdict.DUPLICATE)
    return verdicts, twins


def bars_of(catalogue: Catalogue) -> NDArray[np.float64]:
    """Each file's length in bars of its first metre; 0 for files that could not be read."""
    lengths = np.array([Metre.parse(name).ticks_per_bar for name in catalogue.metre_names] or [1], np.float64)
    return np.where(catalogue.metres == NONE, 0.0, catalogue.lengths / lengths[catalogue.metres])


def density_of(catalogue: Catalogue) -> NDArray[np.float64]:
    """Each file's notes a quarter note."""
    return catalogue.notes * TICKS_PER_QUARTER / np.maximum(catalogue.lengths, 1)


def _outside(values: NDArray[np.float64], span: Span | None) -> Bools:
    if span is None:
        return np.zeros(len(values), np.bool_)
    return (values < span[0]) | (values > span[1])


def _chosen(
    catalogue: Catalogue, filters: Filters, named: Callable[[Sequence[str]], dict[str, int]]
) -> NDArray[np.int8]:
    """1 for files that the user wants, -1 for those that the user does not want, 0 for the rest."""
    choices = {path.strip("/"): 1 for path in filters.included} | {path.strip("/"): -1 for path in filters.excluded}
    if not choices:
        return np.zeros(len(catalogue), np.int8)
    folders = [
        next((choices[place] for place in (name, *ancestors(name)) if place in choices), 0)
        for name in catalogue.directory_names
    ]
    chosen = np.array(folders or [0], np.int8)[catalogue.directories]
    for path, row in named(list(choices)).items():
        chosen[row] = choices[path]
    return chosen
