"""Kick, snare, toms, claps and hand drums: everything with a head, or struck beside one.

Each function takes how hard the stroke is (0 a touch, 1 full) and a noise source, and returns the sound at any level.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kit_synthesis.signals import (
    Filters,
    Noise,
    Signal,
    decay,
    delayed,
    frames,
    glide,
    in_room,
    in_stereo_room,
    noise_burst,
    pulse,
    ring,
    saturate,
    times,
    tone,
    unit,
)

Strike = Callable[[float, Noise], Signal]

# Partials of an ideal circular membrane, relative to its lowest: zeros of the Bessel functions.
MEMBRANE = (1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501)


def kick(hardness: float, noise: Noise) -> Signal:
    """A tight, dry kick: swept body at 50 Hz, beater click, driven."""
    length = frames(0.5)
    sweep = glide(length, 150 + 90 * hardness, 50, 0.016) + (250 + 1500 * hardness) * np.exp(-times(length) / 0.0022)
    # A short full blow, then a tail some decibels lower: punch, without covering the bass that plays with it.
    blow = np.exp(-((times(length) / 0.075) ** 2))
    body = tone(sweep, length) * (0.42 * blow + 0.58 * np.exp(-((times(length) / (0.115 + 0.03 * hardness)) ** 1.25)))
    shell = 0.16 * tone(glide(length, 128, 104, 0.02), length) * decay(length, 0.16)
    click = noise_burst(noise, length, 0.0004, 0.018, Filters().band_pass(3600, 0.8).low_pass(4000 + 9000 * hardness))
    beater = tone(glide(length, 2900, 1500, 0.003), length) * decay(length, 0.014)
    felt = noise_burst(noise, length, 0.001, 0.06, Filters().band_pass(420, 0.7))
    mix = 0.8 * body + shell + (0.06 + 0.75 * hardness**1.5) * click + 0.45 * hardness**2 * beater + 0.12 * felt
    mix = saturate(mix, 0.6 + 0.8 * hardness)
    mix = Filters().high_pass(30).peak(62, 2.0).peak(310, -5, 1.1).peak(3800, 5 * hardness, 0.9)(mix)
    return in_room(mix, noise, 0.14, 0.07 + 0.05 * hardness, 3500)


def acoustic_bass_drum(hardness: float, noise: Noise) -> Signal:
    """A big open bass drum with a felt beater: lower, longer and rounder than the kick."""
    length = frames(0.75)
    body = tone(glide(length, 74 + 22 * hardness, 43, 0.045), length) * pulse(length, 0.002, 0.62)
    head = np.zeros(length)
    for ratio, level, t60 in zip(
        MEMBRANE[1:6], (0.30, 0.2, 0.14, 0.10, 0.07), (0.3, 0.22, 0.2, 0.15, 0.12), strict=True
    ):
        head += level * tone(glide(length, 62 * ratio * 1.25, 62 * ratio, 0.03), length, 0.3) * decay(length, t60)
    felt = noise_burst(noise, length, 0.0015, 0.035, Filters().band_pass(900 + 700 * hardness, 0.6).low_pass(3500))
    mix = body + (0.5 + 0.5 * hardness) * head + (0.14 + 0.5 * hardness**1.3) * felt
    mix = saturate(mix, 0.5 + 0.8 * hardness)
    mix = Filters().high_pass(26).peak(250, -3).low_pass(2200 + 5500 * hardness)(mix)
    return in_room(mix, noise, 0.3, 0.12, 2500)


def _snare(hardness: float, noise: Noise, pitch: float, rim: float) -> Signal:
    length = frames(0.52)
    bend = 1.0 + (0.10 + 0.22 * hardness) * np.exp(-times(length) / 0.009)
    body = np.zeros(length)
    for ratio, level, t60 in (
        (1.0, 1.0, 0.20), (1.78, 0.62, 0.17), (2.31, 0.26, 0.13), (2.92, 0.2, 0.1), (3.6, 0.13, 0.08),
    ):  # fmt: skip
        body += level * tone(pitch * ratio * bend, length, 0.2 * ratio) * decay(length, t60 * (0.75 + 0.25 * hardness))
    # The wires answer a moment after the head and die in two stages: the slap against the head, then the buzz.
    colour = Filters().high_pass(900 - 250 * hardness).peak(2600, 3).peak(5200, 4, 0.8).low_pass(4800 + 9500 * hardness)
    wires = colour(noise.white(length))
    slap = wires * pulse(length, 0.0012, 0.085 + 0.05 * hardness)
    buzz = wires * pulse(length, 0.006, 0.26 + 0.12 * hardness)
    rattle = 0.75 + 0.25 * tone(pitch * bend, length)
    stick = noise_burst(noise, length, 0.0003, 0.008, Filters().high_pass(2500).peak(7000, 4).low_pass(16000))
    crack = tone(glide(length, 1900, 640, 0.0028), length) * decay(length, 0.02)
    mix = 0.85 * unit(body) + 0.40 * slap * (0.55 + 0.45 * hardness) + 0.21 * buzz * rattle
    mix += (0.04 + 0.42 * hardness**1.6) * stick + 0.5 * hardness**1.5 * crack
    if rim:
        hoop = ring(
            (512, 1046, 1388, 1712, 2460, 3370, 4480), (0.16, 0.13, 0.11, 0.10, 0.08, 0.06, 0.04),
            (0.7, 0.9, 0.6, 0.8, 0.5, 0.4, 0.25), (0, 0.4, 1.1, 0.3, 0.8, 0.2, 0.6), length,
        )  # fmt: skip
        mix += rim * (0.4 + 0.6 * hardness) * hoop + 0.5 * rim * hardness * stick
    mix = saturate(0.8 * mix, 0.8 + 1.2 * hardness)
    mix = Filters().high_pass(105).peak(pitch, 1.0).peak(700, 2.5, 0.7).high_shelf(6500, 2 * hardness)(mix)
    return in_stereo_room(mix, noise, 0.32, 0.16 + 0.07 * hardness, 6500)


def snare(hardness: float, noise: Noise) -> Signal:
    """A 14-inch snare struck in the middle."""
    return _snare(hardness, noise, pitch=188, rim=0.0)


def snare_rim_shot(hardness: float, noise: Noise) -> Signal:
    """Head and hoop struck together: higher, harder, ringing."""
    return _snare(hardness, noise, pitch=216, rim=0.6)


def side_stick(hardness: float, noise: Noise) -> Signal:
    """The stick laid over the head and clicked on the hoop."""
    length = frames(0.3)
    wood = ring(
        (468, 1130, 1742, 2390, 3310, 4650), (0.07, 0.055, 0.06, 0.045, 0.035, 0.02),
        (0.5, 0.7, 1.0, 0.7 * hardness, 0.5 * hardness, 0.35 * hardness), (0, 0.5, 0.2, 0.9, 0.4, 0.1), length,
    )  # fmt: skip
    shell = tone(192, length) * decay(length, 0.12)
    click = noise_burst(noise, length, 0.0003, 0.007, Filters().high_pass(1500).low_pass(5000 + 9000 * hardness))
    wires = noise_burst(noise, length, 0.004, 0.12, Filters().high_pass(2000).low_pass(7000))
    mix = wood + 0.35 * shell + (0.2 + 0.8 * hardness) * click + 0.06 * wires
    mix = Filters().high_pass(150)(saturate(0.6 * mix, 1.4))
    return in_room(mix, noise, 0.16, 0.15, 6000)


def hand_clap(hardness: float, noise: Noise) -> Signal:
    """Several hands, almost together, in a small room."""
    length = frames(0.45)
    sides = []
    for _ in range(2):
        side = np.zeros(length)
        colour = Filters().high_pass(620).peak(1250, 9, 1.2).peak(2600, 4).low_pass(3500 + 8500 * hardness)
        hands = (0.0, 0.0095, 0.0185, 0.0275) if hardness > 0.4 else (0.0, 0.011, 0.024)
        for index, start in enumerate(hands):
            last = index == len(hands) - 1
            burst = colour(noise.white(length)) * pulse(length, 0.0008, 0.10 if last else 0.028)
            side += delayed(burst, start + (noise.between(0, 0.0016) if index else 0.0), length)
        palms = colour(noise.white(length)) * pulse(length, 0.03, 0.30 + 0.1 * hardness)
        sides.append(side + 0.10 * palms)
    return saturate(np.stack(sides) * 0.35, 1 + hardness)


def tom(pitch: float, t60: float) -> Strike:
    """A tom whose head rings at `pitch` Hz for `t60` seconds."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(t60 * 1.15)
        bend = 1.0 + (0.05 + 0.22 * hardness) * np.exp(-times(length) / 0.035)
        bend += 0.35 * hardness * np.exp(-times(length) / 0.006)
        head = np.zeros(length)
        levels = (1.0, 0.66, 0.46, 0.36, 0.27, 0.21, 0.16, 0.13)
        for index, (ratio, level) in enumerate(zip(MEMBRANE, levels, strict=True)):
            # Air under the head pulls the partials together: they lie closer than the ideal membrane's.
            frequency = pitch * ratio**0.92
            loudness = level if index == 0 else level * (0.35 + 0.65 * hardness)
            head += loudness * tone(frequency * bend, length, 0.5 * index) * decay(length, t60 / (1 + 0.6 * index))
        stick = noise_burst(
            noise, length, 0.0004, 0.012, Filters().band_pass(3800, 0.6).low_pass(3000 + 9000 * hardness)
        )
        skin = noise_burst(noise, length, 0.001, 0.09, Filters().band_pass(pitch * 5, 0.6))
        mix = 0.7 * head + (0.07 + 0.85 * hardness**1.4) * stick + (0.10 + 0.16 * hardness) * skin
        mix = saturate(0.8 * mix, 0.5 + 0.7 * hardness)
        mix = Filters().high_pass(pitch * 0.5).peak(480, -2, 1.0).peak(4200, 3 * hardness)(mix)
        return in_room(mix, noise, 0.28, 0.12, 4500)

    return strike


def hand_drum(pitch: float, t60: float, slap: float, ring_hz: float = 0.0) -> Strike:
    """Bongo, conga or timbale: a small tuned head. `slap` 0..1 is how much hand or stick is heard.

    `ring_hz` over 0 adds a metal shell's ring around that frequency, as timbales have.
    """

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(max(0.22, t60 * 1.1) + (0.15 if ring_hz else 0.0))
        bend = 1.0 + (0.02 + 0.06 * hardness) * np.exp(-times(length) / 0.012)
        head = np.zeros(length)
        levels = (1.0, 0.5, 0.28, 0.22, 0.13, 0.1, 0.07, 0.05)
        for index, (ratio, level) in enumerate(zip(MEMBRANE, levels, strict=True)):
            loudness = level if index == 0 else level * (0.3 + 0.9 * hardness * (0.4 + slap))
            head += loudness * tone(pitch * ratio * bend, length, 0.4 * index) * decay(length, t60 / (1 + 0.6 * index))
        bright = 2200 + 5500 * hardness * (0.4 + 0.6 * slap)
        hand = noise_burst(
            noise, length, 0.0005, 0.018 + 0.02 * slap, Filters().band_pass(pitch * 4.5, 0.7).low_pass(bright)
        )
        mix = head + (0.12 + 0.9 * slap * hardness) * hand
        if ring_hz:
            metal = np.asarray((1.0, 1.47, 2.09, 2.56, 3.24, 4.11))
            mix += (
                0.28
                * (0.3 + 0.7 * hardness)
                * ring(ring_hz * metal, t60 * 0.8, (0.7, 1, 0.8, 0.6, 0.5, 0.3), 0.3, length)
            )
        mix = Filters().high_pass(pitch * 0.5)(saturate(0.6 * mix, 0.8 + 0.7 * hardness))
        return in_room(mix, noise, 0.18, 0.10, 5000)

    return strike


def cuica(start: float, end: float, seconds: float) -> Strike:
    """The rubbed stick of a cuica: a friction tone that glides from one pitch (Hz) to another."""

    def strike(hardness: float, noise: Noise) -> Signal:
        length = frames(seconds + 0.06)
        along = np.minimum(times(length) / seconds, 1.0)
        bow = start + (end - start) * np.sin(0.5 * np.pi * along) ** 1.5
        bow = bow * (1 + 0.012 * tone(31, length))
        voice = np.zeros(length)
        for partial in range(1, 9):
            voice += tone(bow * partial, length, 0.7 * partial) / partial ** (1.7 - 0.5 * hardness)
        breath = Filters().band_pass(2200, 0.8)(noise.white(length))
        shape = np.sin(np.pi * along**0.7) ** 0.6 * (1 - 0.25 * tone(58, length) ** 2)
        mix = (voice + 0.12 * breath) * np.maximum(shape, 0.0)
        mix = Filters().high_pass(200).peak(900, 5, 1.5).low_pass(5000)(mix)
        return in_room(mix, noise, 0.15, 0.15, 4000)

    return strike
