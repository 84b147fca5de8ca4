"""The virtual port as another program sees it, with a real server. What waits here waits for a state."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range, TempoMap
from drumapp.playback import jack_wires
from drumapp.playback.engine import (
    VIRTUAL_PORT,
    MidiInputSettings,
    MidiOutputSettings,
    MidiSettings,
    PadStruck,
    PlaybackEngine,
    PortReady,
    SoundSettings,
)
from drumapp.playback.jack_wires import JackWires
from drumapp.playback.midi_messages import InPort
from drumapp.playback.midiport import RtMidiSystem
from tests.playback.jack import Ear, Receiver, alone, is_gone, jack_server, missing, wait_until
from tests.playback.midi_fakes import is_strike, still_sounding

pytestmark = pytest.mark.skipif(missing is not None, reason=str(missing))

PORT = "Drumapp:out"
FAST = TempoMap.constant(300)
LONG = Pattern.of([Note(tick, key, 100, 300) for tick in range(0, 1920, 60) for key in (36, 42)], tempo=FAST)
VIRTUAL = MidiSettings(outputs=(MidiOutputSettings(VIRTUAL_PORT),))


@pytest.fixture
def server() -> Iterator[None]:
    with jack_server():
        yield


@pytest.fixture
def engine(server: None, font: Path) -> Iterator[PlaybackEngine]:  # noqa: ARG001
    engine = PlaybackEngine(SoundSettings(font, synth="sampler", device="null"))
    engine.set_midi(VIRTUAL)
    engine.start()
    yield engine
    engine.close()


@pytest.fixture
def receiver(server: None) -> Iterator[Receiver]:  # noqa: ARG001
    receiver = Receiver()
    yield receiver
    receiver.close()


def strikes(receiver: Receiver) -> list[list[int]]:
    return [message for message in receiver.look() if is_strike(message)]


def play(engine: PlaybackEngine, receiver: Receiver) -> None:
    receiver.open(PORT)
    engine.set_pattern(LONG)
    engine.set_loop(Range(0, 1920))
    engine.play()
    wait_until(lambda: len(strikes(receiver)) > 20, "nothing was played")


def assert_silence(receiver: Receiver) -> None:
    wait_until(lambda: still_sounding(receiver.look()) == set(), "a note is stuck")
    count = len(receiver.messages)
    time.sleep(0.2)
    assert len(strikes(receiver)) == len([message for message, _ in receiver.messages[:count] if is_strike(message)])


@pytest.mark.parametrize("ending", ["stop", "pause", "close", "set_midi", "terminate"])
def test_it_ends_in_silence(engine, receiver, ending):
    play(engine, receiver)
    match ending:
        case "set_midi":
            engine.set_midi(MidiSettings())
        case "terminate":
            os.kill(engine.process_id, signal.SIGTERM)
        case _:
            getattr(engine, ending)()
    assert_silence(receiver)


def test_switched_off_and_on_the_virtual_port_is_the_same_and_who_is_connected_stays_so(engine, receiver):
    play(engine, receiver)
    for _ in range(3):
        engine.set_midi(MidiSettings())
        assert_silence(receiver)
        count = len(strikes(receiver))
        engine.set_midi(VIRTUAL)
        wait_until(lambda: len(strikes(receiver)) > count + 10, "it is not played any more")  # noqa: B023
    engine.stop()
    assert_silence(receiver)
    assert engine.running


def test_panic_ends_what_sounds_and_the_music_goes_on(engine, receiver):
    play(engine, receiver)
    engine.panic()
    wait_until(lambda: [0xB9, 120, 0] in receiver.look(), "no panic came")
    place = receiver.look().index([0xB9, 120, 0])
    assert still_sounding(receiver.look()[:place]) == set()
    wait_until(lambda: len(receiver.look()) > place + 20, "the music did not go on")


def test_when_the_window_is_killed_the_port_falls_silent(receiver, font, tmp_path):
    script = tmp_path / "window.py"
    script.write_text(
        textwrap.dedent(f"""
            import time
            from pathlib import Path
            from drumapp.core.pattern import Note, Pattern
            from drumapp.core.timing import Range, TempoMap
            from drumapp.playback.engine import *

            if __name__ == "__main__":
                engine = PlaybackEngine(SoundSettings(Path({str(font)!r}), "sampler", 0.0, "null"))
                engine.set_midi(MidiSettings(outputs=(MidiOutputSettings(VIRTUAL_PORT),)))
                engine.start()
                notes = [Note(tick, key, 100, 300) for tick in range(0, 1920, 60) for key in (36, 42)]
                engine.set_pattern(Pattern.of(notes, tempo=TempoMap.constant(300)))
                engine.set_loop(Range(0, 1920))
                print(engine.process_id, flush=True)
                input()
                engine.play()
                time.sleep(600)
        """)
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as window:
        process_id = int(window.stdout.readline())
        receiver.open(PORT)
        window.stdin.write("play\n")
        window.stdin.flush()
        wait_until(lambda: len(strikes(receiver)) > 20, "nothing was played")
        window.kill()
    wait_until(lambda: is_gone(process_id), "the playing process lives on")
    assert still_sounding(receiver.look()) == set()


def test_pads_come_in_through_the_virtual_port(engine):
    events = []

    def heard(kind: type, times: int = 1) -> bool:
        events.extend(engine.poll())
        return sum(isinstance(event, kind) for event in events) >= times

    wait_until(lambda: heard(PortReady), "the output was not opened")
    # The second time it is the port that was offered the first time.
    listening = MidiSettings(inputs=(MidiInputSettings(VIRTUAL_PORT),))
    for times, midi in enumerate((listening, VIRTUAL, listening), 2):
        engine.set_midi(midi)
        wait_until(lambda: heard(PortReady, times), "the port was not opened")  # noqa: B023
    sender = subprocess.run(
        [
            sys.executable,
            "-c",
            "import rtmidi, time\n"
            "out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name='Pads')\n"
            "out.open_port(next(n for n, name in enumerate(out.get_ports()) if name.startswith('Drumapp in')), 'out')\n"
            "time.sleep(0.2)\n"
            "out.send_message([0x99, 38, 101])\n"
            "time.sleep(0.2)\n",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert sender.returncode == 0, sender.stderr
    wait_until(lambda: heard(PadStruck), "the pad was not heard")
    (pad,) = [event for event in events if isinstance(event, PadStruck)]
    assert (pad.port, pad.key, pad.velocity, pad.channel) == (VIRTUAL_PORT, 38, 101, 10)


def test_the_time_of_a_pad_does_not_suffer_from_what_else_its_device_says():
    sender = textwrap.dedent("""
        import rtmidi, time
        out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="Pads")
        out.open_port(next(n for n, name in enumerate(out.get_ports()) if name.startswith("Drumapp in")), "out")
        time.sleep(0.2)
        for _ in range(5):
            for message in ([0xFE], [0xF0, 0x7E, 0xF7], [0xFE]):
                out.send_message(message)
                time.sleep(0.1)
            print(time.monotonic_ns())  # nothing can have come before that
            out.send_message([0x99, 38, 101])
        time.sleep(0.2)
    """)
    heard = []
    with jack_server():
        system = RtMidiSystem()
        system.look()
        port = system.open_input(VIRTUAL_PORT, lambda message, at: heard.append((message, at)))
        try:
            said = subprocess.run([sys.executable, "-c", sender], capture_output=True, text=True, check=True).stdout
            wait_until(lambda: len([at for message, at in heard if message[0] == 0x99]) == 5, "not all pads came")
        finally:
            port.close()
            system.close()
    came = [at for message, at in heard if message[0] == 0x99]
    assert all(at >= int(sent) for at, sent in zip(came, said.split(), strict=True))


def test_the_music_outlives_the_server_and_the_port_comes_back_with_it(font):
    engine = PlaybackEngine(SoundSettings(font, synth="sampler", device="null"))
    engine.set_midi(VIRTUAL)
    engine.set_pattern(LONG)
    engine.set_loop(Range(0, 1920))
    with alone():
        try:
            with jack_server():
                engine.start()
                engine.play()
                wait_until(lambda: engine.notes_sent > 10, "nothing was sent")
            wait_until(lambda: any("gone" in str(event) for event in engine.poll()), "the loss was not told")
            tick = engine.playhead().notes_played
            wait_until(lambda: engine.playhead().notes_played > tick + 20, "the music stopped")
            with jack_server():
                receiver = Receiver()
                try:
                    receiver.open(PORT)
                    wait_until(lambda: len(strikes(receiver)) > 10, "nothing came through the new server")
                    engine.stop()
                    assert_silence(receiver)
                finally:
                    receiver.close()
        finally:
            engine.close()


EAR = "Ear:in"


def jack_ports() -> list[str]:
    return subprocess.run(["jack_lsp"], capture_output=True, text=True, check=True).stdout.split("\n")


def test_a_port_is_let_go_and_taken_up_again_though_our_end_stays():
    with jack_server():
        system, ear, other = RtMidiSystem(), Ear(), Ear("Other")
        try:
            for tidied in (False, False, True, False):
                port = system.open_output(EAR)
                assert ear.hears(port, 36)
                # The last of it arrives, though nobody waits before the port is closed.
                port.send((0x89, 36, 0))
                port.close()
                assert ear.next() == [0x89, 36, 0]
                assert ear.players() == 0
                ours = [name for name in jack_ports() if name.startswith("Drumapp") and name.endswith("out")]
                assert len(ours) == 1
                if tidied:
                    system.tidy()
                    assert not [name for name in jack_ports() if name.startswith("Drumapp") and name.endswith("out")]
            port = system.open_output("Other:in")
            assert other.hears(port, 38)
            assert ear.players() == 0
        finally:
            system.close()
            ear.close()
            other.close()


@pytest.mark.parametrize("played", [False, True])
def test_a_port_that_was_away_is_connected_anew(played):
    with jack_server():
        system, ear = RtMidiSystem(), Ear()
        try:
            port = system.open_output(EAR)
            if not played:
                port.close()
            ear.close()
            wait_until(lambda: EAR not in system.look().outputs, "the port did not go")
            if played:
                port.close()
            ear = Ear()
            wait_until(lambda: EAR in system.look().outputs, "the port did not come back")
            assert ear.hears(system.open_output(EAR), 42)
        finally:
            system.close()
            ear.close()


def test_where_jack_cannot_be_asked_ports_are_closed_for_good(monkeypatch):
    monkeypatch.setattr(jack_wires, "_with_functions", lambda _path: None)
    with jack_server():
        system, ear = RtMidiSystem(), Ear()
        try:
            for key in (36, 38):
                port = system.open_output(EAR)
                ear.hears_sooner_or_later(port, key)
                port.close()
                assert ear.players() == 0
        finally:
            system.close()
            ear.close()


def test_what_comes_in_while_nobody_listens_is_not_heard_later():
    heard: list[int] = []

    def listen(system: RtMidiSystem) -> InPort:
        return system.open_input("Pads:out", lambda message, _at: heard.append(message[1]))

    import rtmidi

    with jack_server():
        system, pads = RtMidiSystem(), rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="Pads")
        pads.open_virtual_port("out")
        try:
            port = listen(system)
            pads.send_message([0x99, 36, 100])
            wait_until(lambda: heard == [36], "the pad was not heard")
            port.close()
            pads.send_message([0x99, 38, 100])
            time.sleep(0.1)
            port = listen(system)
            pads.send_message([0x99, 42, 100])
            wait_until(lambda: len(heard) > 1, "the pad was not heard")
            assert heard == [36, 42]
            port.close()
        finally:
            system.close()
            pads.delete()


def test_who_listened_to_another_port_may_offer_the_virtual_one():
    import rtmidi

    heard: list[int] = []
    with jack_server():
        system, pads = RtMidiSystem(), rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="Pads")
        pads.open_virtual_port("out")
        try:
            system.open_input("Pads:out", lambda message, _at: heard.append(message[1])).close()
            port = system.open_input(VIRTUAL_PORT, lambda message, _at: heard.append(message[1]))
            pads.send_message([0x99, 36, 100])
            player = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="Player")
            player.open_port(player.get_ports().index("Drumapp in:in"), "out")

            def heard_once_more() -> bool:
                player.send_message([0x99, 38, 100])  # what is sent before the connection holds goes nowhere
                return heard != []

            wait_until(heard_once_more, "the pad was not heard")
            assert set(heard) == {38}
            port.close()
            player.delete()
        finally:
            system.close()
            pads.delete()


def test_wires_are_only_laid_where_there_is_something_to_connect():
    import rtmidi

    wires = JackWires(rtmidi._rtmidi.__file__, "Test")
    with jack_server():
        ear = Ear()
        try:
            assert EAR in (wires.midi_ports(played=True) or [])
            assert wires.midi_ports(played=False) == rtmidi.MidiIn(rtmidi.API_UNIX_JACK).get_ports()
            assert wires.midi_ports(played=True) == rtmidi.MidiOut(rtmidi.API_UNIX_JACK).get_ports()
            assert not wires.connect("Nobody:out", EAR)
            assert wires.disconnect("Nobody:out", EAR)
        finally:
            wires.close()
            ear.close()
    assert not wires.connect("Nobody:out", EAR), "there is no server any more"
    assert wires.midi_ports(played=True) is None
    assert not JackWires("/nowhere/libjack.so", "Test").connect("Nobody:out", EAR)
