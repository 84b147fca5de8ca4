"""Kit maps as small JSON files that can be written by hand, and a folder of the user's own."""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drumapp.atomic import write_atomically
from drumapp.core.errors import DrumappError
from drumapp.core.kit import general_midi_lane
from drumapp.core.kit_map import KitMap
from drumapp.storage.fields import FieldError, NotJsonError, Stored, listed, mapping, parse_object, text, whole

SUFFIX = ".kitmap.json"
FORMAT = "drumapp kit map"
VERSION = 1
MAX_FILE_BYTES = 1 << 20
MAX_NAME_LENGTH = 100

_LONGEST_STEM = 40
# Names that Windows keeps for its devices, whatever suffix follows.
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


class KitMapFileError(DrumappError):
    """A kit map's file that cannot be opened, saved or deleted; one sentence that names the file and the cause."""


@dataclass(frozen=True)
class StoredKitMap:
    """A map and the file that holds it."""

    path: Path
    kit_map: KitMap


@dataclass(frozen=True)
class KitMapFolder:
    """The user's maps by name, and in ``problems`` one sentence for each file that could not be read."""

    maps: tuple[StoredKitMap, ...] = ()
    problems: tuple[str, ...] = ()


def read_kit_map(path: Path) -> KitMap:
    """Read a kit map. Fields that are not known are passed over.

    Raises KitMapFileError, naming file and cause: missing, unreadable, too large, not a kit map, from a newer version,
    or with a field that makes no sense, which is named.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise KitMapFileError(f"Cannot open {path}: {_cause(error)}.") from error
    try:
        return kit_map_from_bytes(data)
    except FieldError as error:
        raise KitMapFileError(f"Cannot open {path}: {error}.") from error


def kit_map_to_bytes(kit_map: KitMap) -> bytes:
    """A kit map as its file's JSON, one drum a line. Raises FieldError for one whose name is too long to be stored."""
    _name(kit_map.name)
    drums: dict[int, dict[str, Any]] = {drum: {"keys": keys} for drum, keys in kit_map.keys.items()}
    drums |= {drum: {"stand_in": played} for drum, played in kit_map.stand_ins.items()}
    lines = [
        "    " + json.dumps({"drum": drum, "name": general_midi_lane(drum).name, **drums[drum]})
        for drum in sorted(drums)
    ]
    head = [f'"format": {json.dumps(FORMAT)}', f'"version": {VERSION}', f'"name": {json.dumps(kit_map.name)}']
    inside = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
    return ("{\n  " + ",\n  ".join([*head, f'"drums": {inside}']) + "\n}\n").encode()


def kit_map_from_bytes(data: bytes) -> KitMap:
    """The kit map in a file's JSON. Raises FieldError with a clause that goes on from "Cannot open NAME: "."""
    if len(data) > MAX_FILE_BYTES:
        raise FieldError(f"it is larger than {MAX_FILE_BYTES >> 20} MB")
    try:
        stored = parse_object(data.removeprefix(codecs.BOM_UTF8))
    except NotJsonError as error:
        raise FieldError(f"it is not a kit map, or damaged ({error})") from error
    if stored.get("format") != FORMAT:
        raise FieldError(f'it is not a kit map (format must be "{FORMAT}")')
    version = stored.get("version")
    if type(version) is int and version > VERSION:
        raise FieldError("a newer version of Drumapp wrote it; update Drumapp to open it")
    whole("version", version, 1, VERSION)
    keys: dict[int, list[int]] = {}
    stand_ins: dict[int, int] = {}
    for row, entry in enumerate(listed("drums", stored.get("drums")), start=1):
        where = f"entry {row} of drums"
        _take_in(mapping(where, entry), where, keys, stand_ins)
    name = _name(stored.get("name"))
    try:
        return KitMap(name, keys, stand_ins)
    except ValueError as error:
        raise FieldError(str(error)) from error


def list_kit_maps(folder: Path) -> KitMapFolder:
    """The maps in a folder, by name; none where the folder does not exist yet. Files that cannot be read are told of.

    Raises KitMapFileError when the folder itself cannot be searched.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIX))
    except FileNotFoundError:
        return KitMapFolder()
    except OSError as error:
        raise KitMapFileError(f"Cannot look into the folder {folder}: {_cause(error)}.") from error
    maps, problems = [], []
    for path in paths:
        try:
            maps.append(StoredKitMap(path, read_kit_map(path)))
        except KitMapFileError as error:
            problems.append(str(error))
    maps.sort(key=lambda stored: (stored.kit_map.name.casefold(), stored.path.name))
    return KitMapFolder(tuple(maps), tuple(problems))


def save_kit_map(kit_map: KitMap, folder: Path) -> StoredKitMap:
    """Save a map in a folder, all or nothing, in the place of the one of its name, where there is one.

    Raises KitMapFileError for a name that is too long, or a folder that cannot be made or searched; WriteError, naming
    file and cause.
    """
    same = (stored.path for stored in list_kit_maps(folder).maps if stored.kit_map.name == kit_map.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KitMapFileError(f"Cannot make the folder {folder}: {_cause(error)}.") from error
    path = next(same, None) or _free_path(folder, kit_map.name)
    try:
        data = kit_map_to_bytes(kit_map)
    except FieldError as error:
        raise KitMapFileError(f"Cannot save {path}: {error}.") from error
    write_atomically(path, data)
    return StoredKitMap(path, kit_map)


def delete_kit_map(path: Path) -> None:
    """Delete a map's file; one that is gone already is no error. Raises KitMapFileError, naming file and cause."""
    if not path.name.endswith(SUFFIX):
        raise KitMapFileError(f"Cannot delete {path}: it is not a kit map.")
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise KitMapFileError(f"Cannot delete {path}: {_cause(error)}.") from error


def _take_in(entry: Stored, where: str, keys: dict[int, list[int]], stand_ins: dict[int, int]) -> None:
    drum = whole(f"drum of {where}", entry.get("drum"), 0, 127)
    if drum in keys or drum in stand_ins:
        raise FieldError(f"drums must not hold a drum twice, but drum {drum} comes twice")
    if "stand_in" in entry:
        if "keys" in entry:
            raise FieldError(f"{where} must have keys or a stand_in, not both")
        stand_ins[drum] = whole(f"stand_in of {where}", entry["stand_in"], 0, 127)
    else:
        keys[drum] = [whole(f"keys of {where}", key, 0, 127) for key in listed(f"keys of {where}", entry.get("keys"))]


def _name(value: object) -> str:
    name = text("name", value)
    if len(name) > MAX_NAME_LENGTH:
        raise FieldError(f"name must be at most {MAX_NAME_LENGTH} characters long, not {len(name)}")
    return name


def _free_path(folder: Path, name: str) -> Path:
    """A file for a name that no other map has: letters and digits of it, and a number where that is taken."""
    plain = unicodedata.normalize("NFC", name).casefold()
    stem = "-".join(re.findall(r"[^\W_]+", plain))[:_LONGEST_STEM].strip("-")
    if _DEVICES.fullmatch(stem):
        stem = f"kit-{stem}"
    number = 1
    path = folder / f"{stem}{SUFFIX}"
    while path.exists() or path.is_symlink():
        number += 1
        path = folder / f"{stem}-{number}{SUFFIX}"
    return path


def _cause(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error)
