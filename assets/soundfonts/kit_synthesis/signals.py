"""Building blocks of drum synthesis: noise, ringing modes, filters, envelopes, room and saturation.

Signals are float64 arrays of shape (frames,) or, for stereo, (2, frames), at SAMPLE_RATE, full scale +-1.

Randomness is taken from PCG64's raw bits, whose stream NumPy guarantees; the distributions of numpy.random.Generator
may change between NumPy releases and would change the sound file with them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Signal = NDArray[np.float64]
Response = NDArray[np.complex128]

SAMPLE_RATE = 44_100
_MODE_BLOCK = 1024


def frames(seconds: float) -> int:
    """Length in frames of a time in seconds."""
    return round(seconds * SAMPLE_RATE)


def times(length: int) -> Signal:
    """Time in seconds of each of `length` frames."""
    return np.arange(length) / SAMPLE_RATE


class Noise:
    """A seeded source of random signals and parameters."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def uniform(self, low: float, high: float, count: int) -> Signal:
        """`count` values spread evenly over low..high."""
        raw = np.asarray(self._bits.random_raw(count), dtype=np.uint64)
        return low + (high - low) * ((raw >> np.uint64(11)).astype(np.float64) * 2.0**-53)

    def white(self, length: int) -> Signal:
        """White noise of unit power, nearly Gaussian (the sum of three uniform values)."""
        return self.uniform(-1, 1, length) + self.uniform(-1, 1, length) + self.uniform(-1, 1, length)

    def between(self, low: float, high: float) -> float:
        """One value between low and high."""
        return float(self.uniform(low, high, 1)[0])


# --- envelopes -----------------------------------------------------------------------------------------------------


def decay(length: int, t60: float) -> Signal:
    """Exponential decay from 1 that falls by 60 dB in `t60` seconds."""
    return np.exp(times(length) * (-np.log(1000.0) / t60))


def rise(length: int, seconds: float) -> Signal:
    """Smooth onset from 0 to 1 within `seconds`."""
    return 0.5 - 0.5 * np.cos(np.pi * np.minimum(times(length) / seconds, 1.0))


def pulse(length: int, attack: float, t60: float) -> Signal:
    """Onset within `attack` seconds, then exponential decay."""
    return rise(length, attack) * decay(length, t60)


def delayed(signal: Signal, seconds: float, length: int) -> Signal:
    """The signal started `seconds` late in a buffer of `length` frames; what runs over the end is cut."""
    out = np.zeros(length)
    start = frames(seconds)
    kept = signal[: max(0, length - start)]
    out[start : start + kept.size] = kept
    return out


# --- tones ---------------------------------------------------------------------------------------------------------


def tone(frequency: ArrayLike, length: int, phase: float = 0.0) -> Signal:
    """A sine of constant or, given an array of `length` values in Hz, gliding frequency."""
    steps = np.broadcast_to(np.asarray(frequency, dtype=np.float64), (length,)) / SAMPLE_RATE
    turns = np.concatenate(([0.0], np.cumsum(steps)[:-1]))
    return np.sin(2 * np.pi * turns + phase)


def glide(length: int, start: float, end: float, time_constant: float) -> Signal:
    """Frequency curve in Hz that falls (or climbs) exponentially from start to end."""
    return end + (start - end) * np.exp(-times(length) / time_constant)


def ring(frequencies: ArrayLike, t60s: ArrayLike, amplitudes: ArrayLike, phases: ArrayLike, length: int) -> Signal:
    """Sum of decaying partials: frequency in Hz, T60 in seconds, amplitude and phase (0 starts as a sine) of each.

    A decaying partial is a geometric series, so blocks of it are products of two small tables: hundreds of partials
    cost one matrix product. Partials at or above 20 kHz are left out.
    """
    frequency, t60, amplitude, phase = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(a, dtype=np.float64)) for a in (frequencies, t60s, amplitudes, phases))
    )
    audible = frequency < 20_000
    frequency, t60, amplitude, phase = frequency[audible], t60[audible], amplitude[audible], phase[audible]
    damping = np.log(1000.0) / (t60 * SAMPLE_RATE)
    step = 2 * np.pi * frequency / SAMPLE_RATE
    within = np.arange(_MODE_BLOCK)
    starts = np.arange(0, length, _MODE_BLOCK)
    shape_in = np.exp(-np.outer(damping, within))
    shape_out = amplitude * np.exp(-np.outer(starts, damping))
    angle_in, angle_out = np.outer(step, within), np.outer(starts, step) + phase
    sine = (shape_out * np.sin(angle_out)) @ (shape_in * np.cos(angle_in))
    cosine = (shape_out * np.cos(angle_out)) @ (shape_in * np.sin(angle_in))
    return (sine + cosine).reshape(-1)[:length]


# --- filters -------------------------------------------------------------------------------------------------------
# Second-order sections after R. Bristow-Johnson's "Audio EQ Cookbook", applied to the spectrum: the response is that
# of the causal recursive filter (no ringing ahead of a stroke), and no loop over samples is needed.


class Filters:
    """A chain of filters, built by its methods and applied by calling it on a signal."""

    def __init__(self) -> None:
        self._sections: list[tuple[Sequence[float], Sequence[float]]] = []

    def __call__(self, signal: Signal) -> Signal:
        """The filtered signal, of the same length."""
        length = signal.shape[-1]
        size = 1 << (length + 8192 - 1).bit_length()
        z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
        response = np.ones(z.size, dtype=np.complex128)
        for b, a in self._sections:
            response *= (b[0] + z * (b[1] + z * b[2])) / (a[0] + z * (a[1] + z * a[2]))
        return np.fft.irfft(np.fft.rfft(signal, size) * response, size)[..., :length]

    def _add(self, b: Sequence[float], a: Sequence[float]) -> Filters:
        self._sections.append((b, a))
        return self

    @staticmethod
    def _cos_alpha(frequency: float, q: float) -> tuple[float, float]:
        omega = 2 * np.pi * min(frequency, 0.49 * SAMPLE_RATE) / SAMPLE_RATE
        return float(np.cos(omega)), float(np.sin(omega)) / (2 * q)

    def low_pass(self, frequency: float, q: float = 0.7071) -> Filters:
        """12 dB an octave above `frequency` Hz."""
        c, alpha = self._cos_alpha(frequency, q)
        return self._add(((1 - c) / 2, 1 - c, (1 - c) / 2), (1 + alpha, -2 * c, 1 - alpha))

    def high_pass(self, frequency: float, q: float = 0.7071) -> Filters:
        """12 dB an octave below `frequency` Hz."""
        c, alpha = self._cos_alpha(frequency, q)
        return self._add(((1 + c) / 2, -1 - c, (1 + c) / 2), (1 + alpha, -2 * c, 1 - alpha))

    def band_pass(self, frequency: float, q: float) -> Filters:
        """A band around `frequency` Hz, 0 dB at its middle."""
        c, alpha = self._cos_alpha(frequency, q)
        return self._add((alpha, 0.0, -alpha), (1 + alpha, -2 * c, 1 - alpha))

    def peak(self, frequency: float, gain_db: float, q: float = 1.0) -> Filters:
        """A bell of `gain_db` at `frequency` Hz."""
        c, alpha = self._cos_alpha(frequency, q)
        a = 10.0 ** (gain_db / 40)
        return self._add((1 + alpha * a, -2 * c, 1 - alpha * a), (1 + alpha / a, -2 * c, 1 - alpha / a))

    def high_shelf(self, frequency: float, gain_db: float) -> Filters:
        """`gain_db` above `frequency` Hz."""
        c, alpha = self._cos_alpha(frequency, 0.7071)
        a = 10.0 ** (gain_db / 40)
        s = 2 * float(np.sqrt(a)) * alpha
        return self._add(
            (a * ((a + 1) + (a - 1) * c + s), -2 * a * ((a - 1) + (a + 1) * c), a * ((a + 1) + (a - 1) * c - s)),
            ((a + 1) - (a - 1) * c + s, 2 * ((a - 1) - (a + 1) * c), (a + 1) - (a - 1) * c - s),
        )


def band_decays(signal: Signal, centres: Sequence[float], t60s: Sequence[float], gains_db: Sequence[float]) -> Signal:
    """The signal split into bands, each with its own level and decay: how struck metal loses its brilliance.

    Between the centres (Hz, ascending) the bands cross-fade over the logarithm of frequency; below the first and
    above the last centre they reach on.
    """
    length = signal.shape[-1]
    spectrum = np.fft.rfft(signal)
    place = np.log2(np.maximum(np.fft.rfftfreq(length, 1 / SAMPLE_RATE), 1.0))
    knots = np.log2(np.asarray(centres))
    out = np.zeros(length)
    for index, (t60, gain) in enumerate(zip(t60s, gains_db, strict=True)):
        weight = np.interp(place, knots, np.eye(knots.size)[index])
        out += np.fft.irfft(spectrum * weight, length) * decay(length, t60) * 10.0 ** (gain / 20)
    return out


# --- colour --------------------------------------------------------------------------------------------------------


def saturate(signal: Signal, drive: float) -> Signal:
    """Soft clipping like tape's: `drive` 1 is hardly heard, 4 is dense. Small signals keep their level."""
    return np.tanh(signal * drive) / drive


def unit(signal: Signal) -> Signal:
    """The signal scaled to a peak of 1."""
    return signal / np.max(np.abs(signal))


def noise_burst(noise: Noise, length: int, attack: float, t60: float, filters: Filters) -> Signal:
    """Filtered noise with an onset and an exponential decay, at a peak of 1."""
    return unit(filters(noise.white(length)) * pulse(length, attack, t60))


def room(signal: Signal, noise: Noise, t60: float, dark_above: float = 5000.0, ahead: float = 0.004) -> Signal:
    """The sound of a small room alone, without the signal itself, with the signal's own energy."""
    length = signal.shape[-1]
    tail = frames(min(t60, length / SAMPLE_RATE))
    impulse = noise.white(tail) * pulse(tail, 0.003, t60)
    impulse = delayed(Filters().high_pass(180).low_pass(dark_above)(impulse), ahead, tail + frames(ahead))
    impulse /= np.sqrt(np.sum(impulse**2))
    size = 1 << (length + impulse.size - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(impulse, size), size)[:length]


def in_stereo_room(signal: Signal, noise: Noise, t60: float, level: float, dark_above: float = 5000.0) -> Signal:
    """A mono signal in the middle of a small room heard by two microphones: shape (2, frames)."""
    return np.stack([signal + level * room(signal, noise, t60, dark_above) for _ in range(2)])


def in_room(signal: Signal, noise: Noise, t60: float, level: float, dark_above: float = 5000.0) -> Signal:
    """A mono signal with a small room around it, in mono."""
    return signal + level * room(signal, noise, t60, dark_above)
