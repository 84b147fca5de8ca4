"""A folder of MIDI files as material to learn from: what was accepted, what was refused and why."""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from drumapp.core.errors import DrumappError
from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY
from drumapp.core.kit_map import GENERAL_MIDI, KitMap, guess_kit_map
from drumapp.core.pattern import Pattern
from drumapp.midi.smf import MidiFileError, read_pattern

INFO_FILE = "info.csv"
HELD_OUT_SHARE = 10
"""One file in so many is held out where the corpus does not say which."""
FEWEST_NOTES = 2

TRAIN, VALIDATION = "train", "validation"


class CorpusError(DrumappError):
    """A folder that cannot be learnt from."""


@dataclass(frozen=True)
class Piece:
    """An accepted file.

    Attributes: path relative to the folder; its drums, in General MIDI keys; style and kind (``beat`` or ``fill``)
    where the corpus tells; split it belongs to.
    """

    path: Path
    pattern: Pattern
    style: str | None
    kind: str | None
    split: str


@dataclass(frozen=True)
class Refusal:
    """A file that was not accepted, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Corpus:
    """What a scan found.

    Attributes: the folder; accepted pieces and refused files, in order of path; name of the kit map they were read
    with; digest: SHA-256 over the accepted files' paths and contents, hex.
    """

    folder: Path
    pieces: tuple[Piece, ...]
    refused: tuple[Refusal, ...]
    kit: str
    digest: str

    def of_split(self, split: str) -> tuple[Piece, ...]:
        """The pieces of one split."""
        return tuple(piece for piece in self.pieces if piece.split == split)

    @property
    def key_counts(self) -> Counter[int]:
        """How often each General MIDI drum key is struck in all pieces."""
        counts = Counter(note.pitch for piece in self.pieces for note in piece.pattern.notes)
        return Counter({key: n for key, n in counts.items() if FIRST_DRUM_KEY <= key <= LAST_DRUM_KEY})


@dataclass(frozen=True)
class _Info:
    style: str | None
    kind: str | None
    split: str | None


def scan_folder(folder: Path, *, progress: Callable[[float], None] | None = None) -> Corpus:
    """Read every MIDI file below a folder.

    An ``info.csv`` laid out like the Groove MIDI Dataset's (midi_filename, style, beat_type, split) gives labels and
    splits; without one every tenth file, chosen by its name, is held out for validation, and of two files one at
    least. The kit map that the keys of all files together speak for is used for every one.

    Raises CorpusError when the folder is missing, unreadable or holds no file that can be used.
    """
    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}; give a folder of MIDI files.")
    info = _read_info(folder / INFO_FILE)
    paths = sorted(_midi_files(folder))
    if not paths:
        raise CorpusError(f"{folder} holds no MIDI files (.mid or .midi).")
    read: list[tuple[Path, Pattern]] = []
    refused: list[Refusal] = []
    digest = hashlib.sha256()
    for number, path in enumerate(paths):
        relative = path.relative_to(folder)
        try:
            pattern = read_pattern(path)
        except MidiFileError as error:
            refused.append(Refusal(relative, str(error)))
        else:
            if len(pattern) < FEWEST_NOTES:
                refused.append(Refusal(relative, f"{path} has fewer than {FEWEST_NOTES} notes."))
            else:
                read.append((relative, pattern))
                digest.update(relative.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        if progress is not None:
            progress((number + 1) / len(paths))
    if not read:
        raise CorpusError(
            f"None of the {len(paths)} MIDI files in {folder} can be used; the first: {refused[0].reason}"
        )
    kit_map = guess_kit_map(Counter(note.pitch for _, pattern in read for note in pattern.notes))
    pieces = _with_one_held_out(_piece(path, pattern, kit_map, info.get(path.as_posix())) for path, pattern in read)
    return Corpus(folder, pieces, tuple(refused), kit_map.name, digest.hexdigest())


def _midi_files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names if name.lower().endswith((".mid", ".midi")))


def _read_info(path: Path) -> dict[str, _Info]:
    if not path.is_file():
        return {}
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{path} cannot be read: {error}") from error
    info = {}
    for row in rows:
        style = (row.get("style") or "").split("/")[0] or None
        kind = row.get("beat_type") if row.get("beat_type") in ("beat", "fill") else None
        info[row.get("midi_filename") or ""] = _Info(style, kind, row.get("split") or None)
    return info


def _piece(path: Path, pattern: Pattern, kit_map: KitMap, info: _Info | None) -> Piece:
    mapped = pattern
    if kit_map != GENERAL_MIDI:
        meant = kit_map.to_general_midi
        notes = [note._replace(pitch=meant[note.pitch]) for note in pattern.notes]
        mapped = Pattern.of(notes, length=pattern.length, tempo=pattern.tempo, metre=pattern.metre, name=pattern.name)
    split = info.split if info and info.split else _split_by_name(path)
    return Piece(path, mapped, info.style if info else None, info.kind if info else None, split)


def _with_one_held_out(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces, one of them held out where none is: among a dozen files the lot may well fall on none."""
    found = tuple(pieces)
    training = [piece for piece in found if piece.split == TRAIN]
    if len(training) < 2 or any(piece.split == VALIDATION for piece in found):
        return found
    chosen = min(training, key=lambda piece: _lot(piece.path))
    return tuple(replace(piece, split=VALIDATION) if piece is chosen else piece for piece in found)


def _split_by_name(path: Path) -> str:
    return VALIDATION if _lot(path)[0] % HELD_OUT_SHARE == 0 else TRAIN


def _lot(path: Path) -> bytes:
    """Something that looks drawn at random, yet is the same for the same name."""
    return hashlib.sha256(path.as_posix().encode()).digest()
