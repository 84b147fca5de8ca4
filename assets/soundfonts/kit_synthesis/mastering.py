"""From a synthesised stroke to the samples of a velocity layer: level, peak, start, end, 16 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kit_synthesis.signals import SAMPLE_RATE, Filters, Signal, frames

Pcm = NDArray[np.int16]

PEAK_DBFS = -3.6
"""Ceiling of every sample: leaves 0.6 dB under -3 dBFS for what resampling adds between the samples."""

_WINDOW = frames(0.060)
_SILENCE_DB = -56.0
_FADE_IN = 12


def loudness_db(signal: Signal) -> float:
    """Loudness of a stroke: the power of its loudest 60 ms after a curve close to the ear's, in dB of full scale.

    The curve is a shelf of +4 dB above 1.7 kHz and a cut below 60 Hz, as in ITU-R BS.1770; channels are summed.
    """
    power = np.atleast_2d(Filters().high_pass(60, 0.5).high_shelf(1700, 4.0)(signal)) ** 2
    total = np.concatenate((np.zeros(1), np.cumsum(np.sum(power, axis=0)), np.zeros(_WINDOW)))
    total[-_WINDOW:] = total[-_WINDOW - 1]
    return float(10 * np.log10(np.max(total[_WINDOW:] - total[:-_WINDOW]) / _WINDOW))


def _limit(signal: Signal, ceiling: float) -> Signal:
    """Peaks bent below the ceiling: straight up to 60 % of it, then a curve that never reaches it."""
    knee = 0.6 * ceiling
    size = np.abs(signal)
    bent = knee + (ceiling - knee) * np.tanh((size - knee) / (ceiling - knee))
    return np.where(size > knee, np.sign(signal) * bent, signal)


def _trimmed(signal: Signal) -> Signal:
    """The signal up to where it stays 56 dB under its loudest, with a smooth fade at both ends."""
    level = np.max(np.abs(np.atleast_2d(signal)), axis=0)
    block = 64
    loudest = np.max(level[: level.size // block * block].reshape(-1, block), axis=1)
    last = int(np.flatnonzero(loudest > np.max(loudest) * 10 ** (_SILENCE_DB / 20))[-1]) + 1
    kept = signal[..., : last * block].copy()
    fade_out = max(frames(0.012), kept.shape[-1] // 5)
    kept[..., :_FADE_IN] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(_FADE_IN) / _FADE_IN)
    kept[..., -fade_out:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade_out + 1) / fade_out)
    return kept


def _without_dc(signal: Signal) -> Signal:
    """The mean taken away under a Hann window, so that both ends stay at zero; the window's own tone is below 20 Hz."""
    length = signal.shape[-1]
    width = min(length, frames(0.12))
    window = np.zeros(length)
    window[:width] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(width) / width)
    return signal - np.sum(signal, axis=-1, keepdims=True) * window / np.sum(window)


def master(signal: Signal, target_db: float) -> list[Pcm]:
    """The channels of a stroke as 16-bit samples at a loudness (see loudness_db), peaks at most PEAK_DBFS."""
    clean = _trimmed(Filters().high_pass(22)(signal))
    ceiling = 10 ** (PEAK_DBFS / 20)
    # The limiter takes a little loudness away: a second pass makes up for it.
    levelled = clean
    for _ in range(3):
        levelled = _limit(levelled * 10 ** ((target_db - loudness_db(levelled)) / 20), ceiling)
    levelled = _without_dc(levelled)
    return [np.rint(channel * 32767).astype(np.int16) for channel in np.atleast_2d(levelled)]


def peak_db(samples: list[Pcm]) -> float:
    """Highest sample of all channels in dB of full scale."""
    return float(20 * np.log10(max(np.max(np.abs(channel.astype(np.int32))) for channel in samples) / 32768))


def seconds_of(samples: list[Pcm]) -> float:
    """Length of a layer in seconds."""
    return samples[0].size / SAMPLE_RATE
