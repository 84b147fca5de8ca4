"""Puts the kit's sounds together as a SoundFont."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kit_synthesis.kit import KIT, Drum, render_layers
from kit_synthesis.mastering import Pcm
from kit_synthesis.signals import SAMPLE_RATE
from kit_synthesis.soundfont_writer import (
    Generator,
    Instrument,
    Modulator,
    Sample,
    SampleType,
    SoundFont,
    value_range,
)

PRESET_NAME = "Drumapp kit"
PERCUSSION_BANK = 128

# Longest release the format has (8000 timecents, 101 s): after note-off a stroke falls by 1 dB a second at most, so
# it rings out however short its note is.
_RING_OUT = 8000

# Velocity acts on attenuation as in the format's default modulator (a concave curve), but over 672 rather than 960 cB:
# level goes with velocity to the power 1.4, not 2, and a ghost note of velocity 30 is 17.5 dB down rather than 25.
_VELOCITY_CURVE = 672
_NOTE_ON_VELOCITY_CONCAVE = 0x0502
_NOTE_ON_VELOCITY_LINEAR = 0x0102
_INITIAL_ATTENUATION = 48
_INITIAL_FILTER_CUTOFF = 8
_VELOCITY_MODULATORS = (
    Modulator(_NOTE_ON_VELOCITY_CONCAVE, _INITIAL_ATTENUATION, _VELOCITY_CURVE),
    # The layers already are darker when struck softly: the default modulator from velocity to cutoff is switched off.
    Modulator(_NOTE_ON_VELOCITY_LINEAR, _INITIAL_FILTER_CUTOFF, 0),
)

_INFORMATION = {
    "ICRD": "2026",
    "IENG": "The Drumapp authors",
    "ICOP": "MIT licence, The Drumapp authors",
    "ICMT": "Synthesised by build_kit.py; no recordings were used.",
    "ISFT": "build_kit.py",
}


def render_kit() -> dict[int, list[list[Pcm]]]:
    """All sounds: key to layers (softest first) to channels."""
    return {drum.key: render_layers(drum) for drum in KIT}


def _zones(drum: Drum, layers: Sequence[Sequence[Pcm]], samples: list[Sample]) -> list[list[tuple[Generator, int]]]:
    zones = []
    for number, (layer, (low, high)) in enumerate(zip(layers, drum.velocity_ranges, strict=True), start=1):
        first = len(samples)
        stereo = len(layer) == 2
        for side, points in enumerate(layer):
            suffix = ("L", "R")[side] if stereo else ""
            kind = (SampleType.LEFT, SampleType.RIGHT)[side] if stereo else SampleType.MONO
            name = f"{drum.key} {drum.name[:12].strip()} {number}{suffix}"
            zone = [(Generator.VELOCITY_RANGE, value_range(low, high))]
            pan = (-500, 500)[side] if stereo else round(10 * drum.pan)
            if pan:
                zone.append((Generator.PAN, pan))
            zone.append((Generator.SAMPLE_ID, len(samples)))
            samples.append(Sample(name, points, drum.key, kind, first + 1 - side if stereo else 0))
            zones.append(zone)
    return zones


def assemble(sounds: Mapping[int, Sequence[Sequence[Pcm]]]) -> SoundFont:
    """The SoundFont of sounds as render_kit() gives them."""
    samples: list[Sample] = []
    instruments: list[Instrument] = []
    preset_zones = []
    for index, drum in enumerate(KIT):
        shared = [(Generator.RELEASE_VOLUME_ENVELOPE, _RING_OUT), (Generator.SAMPLE_MODES, 0)]
        if drum.choke:
            shared.append((Generator.EXCLUSIVE_CLASS, drum.choke))
        shared.append((Generator.OVERRIDING_ROOT_KEY, drum.key))
        instruments.append(Instrument(drum.name, _zones(drum, sounds[drum.key], samples), shared, _VELOCITY_MODULATORS))
        preset_zones.append([(Generator.KEY_RANGE, value_range(drum.key, drum.key)), (Generator.INSTRUMENT, index)])
    return SoundFont(
        PRESET_NAME, PRESET_NAME, PERCUSSION_BANK, 0, preset_zones, instruments, samples, SAMPLE_RATE, _INFORMATION
    )
