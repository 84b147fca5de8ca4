import pytest

from drumapp.core.kit_map import ROLAND_TD
from drumapp.playback.engine_protocol import ControlMoved, PadReleased, PadStruck, PressPad, ReleasePad
from drumapp.playback.midi_input import MidiInput
from drumapp.playback.output_settings import MidiInputSettings

MS = 1_000_000


class Listener:
    """An input, and what it has said. The tick heard is the time in milliseconds."""

    def __init__(self, **settings: object) -> None:
        self.posted: list[object] = []
        self.reported: list[object] = []
        self.followed: list[object] = []
        self.input = MidiInput(
            MidiInputSettings("Pads", **settings),
            tick_at=lambda now_ns: now_ns / MS,
            post=self.posted.append,
            report=self.reported.append,
            follow=lambda *event: self.followed.append(event),
        )

    def hear(self, *messages: list[int], at_ms: float = 100.0) -> None:
        for message in messages:
            self.input.receive(message, round(at_ms * MS))


def test_a_stroke_is_played_and_told_by_its_drum_and_its_own_key():
    listener = Listener(kit_map=ROLAND_TD)
    listener.hear([0x99, 22, 70])
    listener.hear([0x89, 22, 0], at_ms=150)
    assert listener.posted == [PressPad(42, 70), ReleasePad(42)]
    assert listener.reported == [
        PadStruck("Pads", 10, 22, 42, 70, 100.0, 100 * MS),
        PadReleased("Pads", 42, 150.0, 150 * MS),
    ]


def test_a_note_on_of_velocity_0_lets_go():
    listener = Listener()
    listener.hear([0x90, 36, 70], [0x90, 36, 0], [0x80, 36, 64])
    assert listener.posted == [PressPad(36, 70), ReleasePad(36)]


def test_what_the_cable_holds_back_is_taken_off():
    listener = Listener(offset_ms=7.0)
    listener.hear([0x90, 36, 70])
    assert listener.reported[0].tick == 93.0
    assert listener.reported[0].struck_ns == 93 * MS


def test_pads_may_be_silent():
    listener = Listener(sounds=False)
    listener.hear([0x90, 36, 70], [0x80, 36, 0])
    assert listener.posted == []
    assert len(listener.reported) == 2


def test_only_its_channel_is_heard():
    listener = Listener(channel=2)
    listener.hear([0x90, 36, 70], [0xB0, 1, 5], [0x91, 38, 70], [0xB1, 1, 5])
    assert listener.posted == [PressPad(38, 70)]
    assert listener.reported[1:] == [ControlMoved("Pads", 2, 1, 5)]


def test_clock_goes_to_who_follows_it_whatever_the_channel():
    listener = Listener(channel=2)
    listener.hear([0xF8], [0xF2, 3, 4])
    assert listener.followed == [("Pads", [0xF8], 100 * MS), ("Pads", [0xF2, 3, 4], 100 * MS)]
    assert listener.reported == []


def test_what_drums_have_no_use_for_does_no_harm():
    listener = Listener()
    listener.hear([0xE0, 1, 2], [0xC0, 5], [0xD0, 7], [0xA9, 36, 100], [0x90, 36], [0xB0, 1])
    assert listener.posted == []
    assert listener.reported == []


def test_what_is_held_is_let_go_when_told():
    listener = Listener()
    listener.hear([0x90, 36, 70], [0x90, 38, 70], [0x80, 38, 0])
    listener.input.let_go()
    listener.input.let_go()
    assert listener.posted[3:] == [ReleasePad(36)]


@pytest.mark.parametrize("message", [[], [36], [36, 70, 70], [0x90], [0x90, 36], [0x90, 200, 70], [0xB0, 1, 200]])
def test_what_is_no_message_is_ignored(message):
    listener = Listener()
    listener.hear(message, [0x90, 36, 70])
    assert listener.posted == [PressPad(36, 70)]
    assert len(listener.reported) == 1
