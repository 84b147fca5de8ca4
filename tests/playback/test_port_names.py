import pytest

from drumapp.playback.port_names import find_port, same_port


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ("TD-17:TD-17 MIDI 1 24:0", "TD-17:TD-17 MIDI 1 28:0", True),
        ("Digitakt 2", "Digitakt 3", True),
        ("Digitakt", "Digitakt 1", True),
        ("IAC Bus 1", "IAC Bus 1", True),
        ("TD-17", "TD-27", False),
        ("Synth 1 left", "Synth 2 left", False),
    ],
)
def test_numbers_of_the_plugging_in_do_not_count(wanted, found, same):
    assert same_port(wanted, found) is same


def test_the_very_name_goes_first():
    assert find_port("IAC Bus 2", ("IAC Bus 1", "IAC Bus 2")) == "IAC Bus 2"
    assert find_port("IAC Bus 3", ("IAC Bus 1", "IAC Bus 2")) == "IAC Bus 1"
    assert find_port("IAC", ()) is None
