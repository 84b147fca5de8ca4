"""Human drumming from a real kit: run where DRUMAPP_GROOVE names the folder of the Groove MIDI Dataset."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from drumapp.core.kit import HOUSE_KIT
from drumapp.core.kit_map import GENERAL_MIDI, ROLAND_TD, guess_kit_map
from drumapp.midi.smf import pattern_to_bytes, read_contents, read_pattern

FOLDER_VARIABLE = "DRUMAPP_GROOVE"


@pytest.fixture(scope="module")
def files() -> list[Path]:
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        pytest.skip(f"{FOLDER_VARIABLE} names no folder of human drumming")
    found = sorted(Path(folder).rglob("*.mid"))
    assert found, f"{folder} holds no MIDI files"
    return found


def test_every_file_is_one_part_of_drums_for_a_roland_kit(files: list[Path]) -> None:
    everything: Counter[int] = Counter()
    for path in files:
        contents = read_contents(path)
        (part,) = contents.parts
        assert part.is_drums
        assert contents.default == (part.id,)
        speaks_roland = not {22, 26, 58}.isdisjoint(part.keys)
        assert guess_kit_map(part.keys) is (ROLAND_TD if speaks_roland else GENERAL_MIDI), path
        everything.update(part.keys)
    assert guess_kit_map(everything) is ROLAND_TD
    assert {ROLAND_TD.to_general_midi[key] for key in everything} <= set(HOUSE_KIT.row_of_key)


def test_what_was_played_is_written_as_it_was_read(files: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "again.mid"
    for number, original in enumerate(files):
        pattern = read_pattern(original, key_map=ROLAND_TD.to_general_midi)
        path.write_bytes(pattern_to_bytes(pattern, midi_format=number % 2, ticks_per_quarter=480 * (1 + number % 3)))
        assert read_pattern(path) == pattern, original
