"""The drum kit of a soundfont: presets and instruments resolved into zones, each one sample and how to play it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from drumapp.playback.sf2 import (
    ROM_SAMPLE,
    VORBIS_SAMPLE,
    Bag,
    Modulator,
    PresetHeader,
    SampleHeader,
    SoundfontFile,
    read_soundfont,
    refusal,
)
from drumapp.playback.synth import SynthError

DRUM_BANK = 128

_MOST_ZONES = 20_000
_MOST_PAIRS = 200_000  # of a preset's zone and an instrument's, most of which fit in a font that means well
_SAMPLE_RATES = range(400, 192_001)

# Generator numbers of the specification, 8.1.2.
START, END, LOOP_START, LOOP_END = 0, 1, 2, 3
START_COARSE, END_COARSE, LOOP_START_COARSE, LOOP_END_COARSE = 4, 12, 45, 50
CHORUS_SEND, REVERB_SEND, PAN = 15, 16, 17
DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = 33, 34, 35, 36, 37, 38
KEY_TO_HOLD, KEY_TO_DECAY = 39, 40
INSTRUMENT = 41
KEY_RANGE, VELOCITY_RANGE = 43, 44
FIXED_KEY, FIXED_VELOCITY = 46, 47
ATTENUATION = 48
COARSE_TUNE, FINE_TUNE = 51, 52
SAMPLE_ID = 53
SAMPLE_MODES = 54
SCALE_TUNING = 56
EXCLUSIVE_CLASS = 57
ROOT_KEY = 58
_LAST_GENERATOR = 60

_RANGES = (KEY_RANGE, VELOCITY_RANGE)
_UNSIGNED = (INSTRUMENT, SAMPLE_ID)
# What a preset may not change about an instrument's zones (8.1.2, "instrument only").
_ADDRESSES = (START, END, LOOP_START, LOOP_END, START_COARSE, END_COARSE, LOOP_START_COARSE, LOOP_END_COARSE)
_INSTRUMENT_ONLY = frozenset(
    (*_ADDRESSES, FIXED_KEY, FIXED_VELOCITY, SAMPLE_ID, SAMPLE_MODES, EXCLUSIVE_CLASS, ROOT_KEY)
)
_DEFAULTS = {
    **dict.fromkeys((DELAY, ATTACK, HOLD, DECAY, RELEASE), -12_000),
    SCALE_TUNING: 100,
    **dict.fromkeys((FIXED_KEY, FIXED_VELOCITY, ROOT_KEY), -1),
}

_VELOCITY_CONCAVE = 0x0502  # source of the default modulator: note-on velocity, negative, concave
_DEFAULT_VELOCITY_AMOUNT = 960


@dataclass(frozen=True)
class Zone:
    """One sample of the kit.

    Attributes: sample; keys and velocities it answers to, both ends included; generators by number; velocity_amount:
    attenuation in centibels that the velocity curve spans, 960 unless the font says otherwise.
    """

    sample: SampleHeader
    keys: tuple[int, int]
    velocities: tuple[int, int]
    generators: dict[int, int]
    velocity_amount: int = _DEFAULT_VELOCITY_AMOUNT

    def value(self, generator: int) -> int:
        """A generator's value, or its default."""
        return self.generators.get(generator, _DEFAULTS.get(generator, 0))

    def answers(self, key: int, velocity: int) -> bool:
        """Whether a stroke sounds this zone."""
        return self.keys[0] <= key <= self.keys[1] and self.velocities[0] <= velocity <= self.velocities[1]

    @property
    def span(self) -> tuple[int, int]:
        """First frame of the sample and the one after its last, offsets applied; not checked against the file."""
        start = self.sample.start + self.value(START) + 32768 * self.value(START_COARSE)
        return start, self.sample.stop + self.value(END) + 32768 * self.value(END_COARSE)

    @property
    def loop(self) -> tuple[int, int]:
        """First frame of the loop and the one after its last, offsets applied; not checked against the span."""
        start = self.sample.loop_start + self.value(LOOP_START) + 32768 * self.value(LOOP_START_COARSE)
        return start, self.sample.loop_stop + self.value(LOOP_END) + 32768 * self.value(LOOP_END_COARSE)


@dataclass(frozen=True)
class DrumPreset:
    """A drum kit that a soundfont offers. Attributes: program in bank 128; name, as the font's maker gave it."""

    program: int
    name: str


def list_drum_presets(path: Path) -> list[DrumPreset]:
    """The drum kits of a soundfont, .sf3 too, in order of their programs; none where it has none.

    Raises SynthError, naming the file and what is wrong with it.
    """
    kits = _drum_kits(read_soundfont(path))
    return [DrumPreset(program, kits[program].name or f"Kit {program}") for program in sorted(kits)]


@dataclass(frozen=True)
class DrumKitFont:
    """A soundfont's drum kit. Attributes: name of the preset; its program in bank 128; zones; the file's frames."""

    name: str
    program: int
    zones: tuple[Zone, ...]
    frames: NDArray[np.int16]


def read_drum_kit(path: Path, program: int | None = None) -> DrumKitFont:
    """A drum kit of a SoundFont 2 file.

    Args: program in bank 128; None, or one that the file lacks, for the first.
    Raises SynthError, naming the file and what is wrong with it.
    """
    font = read_soundfont(path)
    kits = _drum_kits(font)
    if not kits:
        raise SynthError(f"{path} has no drum kit (nothing in bank {DRUM_BANK}). Choose a soundfont with drums.")
    preset = kits[program] if program in kits else kits[min(kits)]
    zones = []
    for zone in _zones(font, preset):
        zones.append(zone)
        if len(zones) > _MOST_ZONES:
            raise refusal(path, f"its drum kit {preset.name!r} is absurdly large")
    if not zones:
        raise refusal(path, f"its drum kit {preset.name!r} is empty")
    return DrumKitFont(preset.name, preset.program, tuple(zones), font.frames)


def _drum_kits(font: SoundfontFile) -> dict[int, PresetHeader]:
    """The presets of the drums' bank by program; of several with one program, the first."""
    return {preset.program: preset for preset in reversed(font.presets) if preset.bank == DRUM_BANK}


def _zones(font: SoundfontFile, preset: PresetHeader) -> Iterator[Zone]:
    instruments: dict[int, tuple[_Level, ...]] = {}
    pairs = 0
    for outer in _resolved(preset.bags, INSTRUMENT):
        index = outer.generators[INSTRUMENT]
        if index >= len(font.instruments):
            raise refusal(font.path, f"its preset {preset.name!r} names an instrument that is not there")
        if index not in instruments:
            instruments[index] = tuple(_resolved(font.instruments[index], SAMPLE_ID))
        pairs += len(instruments[index])
        if pairs > _MOST_PAIRS:
            raise refusal(font.path, f"its drum kit {preset.name!r} is absurdly large")
        for inner in instruments[index]:
            zone = _joined(font, outer, inner)
            if zone is not None:
                yield zone


@dataclass(frozen=True)
class _Level:
    """A preset's or an instrument's zone, its global zone's generators filled in."""

    generators: dict[int, int]
    keys: tuple[int, int]
    velocities: tuple[int, int]
    velocity_amount: int | None


def _resolved(bags: Sequence[Bag], terminal: int) -> Iterator[_Level]:
    """The zones that end in the generator ``terminal``; a first zone without it gives the others their defaults."""
    base: dict[int, int] = {}
    base_amount: int | None = None
    for index, bag in enumerate(bags):
        # A zone holds no more than the generators there are, or thousands of zones would each copy thousands.
        own = {number: value for number, value in bag.generators if number <= _LAST_GENERATOR}
        amount = _velocity_amount(bag.modulators)
        if terminal not in own:
            if index == 0:
                base, base_amount = own, amount
            continue
        merged = base | own
        signed = {
            number: value - 65536 if value >= 32768 and number not in _UNSIGNED else value
            for number, value in merged.items()
            if number not in _RANGES
        }
        keys, velocities = _range(merged, KEY_RANGE), _range(merged, VELOCITY_RANGE)
        yield _Level(signed, keys, velocities, base_amount if amount is None else amount)


def _velocity_amount(modulators: tuple[Modulator, ...]) -> int | None:
    """What a zone says of the velocity curve, or None."""
    amount = None
    for modulator in modulators:
        if (modulator.source, modulator.destination) == (_VELOCITY_CONCAVE, ATTENUATION):
            amount = modulator.amount
    return amount


def _range(generators: dict[int, int], number: int) -> tuple[int, int]:
    high, low = divmod(generators.get(number, 127 << 8), 256)
    return low, high


def _joined(font: SoundfontFile, outer: _Level, inner: _Level) -> Zone | None:
    """An instrument's zone as a preset's zone plays it, or None where nothing could ever sound."""
    keys = max(outer.keys[0], inner.keys[0]), min(outer.keys[1], inner.keys[1])
    velocities = max(outer.velocities[0], inner.velocities[0]), min(outer.velocities[1], inner.velocities[1])
    if keys[0] > keys[1] or velocities[0] > velocities[1]:
        return None
    index = inner.generators[SAMPLE_ID]
    if index >= len(font.samples):
        raise refusal(font.path, "a zone names a sample that is not there")
    sample = font.samples[index]
    if sample.kind & VORBIS_SAMPLE:
        raise SynthError(
            f"{font.path} holds compressed samples (.sf3), which only FluidSynth plays: install FluidSynth, or choose "
            "a .sf2 soundfont."
        )
    if sample.kind & ROM_SAMPLE:
        return None
    if sample.sample_rate not in _SAMPLE_RATES:
        raise refusal(font.path, f"its sample {sample.name!r} claims {sample.sample_rate} frames a second")
    generators = dict(inner.generators)
    for number, value in outer.generators.items():
        if number not in _INSTRUMENT_ONLY and number != INSTRUMENT:
            generators[number] = generators.get(number, _DEFAULTS.get(number, 0)) + value
    amount = inner.velocity_amount if inner.velocity_amount is not None else _DEFAULT_VELOCITY_AMOUNT
    zone = Zone(sample, keys, velocities, generators, amount + (outer.velocity_amount or 0))
    start, stop = zone.span
    if not 0 <= start <= stop <= len(font.frames):
        raise refusal(font.path, f"its sample {sample.name!r} is played from outside the file")
    return zone if stop > start else None
