import sys

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
