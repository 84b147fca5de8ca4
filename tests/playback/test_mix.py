import multiprocessing
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.kit import (
    FIRST_DRUM_KEY,
    GENERAL_MIDI_KIT,
    HOUSE_KIT,
    LAST_DRUM_KEY,
    DrumKit,
    Lane,
    general_midi_lane,
)
from drumapp.playback import engine_protocol as protocol
from drumapp.playback.mix import MOST_GAIN, PLAIN, KeyMix, Mix, gain_of, mix_of, panned

OPEN_HAT, CLOSED_HAT, PEDAL_HAT = 46, 42, 44


def kit_with(*lanes: Lane) -> DrumKit:
    kit = HOUSE_KIT
    for lane in lanes:
        kit = kit.with_lane(lane)
    return kit


def test_general_midis_kit_is_played_plainly_but_for_its_groups():
    mix = mix_of(GENERAL_MIDI_KIT)
    assert mix.keys == {}
    assert mix.unheard == frozenset()
    assert mix.rivals([CLOSED_HAT], range(128)) == [PEDAL_HAT, OPEN_HAT]
    assert mix.rivals([80, 36], range(128)) == [81]
    assert mix.rivals([36, 38], range(128)) == []
    assert mix.of(36) == PLAIN


@pytest.mark.parametrize(("volume_db", "gain"), [(-60.0, 0.0), (-20.0, 0.1), (0.0, 1.0), (6.0, 1.9953), (12.0, 3.9811)])
def test_volume_is_in_decibels_and_its_least_is_silence(volume_db, gain):
    mix = mix_of(kit_with(replace(general_midi_lane(36), volume_db=volume_db)))
    assert mix.of(36).gain == pytest.approx(gain, rel=1e-4)
    assert mix.of(36).gain <= MOST_GAIN
    assert mix.of(38) == PLAIN


def test_muted_lanes_are_unheard_and_so_are_those_beside_a_soloed_one():
    muted = replace(general_midi_lane(36), muted=True)
    assert mix_of(kit_with(muted)).unheard == {36}
    soloed = replace(general_midi_lane(38), soloed=True)
    others = {lane.key for lane in HOUSE_KIT.lanes} - {38}
    assert mix_of(kit_with(soloed)).unheard == others  # a key without a lane is not among them


def test_a_group_of_one_chokes_nobody():
    mix = mix_of(kit_with(replace(general_midi_lane(36), choke_group=9)))
    assert mix.rivals([36], range(128)) == []


def test_keys_struck_together_choke_what_rang_of_each_other():
    mix = mix_of(HOUSE_KIT)
    assert mix.rivals([CLOSED_HAT, OPEN_HAT], [CLOSED_HAT, OPEN_HAT]) == [CLOSED_HAT, OPEN_HAT]
    assert mix.rivals([OPEN_HAT, OPEN_HAT], [CLOSED_HAT, OPEN_HAT]) == [CLOSED_HAT]


class TestExclusiveClasses:
    def test_the_font_has_its_say_while_the_group_is_general_midis(self):
        mix = mix_of(HOUSE_KIT)
        assert mix.of(OPEN_HAT).exclusive
        assert mix.of(36).exclusive
        assert mix.of(20).exclusive  # no lane

    @pytest.mark.parametrize("group", [0, 7])
    def test_only_the_kit_decides_once_the_group_is_another(self, group):
        mix = mix_of(kit_with(replace(general_midi_lane(OPEN_HAT), choke_group=group)))
        assert mix.of(OPEN_HAT) == KeyMix(exclusive=False)
        assert mix.of(CLOSED_HAT) == PLAIN
        assert mix.rivals([CLOSED_HAT], range(128)) == [PEDAL_HAT]
        assert mix.rivals([OPEN_HAT], range(128)) == []


def test_a_kit_with_every_lane_changed_goes_through_a_pipe_without_waiting():
    lanes = [
        replace(general_midi_lane(key), volume_db=-3.3 - key / 100, pan=key / 128, muted=True, choke_group=5)
        for key in range(FIRST_DRUM_KEY, LAST_DRUM_KEY + 1)
    ]
    message = protocol.Message(2**40, protocol.SetMix(mix_of(DrumKit("Mixed", tuple(lanes)))))
    packed = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    assert len(packed) < 4000  # Linux promises 4096
    reading, writing = multiprocessing.Pipe(duplex=False)
    with reading, writing:
        writing.send_bytes(packed)
        assert reading.recv() == message


def test_an_empty_mix_is_plain():
    assert Mix().of(36) == KeyMix(gain_of(0.0), 0.0, True)


places = st.floats(-1, 1)


@given(places, places)
def test_pan_moves_a_sound_towards_its_side_and_never_past_it(place, pan):
    moved = panned(place, pan)
    assert -1 - 1e-9 <= moved <= 1 + 1e-9
    assert moved >= place - 1e-9 if pan >= 0 else moved <= place + 1e-9
    assert panned(place, 0.0) == place
    assert panned(place, 1.0) == pytest.approx(1.0)
    assert panned(place, -1.0) == pytest.approx(-1.0)
