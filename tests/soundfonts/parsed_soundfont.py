"""A reader of SoundFont 2 for the tests, written from the specification and apart from the writer it checks."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass, field

import numpy as np

PAN, RELEASE, INSTRUMENT, KEY_RANGE, VELOCITY_RANGE, SAMPLE_ID, SAMPLE_MODES = 17, 38, 41, 43, 44, 53, 54
EXCLUSIVE_CLASS, ROOT_KEY = 57, 58
RECORD_SIZES = {
    "phdr": 38, "pbag": 4, "pmod": 10, "pgen": 4, "inst": 22, "ibag": 4, "imod": 10, "igen": 4, "shdr": 46,
}  # fmt: skip


@dataclass
class Zone:
    generators: dict[int, int] = field(default_factory=dict)
    modulators: list[tuple[int, ...]] = field(default_factory=list)

    def range_of(self, generator: int) -> tuple[int, int]:
        amount = self.generators.get(generator, 127 << 8)
        return amount & 0xFF, amount >> 8

    def signed(self, generator: int) -> int:
        amount = self.generators.get(generator, 0)
        return amount - 65536 if amount >= 32768 else amount


@dataclass
class Layer:
    """One velocity layer of a key: one or two channels, in full-scale units, before pan."""

    low: int
    high: int
    channels: list[np.ndarray]
    pans: list[int]

    @property
    def mono(self) -> np.ndarray:
        return np.mean(self.channels, axis=0)


def chunks_of(data: bytes, start: int, end: int) -> list[tuple[str, int, int]]:
    """Identifier, start and end of each chunk's body; fails where the chunks do not tile start..end exactly."""
    found = []
    while start < end:
        identifier, size = data[start : start + 4].decode("ascii"), struct.unpack_from("<I", data, start + 4)[0]
        assert start + 8 + size <= end, f"{identifier} runs past the end"
        assert size % 2 == 0, f"{identifier} has an odd size"
        found.append((identifier, start + 8, start + 8 + size))
        start += 8 + size
    assert start == end
    return found


class ParsedSoundFont:
    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        (form, start, end), *others = chunks_of(data, 0, len(data))
        assert form == "RIFF"
        assert not others
        assert data[start : start + 4] == b"sfbk"
        lists = chunks_of(data, start + 4, end)
        self.lists = [data[s : s + 4].decode("ascii") for _, s, _ in lists]
        self.body: dict[str, bytes] = {}
        self.order: dict[str, list[str]] = {}
        for name, (_, s, e) in zip(self.lists, lists, strict=True):
            inner = chunks_of(data, s + 4, e)
            self.order[name] = [identifier for identifier, _, _ in inner]
            self.body.update({identifier: data[a:b] for identifier, a, b in inner})
        self.points = np.frombuffer(self.body["smpl"], dtype="<i2")
        self.presets = self._records("phdr", "<20sHHHIII")
        self.instruments = self._records("inst", "<20sH")
        self.samples = self._records("shdr", "<20sIIIIIBbHH")
        self.preset_zones = self._zones("p")
        self.instrument_zones = self._zones("i")

    def _records(self, identifier: str, layout: str) -> list[tuple]:
        body = self.body[identifier]
        assert len(body) % struct.calcsize(layout) == 0
        return list(struct.iter_unpack(layout, body))

    def _zones(self, prefix: str) -> list[Zone]:
        bags = self._records(prefix + "bag", "<HH")
        generators = self._records(prefix + "gen", "<HH")
        modulators = self._records(prefix + "mod", "<HHhHH")
        return [
            Zone(dict(generators[g:next_g]), modulators[m:next_m])
            for (g, m), (next_g, next_m) in itertools.pairwise(bags)
        ]

    def instrument_of(self, key: int) -> list[Zone]:
        """All zones (the global one first) of the instrument on a key; fails unless there is exactly one."""
        indices = [
            zone.generators[INSTRUMENT]
            for zone in self.preset_zones
            if zone.range_of(KEY_RANGE)[0] <= key <= zone.range_of(KEY_RANGE)[1]
        ]
        assert len(indices) == 1, f"key {key} has {len(indices)} instruments"
        first, last = self.instruments[indices[0]][1], self.instruments[indices[0] + 1][1]
        return self.instrument_zones[first:last]

    def exclusive_class(self, key: int) -> int:
        return self.instrument_of(key)[0].generators.get(EXCLUSIVE_CLASS, 0)

    def layers(self, key: int) -> list[Layer]:
        """Velocity layers of a key, softest first."""
        layers: dict[tuple[int, int], Layer] = {}
        for zone in self.instrument_of(key):
            if SAMPLE_ID not in zone.generators:
                continue
            span = zone.range_of(VELOCITY_RANGE)
            layer = layers.setdefault(span, Layer(*span, [], []))
            _, start, end, *_ = self.samples[zone.generators[SAMPLE_ID]]
            layer.channels.append(self.points[start:end] / 32768.0)
            layer.pans.append(zone.signed(PAN))
        return [layers[span] for span in sorted(layers)]
