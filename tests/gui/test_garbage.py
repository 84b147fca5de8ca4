import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from drumapp.core.pattern import Note
from drumapp.gui import garbage
from drumapp.gui.garbage import give_back_often, settle_memory


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(garbage, "share_one_heap", lambda: None)  # which could not be undone
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_an_edit_of_many_notes_does_not_have_all_objects_looked_through() -> None:
    settle_memory()
    looked_through = gc.get_stats()[2]["collections"]
    notes = [Note(tick, 36, 100) for tick in range(300_000)]

    assert len(notes) == 300_000
    assert gc.get_stats()[2]["collections"] == looked_through


def test_garbage_that_holds_itself_still_goes() -> None:
    settle_memory()
    gc.collect()
    gone = gc.get_stats()[0]["collected"] + gc.get_stats()[1]["collected"]
    for _ in range(150_000):
        circle: list[object] = []
        circle.append(circle)

    assert gc.get_stats()[0]["collected"] + gc.get_stats()[1]["collected"] > gone


def test_memory_goes_back_again_and_again_while_its_owner_lives(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[str] = []
    monkeypatch.setattr(garbage, "GIVE_BACK_MS", 1)
    monkeypatch.setattr(garbage, "REST_MS", 2)
    monkeypatch.setattr(garbage, "give_memory_back", lambda: times.append("back"))
    owner = QObject()
    give_back_often(owner, lambda: times.append("rest"))
    qtbot.waitUntil(lambda: min(times.count("rest"), times.count("back")) >= 3)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    seen = len(times)
    qtbot.wait(30)
    assert len(times) == seen
