"""MIDI ports of the system: which ways to reach them this machine has, and what is connected."""

from __future__ import annotations

from dataclasses import dataclass

from drumapp.playback.native_chatter import silenced


@dataclass(frozen=True)
class MidiBackend:
    """One of the system's ways to MIDI ports.

    Attributes: name, such as "LINUX_ALSA"; outputs, the names of the ports that notes can be sent to; problem, why
    this way is closed, None where it is open.
    """

    name: str
    outputs: tuple[str, ...]
    problem: str | None = None


def midi_backends() -> list[MidiBackend]:
    """Every backend the MIDI library was built with, asked for its ports. One that is closed says why; none raises.

    Raises ImportError where the MIDI library itself cannot be loaded.
    """
    import mido
    import rtmidi
    from mido.backends.rtmidi import get_api_names

    found = []
    for name in get_api_names():
        if name == "RTMIDI_DUMMY":
            continue  # it stands for no port at all
        try:
            with silenced():
                outputs = mido.Backend(f"mido.backends.rtmidi/{name}").get_output_names()
        except (rtmidi.RtMidiError, OSError) as error:
            # "MidiInAlsa::initialize: error creating ALSA sequencer client object": the first half is C++'s.
            cause = str(error).rpartition("::initialize: ")[2].strip(" .?!")
            found.append(MidiBackend(name, (), cause or "it does not answer"))
        else:
            found.append(MidiBackend(name, tuple(outputs)))
    return found
