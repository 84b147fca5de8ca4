from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core import kit_editing as edits
from drumapp.core.kit import GENERAL_MIDI_KIT, HOUSE_KIT, DrumKit, Family, Lane

KIT = DrumKit("kit", (Lane("Hat", 42), Lane("Snare", 38), Lane("Kick", 36)))


def keys(kit: DrumKit) -> list[int]:
    return [lane.key for lane in kit.lanes]


def test_a_lane_is_renamed_and_an_empty_name_gives_back_the_usual_one() -> None:
    named = edits.rename(KIT, 38, "  Popcorn ")
    assert named.lanes[1].name == "Popcorn"
    assert edits.rename(named, 38, " ").lanes[1].name == "Snare"


def test_solo_alone_takes_the_others_out_and_done_again_all() -> None:
    both = edits.set_soloed(edits.set_soloed(KIT, 42, True), 36, True)
    assert both.heard_keys == {42, 36}
    alone = edits.solo_only(both, 38)
    assert alone.heard_keys == {38}
    assert edits.solo_only(alone, 38) == KIT
    assert edits.unmute_all(edits.set_muted(both, 38, True)) == KIT


def test_lanes_are_locked_one_by_one_or_all_but_some() -> None:
    assert edits.set_locked(KIT, 36, True).locked_keys == {36}
    others = edits.lock_all_but(edits.set_locked(KIT, 42, True), {42})
    assert others.locked_keys == {38, 36}
    assert edits.lock_all_but(others, {42}) == KIT


def test_volume_and_pan_stop_at_their_ends() -> None:
    assert edits.set_volume(KIT, 36, 99).lanes[2].volume_db == 12
    assert edits.set_volume(KIT, 36, -99).lanes[2].volume_db == -60
    assert edits.set_pan(KIT, 36, 3).lanes[2].pan == 1


@pytest.mark.parametrize(
    ("key", "row", "after"),
    [
        (36, 0, [36, 42, 38]),
        (36, 1, [42, 36, 38]),
        (42, 2, [38, 36, 42]),
        (42, 99, [38, 36, 42]),
        (38, -5, [38, 42, 36]),
    ],
)
def test_lanes_move(key: int, row: int, after: list[int]) -> None:
    assert keys(edits.move_lane(KIT, key, row)) == after


def test_lanes_come_and_go() -> None:
    assert keys(edits.add_lane(KIT, 56)) == [42, 38, 36, 56]
    assert keys(edits.add_lane(KIT, 56, 1)) == [42, 56, 38, 36]
    assert edits.add_lane(KIT, 36) is KIT
    assert edits.remove_lane(edits.add_lane(KIT, 56), 56) == KIT
    assert keys(edits.lanes_of(KIT, {36, 42, 99})) == [42, 36]
    with pytest.raises(ValueError, match="key"):
        edits.add_lane(KIT, 128)


@pytest.mark.parametrize(
    "edit",
    [
        lambda kit: edits.rename(kit, 38, "Snare"),
        lambda kit: edits.set_muted(kit, 38, False),
        lambda kit: edits.set_soloed(kit, 38, False),
        lambda kit: edits.unmute_all(kit),
        lambda kit: edits.set_volume(kit, 38, 0.0),
        lambda kit: edits.set_choke_group(kit, 38, 0),
        lambda kit: edits.set_family(kit, 38, Family.PERCUSSION),
        lambda kit: edits.move_lane(kit, 38, 1),
        lambda kit: edits.lanes_of(kit, {36, 38, 42}),
    ],
)
def test_an_edit_that_changes_nothing_gives_the_same_kit(edit: Callable[[DrumKit], DrumKit]) -> None:
    assert edit(KIT) is KIT


@pytest.mark.parametrize("edit", [edits.remove_lane, edits.solo_only, lambda kit, key: edits.rename(kit, key, "x")])
def test_a_lane_that_is_not_there_is_refused(edit: Callable[[DrumKit, int], DrumKit]) -> None:
    if edit is edits.solo_only:
        assert edit(KIT, 99) is KIT
        return
    with pytest.raises(KeyError):
        edit(KIT, 99)


@given(st.sampled_from([HOUSE_KIT, GENERAL_MIDI_KIT, KIT]), st.data())
def test_moving_keeps_every_lane(kit: DrumKit, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(keys(kit)))
    row = data.draw(st.integers(-2, len(kit.lanes) + 2))
    moved = edits.move_lane(kit, key, row)
    assert sorted(keys(moved)) == sorted(keys(kit))
    assert keys(moved)[min(max(row, 0), len(kit.lanes) - 1)] == key
    assert replace(moved, lanes=kit.lanes) == kit
