import numpy as np
import pytest

from drumapp.playback.resample import resample


def sine(frequency: float, rate: int, seconds: float = 0.2) -> np.ndarray:
    return np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate).astype(np.float32)


@pytest.mark.parametrize(
    ("rate_in", "rate_out"), [(44_100, 48_000), (22_050, 48_000), (48_000, 44_100), (96_000, 8_000)]
)
@pytest.mark.parametrize("frequency", [100.0, 1_000.0])
def test_a_tone_keeps_its_pitch_and_level(rate_in, rate_out, frequency):
    out = resample(sine(frequency, rate_in), rate_in / rate_out)
    expected = sine(frequency, rate_out)
    middle = slice(len(expected) // 4, 3 * len(expected) // 4)  # the ends ring, as every filter's do
    assert np.abs(out[middle] - expected[middle]).max() < 0.005


def test_what_the_new_rate_cannot_hold_is_taken_out():
    out = resample(sine(20_000, 48_000), 48_000 / 22_050)
    assert np.abs(out[500:-500]).max() < 0.01


def test_the_same_rate_changes_nothing():
    signal = sine(440, 48_000)
    assert resample(signal, 1.0) is signal


@pytest.mark.parametrize("ratio", [0.01, 0.9, 1.1, 50.0])
@pytest.mark.parametrize("frames", [1, 2, 17, 5000])
def test_any_length_gives_something_of_the_right_length(ratio, frames):
    out = resample(np.ones(frames, np.float32), ratio)
    assert len(out) == max(1, int(np.ceil(frames / ratio)))
    assert np.isfinite(out).all()
