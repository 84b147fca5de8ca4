import pytest

from drumapp.playback.output_settings import NO_DEVICE, MidiOutputSettings, SoundSettings
from drumapp.playback.self_test import run_self_test


@pytest.fixture
def silent(font) -> SoundSettings:
    return SoundSettings(font, "sampler", device=NO_DEVICE)


def test_the_device_is_timed_and_a_port_that_is_not_there_is_told_of(silent):
    told: list[float] = []
    result = run_self_test(silent, [MidiOutputSettings("No such port")], seconds=0.5, progress=told.append)
    assert result.device == "no sound device"
    assert result.sound is not None
    assert result.sound.count > 50
    assert result.ports == ()
    assert any("No such port" in problem for problem in result.problems)
    assert told == sorted(told)


def test_what_the_progress_raises_ends_it(silent):
    class CancelledError(Exception):
        pass

    def cancel(_share: float) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        run_self_test(silent, seconds=60.0, progress=cancel)
