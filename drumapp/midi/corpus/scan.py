"""Brings the cache up to date with a folder: reads what is new, on all cores where that pays."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import NamedTuple

from drumapp.midi.corpus.cache import Cache, CacheError, ReadFile
from drumapp.midi.corpus.contents import contents_of
from drumapp.midi.corpus.walk import MIDI_ENDINGS, Directory, FoundFile, read_files, walk
from drumapp.native_memory import keep_memory

SPAWN_FROM_FILES = 4000
"""A process that is spawned is ready after as long as it takes to read so many files."""
MOST_WORKERS = 16
_COST_OF_A_BATCH = 1_000_000
_COST_OF_A_FILE = 1_500
"""What reading a file costs beside its bytes, in bytes."""
_BATCHES_AHEAD = 3
_RECENT_NS = 2_000_000_000
"""A file that changed so short before it was read may change again within its time stamp's grain."""

Progress = Callable[[float], None]
_Batch = list[tuple[Directory, list[FoundFile]]]


class Problem(NamedTuple):
    """A directory or archive that cannot be looked into: its path relative to the folder, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Scan:
    """What a scan came to: the folder's number in the cache; directories that could not be read; how many files that
    are no MIDI files lie among the others; how many files were read anew.
    """

    folder: int
    problems: tuple[Problem, ...]
    others: int
    read: int


def scan(folder: Path, cache: Cache, *, progress: Progress | None = None, workers: int | None = None) -> Scan:
    """Walk a folder and read the files whose stamps are not those in the cache.

    Args: workers, processes to read with; as many as there are cores unless given, 0 to read in this one.
    """
    number = cache.folder_number(folder.resolve())
    problems: list[Problem] = []
    counted = _Counted(count_files(folder) if progress is not None else 0, progress)
    others = 0
    directories: set[str] = set()
    with _Reading(folder, cache, number, _workers(workers), counted) as reading:
        batch: _Batch = []
        cost = 0
        for directory in walk(folder):
            others += directory.others
            directories.add(directory.path)
            if directory.problem:
                problems.append(Problem(directory.path, directory.problem))
            unread = _unread(cache, number, directory)
            counted.add(len(directory.files) - len(unread))
            for file in unread:
                if not batch or batch[-1][0].path != directory.path:
                    batch.append((directory._replace(files=()), []))
                batch[-1][1].append(file)
                cost += _COST_OF_A_FILE + (file.stamp[0] if file.stamp is not None else 0)
                if cost > _COST_OF_A_BATCH:
                    reading.read(batch)
                    batch, cost = [], 0
        reading.read(batch)
    cache.keep_directories(number, directories)
    return Scan(number, tuple(problems), others, reading.files)


def count_files(folder: Path) -> int:
    """How many MIDI files lie below a folder, archives aside, without a look at any."""
    return sum(name.lower().endswith(MIDI_ENDINGS) for _, _, names in os.walk(folder) for name in names)


def _unread(cache: Cache, number: int, directory: Directory) -> list[FoundFile]:
    """The files of a directory that must be read; what is known of those that are gone is forgotten."""
    known = cache.known(number, directory.path)
    unread = []
    for file in directory.files:
        before = known.pop(file.name, None)
        if before is None or before.stamp is None or before.stamp != file.stamp:
            unread.append(file)
    if known:
        cache.forget(number, directory.path, known)
    return unread


class _Counted:
    """Tells how far a scan has come."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._done, self._progress = max(total, 1), 0, progress

    def add(self, files: int) -> None:
        self._done += files
        if self._progress is not None and files:
            self._progress(min(self._done / self._total, 1.0))


class _Reading:
    """Reads batches into the cache, in this process or in several."""

    def __init__(self, folder: Path, cache: Cache, number: int, workers: int, counted: _Counted) -> None:
        self._folder, self._cache, self._number, self._counted = folder, cache, number, counted
        self._workers = workers
        self._forked = workers > 1 and _may_fork(workers)
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[tuple[_Batch, Future[int]]] = deque()
        self._first: _Batch = []
        self.files = 0

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, kind: object, *_of_error: object) -> None:
        try:
            if kind is None:
                self._count(_read_batch(self._folder, self._cache, self._number, self._first))
                while self._waiting:
                    self._take()
        finally:
            for _, pending in self._waiting:
                pending.cancel()
            if self._pool is not None and not self._forked:
                self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, batch: _Batch) -> None:
        """Read a batch, now or soon."""
        if not batch:
            return
        if self._forked and self._pool is None and not self._first:
            self._first = batch  # alone it is not worth another process
            return
        if self._pool is None and (self._forked or (self._workers > 1 and self.files >= SPAWN_FROM_FILES)):
            self._pool = _forked_pool(self._workers) if self._forked else _spawned_pool(self._workers)
            if self._first:
                self._submit(self._pool, self._first)
                self._first = []
        if self._pool is None:
            self._count(_read_batch(self._folder, self._cache, self._number, batch))
            return
        self._submit(self._pool, batch)
        while len(self._waiting) > _BATCHES_AHEAD * self._workers:
            self._take()

    def _submit(self, pool: ProcessPoolExecutor, batch: _Batch) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside BLAS's threads, which are idle
                future = pool.submit(_work, self._folder, self._cache.folder, self._number, batch)
        except BrokenProcessPool as error:
            raise self._broken(batch) from error
        self._waiting.append((batch, future))

    def _take(self) -> None:
        batch, future = self._waiting.popleft()
        try:
            self._count(future.result())
        except BrokenProcessPool as error:
            raise self._broken(batch) from error

    def _broken(self, batch: _Batch) -> CacheError:
        _forked_pools.clear()
        names = ", ".join(sorted({directory.path or "." for directory, _ in batch}))
        return CacheError(
            f"A process that read MIDI files in {self._folder} ({names}) was ended by the system; "
            "perhaps memory ran out. Try again."
        )

    def _count(self, files: int) -> None:
        self.files += files
        self._counted.add(files)


def _workers(wanted: int | None) -> int:
    return min(os.cpu_count() or 1, MOST_WORKERS) if wanted is None else wanted


_forked_pools: dict[int, ProcessPoolExecutor] = {}


def forget_readers() -> None:
    """Let go of the processes that wait for the next scan: the cache they have open was made anew."""
    _forked_pools.clear()


def _forked_pool(workers: int) -> ProcessPoolExecutor:
    """Copies of this process, which wait for the next scan when they are done."""
    if workers not in _forked_pools:
        _forked_pools[workers] = ProcessPoolExecutor(workers, get_context("fork"), _begin_work)
    return _forked_pools[workers]


def _spawned_pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, get_context("spawn"), _begin_work)


def _begin_work() -> None:
    """Make a worker end with the process that started it, however that ends, and leave signals to it.

    A copy of a process holds its locks, too: one that outlived a killed training job would keep the job locked.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    keep_memory()
    parent = parent_process()
    assert parent is not None  # a worker has one

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


def _may_fork(workers: int) -> bool:
    """Whether a copy of this process can do the reading, which is ready twenty times sooner than a new one.

    Only on Linux, and not where other threads or a window could leave locks locked in the copy.
    """
    if sys.platform != "linux":
        return False
    return workers in _forked_pools or (threading.active_count() == 1 and not {"PySide6", "torch"} & sys.modules.keys())


_open_caches: dict[Path, Cache] = {}
"""A worker's own, the last it was asked to write."""


def _work(folder: Path, cache: Path, number: int, batch: _Batch) -> int:
    if cache not in _open_caches or not (cache / "index.sqlite").exists():
        _open_caches.clear()
        _open_caches[cache] = Cache(cache)
    return _read_batch(folder, _open_caches[cache], number, batch)


def _read_batch(folder: Path, cache: Cache, number: int, batch: _Batch) -> int:
    """Read files into the cache; what they hold only where the cache does not know it. Returns how many."""
    if not batch:
        return 0
    now = time.time_ns()
    files: list[tuple[str, FoundFile, bytes]] = []
    read: dict[str, list[ReadFile]] = {directory.path: [] for directory, _ in batch}
    unknown: dict[bytes, bytes] = {}
    for directory, wanted in batch:
        for found, data in zip(wanted, read_files(folder, directory, [file.name for file in wanted]), strict=True):
            if isinstance(data, str):
                read[directory.path].append(ReadFile(found._replace(stamp=None), problem=data))
                continue
            digest = hashlib.sha256(data).digest()
            files.append((directory.path, _settled(found, now), digest))
            unknown[digest] = data
    for digest in cache.known_digests(list(unknown)):
        del unknown[digest]
    contents = dict(zip(unknown, contents_of(list(unknown.items())), strict=True))
    for path, found, digest in files:
        read[path].append(ReadFile(found, digest, contents.pop(digest, None)))
    cache.add(number, read)
    return sum(map(len, read.values()))


def _settled(found: FoundFile, now: int) -> FoundFile:
    """A file with its stamp, if that is old enough to tell a later change."""
    if found.stamp is None or any(abs(now - time) < _RECENT_NS for time in found.stamp[1:3]):
        return found._replace(stamp=None)
    return found
