"""A kit map as lines of text that can be typed: ``42, 22`` for keys, ``as 43`` for a stand-in. No Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping

from drumapp.core.kit import general_midi_lane
from drumapp.core.kit_map import KitMap

_STAND_IN = re.compile(r"as\s+(\d+)", re.IGNORECASE)
_KEYS = re.compile(r"\d+(\s*[,;\s]\s*\d+)*")


def text_of(kit_map: KitMap, drum: int) -> str:
    """What a map says of a General MIDI drum: the keys that mean it, the first of which is sent, or its stand-in."""
    if drum in kit_map.stand_ins:
        return f"as {kit_map.stand_ins[drum]}"
    return ", ".join(map(str, kit_map.keys.get(drum, (drum,))))


def map_of(name: str, texts: Mapping[int, str]) -> KitMap:
    """The map that texts of drums say; an empty one says that the drum has its own key.

    Raises ValueError with a sentence that names the drum, for a text or a map that makes no sense.
    """
    keys: dict[int, tuple[int, ...]] = {}
    stand_ins: dict[int, int] = {}
    for drum, text in texts.items():
        words = text.strip()
        stand_in = _STAND_IN.fullmatch(words)
        if stand_in:
            stand_ins[drum] = int(stand_in[1])
        elif words and _KEYS.fullmatch(words):
            found = tuple(map(int, re.findall(r"\d+", words)))
            if found != (drum,):
                keys[drum] = found
        elif words:
            drum_name = general_midi_lane(drum).name
            raise ValueError(f"{drum_name}: write keys such as 42, 22, or “as 43” to play another drum, not “{words}”.")
    try:
        return KitMap(name, keys, stand_ins)
    except ValueError as error:
        raise ValueError(f"The map contradicts itself: {error}.") from error
