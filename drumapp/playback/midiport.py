"""Hardware and virtual MIDI ports, through mido and rtmidi."""

from __future__ import annotations

from dataclasses import dataclass

from drumapp.playback.native_chatter import silenced

# rtmidi's names of the interfaces, and people's.
_BACKENDS = {
    "LINUX_ALSA": "ALSA",
    "UNIX_JACK": "JACK",
    "MACOSX_CORE": "Core MIDI",
    "WINDOWS_MM": "Windows MIDI",
}


@dataclass(frozen=True)
class MidiBackend:
    """One way to MIDI ports. Attributes: name; outputs, the ports' names; problem: why it cannot be used, or None."""

    name: str
    outputs: tuple[str, ...] = ()
    problem: str | None = None


def midi_backends() -> list[MidiBackend]:
    """The MIDI interfaces that this computer's rtmidi was built with, and what each of them offers."""
    try:
        import mido
        import rtmidi
    except (ImportError, OSError) as error:
        # OSError or ImportError alike: on Linux its extension needs ALSA's library to load.
        return [MidiBackend("rtmidi", problem=f"it cannot be loaded ({error}); on Debian: sudo apt install libasound2")]
    backends = []
    built_in = [name for name in _BACKENDS if getattr(rtmidi, f"API_{name}") in rtmidi.get_compiled_api()]
    for name in built_in:
        try:
            with silenced():
                ports = mido.Backend(f"mido.backends.rtmidi/{name}").get_output_names()
        except OSError as error:  # what rtmidi raises derives from it
            backends.append(MidiBackend(_BACKENDS[name], problem=_plain(str(error))))
        else:
            backends.append(MidiBackend(_BACKENDS[name], tuple(dict.fromkeys(ports))))
    return backends


def list_output_ports() -> list[str]:
    """The names of all MIDI ports that notes can be sent to."""
    return list(dict.fromkeys(port for backend in midi_backends() for port in backend.outputs))


def describe_backend() -> str:
    """One sentence on what MIDI there is."""
    backends = midi_backends()
    usable = [backend for backend in backends if backend.problem is None]
    if usable:
        names = ", ".join(f"{backend.name} ({len(backend.outputs)} outputs)" for backend in usable)
        return f"MIDI through {names}."
    problems = "; ".join(f"{backend.name}: {backend.problem}" for backend in backends)
    return f"No MIDI: {problems or 'rtmidi knows no interface of this system'}."


def _plain(message: str) -> str:
    """Rtmidi's message without the C++ function's name."""
    if "ALSA sequencer" in message:
        return "the ALSA sequencer is absent (sudo modprobe snd-seq)"
    if "JACK" in message:
        return "the JACK server is not running"
    return message.split(": ", 1)[-1]
