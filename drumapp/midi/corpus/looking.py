"""Scans a folder and makes a corpus of what was found."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from drumapp.core.kit_map import KitMap
from drumapp.midi.corpus.cache import Cache, SpoiltCacheError
from drumapp.midi.corpus.catalogue import Catalogue, load_catalogue
from drumapp.midi.corpus.corpus import Corpus
from drumapp.midi.corpus.filters import Filters
from drumapp.midi.corpus.labels import TRAIN, VALIDATION, CorpusError, read_labels
from drumapp.midi.corpus.scan import Progress, Scan, forget_readers, scan


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
