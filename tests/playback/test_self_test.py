import pytest

from drumapp.core.errors import DrumappError
from drumapp.playback import self_test
from drumapp.playback.engine import EngineDied, PortLost, PortReady, SoundReady
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


class ScriptedEngine:
    """An engine of which only its reports matter: those before, and those once it plays."""

    def __init__(self, before: list, after: list) -> None:
        self._events, self._after = list(before), after
        self.pulls = 0

    def poll(self) -> list:
        events, self._events = self._events, []
        return events

    def play(self) -> None:
        self._events = list(self._after)

    def sent_since(self, _count: int, _port: str) -> list:
        return []

    def pulls_since(self, _count: int) -> list:
        return []

    def __getattr__(self, _name: str):
        return lambda *_arguments: None


READY = [SoundReady("Synth", "Device", 20.0, 48_000, False), PortReady("Gone"), PortReady("Quiet")]


def test_ports_that_could_not_be_tested_are_told_of(monkeypatch, silent):
    monkeypatch.setattr(self_test, "PlaybackEngine", lambda _: ScriptedEngine(READY, [PortLost("Gone", "It is gone.")]))
    result = run_self_test(silent, [MidiOutputSettings("Gone"), MidiOutputSettings("Quiet")], seconds=0.01)
    assert result.ports == ()
    assert result.problems == ("It is gone.", "Too few notes were sent to Quiet to tell; test for longer.")


@pytest.mark.parametrize(("before", "after"), [([], [EngineDied("It died.")]), ([EngineDied("It died.")], [])])
def test_a_playing_process_that_dies_is_told_of(monkeypatch, silent, before, after):
    monkeypatch.setattr(self_test, "PlaybackEngine", lambda _: ScriptedEngine(before or READY, after))
    with pytest.raises(DrumappError, match="It died"):
        run_self_test(silent, [], seconds=0.01)
