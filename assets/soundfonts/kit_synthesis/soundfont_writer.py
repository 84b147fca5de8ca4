"""Writes SoundFont 2 files, after the SoundFont Technical Specification 2.04.

The subset: one preset, an instrument for every key, unlooped 16-bit samples, and the generators named in `Generator`.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from kit_synthesis.mastering import Pcm

_ZEROS_BETWEEN_SAMPLES = 46  # section 6.1: at least 46 zero points follow each sample
_LOOP_MARGIN = 8  # section 7.10: loop points stay 8 points inside the sample, even where no loop is played


class Generator(IntEnum):
    """Generators used, with the numbers of section 8.1.2."""

    PAN = 17
    RELEASE_VOLUME_ENVELOPE = 38
    INSTRUMENT = 41
    KEY_RANGE = 43
    VELOCITY_RANGE = 44
    SAMPLE_ID = 53
    SAMPLE_MODES = 54
    SCALE_TUNING = 56
    EXCLUSIVE_CLASS = 57
    OVERRIDING_ROOT_KEY = 58


class SampleType(IntEnum):
    """Kinds of sample of section 7.10."""

    MONO = 1
    RIGHT = 2
    LEFT = 4


@dataclass(frozen=True)
class Modulator:
    """A modulator record (section 7.4): sources and destination as the numbers of sections 8.1.2 and 8.2."""

    source: int
    destination: int
    amount: int
    amount_source: int = 0
    transform: int = 0


@dataclass(frozen=True)
class Sample:
    """One channel of recorded or computed sound. `link` is the index of a stereo pair's other side."""

    name: str
    points: Pcm
    root_key: int
    kind: SampleType = SampleType.MONO
    link: int = 0


Generators = Sequence[tuple[Generator, int]]
"""Generators of a zone in file order, amounts as signed or unsigned 16-bit numbers; ranges as low + 256 * high."""


@dataclass(frozen=True)
class Instrument:
    """Zones of generators; the global zone's modulators and generators hold for all of them."""

    name: str
    zones: Sequence[Generators]
    global_generators: Generators = ()
    global_modulators: Sequence[Modulator] = ()


@dataclass(frozen=True)
class SoundFont:
    """A file of one preset whose zones are `preset_zones`."""

    name: str
    preset_name: str
    bank: int
    program: int
    preset_zones: Sequence[Generators]
    instruments: Sequence[Instrument]
    samples: Sequence[Sample]
    sample_rate: int
    information: dict[str, str] = field(default_factory=dict)
    """Further INFO texts by chunk id: ICRD, IENG, ICOP, ICMT, ISFT."""


def value_range(low: int, high: int) -> int:
    """Amount of a keyRange or velRange generator."""
    return low | (high << 8)


def _chunk(identifier: str, body: bytes) -> bytes:
    return identifier.encode("ascii") + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _list(kind: str, *chunks: bytes) -> bytes:
    return _chunk("LIST", kind.encode("ascii") + b"".join(chunks))


def _text(identifier: str, text: str) -> bytes:
    data = text.encode("ascii") + b"\0"
    return _chunk(identifier, data + b"\0" * (len(data) % 2))


def _name(text: str) -> bytes:
    data = text.encode("ascii")
    if len(data) > 19:
        raise ValueError(f"the name {text!r} is longer than the 19 letters a SoundFont record holds")
    return data.ljust(20, b"\0")


def _generator_records(generators: Generators) -> list[bytes]:
    return [struct.pack("<HH", generator, amount & 0xFFFF) for generator, amount in generators]


def _modulator_record(m: Modulator) -> bytes:
    return struct.pack("<HHhHH", m.source, m.destination, m.amount, m.amount_source, m.transform)


class _ZoneTables:
    """The bag, modulator and generator tables that presets and instruments have alike."""

    def __init__(self) -> None:
        self.bags: list[bytes] = []
        self.modulators: list[bytes] = []
        self.generators: list[bytes] = []

    def add(self, generators: Generators, modulators: Sequence[Modulator] = ()) -> None:
        self.bags.append(struct.pack("<HH", len(self.generators), len(self.modulators)))
        self.generators += _generator_records(generators)
        self.modulators += [_modulator_record(m) for m in modulators]

    def chunks(self, prefix: str) -> bytes:
        """The three chunks with their terminal records."""
        self.add(())
        return (
            _chunk(prefix + "bag", b"".join(self.bags))
            + _chunk(prefix + "mod", b"".join(self.modulators) + bytes(10))
            + _chunk(prefix + "gen", b"".join(self.generators) + bytes(4))
        )


def _sample_chunks(font: SoundFont) -> tuple[bytes, bytes]:
    """The smpl chunk and the shdr chunk."""
    data: list[bytes] = []
    headers: list[bytes] = []
    at = 0
    for sample in font.samples:
        size = sample.points.size
        headers.append(
            _name(sample.name)
            + struct.pack(
                "<IIIIIBbHH", at, at + size, at + _LOOP_MARGIN, at + size - _LOOP_MARGIN,
                font.sample_rate, sample.root_key, 0, sample.link, sample.kind,
            )
        )  # fmt: skip
        data.append(sample.points.astype("<i2").tobytes() + bytes(2 * _ZEROS_BETWEEN_SAMPLES))
        at += size + _ZEROS_BETWEEN_SAMPLES
    headers.append(_name("EOS") + bytes(26))
    return _chunk("smpl", b"".join(data)), _chunk("shdr", b"".join(headers))


def soundfont_bytes(font: SoundFont) -> bytes:
    """The file. Raises ValueError for a name that does not fit."""
    presets = _ZoneTables()
    for zone in font.preset_zones:
        presets.add(zone)
    preset_headers = _name(font.preset_name) + struct.pack("<HHHIII", font.program, font.bank, 0, 0, 0, 0)
    preset_headers += _name("EOP") + struct.pack("<HHHIII", 0, 0, len(presets.bags), 0, 0, 0)

    instruments = _ZoneTables()
    instrument_headers = b""
    for instrument in font.instruments:
        instrument_headers += _name(instrument.name) + struct.pack("<H", len(instruments.bags))
        if instrument.global_generators or instrument.global_modulators:
            instruments.add(instrument.global_generators, instrument.global_modulators)
        for zone in instrument.zones:
            instruments.add(zone)
    instrument_headers += _name("EOI") + struct.pack("<H", len(instruments.bags))

    smpl, shdr = _sample_chunks(font)
    info = _list(
        "INFO", _chunk("ifil", struct.pack("<HH", 2, 4)), _text("isng", "EMU8000"), _text("INAM", font.name),
        *(_text(identifier, text) for identifier, text in font.information.items()),
    )  # fmt: skip
    pdta = _list(
        "pdta", _chunk("phdr", preset_headers), presets.chunks("p"), _chunk("inst", instrument_headers),
        instruments.chunks("i"), shdr,
    )  # fmt: skip
    return _chunk("RIFF", b"sfbk" + info + _list("sdta", smpl) + pdta)
