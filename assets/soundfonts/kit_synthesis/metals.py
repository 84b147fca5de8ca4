"""Hi-hats, cymbals, bells, jingles and triangle.

A cymbal has so many partials that above some hundred Hz they merge into noise whose brilliance dies first. So each is
a few hundred drawn partials and noise in bands, both losing their highs faster than their lows, and a stick.
The partials are drawn from the noise source before anything that depends on the stroke: every velocity layer of a
cymbal is the same piece of metal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kit_synthesis.signals import (
    Filters,
    Noise,
    Signal,
    band_decays,
    decay,
    delayed,
    frames,
    in_room,
    noise_burst,
    pulse,
    ring,
    rise,
    saturate,
    times,
    tone,
    unit,
)
from kit_synthesis.skins import Strike

_SHARED = 0.35
_CENTRES = (250.0, 500.0, 1000.0, 2000.0, 3500.0, 5500.0, 8000.0, 11000.0, 15000.0)


@dataclass(frozen=True)
class Plate:
    """A piece of struck metal. Tables run over the bands of 250, 500, 1k, 2k, 3.5k, 5.5k, 8k, 11k and 15k Hz."""

    levels_db: Sequence[float]
    t60s: Sequence[float]
    partials: int = 320
    lowest: float = 300.0
    highest: float = 17_000.0
    tonal: float = 0.6
    """Share of drawn partials against noise, 0..1."""


def _draw_partials(plate: Plate, noise: Noise) -> tuple[Signal, Signal]:
    """Frequencies (Hz) and amplitudes: one partial in each of equal steps, denser towards the top as in a plate."""
    step = (np.arange(plate.partials) + noise.uniform(0, 1, plate.partials)) / plate.partials
    frequencies = plate.lowest * (plate.highest / plate.lowest) ** (step**0.8)
    amplitudes = np.sqrt(-np.log(noise.uniform(1e-3, 1, plate.partials)))
    return frequencies, amplitudes


def _shimmer(plate: Plate, hardness: float, noise: Noise, length: int, tilt_db: float, channels: int) -> Signal:
    """Partials and noise of the plate. The softest stroke loses `tilt_db` an octave above 2 kHz and rings shorter."""
    place = np.log2(np.asarray(_CENTRES))
    softness = 1 - hardness
    octaves = np.maximum(place - np.log2(2000.0), -1.0)
    levels = np.asarray(plate.levels_db) - tilt_db * softness * octaves
    t60s = np.asarray(plate.t60s) * (1 - 0.35 * softness * np.clip(octaves / 3, 0, 1)) * (0.85 + 0.15 * hardness)
    frequencies, amplitudes = _draw_partials(plate, noise)
    level_at = np.interp(np.log2(frequencies), place, levels)
    t60_at = np.interp(np.log2(frequencies), place, t60s) * noise.uniform(0.7, 1.35, frequencies.size)
    sides = []
    for _ in range(channels):
        lean = noise.uniform(0.45, 1.0, frequencies.size) if channels == 2 else 1.0
        phases = noise.uniform(0, 2 * np.pi, frequencies.size)
        # Per-octave power: partials get denser upwards, so their levels fall with the square root of their spacing.
        spacing = np.sqrt(np.gradient(frequencies) / frequencies)
        metal = ring(frequencies, t60_at, amplitudes * lean * spacing * 10 ** (level_at / 20), phases, length)
        hiss = band_decays(noise.white(length), _CENTRES, list(t60s), list(levels - 3.0 * (place - place[0])))
        metal /= np.sqrt(np.mean(metal[: frames(0.05)] ** 2))
        hiss /= np.sqrt(np.mean(hiss[: frames(0.05)] ** 2))
        sides.append(plate.tonal * metal + (1 - plate.tonal) * hiss)
    if channels == 1:
        return sides[0]
    left, right = sides  # two microphones over one cymbal hear much in common
    return np.stack((left + _SHARED * right, right + _SHARED * left))


_HAT = Plate(
    levels_db=(-34, -26, -20, -14, -6, -1, 0, -1, -5),
    t60s=(0.12, 0.12, 0.12, 0.12, 0.125, 0.13, 0.125, 0.11, 0.09),
    partials=260, lowest=330, tonal=0.5,
)  # fmt: skip


def _stick(noise: Noise, length: int, hardness: float, low: float) -> Signal:
    tip = Filters().high_pass(low).low_pass(6000 + 11000 * hardness)
    return noise_burst(noise, length, 0.0002, 0.006 + 0.004 * hardness, tip)


def closed_hat(hardness: float, noise: Noise) -> Signal:
    """Closed hi-hat: tip of the stick when soft, its shoulder when hard."""
    length = frames(0.26)
    body = _shimmer(_HAT, hardness, noise, length, 5.0, 1) * pulse(length, 0.0006, 0.6)
    clank = ring((412, 688, 1130, 1720), (0.05, 0.05, 0.045, 0.04), (0.5, 0.6, 0.7, 0.6), 0.5, length)
    bite = _shimmer(_HAT, hardness, noise, length, 4.0, 1) * decay(length, 0.035)
    mix = body + (0.2 + 0.8 * hardness) * 0.8 * bite + (0.3 + 1.2 * hardness) * _stick(noise, length, hardness, 3500)
    mix += 0.35 * hardness * clank
    return Filters().high_pass(300 + 900 * (1 - hardness) * 0.3).high_shelf(5500, 3)(saturate(0.3 * mix, 1 + hardness))


def pedal_hat(hardness: float, noise: Noise) -> Signal:
    """The two cymbals closed by the foot: no stick, a softer onset, more middle."""
    length = frames(0.24)
    plate = Plate((-29, -22, -14, -7, -1, 0, 0, -2, -7), (0.12, 0.12, 0.12, 0.12, 0.11, 0.10, 0.09, 0.08, 0.07),
                  partials=220, lowest=310, tonal=0.45)  # fmt: skip
    chick = _shimmer(plate, hardness, noise, length, 3.0, 1)
    closing = delayed(chick * pulse(length, 0.0035, 0.4), 0.004, length)
    touch = chick * np.exp(-(((times(length) - 0.004) / 0.003) ** 2))
    air = noise_burst(noise, length, 0.006, 0.05, Filters().band_pass(330, 0.8))
    return Filters().high_pass(220)(closing + (0.2 + 0.6 * hardness) * touch + 0.25 * air)


def open_hat(hardness: float, noise: Noise) -> Signal:
    """Half-open hi-hat: the plates sizzle against each other."""
    length = frames(1.15)
    plate = Plate((-32, -24, -17, -10, -3, 0, 0, -1, -5), (0.6, 0.7, 0.8, 0.9, 0.95, 0.95, 0.9, 0.8, 0.6),
                  partials=360, lowest=330, tonal=0.5)  # fmt: skip
    body = _shimmer(plate, hardness, noise, length, 5.0, 1)
    # The plates meet irregularly, some tens of times a second: a slow random swell on the brightest part.
    meeting = Filters().low_pass(55)(noise.white(length))
    sizzle = Filters().high_pass(6000)(noise.white(length)) * decay(length, 0.8) * (0.6 + 3.0 * np.abs(meeting))
    mix = body * rise(length, 0.0008) + (0.10 + 0.28 * hardness) * sizzle
    mix += 1.1 * body * decay(length, 0.07) + (0.4 + 1.4 * hardness) * _stick(noise, length, hardness, 2500)
    return Filters().high_pass(280).high_shelf(6500, 2)(saturate(0.25 * mix, 0.8 + 0.9 * hardness))


def cymbal(plate: Plate, seconds: float, burst_t60: float, trash: float = 0.0) -> Strike:
    """A crash-like cymbal, in stereo: stick, bright burst that dies in `burst_t60`, wash. `trash` distorts it."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(seconds * (0.82 + 0.18 * hardness))
        wash = _shimmer(plate, hardness, noise, length, 3.8, 2)
        # Energy climbs from the low partials to the high ones within some 10 ms of the stroke.
        bloom = rise(length, 0.012 - 0.009 * hardness)
        burst = _shimmer(plate, hardness, noise, length, 3.0, 2) * decay(length, burst_t60)
        low = ring((178, 263, 341), (0.4, 0.5, 0.5), (0.5, 0.4, 0.3), 0.4, length)
        mix = (wash + (0.5 + 0.9 * hardness) * burst) * bloom + 0.12 * low
        mix += (0.2 + 1.3 * hardness) * _stick(noise, length, hardness, 2000)
        if trash:
            mix = (1 - trash) * mix + trash * 1.4 * np.tanh(2.5 * mix) * (0.6 + 0.4 * tone(233, length))
        return Filters().high_pass(190)(saturate(0.22 * mix, 0.5 + 0.8 * hardness))

    return strike


CRASH = Plate((-17, -11, -7, -4, -1, 0, 0, -1, -5), (2.6, 3.2, 3.2, 3.0, 2.7, 2.3, 1.9, 1.5, 1.0), 520, 290, 17500, 0.5)
CRASH_2 = Plate(
    (-12, -7, -4, -2, 0, 0, -1, -4, -9), (3.0, 3.4, 3.3, 2.9, 2.5, 2.0, 1.6, 1.2, 0.8), 520, 215, 15500, 0.5
)
CHINA = Plate((-14, -6, -3, -1, 0, 0, -1, -3, -8), (1.2, 1.6, 1.7, 1.6, 1.4, 1.2, 1.0, 0.8, 0.6), 420, 240, 15500, 0.55)
SPLASH = Plate((-26, -18, -9, -3, 0, 0, 0, -1, -5), (0.5, 0.7, 0.9, 1.0, 1.0, 0.9, 0.8, 0.7, 0.5), 360, 520, 18000, 0.5)
_RIDE = Plate(
    (-14, -9, -7, -5, -2, -1, -2, -6, -12), (3.2, 3.8, 4.0, 3.8, 3.4, 2.9, 2.3, 1.7, 1.1), 420, 290, 16500, 0.62
)
_RIDE_2 = Plate(
    (-11, -8, -5, -3, -1, -1, -3, -7, -12), (3.4, 3.8, 3.8, 3.4, 3.0, 2.5, 1.9, 1.4, 0.9), 420, 210, 15000, 0.5
)


def _note(noise: Noise, length: int, pitches: Sequence[float], t60: float, hardness: float) -> Signal:
    """A cluster of clear partials (Hz) that beat in pairs; the higher ones need a hard stroke."""
    out = np.zeros(length)
    for index, pitch in enumerate(pitches):
        pair = (pitch, pitch * noise.between(1.002, 1.006))
        level = (0.45 + 0.55 * hardness) if index > 1 else 1.0
        out += level * ring(pair, t60 * 0.9**index, (0.6, 0.4), noise.uniform(0, 6, 2), length) * 0.92**index
    return unit(out)


def _ping(noise: Noise, length: int, low: float, high: float, t60: float, hardness: float) -> Signal:
    """The stick's tip on the bow: some twenty partials between two frequencies, strongest in the lower middle."""
    count = 22
    place = (np.arange(count) + noise.uniform(0.1, 0.9, count)) / count
    shape = np.exp(-(((place - 0.35) / 0.38) ** 2)) * (1 - (1 - hardness) * 0.6 * place)
    strengths = shape * noise.uniform(0.4, 1.0, count)
    t60s = t60 * (1.15 - 0.55 * place) * noise.uniform(0.75, 1.2, count)
    return unit(ring(low * (high / low) ** place, t60s, strengths, noise.uniform(0, 2 * np.pi, count), length))


def ride(hardness: float, noise: Noise) -> Signal:
    """Ride cymbal: a clear ping over a thin wash."""
    length = frames(2.8)
    wash = _shimmer(_RIDE, hardness, noise, length, 3.5, 1)
    ping = _ping(noise, length, 2300, 9800, 0.95, hardness)
    bell = _note(noise, length, (484, 762, 1094, 1540), 1.4, hardness)
    mix = (0.10 + 0.07 * hardness) * wash * rise(length, 0.035) + 0.9 * ping + 0.16 * bell
    mix += (0.35 + 0.8 * hardness) * _stick(noise, length, hardness, 3000) + 0.2 * wash * decay(length, 0.12)
    return Filters().high_pass(250)(saturate(0.5 * mix, 0.7 + 0.4 * hardness))


def ride_bell(hardness: float, noise: Noise) -> Signal:
    """The bell of the ride struck with the stick's shoulder: a long, clear note."""
    length = frames(2.1)
    bell = _note(noise, length, (812, 1214, 1987, 2936, 4051, 5310, 6720), 1.9, hardness)
    wash = _shimmer(_RIDE, hardness, noise, length, 3.5, 1)
    mix = bell + (0.04 + 0.05 * hardness) * wash * rise(length, 0.02)
    mix += (0.3 + 0.6 * hardness) * _stick(noise, length, hardness, 2500)
    return Filters().high_pass(300)(saturate(0.5 * mix, 0.6 + 0.8 * hardness))


def ride_2(hardness: float, noise: Noise) -> Signal:
    """A darker, larger ride played towards its edge: less ping, more wash, rivets."""
    length = frames(2.6)
    wash = _shimmer(_RIDE_2, hardness, noise, length, 3.5, 1)
    ping = _ping(noise, length, 1500, 5600, 0.7, hardness)
    swell = np.abs(Filters().low_pass(40)(noise.white(length)))
    rivets = Filters().high_pass(5200).low_pass(11000)(noise.white(length)) * decay(length, 2.6) * swell
    mix = (0.20 + 0.10 * hardness) * wash * rise(length, 0.03) + 0.8 * ping + 0.45 * rivets * rise(length, 0.05)
    mix += (0.2 + 0.6 * hardness) * _stick(noise, length, hardness, 1800) + 0.2 * wash * decay(length, 0.2)
    return Filters().high_pass(180)(saturate(0.45 * mix, 0.7 + 0.5 * hardness))


def tambourine(hardness: float, noise: Noise) -> Signal:
    """Jingles struck by a hand: pairs of small plates that land one after another."""
    length = frames(0.42)
    out = np.zeros(length)
    for jingle in range(14):
        pitch = noise.between(3600, 6400)
        metal = pitch * np.asarray((1.0, 1.38, 1.83, 2.27, 2.71))
        hit = ring(metal, noise.uniform(0.10, 0.24, 5), noise.uniform(0.3, 1, 5), noise.uniform(0, 6, 5), length)
        out += delayed(hit, (jingle / 14) ** 2 * 0.05 + noise.between(0, 0.006), length) * noise.between(0.4, 1.0)
    hiss = noise_burst(noise, length, 0.004, 0.16, Filters().high_pass(6500))
    skin = tone(238, length) * decay(length, 0.07)
    mix = unit(out) + 0.35 * hiss + 0.10 * skin + (0.1 + 0.4 * hardness) * _stick(noise, length, hardness, 2500)
    return Filters().high_pass(200).low_pass(7000 + 11000 * hardness)(mix)


def bell(partials: Sequence[float], levels: Sequence[float], t60: float, edge: float) -> Strike:
    """Cowbell or agogo: a few clear partials (Hz) and an edge of noise (0..1)."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(t60 * 1.05 + 0.05)
        frequencies, strengths = np.asarray(partials), np.asarray(levels)
        order = np.arange(frequencies.size)
        strengths = strengths * np.where(order < 2, 1.0, 0.25 + 0.75 * hardness)
        body = ring(frequencies, t60 / (1 + 0.28 * order), strengths, 0.4 * order, length)
        thick = ring(frequencies * 1.006, t60 / (1.3 + 0.3 * order), 0.4 * strengths, 0.9 * order, length)
        mix = unit(body + thick) + edge * (0.3 + 0.7 * hardness) * _stick(noise, length, hardness, 1500)
        mix = Filters().high_pass(250)(saturate(mix, 0.6 + hardness))
        return in_room(mix, noise, 0.14, 0.08, 6000)

    return strike


def triangle(t60: float, seconds: float) -> Strike:
    """A triangle left open or held: partials in beating pairs, the highest dying first."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(seconds)
        pitches = np.asarray((1248.0, 2716.0, 4130.0, 4893.0, 6544.0, 8210.0, 10130.0, 12480.0))
        levels = np.asarray((0.22, 0.45, 0.8, 1.0, 0.8, 0.65, 0.5, 0.35)) * np.linspace(1, hardness, 8)
        twin = pitches * (1 + noise.uniform(0.0006, 0.0016, 8))
        phases = noise.uniform(0, 6, 8)
        times_60 = t60 * np.linspace(1.0, 0.45, 8)
        mix = ring(pitches, times_60, levels, phases, length) + ring(twin, times_60, 0.7 * levels, phases, length)
        return unit(mix) + 0.25 * hardness * _stick(noise, length, hardness, 4000)

    return strike
