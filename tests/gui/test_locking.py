"""Lanes and notes that the drummer leaves as they are, by the window's own ways."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from drumapp.core.pattern import Note, Pattern
from drumapp.gui.piano_roll.lane_parts import Part, box_of
from tests.gui.window_acts import BAR, let_run, trigger

KICK, SNARE, HAT = 36, 38, 42
BEAT = Pattern.of(
    [Note(bar * BAR + tick, key, 100) for bar in range(4) for tick, key in ((0, KICK), (480, SNARE), (700, HAT))],
    length=4 * BAR,
)


@pytest.fixture
def document(application):
    application.document.replace(BEAT, "Open")
    application.window.roll.navigation.zoom_to_first_bars()
    return application.document


def click_lock(application, key: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    header, view = application.window.roll.header, application.window.roll.view
    row = application.window.roll.scene.kit.row_of_key[key]
    box = box_of(Part.LOCK, view.y_of(row), view.row_height)
    at = header.rect().topLeft()
    at.setX(round(box.x + box.width / 2))
    at.setY(round(box.y + box.height / 2))
    QTest.mouseClick(header, Qt.MouseButton.LeftButton, keys, at)


def test_a_click_locks_a_lane_and_another_with_alt_all_others(application, document) -> None:
    click_lock(application, SNARE)
    assert document.kit.locked_keys == {SNARE}
    assert document.undo_label == "Lock Snare"
    click_lock(application, HAT, Qt.KeyboardModifier.AltModifier)
    assert document.kit.locked_keys == {lane.key for lane in document.kit.lanes} - {HAT}
    trigger(application, "undo")
    trigger(application, "undo")
    assert not document.kit.locked_keys


def test_the_selected_notes_lanes_are_locked_by_a_key(application, document) -> None:
    application.notes.editor.select(frozenset(BEAT.notes[:2]))
    trigger(application, "lock_lane")
    assert document.kit.locked_keys == {KICK, SNARE}
    trigger(application, "lock_lane")
    assert not document.kit.locked_keys


def test_notes_are_locked_shown_so_and_unlocked(application, document) -> None:
    canvas = application.window.roll.canvas
    plain = canvas.grab().toImage()
    chosen = frozenset(BEAT.notes[3:5])
    application.notes.editor.select(chosen)
    trigger(application, "lock_notes")
    assert document.project.locks == chosen
    assert application.window.actions_by_name["lock_notes"].text() == "Unlock notes"
    trigger(application, "deselect")
    locked = canvas.grab().toImage()
    assert columns_that_differ(plain, locked) == {
        round(application.window.roll.view.pixel_of(note.start)) + column for note in chosen for column in (0, 1)
    }
    application.notes.editor.select(chosen)
    trigger(application, "lock_notes")
    assert not document.project.locks


def columns_that_differ(one, other) -> set[int]:
    a, b = (
        np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) for image in (one, other)
    )
    return set(np.flatnonzero((a != b).any(axis=0)).tolist())


def test_generate_keeps_what_is_locked(application, document, qtbot) -> None:
    click_lock(application, KICK)
    application.notes.editor.select(frozenset(BEAT.notes[1:2]))
    trigger(application, "lock_notes")
    trigger(application, "generate")
    let_run(qtbot, application, lambda: not document.in_take)
    kept = {note for note in BEAT.notes if note.pitch == KICK} | {BEAT.notes[1]}
    assert kept <= set(document.pattern.notes)
    assert {note for note in document.pattern.notes if note.pitch == KICK} == {
        note for note in BEAT.notes if note.pitch == KICK
    }
    assert len(document.pattern) > len(kept)
