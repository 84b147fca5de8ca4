"""Folders of MIDI files for tests, and what became of each file."""

from __future__ import annotations

from pathlib import Path

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap, TempoMap
from drumapp.midi.corpus import (
    Corpus,
    Verdict,
)
from drumapp.midi.smf import write_pattern


def beat(*keys: int, tempo: float = 120.0, metre: str = "4/4", shift: int = 0, bars: int = 1) -> Pattern:
    notes = [Note(index * 480 + shift, key, 100) for index, key in enumerate(keys)]
    return Pattern.of(
        notes,
        tempo=TempoMap.constant(tempo),
        metre=MetreMap.constant(Metre.parse(metre)),
        length=max(bars, 1) * Metre.parse(metre).ticks_per_bar,
    )


def write(folder: Path, name: str, pattern: Pattern) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    write_pattern(pattern, folder / name)


def verdicts(corpus: Corpus) -> dict[str, Verdict]:
    return {
        **{piece.path.as_posix(): Verdict.ACCEPTED for piece in corpus.pieces},
        **{refusal.path.as_posix(): refusal.verdict for refusal in corpus.refused},
    }


def reason(corpus: Corpus, name: str) -> str:
    (found,) = [refusal.reason for refusal in corpus.refused if refusal.path.as_posix() == name]
    return found
