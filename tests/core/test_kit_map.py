from __future__ import annotations

import copy
import pickle
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.kit import GENERAL_MIDI_LANES, HOUSE_KIT, Family, general_midi_lane
from drumapp.core.kit_map import (
    ABLETON_808,
    ABLETON_909,
    BUILT_IN_KIT_MAPS,
    GENERAL_MIDI,
    LOGIC,
    ROLAND_TD,
    KitMap,
    guess_kit_map,
)

KEYS = st.integers(0, 127)
built_in = pytest.mark.parametrize("kit_map", BUILT_IN_KIT_MAPS, ids=lambda kit_map: kit_map.name)


@st.composite
def kit_maps(draw: st.DrawFn) -> KitMap:
    """Any map that does not contradict itself."""
    free = draw(st.permutations(range(128)))
    drums = draw(st.lists(KEYS, unique=True, max_size=20))
    keys = {}
    for drum in drums:
        count = draw(st.integers(1, 4))
        keys[drum], free = tuple(free[:count]), free[count:]
    others = [drum for drum in range(128) if drum not in keys]
    lacking = draw(st.lists(st.sampled_from(others), unique=True, max_size=10))
    played = [drum for drum in range(128) if drum not in lacking]
    return KitMap("any", keys, {drum: draw(st.sampled_from(played)) for drum in lacking})


@given(kit_maps())
def test_what_is_sent_for_a_drum_is_understood_as_that_drum(kit_map: KitMap) -> None:
    for drum, keys in kit_map.keys.items():
        assert kit_map.from_general_midi[drum] == keys[0]
        assert {kit_map.to_general_midi[key] for key in keys} == {drum}
    for drum, played in kit_map.stand_ins.items():
        assert kit_map.from_general_midi[drum] == kit_map.from_general_midi[played]


@given(kit_maps())
def test_keys_that_are_not_named_stay_as_they_are(kit_map: KitMap) -> None:
    understood = {key for keys in kit_map.keys.values() for key in keys}
    for key in range(128):
        if key not in understood:
            assert kit_map.to_general_midi[key] == key
        if key not in kit_map.keys and key not in kit_map.stand_ins:
            assert kit_map.from_general_midi[key] == key
    assert list(kit_map.to_general_midi) == list(kit_map.from_general_midi) == list(range(128))


@given(kit_maps())
def test_a_map_is_a_value(kit_map: KitMap) -> None:
    assert kit_map.to_general_midi  # what is cached must travel too
    assert pickle.loads(pickle.dumps(kit_map)) == copy.deepcopy(kit_map) == kit_map  # noqa: S301 - its own
    backwards = {drum: list(kit_map.keys[drum]) for drum in reversed(kit_map.keys)}
    same = KitMap("any", backwards, kit_map.stand_ins)
    assert same == kit_map
    assert hash(same) == hash(kit_map)
    backwards[0] = [0]
    assert same == kit_map


@pytest.mark.parametrize(
    ("keys", "stand_ins", "message"),
    [
        ({36: (36,), 38: (38, 36)}, {}, "key 36 means both drum 36 and drum 38"),
        ({36: (35, 35)}, {}, "key 35 means drum 36 twice"),
        ({36: ()}, {}, "drum 36 has no keys"),
        ({36: (128,)}, {}, "not 128"),
        ({-1: (36,)}, {}, "not -1"),
        ({44: (44,)}, {44: 42}, "drum 44 has keys of its own"),
        ({}, {44: 44}, "drum 44, the stand-in for drum 44, has a stand-in itself"),
        ({}, {44: 42, 42: 46}, "drum 42, the stand-in for drum 44, has a stand-in itself"),
        ({}, {300: 42}, "not 300"),
        ({}, {44: 300}, "not 300"),
    ],
)
def test_contradictions_are_refused_by_their_key(
    keys: dict[int, tuple[int, ...]], stand_ins: dict[int, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        KitMap("bad", keys, stand_ins)


@pytest.mark.parametrize("name", ["", "  ", "?!", "\n"])
def test_a_map_needs_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="name must have a letter"):
        KitMap(name)


def test_general_midi_changes_nothing() -> None:
    assert all(GENERAL_MIDI.to_general_midi[key] == GENERAL_MIDI.from_general_midi[key] == key for key in range(128))


@built_in
def test_every_drum_of_the_set_is_played_by_one_of_its_family(kit_map: KitMap) -> None:
    """Percussion may lack a place on a device; a kick, snare, hat, tom or cymbal never does."""
    for lane in GENERAL_MIDI_LANES:
        if lane.family is not Family.PERCUSSION:
            heard = kit_map.to_general_midi[kit_map.from_general_midi[lane.key]]
            assert general_midi_lane(heard).family is lane.family, lane.name


@built_in
def test_three_toms_stay_three_and_in_order(kit_map: KitMap) -> None:
    toms = [lane.key for lane in HOUSE_KIT.lanes if lane.family is Family.TOM]
    assert [kit_map.to_general_midi[kit_map.from_general_midi[key]] for key in toms] == toms == [48, 45, 43]


@pytest.mark.parametrize("kit_map", [ABLETON_808, ABLETON_909], ids=lambda kit_map: kit_map.name)
def test_abletons_sixteen_pads_are_sixteen_drums_and_cover_the_house_kit(kit_map: KitMap) -> None:
    pads = range(36, 52)
    played = {kit_map.from_general_midi[lane.key] for lane in HOUSE_KIT.lanes}
    assert played <= set(pads)
    drums = {kit_map.to_general_midi[pad] for pad in pads}
    assert len(drums) >= 15  # the 909 has three snares, two of which General MIDI calls one drum
    assert {36, 37, 38, 39, 42, 46, 49} <= drums


def test_rolands_edges_and_rims_are_the_drums_they_belong_to() -> None:
    roland = {22: 42, 26: 46, 47: 45, 50: 48, 52: 57, 55: 49, 58: 43, 59: 51, 40: 40, 53: 53, 36: 36}
    assert {key: ROLAND_TD.to_general_midi[key] for key in roland} == roland


@pytest.mark.parametrize(
    ("counts", "guess"),
    [
        ({}, GENERAL_MIDI),
        ({36: 10, 38: 5, 42: 20, 46: 3, 59: 1}, GENERAL_MIDI),
        ({key: 1 for key in range(35, 82)}, GENERAL_MIDI),
        ({36: 10, 43: 4, 58: 1}, ROLAND_TD),
        ({36: 10, 43: 4, 58: 1, 54: 3}, GENERAL_MIDI),  # a vibraslap beside a tambourine
        ({36: 500, 22: 1}, ROLAND_TD),
        ({36: 10, 26: 3, 58: 1}, ROLAND_TD),
        ({36: 10, 22: 0, 26: 0}, GENERAL_MIDI),
        ({36: 10, 38: 5, 34: 2, 33: 4}, LOGIC),
        ({36: 10, 31: 1}, LOGIC),
        ({36: 10, 33: 4, 34: 1, 60: 7}, GENERAL_MIDI),  # a metronome's clicks and bongos
        ({36: 10, 22: 3, 34: 9}, LOGIC),
        ({36: 10, 22: 9, 34: 3}, ROLAND_TD),
        ({22: 3, 34: 9, 55: 1}, ROLAND_TD),
        ({36: 4, 37: 1, 38: 4, 44: 2, 51: 1}, GENERAL_MIDI),  # an 808's pads might be General MIDI's drums
    ],
)
def test_guesses(counts: dict[int, int], guess: KitMap) -> None:
    assert guess_kit_map(counts) is guess


@given(kit_map=st.sampled_from([ROLAND_TD, LOGIC]), drums=st.lists(st.sampled_from([36, 38, 42, 43, 45, 46, 48, 51])))
def test_the_guess_never_makes_another_drum_of_what_every_kit_calls_the_same(kit_map: KitMap, drums: list[int]) -> None:
    """Strokes on heads and bows alone give no device away, and need none to be understood."""
    sent = Counter(kit_map.from_general_midi[drum] for drum in drums if kit_map.from_general_midi[drum] == drum)
    guess = guess_kit_map(sent)
    assert [guess.to_general_midi[key] for key in sent] == list(sent)
