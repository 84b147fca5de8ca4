import pytest

from drumapp.playback.port_names import find_port, same_port


@pytest.mark.parametrize(
    ("system", "wanted", "found", "same"),
    [
        ("linux", "TD-17:TD-17 MIDI 1 24:0", "TD-17:TD-17 MIDI 1 28:0", True),
        ("linux", "TD-17:TD-17 MIDI 1 24:0", "TD-17:TD-17 MIDI 2 24:1", False),
        ("linux", "a2j:TD-17 [24] (playback): MIDI 1", "a2j:TD-17 [28] (playback): MIDI 1", True),
        ("linux", "a2j:TD-17 [24] (playback): MIDI 1", "a2j:TD-17 [28] (playback): MIDI 2", False),
        ("win32", "Digitakt 2", "Digitakt 3", True),
        ("win32", "Digitakt", "Digitakt 1", True),
        ("win32", "loopMIDI Port 1 2", "loopMIDI Port 2 3", False),
        ("darwin", "IAC Driver Bus 1", "IAC Driver Bus 1", True),
        ("darwin", "IAC Driver Bus 1", "IAC Driver Bus 2", False),
        ("linux", "TD-17", "TD-27", False),
        ("win32", "Synth 1 left", "Synth 2 left", False),
    ],
)
def test_numbers_of_the_plugging_in_do_not_count(system, wanted, found, same):
    assert same_port(wanted, found, system) is same


def test_the_very_name_goes_first():
    assert find_port("Digitakt 2", ("Digitakt 1", "Digitakt 2"), "win32") == "Digitakt 2"
    assert find_port("Digitakt 3", ("Digitakt 1", "Digitakt 2"), "win32") == "Digitakt 1"
    assert find_port("IAC", ()) is None
