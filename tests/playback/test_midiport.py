import sys
import time

import pytest

from drumapp.playback import midiport
from drumapp.playback.midi_messages import MidiPortError
from drumapp.playback.midiport import MidiBackend, describe_backend, list_output_ports, midi_backends
from drumapp.playback.rtmidi_interface import others


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


def test_a_port_of_our_name_is_somebodys_on_windows_where_we_have_none():
    names = ["Drumapp:out", "Synth", "Drumapp 1"]
    assert list(others(names, "linux")) == ["Synth"]
    assert list(others(names, "win32")) == names


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


@pytest.mark.parametrize(("kind", "most"), [("output", 2), ("input", 2), ("output", 1)])
def test_an_interface_that_takes_no_more_clients_is_a_problem_not_a_crash(monkeypatch, kind, most):
    class Client:
        made = 0

        def __init__(self, _api: int, name: str) -> None:
            Client.made += 1
            if Client.made > most:
                raise OSError(f"no more clients for {name}")

        def get_ports(self) -> list[str]:
            return ["Synth", "Sampler"]

        def open_port(self, _index: int, _name: str) -> None:
            pass

        def close_port(self) -> None:
            pass

        def get_message(self) -> None:
            return None

        def ignore_types(self, **_kinds: bool) -> None:
            pass

        def set_callback(self, _callback: object) -> None:
            pass

    module = type(sys)("rtmidi")
    module.MidiOut = module.MidiIn = Client
    module.API_WINDOWS_MM, module.API_LINUX_ALSA, module.API_UNIX_JACK, module.API_MACOSX_CORE = 4, 2, 3, 1
    module.get_compiled_api = lambda: [4]
    monkeypatch.setitem(sys.modules, "rtmidi", module)
    system = midiport.RtMidiSystem()
    for _ in range(2):
        assert system.look().outputs == (("Synth", "Sampler") if most == 2 else ())

    def open_all() -> None:
        for name in ("Synth", "Sampler"):
            system.open_output(name) if kind == "output" else system.open_input(name, lambda *_: None)

    with pytest.raises(MidiPortError):
        open_all()
