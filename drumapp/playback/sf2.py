"""Reads the container of SoundFont 2 files, strangers' too: every size and index is checked before it is used.

Follows the SoundFont 2.04 specification (Creative Technology, 2006) and keeps its names: a preset's zones name
instruments, an instrument's zones name samples, and zones carry generators and modulators.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from drumapp.playback.synth import SynthError

_Table = NDArray[np.void]

_LARGEST_FILE = 2**32
_MOST_RECORDS = 1_000_000

VORBIS_SAMPLE = 0x10
ROM_SAMPLE = 0x8000


class Bag(NamedTuple):
    """One zone as stored: its generators (number -> raw 16 bits) and modulators, in file order."""

    generators: tuple[tuple[int, int], ...]
    modulators: tuple[Modulator, ...]


class Modulator(NamedTuple):
    """One modulator record: source and amount source as coded in the file, destination generator, amount."""

    source: int
    destination: int
    amount: int
    amount_source: int
    transform: int


class Zones(Sequence[Bag]):
    """A preset's or an instrument's zones. Each is read when it is asked for: a font may hold hundreds of thousands."""

    __slots__ = ("_first", "_last", "_tables")

    def __init__(self, tables: _ZoneTables, first: int, last: int) -> None:
        self._tables, self._first, self._last = tables, first, last

    def __len__(self) -> int:
        return self._last - self._first

    @overload
    def __getitem__(self, index: int) -> Bag: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Bag, ...]: ...

    def __getitem__(self, index: int | slice) -> Bag | tuple[Bag, ...]:
        places = range(self._first, self._last)[index]
        return self._tables.bag(places) if isinstance(places, int) else tuple(map(self._tables.bag, places))


@dataclass(frozen=True, slots=True)
class _ZoneTables:
    """The zones of all presets or instruments, checked: where each one's generators and modulators begin, and these."""

    bags: _Table
    generators: _Table
    modulators: _Table

    def bag(self, place: int) -> Bag:
        (generator, modulator), (last_generator, last_modulator) = self.bags[place : place + 2].tolist()
        modulators = self.modulators[modulator:last_modulator].tolist()
        return Bag(
            tuple(self.generators[generator:last_generator].tolist()),
            tuple(Modulator(*fields) for fields in modulators),
        )


class PresetHeader(NamedTuple):
    """One preset: its name, program, bank, and its zones."""

    name: str
    program: int
    bank: int
    bags: Sequence[Bag]


class SampleHeader(NamedTuple):
    """Where a sample lies among the file's frames, and what it is.

    Attributes: name; start, stop, loop_start, loop_stop in frames; sample_rate; root_key; correction in cents; kind:
    the format's bits for mono, left, right, ROM and compressed samples.
    """

    name: str
    start: int
    stop: int
    loop_start: int
    loop_stop: int
    sample_rate: int
    root_key: int
    correction: int
    kind: int


@dataclass(frozen=True)
class SoundfontFile:
    """What a file holds, its tables checked against each other.

    Attributes: path; presets; instruments, the zones of each; samples, whose places are as the file claims;
    frames: all samples' audio, 16 bit, shape (frames,), mapped from the file and not read yet.
    """

    path: Path
    presets: tuple[PresetHeader, ...]
    instruments: tuple[Sequence[Bag], ...]
    samples: tuple[SampleHeader, ...]
    frames: NDArray[np.int16]


_NAME = ("name", "S20")
_PRESET = np.dtype(
    [_NAME, *((name, "<u2") for name in ("program", "bank", "bag")), ("library_genre_morphology", "<u4", (3,))],
)
_INSTRUMENT = np.dtype([_NAME, ("bag", "<u2")])
_BAG = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
_GENERATOR = np.dtype([("number", "<u2"), ("amount", "<u2")])
_MODULATOR = np.dtype(
    [("source", "<u2"), ("destination", "<u2"), ("amount", "<i2"), ("amount_source", "<u2"), ("transform", "<u2")]
)
_PLACES = ("start", "stop", "loop_start", "loop_stop", "rate")
_SAMPLE = np.dtype(
    [
        _NAME,
        *((name, "<u4") for name in _PLACES),
        ("root", "u1"),
        ("correction", "i1"),
        ("link", "<u2"),
        ("kind", "<u2"),
    ]
)


def refusal(path: Path, why: str) -> SynthError:
    """The error for a file that is no playable soundfont."""
    return SynthError(f"{path} cannot be played as a soundfont: {why}. Choose another .sf2 file.")


def read_soundfont(path: Path) -> SoundfontFile:
    """Read a SoundFont 2 file. Raises SynthError, naming the file and what is wrong with it."""
    try:
        if path.is_dir():
            raise refusal(path, "it is a folder")
        size = path.stat().st_size
        if size < 12:
            raise refusal(path, "it is too short")
        if size > _LARGEST_FILE:
            raise refusal(path, "it is larger than a soundfont can be")
        data: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
    except FileNotFoundError:
        raise SynthError(f"Cannot play {path}: there is no such file. Choose another soundfont.") from None
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise SynthError(f"Cannot read the soundfont {path}: {cause}. Choose another soundfont.") from error
    return _Reader(path, data).read()


class _Reader:
    """Takes one file apart."""

    def __init__(self, path: Path, data: NDArray[np.uint8]) -> None:
        self._path = path
        self._data = data
        self._tables: dict[bytes, tuple[int, int]] = {}

    def read(self) -> SoundfontFile:
        self._check_form()
        lists = dict(self._lists())
        if b"sdta" not in lists or b"pdta" not in lists:
            raise self._refuse("its samples or its presets are missing")
        audio = dict(self._chunks(*lists[b"sdta"]))
        self._tables = dict(self._chunks(*lists[b"pdta"]))
        if b"smpl" not in audio:
            raise self._refuse("it has no samples")
        start, stop = audio[b"smpl"]
        frames: NDArray[np.int16] = self._data[start : stop - (stop - start) % 2].view("<i2")
        return SoundfontFile(self._path, self._presets(), self._instruments(), self._samples(), frames)

    def _refuse(self, why: str) -> SynthError:
        return refusal(self._path, why)

    def _check_form(self) -> None:
        head = self._data[:12].tobytes()
        if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
            raise self._refuse("it is none (a soundfont's header is missing)")
        (size,) = struct.unpack("<I", head[4:8])
        if size + 8 > len(self._data):
            raise self._refuse("it is cut short")

    def _lists(self) -> Iterator[tuple[bytes, tuple[int, int]]]:
        for kind, (start, stop) in self._chunks(12, len(self._data)):
            if kind == b"LIST" and stop - start >= 4:
                yield self._data[start : start + 4].tobytes(), (start + 4, stop)

    def _chunks(self, start: int, stop: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
        """The chunks within a run of bytes, as (id, (start, stop))."""
        while start + 8 <= stop:
            kind, size = struct.unpack("<4sI", self._data[start : start + 8].tobytes())
            start += 8
            if size > stop - start:
                raise self._refuse("it is cut short, or a size in it is wrong")
            yield kind, (start, start + size)
            start += size
            # A chunk of odd size is followed by a zero; those who make .sf3 files leave it out, as did MuseScore.
            if size % 2 and start < stop and not self._data[start]:
                start += 1

    def _records(self, kind: bytes, record: np.dtype[np.void]) -> _Table:
        """A table's records, the closing one included."""
        name = kind.decode()
        if kind not in self._tables:
            raise self._refuse(f"its table {name!r} is missing")
        start, stop = self._tables[kind]
        if stop == start or (stop - start) % record.itemsize:
            raise self._refuse(f"its table {name!r} has a wrong size")
        if (stop - start) // record.itemsize > _MOST_RECORDS:
            raise self._refuse(f"its table {name!r} is absurdly long")
        return np.frombuffer(self._data[start:stop].tobytes(), record)

    def _presets(self) -> tuple[PresetHeader, ...]:
        tables = self._zone_tables(b"pbag", b"pgen", b"pmod")
        headers = self._records(b"phdr", _PRESET)
        self._check_places(headers["bag"], tables.bags[1:], "phdr")
        rows, stops = headers[:-1].tolist(), headers["bag"][1:].tolist()
        return tuple(
            PresetHeader(_text(name), program, bank, Zones(tables, first, last))
            for (name, program, bank, first, *_), last in zip(rows, stops, strict=True)
        )

    def _instruments(self) -> tuple[Sequence[Bag], ...]:
        tables = self._zone_tables(b"ibag", b"igen", b"imod")
        places = self._records(b"inst", _INSTRUMENT)["bag"]
        self._check_places(places, tables.bags[1:], "inst")
        return tuple(Zones(tables, first, last) for first, last in itertools.pairwise(places.tolist()))

    def _zone_tables(self, bag: bytes, gen: bytes, mod: bytes) -> _ZoneTables:
        generators, modulators = self._records(gen, _GENERATOR), self._records(mod, _MODULATOR)
        bags = self._records(bag, _BAG)
        self._check_places(bags["generator"], generators, bag.decode())
        self._check_places(bags["modulator"], modulators, bag.decode())
        return _ZoneTables(bags, generators, modulators)

    def _check_places(self, places: NDArray[Any], items: _Table, table: str) -> None:
        """Where one's share of another table begins, and the next one's."""
        if len(places) > 1 and ((places[1:] < places[:-1]).any() or places[-1] > len(items)):
            raise self._refuse(f"its table {table!r} points outside the file's other tables")

    def _samples(self) -> tuple[SampleHeader, ...]:
        return tuple(
            SampleHeader(_text(name), start, stop, loop_start, loop_stop, rate, root, correction, kind)
            for name, start, stop, loop_start, loop_stop, rate, root, correction, _link, kind in self._records(
                b"shdr", _SAMPLE
            )[:-1].tolist()
        )


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("latin-1").strip()
