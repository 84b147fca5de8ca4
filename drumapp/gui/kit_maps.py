"""The kit maps there are: those of the program, then the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from drumapp.core.errors import DrumappError
from drumapp.core.kit_map import BUILT_IN_KIT_MAPS, KitMap
from drumapp.gui.dialogs import Asking
from drumapp.settings import kit_maps_folder
from drumapp.storage.kit_map_file import (
    StoredKitMap,
    delete_kit_map,
    kit_map_to_bytes,
    list_kit_maps,
    read_kit_map,
    save_kit_map,
)

KIT_MAP_FILES = "Kit maps (*.kitmap.json)"
SUFFIX = ".kitmap.json"


class KitMaps:
    """Failures are shown as sentences, and leave everything as it was."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._told: set[str] = set()

    def all(self) -> Sequence[KitMap]:
        """Every map, General MIDI's first. One of the user's with a name of the program's is called otherwise."""
        taken = {kit_map.name for kit_map in BUILT_IN_KIT_MAPS}
        return (*BUILT_IN_KIT_MAPS, *(stored.kit_map for stored in self._own() if stored.kit_map.name not in taken))

    def is_own(self, name: str) -> bool:
        """Whether a map is the user's, and so can be changed and deleted."""
        return any(stored.kit_map.name == name for stored in self._own())

    def save(self, kit_map: KitMap) -> bool:
        """Keep a map among the user's own; whether that was done."""
        if any(kit_map.name == built_in.name for built_in in BUILT_IN_KIT_MAPS):
            self._asking.show_error(f"“{kit_map.name}” comes with the program: give your map another name.")
            return False
        try:
            save_kit_map(kit_map, kit_maps_folder())
        except DrumappError as error:
            self._asking.show_error(str(error))
            return False
        return True

    def delete(self, name: str) -> KitMap | None:
        """Delete one of the user's maps; the map, should it be wanted back, or None when nothing was deleted."""
        for stored in self._own():
            if stored.kit_map.name == name:
                try:
                    delete_kit_map(stored.path)
                except DrumappError as error:
                    self._asking.show_error(str(error))
                    return None
                return stored.kit_map
        return None

    def ask_load(self, folder: Path | None) -> KitMap | None:
        """Let the user choose a map's file; what it holds, or None."""
        path = self._asking.file_to_open("Load a kit map", folder, KIT_MAP_FILES)
        if path is None:
            return None
        try:
            return read_kit_map(path)
        except DrumappError as error:
            self._asking.show_error(str(error))
            return None

    def ask_export(self, kit_map: KitMap, folder: Path | None) -> None:
        """Write a map into a file the user names, to be given to others."""
        from drumapp.atomic import write_atomically

        suggestion = (folder or Path.home()) / f"{kit_map.name}{SUFFIX}"
        path = self._asking.file_to_save("Save the kit map", suggestion, KIT_MAP_FILES)
        if path is None:
            return
        try:
            write_atomically(path, kit_map_to_bytes(kit_map))
        except (DrumappError, ValueError) as error:
            self._asking.show_error(str(error))

    def _own(self) -> tuple[StoredKitMap, ...]:
        try:
            folder = list_kit_maps(kit_maps_folder())
        except DrumappError as error:
            self._tell(str(error))
            return ()
        for problem in folder.problems:
            self._tell(problem)
        return folder.maps

    def _tell(self, sentence: str) -> None:
        """Each problem once: the maps are listed with every menu that shows them."""
        if sentence not in self._told:
            self._told.add(sentence)
            self._asking.show_error(sentence)
