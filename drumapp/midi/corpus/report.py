"""The figures of a corpus: what is in it, for people, plots and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import general_midi_lane
from drumapp.midi.corpus.catalogue import NONE
from drumapp.midi.corpus.corpus import Corpus
from drumapp.midi.corpus.piece import Piece
from drumapp.midi.corpus.verdicts import Verdict, bars_of, density_of

_NOTES_AT_ONCE = 500_000


@dataclass(frozen=True)
class CorpusReport:
    """The figures of a corpus's accepted files.

    Attributes: ``files``, found; ``others``, files that are no MIDI files; ``verdicts``, files by verdict; by value,
    files of each: ``formats``, ``resolutions`` (ticks a quarter), ``tracks`` a file, ``tempos`` (whole beats a
    minute), ``metres``, ``styles``, ``splits``; ``kit_maps``, name by folder; ``keys``, strikes by General MIDI key;
    ``raw_keys``, strikes by the files' own; ``delays``, how often so many ticks lie between a strike and the next, 480
    to the quarter; ``velocities``, strikes by velocity; notes in all, and the fewest, most and mean a file; bars
    likewise; mean notes a quarter; seconds in all.
    """

    files: int
    others: int
    verdicts: Mapping[Verdict, int]
    formats: Mapping[int, int]
    resolutions: Mapping[int, int]
    tracks: Mapping[int, int]
    tempos: Mapping[int, int]
    metres: Mapping[str, int]
    styles: Mapping[str, int]
    splits: Mapping[str, int]
    kit_maps: Mapping[str, str]
    keys: Mapping[int, int]
    raw_keys: Mapping[int, int]
    delays: Mapping[int, int]
    velocities: Mapping[int, int]
    notes: int
    fewest_notes: int
    most_notes: int
    mean_notes: float
    fewest_bars: float
    most_bars: float
    density: float
    seconds: float

    @property
    def accepted(self) -> int:
        """Files that are accepted."""
        return self.verdicts.get(Verdict.ACCEPTED, 0)

    @property
    def refused(self) -> int:
        """Files that are not."""
        return sum(self.verdicts.values()) - self.accepted

    def to_json(self) -> dict[str, Any]:
        """A value json can write; counts by number are lists of [number, count], keys with their drums' names."""
        pairs = ("formats", "resolutions", "tracks", "tempos", "raw_keys", "delays", "velocities")
        return {
            "files": self.files,
            "accepted": self.accepted,
            "refused": self.refused,
            "others": self.others,
            "verdicts": {str(verdict): count for verdict, count in self.verdicts.items()},
            **{name: [list(pair) for pair in sorted(getattr(self, name).items())] for name in pairs},
            "keys": [[key, general_midi_lane(key).name, count] for key, count in sorted(self.keys.items())],
            "metres": dict(self.metres),
            "styles": dict(self.styles),
            "splits": dict(self.splits),
            "kit_maps": dict(self.kit_maps),
            "notes": self.notes,
            "notes_a_file": {"min": self.fewest_notes, "max": self.most_notes, "mean": round(self.mean_notes, 2)},
            "bars_a_file": {"min": round(self.fewest_bars, 3), "max": round(self.most_bars, 3)},
            "notes_a_quarter": round(self.density, 4),
            "seconds": round(self.seconds, 3),
        }


def report_on(corpus: Corpus, *, progress: Callable[[float], None] | None = None) -> CorpusReport:
    """The figures of a corpus; reads every note once."""
    catalogue, rows = corpus.catalogue, corpus.accepted
    notes, bars = catalogue.notes[rows], bars_of(catalogue)[rows]
    delays, velocities = _of_notes(corpus, progress)
    splits = Counter({name: len(corpus.of_split(name)) for name in catalogue.split_names})
    return CorpusReport(
        files=len(catalogue),
        others=corpus.others,
        verdicts=corpus.verdict_counts,
        formats=_counted(catalogue.formats[rows]),
        resolutions=_counted(catalogue.resolutions[rows]),
        tracks=_counted(catalogue.tracks[rows]),
        tempos=_counted(np.rint(catalogue.bpm[rows]).astype(np.int64)),
        metres=_named(catalogue.metres[rows], catalogue.metre_names),
        styles=_named(catalogue.styles[rows], catalogue.style_names),
        splits={name: count for name, count in splits.items() if count},
        kit_maps={folder or ".": kit.name for folder, kit in corpus.kit_maps.items()},
        keys=corpus.key_counts,
        raw_keys=corpus.raw_key_counts,
        delays=_from_table(delays),
        velocities=_from_table(velocities),
        notes=int(notes.sum()),
        fewest_notes=int(notes.min()) if len(notes) else 0,
        most_notes=int(notes.max(initial=0)),
        mean_notes=float(notes.mean()) if len(notes) else 0.0,
        fewest_bars=float(bars.min()) if len(bars) else 0.0,
        most_bars=float(bars.max(initial=0.0)),
        density=float(density_of(catalogue)[rows].mean()) if len(rows) else 0.0,
        seconds=float(catalogue.seconds[rows].sum()),
    )


LONGEST_DELAY = 16 * 480
"""Delays longer than this many ticks are counted as one of this many."""


def _of_notes(corpus: Corpus, progress: Callable[[float], None] | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How often each delay and each velocity occurs."""
    delays, velocities = np.zeros(LONGEST_DELAY + 1, np.int64), np.zeros(128, np.int64)
    done, total = 0, max(len(corpus.pieces), 1)
    for group in grouped(corpus.pieces, _NOTES_AT_ONCE):
        starts = []
        for piece in group:
            stored = piece.stored
            starts.append(np.diff(np.sort(stored["start"].astype(np.int64))))
            velocities += np.bincount(stored["velocity"], minlength=128)
        delays += np.bincount(np.minimum(np.concatenate(starts), LONGEST_DELAY), minlength=LONGEST_DELAY + 1)
        done += len(group)
        if progress is not None:
            progress(done / total)
    return delays, velocities


def grouped(pieces: Iterable[Piece], notes: int) -> Iterator[list[Piece]]:
    """Pieces in groups of about so many notes."""
    group: list[Piece] = []
    held = 0
    for piece in pieces:
        group.append(piece)
        held += piece.notes
        if held >= notes:
            yield group
            group, held = [], 0
    if group:
        yield group


def _counted(values: NDArray[Any]) -> dict[int, int]:
    found, counts = np.unique(values, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _named(values: NDArray[np.int32], names: tuple[str, ...]) -> dict[str, int]:
    counts = Counter(values.tolist())
    return {names[number]: count for number, count in counts.most_common() if number != NONE}


def _from_table(table: NDArray[np.int64]) -> dict[int, int]:
    return {int(value): int(table[value]) for value in np.flatnonzero(table)}
