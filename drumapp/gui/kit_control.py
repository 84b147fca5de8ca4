"""The kit wired into the window: what header, menus and keys ask of lanes becomes changes of the document's kit."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu

from drumapp.core import kit_editing
from drumapp.core.kit import DrumKit, Family
from drumapp.gui.document import Document
from drumapp.gui.inline_editor import InlineEditor
from drumapp.gui.lane_menu import LaneActs, drums_menu, lane_menu
from drumapp.gui.main_window import MainWindow
from drumapp.gui.piano_roll.editor import RollEditor
from drumapp.gui.piano_roll.lane_header import AUDITION_VELOCITY, switched_on
from drumapp.gui.piano_roll.lane_parts import Part, box_of
from drumapp.settings import Settings

_SWITCHES: dict[Part, tuple[Callable[[DrumKit, int, bool], DrumKit], str, str]] = {
    Part.LOCK: (kit_editing.set_locked, "Lock", "Unlock"),
    Part.MUTE: (kit_editing.set_muted, "Mute", "Unmute"),
    Part.SOLO: (kit_editing.set_soloed, "Solo", "Unsolo"),
}
_ON_LANE = ("mute_lane", "solo_lane", "rename_lane", "raise_lane", "lower_lane", "remove_lane")


class KitControl(QObject):
    """Lanes are told by their MIDI keys. Attributes: menu, the one that was opened last; name_editor, None or open."""

    def __init__(self, window: MainWindow, document: Document, editor: RollEditor, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._document, self._editor, self._settings = window, document, editor, settings
        self._roll, self._header = window.roll, window.roll.header
        self.menu: QMenu | None = None
        self.name_editor: InlineEditor | None = None
        self._rounds = itertools.count(1)
        self._acts = LaneActs(
            hear=lambda key: self._roll.auditioned.emit(key, AUDITION_VELOCITY),
            select=editor.select_lane,
            rename=self.rename,
            mute=self.toggle_mute,
            solo=self.toggle_solo,
            solo_alone=self.solo_alone,
            lock=self.toggle_lock,
            lock_others=lambda key: self.lock_others({key}),
            reset_mix=lambda key: self._set_volume(key, 0.0, None),
            pan=self._pan,
            choke=self._choke,
            colour=self._colour,
            move=self._move,
            add=self.add,
            remove=self.remove,
        )
        self._wire_header()
        self._wire_actions()
        document.kit_changed.connect(self._show_kit)
        self._show_kit()

    def _wire_header(self) -> None:
        header = self._header
        header.switched.connect(self._switch)
        header.singled_out.connect(self._single_out)
        header.volume_changed.connect(self._set_volume)
        header.lane_moved.connect(self._move)
        header.rename_wanted.connect(self.rename)
        header.remove_wanted.connect(self.remove)
        header.menu_wanted.connect(self.open_menu)

    def _wire_actions(self) -> None:
        actions = self._window.actions_by_name
        handlers: dict[str, Callable[[int], object]] = {
            "rename_lane": self.rename,
            "raise_lane": lambda key: self._move(key, self._kit.row_of_key[key] - 1),
            "lower_lane": lambda key: self._move(key, self._kit.row_of_key[key] + 1),
            "remove_lane": self.remove,
        }
        for name, handler in handlers.items():
            actions[name].triggered.connect(lambda _=False, act=handler: self._on_first_target(act))
        actions["mute_lane"].triggered.connect(lambda: self._switch_targets(Part.MUTE))
        actions["solo_lane"].triggered.connect(lambda: self._switch_targets(Part.SOLO))
        actions["lock_lane"].triggered.connect(lambda: self._switch_targets(Part.LOCK))
        actions["lock_others"].triggered.connect(lambda: self._lock_others_of_targets())
        actions["unmute_all"].triggered.connect(lambda: self._take_up(kit_editing.unmute_all(self._kit), "Unmute all"))
        actions["hide_empty"].toggled.connect(self._hide_empty)
        actions["hide_empty"].setChecked(self._settings.hide_empty_lanes)
        lanes_menu = self._window.lanes_menu
        # Made anew each time: which drums are missing changes.
        lanes_menu.aboutToShow.connect(self._offer_drums)
        self._adding: QMenu | None = None

    # Which lane

    @property
    def _kit(self) -> DrumKit:
        """The document's kit, with a lane for whatever is played besides."""
        return self._document.kit.with_keys(set(self._roll.scene.index.pitches.tolist()))

    def _targets(self) -> list[int]:
        """The lanes that a key or a menu acts on: that under the pointer, those selected, or the header's."""
        pointed = self._roll.pointed_key
        if pointed is not None:
            return [pointed]
        if self._editor.selection:
            return sorted({note.pitch for note in self._editor.selection})
        current = self._header.current_lane
        return [] if current is None else [current.key]

    def _on_first_target(self, act: Callable[[int], object]) -> None:
        targets = self._targets()
        if targets:
            act(targets[0])

    def _name(self, key: int) -> str:
        lane = self._kit.lane_of(key)
        return f"key {key}" if lane is None else lane.name

    # What is done

    def _take_up(self, kit: DrumKit, label: str, gesture: object = None) -> None:
        self._document.set_kit(kit, label, gesture)

    def _switch(self, key: int, part: Part, on: bool, gesture: object) -> None:
        change, on_verb, off_verb = _SWITCHES[part]
        self._take_up(change(self._kit, key, on), f"{on_verb if on else off_verb} {self._name(key)}", gesture)

    def _switch_targets(self, part: Part) -> None:
        targets = self._targets()
        lanes = [self._kit.lanes[self._kit.row_of_key[key]] for key in targets]
        on = not all(switched_on(lane, part) for lane in lanes)
        gesture = ("lanes", id(self), next(self._rounds))
        for key in targets:
            self._switch(key, part, on, gesture)

    def toggle_mute(self, key: int) -> None:
        """Mute a lane, or let it be heard."""
        lane = self._kit.lane_of(key)
        self._switch(key, Part.MUTE, lane is not None and not lane.muted, None)

    def toggle_solo(self, key: int) -> None:
        """Solo a lane, or no longer."""
        lane = self._kit.lane_of(key)
        self._switch(key, Part.SOLO, lane is not None and not lane.soloed, None)

    def toggle_lock(self, key: int) -> None:
        """Keep the drummer from a lane, or let it write there."""
        lane = self._kit.lane_of(key)
        self._switch(key, Part.LOCK, lane is not None and not lane.locked, None)

    def lock_others(self, keys: Collection[int]) -> None:
        """Let the drummer write these lanes alone; again: all."""
        names = ", ".join(self._name(key) for key in sorted(keys))
        self._take_up(kit_editing.lock_all_but(self._kit, keys), f"Lock all but {names}")

    def _lock_others_of_targets(self) -> None:
        targets = set(self._targets())
        if targets:
            self.lock_others(targets)

    def _single_out(self, key: int, part: Part) -> None:
        if part is Part.LOCK:
            self.lock_others({key})
        else:
            self.solo_alone(key)

    def solo_alone(self, key: int) -> None:
        """Solo a lane and no other; again: none."""
        self._take_up(kit_editing.solo_only(self._kit, key), f"Solo {self._name(key)}")

    def _set_volume(self, key: int, volume_db: float, gesture: object) -> None:
        self._take_up(kit_editing.set_volume(self._kit, key, volume_db), f"Volume of {self._name(key)}", gesture)

    def _pan(self, key: int, pan: float, gesture: object = None) -> None:
        self._take_up(kit_editing.set_pan(self._kit, key, pan), f"Pan {self._name(key)}", gesture)

    def _choke(self, key: int, group: int) -> None:
        self._take_up(kit_editing.set_choke_group(self._kit, key, group), f"Choke group of {self._name(key)}")

    def _colour(self, key: int, family: Family) -> None:
        self._take_up(kit_editing.set_family(self._kit, key, family), f"Colour of {self._name(key)}")

    def _move(self, key: int, row: int) -> None:
        """To a row as it is shown: with empty lanes hidden, next to the lane that is shown there."""
        kit, shown = self._kit, [lane.key for lane in self._roll.scene.kit.lanes if lane.key != key]
        row = min(max(row, 0), len(shown))
        others = [lane.key for lane in kit.lanes if lane.key != key]
        target = others.index(shown[row]) if row < len(shown) else others.index(shown[-1]) + 1 if shown else 0
        self._take_up(kit_editing.move_lane(kit, key, target), f"Move lane {self._name(key)}")

    def add(self, key: int, row: int | None = None) -> None:
        """Add a General MIDI drum to the kit."""
        kit = kit_editing.add_lane(self._kit, key, row)
        self._take_up(kit, f"Add {kit.lanes[kit.row_of_key[key]].name}")

    def remove(self, key: int) -> None:
        """Take a lane out of the kit; one that has notes stays, for they need it."""
        if key in self._roll.scene.index.pitches:
            self._window.status.music.setText(f"{self._name(key)} has notes: delete them before its lane")
            return
        self._take_up(kit_editing.remove_lane(self._kit, key), f"Remove {self._name(key)}")

    def rename(self, key: int) -> None:
        """Open a text field over a lane's name."""
        row = self._roll.scene.kit.row_of_key.get(key)
        if row is None or self.name_editor is not None:
            return
        view = self._roll.view
        box = box_of(Part.NAME, view.y_of(row), view.row_height)
        editor = InlineEditor(self._header)
        height = max(round(box.height), 24)
        editor.setGeometry(4, round(box.y + (box.height - height) / 2), round(box.right), height)
        editor.setMaxLength(60)
        editor.setText(self._name(key))
        editor.setAccessibleName("Name of the lane")
        editor.selectAll()
        editor.left.connect(lambda accepted: self._renamed(key, accepted))
        editor.show()
        editor.setFocus()
        self.name_editor = editor

    def _renamed(self, key: int, accepted: bool) -> None:
        editor, self.name_editor = self.name_editor, None
        if editor is None:
            return
        before, name, had_focus = self._name(key), editor.text(), editor.hasFocus()
        editor.hide()
        editor.deleteLater()
        if had_focus:
            self._roll.canvas.setFocus()
        if accepted:
            self._take_up(kit_editing.rename(self._kit, key, name), f"Rename {before}")

    # Menus

    def open_menu(self, key: int, place: QPoint) -> None:
        """The menu of a lane; where there is none (-1), that of the drums that can be added."""
        kit = self._kit
        lane = kit.lane_of(key)
        if lane is None:
            self.menu = drums_menu(self._header, kit, self.add)
        else:
            self.menu = lane_menu(self._header, kit, lane, key in self._roll.scene.index.pitches, self._acts)
        self.menu.popup(place)

    def _offer_drums(self) -> None:
        menu = self._window.lanes_menu
        if self._adding is not None:
            menu.removeAction(self._adding.menuAction())
            self._adding.deleteLater()
        self._adding = drums_menu(menu, self._kit, self.add)
        menu.insertMenu(self._window.actions_by_name["remove_lane"], self._adding)
        for name in _ON_LANE:
            self._window.actions_by_name[name].setEnabled(bool(self._targets()))

    def _hide_empty(self, hide: bool) -> None:
        self._settings.hide_empty_lanes = hide
        self._roll.set_hide_empty(hide)

    def _show_kit(self) -> None:
        self._roll.show_kit(self._document.kit)
