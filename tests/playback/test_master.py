import numpy as np
import pytest

from drumapp.playback.master import HEADROOM_DB, Master, limit_softly
from drumapp.playback.mix import gain_of


def tone(height: float, frames: int = 1000) -> np.ndarray:
    wave = np.sin(np.linspace(0, 60, frames)) * height
    return np.stack((wave, -wave), axis=1).astype(np.float32)


def test_quiet_audio_is_only_turned_down_by_the_headroom():
    audio = tone(0.5)
    expected = audio * np.float32(gain_of(HEADROOM_DB))
    Master().process(audio)
    np.testing.assert_array_equal(audio, expected)


@pytest.mark.parametrize("height", [0.9, 1.5, 10.0, 1e6])
def test_loud_audio_stays_within_full_scale_and_keeps_its_sign(height):
    audio = tone(height)
    before = audio.copy()
    limit_softly(audio)
    assert np.abs(audio).max() <= 1.0
    assert (np.sign(audio) == np.sign(before)).all()


def test_louder_in_is_never_softer_out():
    ramp = np.repeat(np.linspace(0, 5, 5000, dtype=np.float32)[:, np.newaxis], 2, axis=1)
    limit_softly(ramp)
    assert (np.diff(ramp, axis=0) >= 0).all()


def test_a_new_volume_is_reached_within_the_block_without_a_step():
    master = Master()
    audio = np.full((480, 2), 0.5, np.float32)
    master.process(audio)
    master.volume_db = -20.0
    audio = np.full((480, 2), 0.5, np.float32)
    master.process(audio)
    start, end = 0.5 * gain_of(HEADROOM_DB), 0.5 * gain_of(HEADROOM_DB - 20)
    assert audio[0, 0] == pytest.approx(start)
    assert audio[-1, 0] == pytest.approx(end)
    assert np.abs(np.diff(audio[:, 0])).max() < (start - end) / 400


def test_the_peak_is_told():
    assert Master().process(tone(0.5)) == pytest.approx(0.5 * gain_of(HEADROOM_DB), rel=1e-3)


def test_an_empty_block_is_fine():
    assert Master().process(np.zeros((0, 2), np.float32)) == 0.0
