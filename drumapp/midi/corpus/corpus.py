"""A folder of MIDI files as material to learn from: what was accepted, what was refused and why."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY
from drumapp.core.kit_map import GENERAL_MIDI, KitMap
from drumapp.midi.corpus.cache import Cache, CacheError
from drumapp.midi.corpus.catalogue import NONE, Catalogue
from drumapp.midi.corpus.clauses import clause_of, sentence, shown
from drumapp.midi.corpus.contents import KEY_COUNTS
from drumapp.midi.corpus.filters import Filters
from drumapp.midi.corpus.kits import chosen_map
from drumapp.midi.corpus.labels import TRAIN, VALIDATION
from drumapp.midi.corpus.piece import FileEntry, Piece, Refusal
from drumapp.midi.corpus.rows import PAGE, Pieces, Refusals
from drumapp.midi.corpus.scan import Scan
from drumapp.midi.corpus.verdicts import ALL_VERDICTS, Verdict, bars_of, judge
from drumapp.midi.corpus.walk import inside
from drumapp.midi.encoding import key_table


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
            Refusal(Path(path or "."), sentence(self.folder / path, reason), Verdict.UNREADABLE)
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
        told = self.told(rows)
        bars = self.bars[list(rows)].tolist()
        entries = []
        for row, (path, wrong), length in zip(rows, told, bars, strict=True):
            verdict = self.verdict(row)
            why = "" if verdict is Verdict.ACCEPTED else self._clause(row, wrong)
            style, metre = int(catalogue.styles[row]), int(catalogue.metres[row])
            entries.append(
                FileEntry(
                    Path(path),
                    verdict,
                    sentence(self.folder / path, why) if why else "",
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
        ((path, _),) = self.told([row])
        return self.piece_at(row, path)

    def find(self, text: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of some rows whose path holds a text, whatever its case. Reads the paths from the cache."""
        wanted = text.casefold()
        found = [
            row
            for start in range(0, len(rows), PAGE)
            for row, (path, _) in zip(
                rows[start : start + PAGE].tolist(), self.told(rows[start : start + PAGE].tolist()), strict=True
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

    def piece_at(self, row: int, path: str) -> Piece:
        """:meth:`piece` where the path is known."""
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

    def refusal(self, row: int, path: str, told: str) -> Refusal:
        """Why a file is left out, by its row in the catalogue, its path and what the cache says is wrong with it."""
        return Refusal(Path(path), sentence(self.folder / path, self._clause(row, told)), self.verdict(row))

    def _clause(self, row: int, told: str) -> str:
        """Why a file is refused, as the end of a sentence; ``told``, what the cache says is wrong with it."""
        verdict = self.verdict(row)
        if verdict is Verdict.DUPLICATE:
            ((path, _),) = self.told([int(self._twins[row])])
            return f"it plays the same notes as {shown(path)}"
        return clause_of(verdict, row, self.catalogue, self.filters, told)

    def told(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """The paths of some rows, and what the cache says is wrong with them. A file that was deleted since, and
        forgotten by another scan, has lost its name; its notes are still there.
        """
        found: dict[int, tuple[str, str]] = {}
        numbers = [int(self.catalogue.files[row]) for row in rows]
        for start in range(0, len(numbers), PAGE):
            for number, directory, name, problem, refusal in self.cache.told(numbers[start : start + PAGE]):
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


def _places(path: str) -> Iterator[tuple[str, str]]:
    """Every way to take a path for a directory and a name."""
    parts = path.split("/")
    for cut in range(len(parts) - 1, -1, -1):
        yield "/".join(parts[:cut]), "/".join(parts[cut:])
