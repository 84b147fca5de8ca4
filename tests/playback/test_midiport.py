import sys
import time

import pytest

from drumapp.playback import midiport
from drumapp.playback.midiport import MidiBackend, describe_backend, list_output_ports, midi_backends


def test_every_backend_has_ports_or_a_problem_and_prints_nothing(capfd):
    for backend in midi_backends():
        assert backend.name
        assert backend.problem is None or not backend.outputs
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_ports_of_all_backends_are_listed_once(monkeypatch):
    backends = [
        MidiBackend("ALSA", ("Synth", "Drums")),
        MidiBackend("JACK", ("Drums",)),
        MidiBackend("X", problem="none"),
    ]
    monkeypatch.setattr(midiport, "midi_backends", lambda: backends)
    assert list_output_ports() == ["Synth", "Drums"]
    assert describe_backend() == "MIDI through ALSA (2 outputs), JACK (1 outputs)."


def test_without_any_the_reasons_are_told(monkeypatch):
    monkeypatch.setattr(midiport, "midi_backends", lambda: [MidiBackend("ALSA", problem="it is absent")])
    assert list_output_ports() == []
    assert describe_backend() == "No MIDI: ALSA: it is absent."


def test_a_missing_library_is_a_problem_not_a_crash(monkeypatch):
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    (backend,) = midi_backends()
    assert backend.problem is not None


class FakeClient:
    """An input of rtmidi's that holds messages, each with the seconds since the one before."""

    def __init__(self, *messages: tuple[list[int], float]) -> None:
        self.messages = list(messages)

    def get_message(self) -> tuple[list[int], float] | None:
        return self.messages.pop(0) if self.messages else None


def test_a_listener_that_fails_is_told_of_and_the_others_are_heard():
    system, heard = midiport.RtMidiSystem(), []

    def fail(_message: object, _now_ns: int) -> None:
        raise ArithmeticError("a mistake in the program")

    system._poller.listen(FakeClient(([1], 0.0)), fail)
    system._poller.listen(FakeClient(([2], 0.0)), lambda message, _now_ns: heard.append(message))
    deadline = time.monotonic() + 30
    while not heard and time.monotonic() < deadline:
        time.sleep(0.01)
    assert heard == [[2]]
    with pytest.raises(ArithmeticError):
        system.look()
    system.close()
