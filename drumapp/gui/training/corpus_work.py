"""Scans a folder off the window's thread, judges its files anew when the filters are others, and searches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import KitMap
from drumapp.gui.aside import Aside
from drumapp.midi.corpus import Cache, Corpus, Filters, look_into, report_on
from drumapp.midi.corpus.verdicts import ALL_VERDICTS
from drumapp.settings import corpus_cache_folder

STAGES = ("Reading", "Counting")


class _LeftError(Exception):
    """What is under way is not wanted any more."""


@dataclass(frozen=True)
class View:
    """Which files are shown, and in which order: those whose path holds a text; accepted, refused or all ("accepted",
    "refused", ""); by a column of the catalogue or "path", "verdict", "bars"; backwards or not.
    """

    text: str = ""
    which: str = ""
    order: str = "path"
    backwards: bool = False


class CorpusWork(QObject):
    """One folder at a time; the latest wish counts, those before are left.

    Signals: progressed (stage, share) while a folder is scanned; scanned (Corpus) when it is; reported (CorpusReport)
    when its figures are counted, after each judgement; judged (Corpus) after other filters or kit maps; found (rows of
    the catalogue) for a view; failed (sentence); left when a scan was cancelled.
    """

    progressed = Signal(int, float)
    scanned = Signal(object)
    judged = Signal(object)
    reported = Signal(object)
    found = Signal(object)
    failed = Signal(str)
    left = Signal()
    _share = Signal(int, int, float)

    def __init__(self) -> None:
        super().__init__()
        self._aside = Aside()
        self._aside.failed.connect(self.failed)
        self._number = 0  # of the latest folder or judgement
        self._view_number = 0
        self._share.connect(self._tell_share, Qt.ConnectionType.QueuedConnection)

    def scan(self, folder: Path, filters: Filters, kit_choices: Mapping[str, KitMap]) -> None:
        """Read a folder; returns at once."""
        number = self._begin()

        def work() -> Corpus:
            cache = Cache(corpus_cache_folder())
            return look_into(
                folder, cache=cache, filters=filters, kit_choices=kit_choices, progress=self._report(number, 0)
            )

        def done(corpus: Corpus) -> None:
            self.scanned.emit(corpus)
            if len(corpus.catalogue):
                self._count(number, corpus)

        self._ask(number, work, done)

    def judge(self, corpus: Corpus, filters: Filters, kit_choices: Mapping[str, KitMap]) -> None:
        """Judge the same files by other filters and kit maps."""
        number = self._begin()

        def done(judged: Corpus) -> None:
            self.judged.emit(judged)
            self._count(number, judged)

        self._ask(number, lambda: corpus.select(filters, kit_choices), done)

    def find(self, corpus: Corpus, view: View) -> None:
        """Look for the files of a view."""
        self._view_number += 1
        number = self._view_number

        def work() -> NDArray[np.int64]:
            return np.zeros(0, np.int64) if number != self._view_number else rows_of(corpus, view)

        def done(rows: NDArray[np.int64]) -> None:
            if number == self._view_number:
                self.found.emit(rows)

        self._ask(None, work, done)

    def cancel(self) -> None:
        """Leave what is under way."""
        self._number += 1
        self.left.emit()

    def close(self) -> None:
        """Leave what is under way and wait for the thread to end."""
        self._number += 1
        self._view_number += 1
        self._aside.close()

    def _begin(self) -> int:
        self._number += 1
        return self._number

    def _count(self, number: int, corpus: Corpus) -> None:
        self._ask(number, lambda: report_on(corpus, progress=self._report(number, 1)), self.reported.emit)

    def _ask(self, number: int | None, work: Callable[[], object], then: Callable[[object], None]) -> None:
        def guarded() -> object:
            try:
                if number is not None and number != self._number:
                    raise _LeftError
                return work()
            except (DrumappError, _LeftError) as error:
                return error

        def deliver(result: object) -> None:
            if isinstance(result, _LeftError) or (number is not None and number != self._number):
                return
            if isinstance(result, DrumappError):
                self.failed.emit(str(result))
            else:
                then(result)

        self._aside.ask(guarded, deliver)

    def _report(self, number: int, stage: int) -> Callable[[float], None]:
        def report(share: float) -> None:
            if number != self._number:
                raise _LeftError
            self._share.emit(number, stage, share)

        return report

    def _tell_share(self, number: int, stage: int, share: float) -> None:
        if number == self._number:
            self.progressed.emit(stage, share)


def rows_of(corpus: Corpus, view: View) -> NDArray[np.int64]:
    """The rows of the catalogue that a view shows, in its order."""
    catalogue = corpus.catalogue
    verdicts = corpus.verdicts
    rows = np.arange(len(catalogue), dtype=np.int64)
    if view.which:
        rows = rows[(verdicts == 0) == (view.which == "accepted")]
    if view.text:
        rows = corpus.find(view.text, rows)
    if view.order != "path":
        keys = _sort_keys(corpus, view.order)
        rows = rows[np.argsort(keys[rows], kind="stable")]
    return rows[::-1] if view.backwards else rows


def _sort_keys(corpus: Corpus, order: str) -> NDArray[np.float64]:
    """A number for each row of the catalogue; those of names are in the names' order."""
    catalogue = corpus.catalogue
    if order == "verdict":
        ranks = np.argsort(np.argsort([str(verdict) for verdict in ALL_VERDICTS]))
        ranks[0] = -1  # accepted files first
        return ranks[corpus.verdicts].astype(np.float64)
    if order == "bars":
        return corpus.bars
    values = getattr(catalogue, order)
    names = {"metres": catalogue.metre_names, "styles": catalogue.style_names}.get(order)
    if names is not None:
        ranks = np.append(np.argsort(np.argsort(np.array(names, dtype=object).astype(str))), -1)
        return ranks[values].astype(np.float64)
    return values.astype(np.float64)
