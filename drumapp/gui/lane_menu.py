"""The menu of a lane, and that of the drums a kit may get besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from drumapp.core.kit import GENERAL_MIDI_LANES, DrumKit, Family, Lane
from drumapp.gui.piano_roll.lane_parts import pan_text

CHOKE_GROUPS_OFFERED = 8
PANS_OFFERED = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class LaneActs:
    """What a lane's menu does; each takes the lane's MIDI key."""

    hear: Callable[[int], None]
    select: Callable[[int], None]
    rename: Callable[[int], None]
    mute: Callable[[int], None]
    solo: Callable[[int], None]
    solo_alone: Callable[[int], None]
    lock: Callable[[int], None]
    lock_others: Callable[[int], None]
    reset_mix: Callable[[int], None]
    pan: Callable[[int, float], None]
    choke: Callable[[int, int], None]
    colour: Callable[[int, Family], None]
    move: Callable[[int, int], None]
    add: Callable[[int, int | None], None]
    remove: Callable[[int], None]


def lane_menu(parent: QWidget, kit: DrumKit, lane: Lane, played: bool, acts: LaneActs) -> QMenu:
    """The menu of one lane; ``played``: it has notes, and so cannot go."""
    menu = QMenu(parent)
    key, row = lane.key, kit.row_of_key[lane.key]
    title = menu.addAction(f"{lane.name} – MIDI key {key}")
    title.setEnabled(False)
    menu.addSeparator()
    menu.addAction("Hear it", lambda: acts.hear(key))
    menu.addAction("Select its notes", lambda: acts.select(key))
    menu.addAction("Rename …", lambda: acts.rename(key))
    menu.addSeparator()
    _checked(menu.addAction("Mute", lambda: acts.mute(key)), lane.muted)
    _checked(menu.addAction("Solo", lambda: acts.solo(key)), lane.soloed)
    menu.addAction("Solo this one alone", lambda: acts.solo_alone(key))
    _checked(menu.addAction("Lock", lambda: acts.lock(key)), lane.locked)
    menu.addAction("Lock all others", lambda: acts.lock_others(key))
    menu.addAction("Volume to 0 dB", lambda: acts.reset_mix(key))
    menu.addSeparator()
    _add_pans(menu, lane, acts)
    _add_choke_groups(menu, kit, lane, acts)
    _add_colours(menu, lane, acts)
    up = menu.addAction("Move up", lambda: acts.move(key, row - 1))
    up.setEnabled(row > 0)
    down = menu.addAction("Move down", lambda: acts.move(key, row + 1))
    down.setEnabled(row < len(kit.lanes) - 1)
    menu.addSeparator()
    menu.addMenu(drums_menu(menu, kit, lambda added: acts.add(added, row + 1)))
    remove = menu.addAction("Remove", lambda: acts.remove(key))
    remove.setEnabled(not played)
    if played:
        remove.setText("Remove (it has notes)")
    return menu


def drums_menu(parent: QWidget, kit: DrumKit, add: Callable[[int], None]) -> QMenu:
    """The General MIDI drums that a kit lacks, by family."""
    menu = QMenu("Add a drum", parent)
    for family in Family:
        missing = [lane for lane in GENERAL_MIDI_LANES if lane.family is family and lane.key not in kit.row_of_key]
        if missing:
            names = menu.addMenu(family.value.capitalize())
            for lane in missing:
                names.addAction(f"{lane.name} ({lane.key})", lambda chosen=lane.key: add(chosen))
    menu.setEnabled(not menu.isEmpty())
    return menu


def _add_choke_groups(menu: QMenu, kit: DrumKit, lane: Lane, acts: LaneActs) -> None:
    groups = QMenu("Choke group", menu)
    together = QActionGroup(groups)
    for group in range(max(CHOKE_GROUPS_OFFERED, lane.choke_group) + 1):
        others = [other.name for other in kit.lanes if other.choke_group == group and other is not lane]
        text = "None" if group == 0 else f"{group}: {', '.join(others)}" if others else str(group)
        choice = groups.addAction(text, lambda chosen=group: acts.choke(lane.key, chosen))
        _checked(choice, lane.choke_group == group)
        together.addAction(choice)
    menu.addMenu(groups)


def _add_pans(menu: QMenu, lane: Lane, acts: LaneActs) -> None:
    pans = QMenu(f"Pan: {pan_text(lane.pan)}", menu)
    together = QActionGroup(pans)
    for pan in PANS_OFFERED:
        choice = pans.addAction(pan_text(pan), lambda chosen=pan: acts.pan(lane.key, chosen))
        _checked(choice, lane.pan == pan)
        together.addAction(choice)
    menu.addMenu(pans)


def _add_colours(menu: QMenu, lane: Lane, acts: LaneActs) -> None:
    colours = QMenu("Colour", menu)
    together = QActionGroup(colours)
    for family in Family:
        choice = colours.addAction(family.value.capitalize(), lambda chosen=family: acts.colour(lane.key, chosen))
        _checked(choice, lane.family is family)
        together.addAction(choice)
    menu.addMenu(colours)


def _checked(action: QAction, on: bool) -> None:
    action.setCheckable(True)
    action.setChecked(on)
