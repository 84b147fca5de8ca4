import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.midi_learn import (
    ControlKind,
    MidiBinding,
    MidiControl,
    Presses,
    bound,
    check_bindings,
    control_of,
    freed,
    target_of,
)

KNOB = MidiControl(ControlKind.CONTROLLER, 1, 21)
PAD = MidiControl(ControlKind.NOTE, 10, 36)

controls = st.builds(MidiControl, st.sampled_from(ControlKind), st.integers(1, 16), st.integers(0, 127))
targets = st.sampled_from(["play", "stop", "record", "Tempo", "Volume"])


def test_controls_are_named_as_devices_name_them() -> None:
    assert str(KNOB) == "CC 21, channel 1"
    assert str(PAD) == "note 36, channel 10"


@pytest.mark.parametrize(("channel", "number"), [(0, 1), (17, 1), (1, -1), (1, 128)])
def test_what_midi_does_not_have_is_refused(channel: int, number: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        MidiControl(ControlKind.NOTE, channel, number)


@given(st.lists(st.tuples(targets, controls), max_size=20))
def test_one_control_drives_one_target(pairs) -> None:
    bindings = ()
    for target, control in pairs:
        bindings = bound(bindings, target, control)
        assert control_of(bindings, target) == control
        assert target_of(bindings, control) == target
        assert check_bindings(bindings) == bindings
    for target, _ in pairs:
        bindings = freed(bindings, target)
        assert control_of(bindings, target) is None
    assert bindings == ()


def test_what_a_control_drove_before_is_free() -> None:
    bindings = bound(bound(bound((), "play", PAD), "stop", KNOB), "stop", PAD)
    assert bindings == (MidiBinding("stop", PAD),)
    assert target_of(bindings, KNOB) is None


def test_bindings_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="one target"):
        check_bindings([MidiBinding("play", PAD), MidiBinding("stop", PAD)])
    with pytest.raises(ValueError, match="one target"):
        check_bindings([MidiBinding("play", PAD), MidiBinding("play", KNOB)])
    with pytest.raises(ValueError, match="128"):
        check_bindings(
            [MidiBinding(f"target {n}", MidiControl(ControlKind.NOTE, n % 16 + 1, n // 16)) for n in range(129)]
        )
    for name in ("", "x" * 65):
        with pytest.raises(ValueError, match="characters"):
            MidiBinding(name, PAD)


def test_a_button_is_pressed_once_whatever_it_sends_when_it_is_let_go() -> None:
    presses = Presses()
    assert [presses.pressed(KNOB, value) for value in (127, 0, 127, 0)] == [True, False, True, False]
    assert [presses.pressed(PAD, value) for value in (127, 127, 127)] == [True, True, True]


def test_a_fader_that_is_pushed_up_presses_once() -> None:
    presses = Presses()
    up, down = range(128), range(126, -1, -1)
    assert [value for value in up if presses.pressed(KNOB, value)] == [64]
    assert not any(presses.pressed(KNOB, value) for value in down)
    assert [value for value in up if presses.pressed(KNOB, value)] == [64]
