"""Why a file is left out, in words."""

from __future__ import annotations

from pathlib import Path

from drumapp.midi.corpus.catalogue import NONE, Catalogue
from drumapp.midi.corpus.filters import Filters
from drumapp.midi.corpus.verdicts import Verdict, bars_of, density_of


def sentence(path: Path, why: str) -> str:
    """All of it, for a path and the clause."""
    return f"{shown(str(path))} is left out: {why}."


def shown(path: str) -> str:
    """A path as it can be printed, whatever bytes its name is of."""
    return path.encode(errors="replace").decode()


def clause_of(verdict: Verdict, row: int, catalogue: Catalogue, filters: Filters, told: str) -> str:
    """Why a file is refused, as the end of a sentence.

    Args: its verdict, other than ACCEPTED and DUPLICATE; its row in the catalogue; told, what the cache says is wrong
    with it.
    """
    if verdict is Verdict.EXCLUDED:
        return "you left it out"
    if verdict is Verdict.OTHER_FOLDER:
        return f"it lies in none of the folders {', '.join(filters.folders)}"
    if verdict is Verdict.OTHER_STYLE:
        style = int(catalogue.styles[row])
        called = catalogue.style_names[style] if style != NONE else "not told"
        return f"its style is {called}, not {' or '.join(filters.styles)}"
    if verdict is Verdict.TOO_SHORT:
        notes = int(catalogue.notes[row])
        return f"it is too short: {_counted(notes)}, and {filters.fewest_notes} are needed"
    if verdict is Verdict.WRONG_METRE:
        return f"its metre is {catalogue.metre_names[catalogue.metres[row]]}, not {' or '.join(filters.metres)}"
    for which, span, name, values in (
        (Verdict.WRONG_TEMPO, filters.tempo, "tempo", catalogue.bpm),
        (Verdict.WRONG_LENGTH, filters.bars, "length in bars", bars_of(catalogue)),
        (Verdict.WRONG_DENSITY, filters.density, "number of notes a quarter", density_of(catalogue)),
    ):
        if verdict is which and span is not None:
            return f"its {name} of {values[row]:.4g} is outside {span[0]:g} to {span[1]:g}"
    if verdict is Verdict.WRONG_RESOLUTION:
        wanted = " or ".join(map(str, filters.resolutions))
        return f"its resolution is {catalogue.resolutions[row]} ticks a quarter, not {wanted}"
    return told


def _counted(notes: int) -> str:
    return "1 note" if notes == 1 else f"{notes} notes"
