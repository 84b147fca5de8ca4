"""Shaken, scraped, blown and wooden percussion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kit_synthesis.signals import (
    SAMPLE_RATE,
    Filters,
    Noise,
    Signal,
    decay,
    delayed,
    frames,
    in_room,
    noise_burst,
    pulse,
    ring,
    times,
    tone,
    unit,
)
from kit_synthesis.skins import Strike


def vibraslap(hardness: float, noise: Noise) -> Signal:
    """Metal teeth rattling in a wooden box: ticks that come faster as they die."""
    length = frames(1.0)
    out = np.zeros(length)
    at, index = 0.004, 0
    while at < 0.9:
        tick = ring(
            (1840, 2630, 3420, 4710), (0.03, 0.03, 0.025, 0.02), (0.6, 1.0, 0.8, 0.6), noise.uniform(0, 6, 4), 3000
        )
        tick = tick + 0.5 * noise_burst(
            noise, 3000, 0.0003, 0.01, Filters().high_pass(2500).low_pass(6000 + 6000 * hardness)
        )
        out += delayed(tick, at, length) * np.exp(-at / 0.24) * noise.between(0.75, 1.0)
        at += 0.040 - 0.0007 * min(index, 22) + noise.between(-0.0015, 0.0015)
        index += 1
    knock = ring((780, 1320), 0.04, (1.0, 0.6), 0.2, length)
    return in_room(Filters().high_pass(500)(out + 0.8 * knock), noise, 0.2, 0.15, 6000)


def shaken(low: float, peak: float, attack: float, t60: float, grains: int) -> Strike:
    """Cabasa or maracas: beads meeting the shell, as grains over a swell of noise brightest at `peak` Hz."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(attack + t60 * 1.1 + 0.04)
        swell = Filters().high_pass(low).peak(peak, 8, 1.2).low_pass(7000 + 9000 * hardness)(noise.white(length))
        beads = np.zeros(length)
        where = (noise.uniform(0, 1, grains) ** 1.5 * (attack + 0.6 * t60) * SAMPLE_RATE).astype(np.int64)
        np.add.at(beads, np.minimum(where, length - 1), noise.uniform(-1, 1, grains))
        beads = Filters().high_pass(low).peak(peak, 12, 2.0)(beads)
        mix = (unit(swell) + 0.9 * unit(beads)) * pulse(length, attack * (1.4 - 0.6 * hardness), t60)
        return in_room(mix, noise, 0.12, 0.08, 8000)

    return strike


def whistle(seconds: float) -> Strike:
    """A samba whistle with its pea: a shrill tone that flutters, and breath."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(seconds + 0.05)
        along = times(length)
        flutter = tone(27 + 3 * hardness, length, 1.0)
        pitch = 2330 * (1 + 0.014 * flutter) * (1 - 0.06 * np.exp(-along / 0.012))
        air = Filters().band_pass(2600, 1.2)(noise.white(length))
        voice = tone(pitch, length) + 0.45 * tone(pitch * 1.132, length, 1.0)
        voice += (0.10 + 0.15 * hardness) * tone(2 * pitch, length) + 0.05 * tone(3 * pitch, length)
        open_ = np.minimum(1.0, along / 0.012) * np.clip((seconds + 0.03 - along) / 0.03, 0, 1)
        mix = (voice * (0.72 + 0.28 * flutter) + 0.35 * air) * open_
        return in_room(mix, noise, 0.15, 0.12, 6000)

    return strike


def guiro(scrapes: int, seconds: float, bend: float) -> Strike:
    """A ridged gourd, a tick for every ridge. `bend` under 1 slows the stick down, over 1 speeds it up."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(seconds + 0.09)
        out = np.zeros(length)
        for index in range(scrapes):
            place = index / max(1, scrapes - 1)
            tick = ring((1680, 2480, 3510, 5230), (0.022, 0.02, 0.016, 0.01), (0.8, 1.0, 0.7, 0.5 * hardness),
                        noise.uniform(0, 1, 4), 2400)  # fmt: skip
            tick = tick + 0.7 * noise_burst(noise, 2400, 0.0003, 0.01, Filters().band_pass(3300, 0.8))
            swell = 0.45 + 0.55 * np.sin(np.pi * (0.15 + 0.8 * place))
            out += (
                delayed(tick, seconds * place**bend + noise.between(0, 0.0012), length) * swell * noise.between(0.7, 1)
            )
        return in_room(Filters().high_pass(600).low_pass(5000 + 7000 * hardness)(out), noise, 0.15, 0.1, 5000)

    return strike


def wood(partials: Sequence[float], levels: Sequence[float], t60: float, click: float) -> Strike:
    """Claves or wood block: a dry, clear knock with the given partials (Hz)."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(max(0.14, t60 * 1.3))
        order = np.arange(len(partials))
        strengths = np.asarray(levels) * np.where(order == 0, 1.0, 0.3 + 0.7 * hardness)
        body = ring(partials, t60 / (1 + 0.5 * order), strengths, 0.3 * order, length)
        knock = noise_burst(noise, length, 0.0003, 0.006, Filters().high_pass(900).low_pass(4000 + 9000 * hardness))
        hollow = tone(partials[0] * 0.5, length) * decay(length, 0.03)
        mix = unit(body) + click * (0.3 + 0.7 * hardness) * knock + 0.1 * hollow
        return in_room(Filters().high_pass(200)(mix), noise, 0.14, 0.10, 6000)

    return strike
