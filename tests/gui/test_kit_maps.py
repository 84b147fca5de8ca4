"""Kit maps seen, edited, saved and loaded in their dialog."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.kit_map import BUILT_IN_KIT_MAPS, GENERAL_MIDI, LOGIC, ROLAND_TD, KitMap
from drumapp.gui.kit_map_dialog import KitMapDialog
from drumapp.gui.kit_map_text import map_of, text_of
from drumapp.settings import kit_maps_folder
from drumapp.storage.kit_map_file import read_kit_map, save_kit_map
from tests.gui.window_acts import trigger


@pytest.mark.parametrize("kit_map", BUILT_IN_KIT_MAPS, ids=lambda kit_map: kit_map.name)
def test_every_map_reads_back_from_its_text(kit_map: KitMap) -> None:
    texts = {drum: text_of(kit_map, drum) for drum in range(128)}
    read = map_of(kit_map.name, texts)
    assert read.to_general_midi == kit_map.to_general_midi
    assert read.from_general_midi == kit_map.from_general_midi


@given(st.dictionaries(st.integers(0, 127), st.text(max_size=8), max_size=6))
def test_whatever_is_typed_is_a_map_or_a_sentence(texts: dict[int, str]) -> None:
    try:
        said = map_of("typed", texts).name + "."
    except ValueError as error:
        said = str(error)
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({36: "kick"}, "Kick: write keys"),
        ({36: "200"}, "200"),
        ({36: "40", 38: "40"}, "key 40"),
        ({36: "as 300"}, "300"),
    ],
)
def test_a_text_that_makes_no_sense_is_told_of(texts: dict[int, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        map_of("typed", texts)


def test_an_empty_text_gives_a_drum_its_own_key() -> None:
    assert map_of("typed", {36: "", 38: " 38 "}) == KitMap("typed")


def open_dialog(application) -> KitMapDialog:
    trigger(application, "kit_maps")
    return application.files.dialog


def row_of(dialog: KitMapDialog, name: str) -> int:
    return next(row for row in range(dialog.table.rowCount()) if dialog.table.item(row, 0).text().startswith(name))


def choose(dialog: KitMapDialog, name: str) -> None:
    dialog.chosen.setCurrentText(name)
    dialog.chosen.activated.emit(dialog.chosen.currentIndex())


def test_a_map_is_edited_saved_offered_and_deleted(application, answers) -> None:
    dialog = open_dialog(application)
    choose(dialog, "Roland TD")
    assert dialog.table.item(row_of(dialog, "Closed hat"), 1).text() == "42, 22"
    assert dialog.name.text() == "My Roland TD"
    assert not dialog.delete.isEnabled()
    dialog.table.item(row_of(dialog, "Snare ("), 1).setText("38, 34")
    dialog.save.click()
    mine = KitMap("My Roland TD", {**ROLAND_TD.keys, 38: (38, 34)}, ROLAND_TD.stand_ins)
    assert application.files.kit_maps.all()[-1] == mine
    assert dialog.chosen.currentText() == "My Roland TD"

    dialog.delete.click()
    assert application.files.kit_maps.all() == BUILT_IN_KIT_MAPS
    assert dialog.delete.text() == "Bring “My Roland TD” back"
    dialog.delete.click()
    assert application.files.kit_maps.all()[-1] == mine
    assert not answers.errors


def test_a_mistake_is_told_of_while_it_is_typed(application) -> None:
    dialog = open_dialog(application)
    dialog.table.item(row_of(dialog, "Kick"), 1).setText("thud")
    assert "Kick: write keys" in dialog.problem.text()
    assert not dialog.save.isEnabled()
    dialog.table.item(row_of(dialog, "Kick"), 1).setText("as 35")
    assert not dialog.problem.text()
    assert dialog.save.isEnabled()


def test_the_programs_own_maps_are_not_overwritten(application, answers) -> None:
    dialog = open_dialog(application)
    dialog.name.setText("General MIDI")
    dialog.save.click()
    assert "comes with the program" in answers.errors[0]
    assert application.files.kit_maps.all() == BUILT_IN_KIT_MAPS


def test_maps_go_to_files_and_come_from_them(application, answers, tmp_path: Path) -> None:
    dialog = open_dialog(application)
    choose(dialog, LOGIC.name)
    dialog.name.setText("For Bob")
    answers.saves = tmp_path / "bob.kitmap.json"
    dialog.export.click()
    assert read_kit_map(answers.saves) == KitMap("For Bob", LOGIC.keys, LOGIC.stand_ins)

    answers.opens = answers.saves
    choose(dialog, GENERAL_MIDI.name)
    dialog.load.click()
    assert dialog.chosen.currentText() == "For Bob"
    assert dialog.name.text() == "For Bob"
    assert dialog.table.item(row_of(dialog, "Snare ("), 1).text() == "38, 34"
    dialog.save.click()
    assert application.files.kit_maps.all()[-1].name == "For Bob"
    answers.opens = tmp_path / "bad.kitmap.json"
    answers.opens.write_text("{")
    dialog.load.click()
    assert "bad.kitmap.json" in answers.errors[0]


def test_a_damaged_map_is_told_of_once(application, answers) -> None:
    save_kit_map(KitMap("Mine"), kit_maps_folder())
    (kit_maps_folder() / "broken.kitmap.json").write_text("nothing")
    assert application.files.kit_maps.all()[-1].name == "Mine"
    application.files.kit_maps.all()
    assert len(answers.errors) == 1
    assert "broken.kitmap.json" in answers.errors[0]
