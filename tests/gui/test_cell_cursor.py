"""Notes placed, erased, selected and moved by the keyboard alone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from drumapp.core.editing import OFF, Grid
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from tests.gui.window_acts import BAR, trigger

STEP, KICK, SNARE = 120, 36, 38
BEAT = Pattern.of([Note(0, KICK, 100), Note(485, SNARE, 90)], length=4 * BAR, name="beat")
RIGHT, LEFT, UP, DOWN = Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down
RETURN, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier


class Keys:
    def __init__(self, application) -> None:
        self.application = application
        self.document = application.document
        self.cursor = application.notes.cursor
        self.roll = application.window.roll

    def __call__(self, *keys, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            QTest.keyClick(self.roll.canvas, key, modifiers)


@pytest.fixture
def keys(application, qtbot) -> Keys:
    application.document.replace(BEAT, "Open")
    application.window.roll.navigation.zoom_to_first_bars()
    application.window.activateWindow()
    application.window.roll.canvas.setFocus()
    qtbot.waitUntil(application.window.roll.canvas.hasFocus)
    return Keys(application)


def test_a_note_is_placed_and_erased_without_a_mouse(keys, engine) -> None:
    keys(RIGHT)  # shows it, on the playhead in the lowest lane
    assert (keys.cursor.span, keys.cursor.lane.key) == (Range(0, STEP), KICK)
    keys(RIGHT, RIGHT, UP, RETURN)
    assert set(keys.document.pattern.notes) - set(BEAT.notes) == {Note(2 * STEP, SNARE, 100)}
    assert keys.document.undo_label == "Draw note"
    assert ("audition", (SNARE, 100)) in engine.told
    assert keys.roll.canvas.accessibleDescription() == "Snare, bar 1, beat 1, tick 240"
    keys(RETURN)
    assert keys.document.pattern == BEAT
    assert keys.document.undo_label == "Erase note"
    trigger(keys.application, "undo")
    trigger(keys.application, "undo")
    assert keys.document.pattern == BEAT


def test_a_note_struck_late_belongs_to_its_cell(keys) -> None:
    keys(RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, UP, RETURN)
    assert keys.document.pattern.notes == BEAT.notes[:1]


def test_what_is_selected_is_moved_by_the_arrows_instead(keys) -> None:
    keys(RIGHT)
    keys(RETURN, modifiers=SHIFT)
    assert keys.application.notes.editor.selection == {BEAT.notes[0]}
    keys(RIGHT)
    assert keys.document.pattern.notes[0] == Note(1, KICK, 100)
    keys(Qt.Key.Key_Escape)
    keys(RIGHT)
    assert keys.cursor.span == Range(STEP, 2 * STEP)


def test_it_goes_from_line_to_line_and_stops_at_the_edges(keys) -> None:
    keys.application.notes.editor.set_snap(Grid(4))
    keys(LEFT, LEFT, DOWN)
    assert (keys.cursor.span, keys.cursor.lane.key) == (Range(0, 480), KICK)
    keys(*[UP] * 30)
    assert keys.cursor.lane == keys.roll.scene.kit.lanes[0]
    keys.application.notes.editor.set_snap(OFF)
    keys(RIGHT)
    assert keys.cursor.span == Range(120, 240), "where nothing snaps it goes by sixteenths"


def test_it_is_brought_into_sight_and_makes_room_past_the_end(keys) -> None:
    keys.roll.navigation.zoom(8)
    keys(RIGHT, *[RIGHT] * 60)
    assert keys.cursor.span == Range(60 * STEP, 61 * STEP)
    assert keys.roll.view.left <= 60 * STEP
    assert keys.roll.view.right >= 61 * STEP
    keys(*[RIGHT] * 4, RETURN)
    assert keys.document.pattern.length == 5 * BAR
    assert keys.document.pattern.notes[-1].start == 4 * BAR


def test_the_mouse_puts_it_away_and_nothing_is_placed_blindly(keys) -> None:
    keys(RIGHT)
    QTest.mouseClick(keys.roll.canvas, Qt.MouseButton.RightButton, pos=QPoint(400, 20))
    assert keys.roll.scene.cell is None
    keys(RETURN)
    assert keys.document.pattern == BEAT


def test_its_lane_may_vanish(keys) -> None:
    keys(RIGHT, UP, UP)
    trigger(keys.application, "hide_empty")
    keys(RIGHT)
    assert keys.cursor.lane.key in (KICK, SNARE)
    keys.document.replace(Pattern(), "Clear")
    keys(RIGHT, RETURN)
    assert len(keys.document.pattern.notes) == 1
