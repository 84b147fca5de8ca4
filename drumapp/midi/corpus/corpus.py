"""A folder of MIDI files as material to learn from: what was accepted, what was refused and why."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY
from drumapp.core.kit_map import GENERAL_MIDI, KitMap
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.midi.corpus.cache import Cache, CacheError, ContentRow, SpoiltCacheError
from drumapp.midi.corpus.catalogue import NONE, Catalogue, load_catalogue
from drumapp.midi.corpus.contents import KEY_COUNTS
from drumapp.midi.corpus.filters import Filters
from drumapp.midi.corpus.kits import chosen_map
from drumapp.midi.corpus.labels import TRAIN, VALIDATION, CorpusError, read_labels
from drumapp.midi.corpus.scan import Progress, Scan, forget_readers, scan
from drumapp.midi.corpus.verdicts import ALL_VERDICTS, Verdict, bars_of, density_of, judge
from drumapp.midi.corpus.walk import inside
from drumapp.midi.encoding import key_table

_PAGE = 512


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
        notes = tuple(Note(*values) for values in sorted(self.columns.tolist()))
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


class Corpus:
    """What a scan found, and what of it is wanted. It takes a few bytes a file; the rest lies in the cache.

    Attributes: folder; cache, which must stay open as long as the corpus is used; catalogue; filters; ``kit_choices``,
    the maps chosen by path of file or folder; ``others``, how many files there are no MIDI files.
    """

    def __init__(
        self,
        folder: Path,
        cache: Cache,
        found: Scan,
        catalogue: Catalogue,
        filters: Filters,
        kit_choices: Mapping[str, KitMap],
    ) -> None:
        self.folder = folder
        self.cache = cache
        self.catalogue = catalogue
        self.filters = filters
        self.kit_choices = dict(kit_choices)
        self.others = found.others
        self._scan = found
        self._verdicts, self._twins = judge(catalogue, filters, self._rows_of)
        self._kit_names, self._kits = self._chosen_kits()
        self._splits = self._with_one_held_out()

    def select(self, filters: Filters | None = None, kit_choices: Mapping[str, KitMap] | None = None) -> Corpus:
        """The same files, judged otherwise; nothing is read anew. What is None stays."""
        return Corpus(
            self.folder,
            self.cache,
            self._scan,
            self.catalogue,
            self.filters if filters is None else filters,
            self.kit_choices if kit_choices is None else kit_choices,
        )

    @property
    def accepted(self) -> NDArray[np.int64]:
        """Rows of the catalogue that are accepted, ascending."""
        return np.flatnonzero(self._verdicts == 0)

    @property
    def pieces(self) -> Pieces:
        """The accepted files, in order of path."""
        return Pieces(self, self.accepted)

    def of_split(self, split: str) -> Pieces:
        """The accepted files of one split."""
        if split not in self.catalogue.split_names:
            return Pieces(self, np.zeros(0, np.int64))
        number = self.catalogue.split_names.index(split)
        accepted = self.accepted
        return Pieces(self, accepted[self._splits[accepted] == number])

    @property
    def refused(self) -> Sequence[Refusal]:
        """The refused files, and the folders that could not be read, in order of path."""
        return Refusals(self, np.flatnonzero(self._verdicts != 0))

    @property
    def problems(self) -> list[Refusal]:
        """The folders and archives that could not be read."""
        return [
            Refusal(Path(path or "."), _sentence(self.folder / path, reason), Verdict.UNREADABLE)
            for path, reason in self._scan.problems
        ]

    @property
    def verdict_counts(self) -> Counter[Verdict]:
        """How many files there are of each verdict; folders that could not be read count as unreadable files."""
        numbers = np.bincount(self._verdicts, minlength=len(ALL_VERDICTS)).tolist()
        counts = Counter({verdict: count for verdict, count in zip(ALL_VERDICTS, numbers, strict=True) if count})
        if self._scan.problems:
            counts[Verdict.UNREADABLE] += len(self._scan.problems)
        return counts

    @property
    def styles(self) -> set[str]:
        """The styles of the accepted files."""
        numbers = np.unique(self.catalogue.styles[self.accepted]).tolist()
        return {self.catalogue.style_names[number] for number in numbers if number != NONE}

    @cached_property
    def kit(self) -> str:
        """Name of the kit map that most accepted files are read by."""
        kits = Counter(self._kits[self.accepted].tolist())
        return self._kit_names[kits.most_common(1)[0][0]].name if kits else GENERAL_MIDI.name

    @property
    def kit_maps(self) -> dict[str, KitMap]:
        """The kit map of each folder that holds files, by path: that chosen for it, else the guess."""
        names = self.catalogue.directory_names
        return {
            name: chosen_map(name, self.kit_choices) or guess
            for name, guess in zip(names, self.catalogue.kit_maps, strict=True)
        }

    @cached_property
    def key_counts(self) -> Counter[int]:
        """How often each General MIDI drum key is struck in all pieces."""
        counts = np.zeros(128, np.int64)
        for kit, table in self._key_tables():
            np.add.at(counts, key_table(kit.to_general_midi), table)
        return Counter({key: int(counts[key]) for key in range(FIRST_DRUM_KEY, LAST_DRUM_KEY + 1) if counts[key]})

    @property
    def raw_key_counts(self) -> Counter[int]:
        """How often each key of the files themselves is struck in all pieces."""
        total = sum((table for _, table in self._key_tables()), np.zeros(128, np.int64))
        return Counter({key: int(total[key]) for key in np.flatnonzero(total).tolist()})

    @cached_property
    def digest(self) -> str:
        """SHA-256, hex, over the accepted files' paths and contents, and the kit maps they are read by."""
        digest = hashlib.sha256()
        accepted = self._verdicts == 0
        for row, (directory, name, content) in self._stored_rows("directory, files.name, digest"):
            if accepted[row]:
                path = inside(os.fsdecode(directory), os.fsdecode(name))
                digest.update(os.fsencode(path) + b"\0" + content)
                kit = self._kit_names[self._kits[row]]
                if kit != GENERAL_MIDI:
                    digest.update(json.dumps(sorted(kit.to_general_midi.items())).encode())
        return digest.hexdigest()

    def entry(self, row: int) -> FileEntry:
        """A file as a table shows it, by its row in the catalogue."""
        return self.entries(row, row + 1)[0]

    def entries(self, start: int, stop: int) -> list[FileEntry]:
        """The files of a run of rows of the catalogue as a table shows them."""
        return self.entries_of(range(start, min(stop, len(self.catalogue))))

    def entries_of(self, rows: Sequence[int]) -> list[FileEntry]:
        """The files of some rows of the catalogue, in their order, as a table shows them."""
        catalogue = self.catalogue
        told = self._told(rows)
        bars = self.bars[list(rows)].tolist()
        entries = []
        for row, (path, clause), length in zip(rows, told, bars, strict=True):
            verdict = self.verdict(row)
            why = "" if verdict is Verdict.ACCEPTED else self._clause(row, clause)
            style, metre = int(catalogue.styles[row]), int(catalogue.metres[row])
            entries.append(
                FileEntry(
                    Path(path),
                    verdict,
                    _sentence(self.folder / path, why) if why else "",
                    why,
                    self._kit_names[self._kits[row]].name,
                    int(catalogue.notes[row]),
                    length,
                    float(catalogue.bpm[row]),
                    catalogue.metre_names[metre] if metre != NONE else "",
                    int(catalogue.resolutions[row]),
                    float(catalogue.seconds[row]),
                    catalogue.style_names[style] if style != NONE else None,
                    catalogue.split_names[self._splits[row]],
                )
            )
        return entries

    def piece(self, row: int) -> Piece:
        """A file that could be read as it would be learnt from, by its row in the catalogue."""
        ((path, _),) = self._told([row])
        return self._piece(row, path)

    def find(self, text: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some rows whose path holds a text, whatever its case. Reads the paths from the cache."""
        wanted = text.casefold()
        found = [
            row
            for start in range(0, len(rows), _PAGE)
            for row, (path, _) in zip(
                rows[start : start + _PAGE].tolist(), self._told(rows[start : start + _PAGE].tolist()), strict=True
            )
            if wanted in path.casefold()
        ]
        return np.array(found, np.int64)

    @cached_property
    def bars(self) -> NDArray[np.float64]:
        """Each row's length in bars."""
        return bars_of(self.catalogue)

    @property
    def verdicts(self) -> NDArray[np.int8]:
        """What became of each row, numbers of ALL_VERDICTS; 0 is accepted."""
        return self._verdicts

    def verdict(self, row: int) -> Verdict:
        """What became of a file, by its row in the catalogue."""
        verdict: Verdict = ALL_VERDICTS[self._verdicts[row]]
        return verdict

    def _piece(self, row: int, path: str) -> Piece:
        catalogue = self.catalogue
        style, kind = int(catalogue.styles[row]), int(catalogue.kinds[row])
        return Piece(
            Path(path),
            catalogue.style_names[style] if style != NONE else None,
            catalogue.kind_names[kind] if kind != NONE else None,
            catalogue.split_names[self._splits[row]],
            self._kit_names[self._kits[row]],
            int(catalogue.notes[row]),
            int(catalogue.contents[row]),
            self.cache,
        )

    def _refusal(self, row: int, path: str, clause: str) -> Refusal:
        return Refusal(Path(path), _sentence(self.folder / path, self._clause(row, clause)), self.verdict(row))

    def _clause(self, row: int, told: str) -> str:
        """Why a file is refused, as the end of a sentence; ``told``, what the cache says is wrong with it."""
        catalogue, filters = self.catalogue, self.filters
        verdict = self.verdict(row)
        if verdict is Verdict.DUPLICATE:
            ((path, _),) = self._told([int(self._twins[row])])
            return f"it plays the same notes as {_shown(path)}"
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
            return f"it is too short: {_notes(notes)}, and {filters.fewest_notes} are needed"
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

    def _told(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """The paths of some rows, and what the cache says is wrong with them. A file that was deleted since, and
        forgotten by another scan, has lost its name; its notes are still there.
        """
        found: dict[int, tuple[str, str]] = {}
        numbers = [int(self.catalogue.files[row]) for row in rows]
        for start in range(0, len(numbers), _PAGE):
            for number, directory, name, problem, refusal in self.cache.told(numbers[start : start + _PAGE]):
                found[number] = inside(os.fsdecode(directory), os.fsdecode(name)), problem or refusal or ""
        return [found.get(number) or self._forgotten(row) for row, number in zip(rows, numbers, strict=True)]

    def _forgotten(self, row: int) -> tuple[str, str]:
        directory = self.catalogue.directory_names[self.catalogue.directories[row]]
        return inside(directory, "?"), "it is gone"

    def _rows_of(self, paths: Sequence[str]) -> dict[str, int]:
        """The rows of those paths that are files."""
        found = {}
        for path in paths:
            # A name in an archive may hold slashes itself.
            for place in _places(path):
                number = self.cache.file_number(self._scan.folder, *place)
                if number is not None:
                    for row in np.flatnonzero(self.catalogue.files == number).tolist():
                        found[path] = row
        return found

    def _chosen_kits(self) -> tuple[list[KitMap], NDArray[np.int32]]:
        """The kit maps in use, and for each file which of them."""
        names = self.catalogue.directory_names
        used: list[KitMap] = []

        def number(kit: KitMap) -> int:
            if kit not in used:
                used.append(kit)
            return used.index(kit)

        of_directories = [
            number(chosen_map(name, self.kit_choices) or guess)
            for name, guess in zip(names, self.catalogue.kit_maps, strict=True)
        ]
        kits = np.array(of_directories or [0], np.int32)[self.catalogue.directories]
        for path, row in self._rows_of(list(self.kit_choices)).items():
            kits[row] = number(self.kit_choices[path])
        return used or [GENERAL_MIDI], kits

    def _with_one_held_out(self) -> NDArray[np.int32]:
        """The splits, one file held out where none is: among a dozen files the lot may well fall on none."""
        splits, names = self.catalogue.splits, self.catalogue.split_names
        accepted = self.accepted
        training = accepted[splits[accepted] == names.index(TRAIN)]
        held_out = names.index(VALIDATION)
        if len(training) < 2 or (splits[accepted] == held_out).any():
            return splits
        splits = splits.copy()
        splits[training[self.catalogue.lots[training].argmin()]] = held_out
        return splits

    def _key_tables(self) -> Iterator[tuple[KitMap, NDArray[np.int64]]]:
        """For each kit map how often the accepted files that are read by it strike each of their keys."""
        tables = np.zeros((len(self._kit_names), 128), np.int64)
        accepted = self._verdicts == 0
        for row, (keys,) in self._stored_rows("keys"):
            if accepted[row]:
                counts = np.frombuffer(keys, KEY_COUNTS)
                tables[self._kits[row], counts["key"]] += counts["count"]
        return zip(self._kit_names, tables, strict=True)

    def _stored_rows(self, fields: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """What the cache holds of each row. Raises CacheError where it was brought up to date meanwhile."""
        numbers, contents = self.catalogue.files, self.catalogue.contents
        row = -1
        stored = self.cache.rows(self._scan.folder, f"files.id, content, {fields}")
        for row, (number, content, *values) in enumerate(stored):
            if row >= len(numbers) or numbers[row] != number or contents[row] != (NONE if content is None else content):
                break
            yield row, tuple(values)
        else:
            if row + 1 == len(numbers):
                return
        raise CacheError(f"The files in {self.folder} changed while they were in use; scan the folder again.")


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
        for start in range(0, len(self.rows), _PAGE):
            rows = self.rows[start : start + _PAGE].tolist()
            for row, (path, clause) in zip(rows, self._corpus._told(rows), strict=True):
                yield row, path, clause


class Pieces(_Rows, Sequence[Piece]):
    """Accepted files of a corpus, each made when it is asked for."""

    def __iter__(self) -> Iterator[Piece]:
        for row, path, _ in self._pages():
            yield self._corpus._piece(row, path)

    @overload
    def __getitem__(self, index: int) -> Piece: ...
    @overload
    def __getitem__(self, index: slice) -> Pieces: ...
    def __getitem__(self, index: int | slice) -> Piece | Pieces:
        if isinstance(index, slice):
            return Pieces(self._corpus, self.rows[index])
        row = int(self.rows[index])
        ((path, _),) = self._corpus._told([row])
        return self._corpus._piece(row, path)


class Refusals(_Rows, Sequence[Refusal]):
    """Refused files of a corpus, each made when it is asked for; folders that could not be read come first."""

    def __len__(self) -> int:
        return len(self._corpus._scan.problems) + len(self.rows)

    def __iter__(self) -> Iterator[Refusal]:
        yield from self._corpus.problems
        for row, path, clause in self._pages():
            yield self._corpus._refusal(row, path, clause)

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
        ((path, clause),) = self._corpus._told([row])
        return self._corpus._refusal(row, path, clause)


def scan_folder(
    folder: Path,
    *,
    cache: Cache | None = None,
    filters: Filters | None = None,
    kit_choices: Mapping[str, KitMap] | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Corpus:
    """Read every MIDI file below a folder, those in zip archives too.

    Args: cache, where what was read is kept; without one it is forgotten with the corpus. Filters say which files are
    wanted. ``kit_choices`` are the kit maps by which files are read, by path of a file or folder, "" being all;
    without a choice the keys of each folder's files speak for one. Workers as for
    :func:`drumapp.midi.corpus.scan.scan`.

    Raises CorpusError when the folder is missing, unreadable or holds no file that can be used.
    """
    corpus = look_into(
        folder, cache=cache, filters=filters, kit_choices=kit_choices, progress=progress, workers=workers
    )
    if not len(corpus.pieces):
        refused = corpus.refused
        if not refused:
            raise CorpusError(f"{folder} holds no MIDI files (.mid or .midi, also in .zip).")
        raise CorpusError(
            f"None of the {len(refused)} MIDI files in {folder} can be used; the first: {refused[0].reason}"
        )
    return corpus


def look_into(
    folder: Path,
    *,
    cache: Cache | None = None,
    filters: Filters | None = None,
    kit_choices: Mapping[str, KitMap] | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Corpus:
    """As :func:`scan_folder`, but a folder without anything usable is a corpus, too."""
    if not folder.is_dir():
        raise CorpusError(f"There is no folder {folder}; give a folder of MIDI files.")
    labels = read_labels(folder)
    cache = cache or Cache(None)

    def scanned() -> tuple[Scan, Catalogue]:
        found = scan(folder, cache, progress=progress, workers=workers)
        return found, load_catalogue(cache, found.folder, labels, (TRAIN, VALIDATION))

    try:
        found, catalogue = scanned()
    except (sqlite3.DatabaseError, SpoiltCacheError) as error:
        if type(error) not in (sqlite3.DatabaseError, SpoiltCacheError):
            raise
        cache.begin_anew()
        forget_readers()
        found, catalogue = scanned()
    return Corpus(folder, cache, found, catalogue, filters or Filters(), kit_choices or {})


def _tempo_map(row: ContentRow) -> TempoMap:
    return TempoMap(tuple(TempoChange(tick, bpm) for tick, bpm in json.loads(row.tempos)))


def _metre_map(row: ContentRow) -> MetreMap:
    return MetreMap(tuple(MetreChange(tick, Metre.parse(metre)) for tick, metre in json.loads(row.metres)))


def _places(path: str) -> Iterator[tuple[str, str]]:
    """Every way to take a path for a directory and a name."""
    parts = path.split("/")
    for cut in range(len(parts) - 1, -1, -1):
        yield "/".join(parts[:cut]), "/".join(parts[cut:])


def _sentence(path: Path, clause: str) -> str:
    return f"{_shown(str(path))} is left out: {clause}."


def _shown(path: str) -> str:
    """A path as it can be printed, whatever bytes its name is of."""
    return path.encode(errors="replace").decode()


def _notes(count: int) -> str:
    return "1 note" if count == 1 else f"{count} notes"
