from __future__ import annotations

from dataclasses import replace

import pytest

from drumapp.core.kit import (
    GENERAL_MIDI_KIT,
    GENERAL_MIDI_LANES,
    HOUSE_KIT,
    DrumKit,
    Lane,
    general_midi_lane,
)


def test_general_midi_has_every_percussion_key_once() -> None:
    assert [lane.key for lane in GENERAL_MIDI_LANES] == list(range(35, 82))
    assert len({lane.name for lane in GENERAL_MIDI_LANES}) == 47
    assert set(GENERAL_MIDI_KIT.row_of_key) == set(range(35, 82))


def test_hats_choke_each_other() -> None:
    groups = {general_midi_lane(key).choke_group for key in (42, 44, 46)}
    assert len(groups) == 1
    assert groups != {0}


def test_rows_count_from_the_top() -> None:
    assert HOUSE_KIT.row_of_key[HOUSE_KIT.lanes[0].key] == 0
    assert HOUSE_KIT.row_of_key[36] == len(HOUSE_KIT.lanes) - 1
    assert HOUSE_KIT.lane_of(36) == general_midi_lane(36)
    assert HOUSE_KIT.lane_of(99) is None


def test_missing_keys_are_added_below_and_known_ones_stay() -> None:
    kit = HOUSE_KIT.with_keys({36, 56, 100})
    assert kit.lanes[: len(HOUSE_KIT.lanes)] == HOUSE_KIT.lanes
    assert [lane.key for lane in kit.lanes[len(HOUSE_KIT.lanes) :]] == [56, 100]
    assert kit.lanes[-1].name == "Key 100"
    assert HOUSE_KIT.with_keys({36}) is HOUSE_KIT


def test_a_key_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="a key twice"):
        DrumKit("bad", (Lane("a", 36), Lane("b", 36)))


def test_solo_goes_before_mute() -> None:
    kick, snare, hat = Lane("Kick", 36), Lane("Snare", 38, muted=True), Lane("Hat", 42)
    assert DrumKit("kit", (kick, snare, hat)).heard_keys == {36, 42}
    soloed = DrumKit("kit", (kick, snare, hat)).with_lane(replace(snare, soloed=True))
    assert soloed.heard_keys == {38}
    assert [lane.key for lane in soloed.lanes] == [36, 38, 42]


@pytest.mark.parametrize(
    ("field", "value"), [("key", 128), ("choke_group", 17), ("volume_db", 12.5), ("volume_db", -61), ("pan", 1.1)]
)
def test_a_lane_out_of_range_is_refused_by_its_field(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field):
        replace(Lane("Kick", 36), **{field: value})
