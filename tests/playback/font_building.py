"""SoundFont files made on the spot, whole or broken on purpose."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
VELOCITY_CONCAVE = 0x0502


@dataclass
class FontZone:
    """One zone of the test font: a sample, and generators by number with their raw 16-bit amounts."""

    audio: NDArray[np.int16]
    generators: Mapping[int, int] = field(default_factory=dict)
    rate: int = RATE
    root: int = 60
    kind: int = 1
    loop: tuple[int, int] = (0, 0)
    modulators: Sequence[tuple[int, int, int]] = ()


@dataclass
class Font:
    """What goes into a test font; every table may be replaced by raw bytes to break it.

    Attributes: others: more presets of the same sounds, each by its name, program and bank.
    """

    zones: Sequence[FontZone]
    bank: int = 128
    program: int = 0
    preset_generators: Mapping[int, int] = field(default_factory=dict)
    others: Sequence[tuple[bytes, int, int]] = ()
    tables: Mapping[bytes, bytes] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        gap = np.zeros(46, np.int16)
        frames = np.concatenate([part for zone in self.zones for part in (zone.audio, gap)] or [gap])
        samples, generators, modulators, bags, place = b"", b"", b"", b"", 0
        generator_count = modulator_count = 0
        for index, zone in enumerate(self.zones):
            bags += struct.pack("<HH", generator_count, modulator_count)
            ordered = sorted(zone.generators.items(), key=lambda item: (item[0] not in (43, 44), item[0]))
            for number, amount in [*ordered, (53, index)]:
                generators += struct.pack("<HH", number, amount & 0xFFFF)
                generator_count += 1
            for source, destination, amount in zone.modulators:
                modulators += struct.pack("<HHhHH", source, destination, amount, 0, 0)
                modulator_count += 1
            stop = place + len(zone.audio)
            name = f"sample {index}".encode()
            samples += struct.pack(
                "<20sIIIIIBbHH", name, place, stop, place + zone.loop[0], place + zone.loop[1], zone.rate, zone.root,
                0, 0, zone.kind,
            )  # fmt: skip
            place = stop + 46
        preset = b"".join(
            struct.pack("<HH", n, a & 0xFFFF) for n, a in [*sorted(self.preset_generators.items()), (41, 0)]
        )
        presets = [(b"Test kit", self.program, self.bank), *self.others]
        headers = [(*preset_header, index) for index, preset_header in enumerate([*presets, (b"EOP", 0, 0)])]
        tables = {
            b"phdr": b"".join(struct.pack("<20sHHHIII", *header, 0, 0, 0) for header in headers),
            b"pbag": b"".join(struct.pack("<HH", n * (len(preset) // 4), 0) for n in range(len(presets) + 1)),
            b"pmod": bytes(10),
            b"pgen": preset * len(presets) + bytes(4),
            b"inst": struct.pack("<20sH", b"Drums", 0) + struct.pack("<20sH", b"EOI", len(self.zones)),
            b"ibag": bags + struct.pack("<HH", generator_count, modulator_count),
            b"imod": modulators + bytes(10),
            b"igen": generators + bytes(4),
            b"shdr": samples + struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
        } | dict(self.tables)
        info = chunk(b"ifil", struct.pack("<HH", 2, 1)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", b"Test\0\0")
        body = b"sfbk" + chunk(b"LIST", b"INFO" + info)
        body += chunk(b"LIST", b"sdta" + chunk(b"smpl", frames.astype("<i2").tobytes()))
        body += chunk(b"LIST", b"pdta" + b"".join(chunk(kind, table) for kind, table in tables.items()))
        return chunk(b"RIFF", body)


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def key_zone(key: int, audio: NDArray[np.int16], **generators: int) -> FontZone:
    """A zone for one key that rings on however short the note; generators as g17=500."""
    extra = {int(name[1:]): amount for name, amount in generators.items()}
    return FontZone(audio, {43: key | key << 8, 58: key, 38: 8000, **extra})


def pulse(frames: int = 400, height: int = 16_000) -> NDArray[np.int16]:
    """A sound that begins at once: full height, then falling to nothing."""
    return np.linspace(height, 0, frames).astype(np.int16)


def plateau(frames: int, height: int = 16_000) -> NDArray[np.int16]:
    return np.full(frames, height, np.int16)
