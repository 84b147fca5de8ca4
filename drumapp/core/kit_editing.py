"""Edits of a kit: kit in, kit out. A lane is named by its MIDI key; KeyError says that the kit has no such lane.

An edit that changes nothing gives the very kit it was given.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from drumapp.core.kit import (
    MAX_LANE_VOLUME_DB,
    MIN_LANE_VOLUME_DB,
    DrumKit,
    Family,
    Lane,
    general_midi_lane,
)


def rename(kit: DrumKit, key: int, name: str) -> DrumKit:
    """Call a lane something; an empty name gives back the one General MIDI has for its key."""
    return _changed(kit, key, name=name.strip() or general_midi_lane(key).name)


def set_muted(kit: DrumKit, key: int, muted: bool) -> DrumKit:
    """Mute a lane, or let it be heard."""
    return _changed(kit, key, muted=muted)


def set_soloed(kit: DrumKit, key: int, soloed: bool) -> DrumKit:
    """Solo a lane besides others, or no longer."""
    return _changed(kit, key, soloed=soloed)


def set_locked(kit: DrumKit, key: int, locked: bool) -> DrumKit:
    """Keep the drummer out of a lane, or let it in again."""
    return _changed(kit, key, locked=locked)


def lock_all_but(kit: DrumKit, keys: Collection[int]) -> DrumKit:
    """Let the drummer into some lanes alone; done again, into all."""
    locked = frozenset(lane.key for lane in kit.lanes if lane.key not in keys)
    if kit.locked_keys == locked:
        locked = frozenset()
    return _with(kit, tuple(replace(lane, locked=lane.key in locked) for lane in kit.lanes))


def solo_only(kit: DrumKit, key: int) -> DrumKit:
    """Solo a lane and no other; done again, none."""
    alone = [lane.key for lane in kit.lanes if lane.soloed] == [key]
    lanes = tuple(replace(lane, soloed=lane.key == key and not alone) for lane in kit.lanes)
    return _with(kit, lanes)


def unmute_all(kit: DrumKit) -> DrumKit:
    """Neither mute nor solo anything."""
    return _with(kit, tuple(replace(lane, muted=False, soloed=False) for lane in kit.lanes))


def set_volume(kit: DrumKit, key: int, volume_db: float) -> DrumKit:
    """Make a lane louder or softer, kept within what a lane can have."""
    return _changed(kit, key, volume_db=min(max(volume_db, MIN_LANE_VOLUME_DB), MAX_LANE_VOLUME_DB))


def set_pan(kit: DrumKit, key: int, pan: float) -> DrumKit:
    """Put a lane further left (-1) or right (1), kept within these."""
    return _changed(kit, key, pan=min(max(pan, -1.0), 1.0))


def set_choke_group(kit: DrumKit, key: int, choke_group: int) -> DrumKit:
    """Put a lane into a choke group; 0 is none. Raises ValueError for a group out of range."""
    return _changed(kit, key, choke_group=choke_group)


def set_family(kit: DrumKit, key: int, family: Family) -> DrumKit:
    """Give a lane the colour of another family."""
    return _changed(kit, key, family=family)


def move_lane(kit: DrumKit, key: int, row: int) -> DrumKit:
    """Put a lane in another row, counted from 0 at the top with the lane taken out; kept within the kit."""
    lane = kit.lanes[kit.row_of_key[key]]
    others = [other for other in kit.lanes if other is not lane]
    others.insert(min(max(row, 0), len(others)), lane)
    return _with(kit, tuple(others))


def add_lane(kit: DrumKit, key: int, row: int | None = None) -> DrumKit:
    """Add the General MIDI drum of a key that the kit lacks, in a row (at the foot when left out).

    Raises ValueError for a key outside 0-127.
    """
    if key in kit.row_of_key:
        return kit
    lanes = list(kit.lanes)
    lanes.insert(len(lanes) if row is None else min(max(row, 0), len(lanes)), general_midi_lane(key))
    return _with(kit, tuple(lanes))


def remove_lane(kit: DrumKit, key: int) -> DrumKit:
    """Take a lane out. Its notes, if there are any, keep an unnamed lane of their own."""
    row = kit.row_of_key[key]
    return _with(kit, (*kit.lanes[:row], *kit.lanes[row + 1 :]))


def lanes_of(kit: DrumKit, keys: Collection[int]) -> DrumKit:
    """The kit with those of its lanes alone that have one of some keys."""
    return _with(kit, tuple(lane for lane in kit.lanes if lane.key in keys))


def _changed(kit: DrumKit, key: int, **changes: Any) -> DrumKit:
    lane = kit.lanes[kit.row_of_key[key]]
    changed = replace(lane, **changes)
    return kit if changed == lane else kit.with_lane(changed)


def _with(kit: DrumKit, lanes: tuple[Lane, ...]) -> DrumKit:
    return kit if lanes == kit.lanes else replace(kit, lanes=lanes)
