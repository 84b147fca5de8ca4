"""Every gesture over the roll by real mouse and key events, undone to the very document that was before."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.core.editing import OFF, Grid, StepKind
from drumapp.core.pattern import Note, Pattern
from drumapp.gui.piano_roll.editor import Tool
from tests.gui.window_acts import BAR, let_run, trigger

STEP = 120
KICK, SNARE, HAT = 36, 38, 42
BEAT = Pattern.of(
    [Note(0, KICK, 100), Note(485, SNARE, 90), Note(960, KICK, 40), Note(1440, SNARE, 90)], length=4 * BAR, name="beat"
)
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Hand:
    """The user's hand over one window's roll."""

    def __init__(self, application) -> None:
        self.application = application
        self.document = application.document
        self.editor = application.notes.editor
        self.roll = application.window.roll
        self.canvas = self.roll.canvas

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.document.pattern.notes

    def at(self, tick: float, key: int) -> QPoint:
        view = self.roll.view
        row = self.roll.scene.kit.row_of_key[key]
        return QPoint(round(view.x_of(tick)) + 1, round(view.y_of(row) + view.row_height / 2))

    def press(self, tick: float, key: int, button=LEFT, keys=NONE) -> None:
        QTest.mousePress(self.canvas, button, keys, self.at(tick, key))

    def go(self, tick: float, key: int, button=LEFT, keys=NONE) -> None:
        self.move_to(self.at(tick, key), button, keys)

    def move_to(self, place: QPoint, button=LEFT, keys=NONE) -> None:
        # QTest.mouseMove carries neither button nor keys.
        self._send(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton, button, keys)

    def double_click(self, tick: float, key: int) -> None:
        """As a window system tells it: the second press comes as a double click, and then its release."""
        self.click(tick, key)
        self._send(QEvent.Type.MouseButtonDblClick, self.at(tick, key), LEFT, LEFT, NONE)
        self._send(QEvent.Type.MouseButtonRelease, self.at(tick, key), LEFT, Qt.MouseButton.NoButton, NONE)

    def _send(self, kind: QEvent.Type, place: QPoint, button, buttons, keys) -> None:
        at = QPointF(place)
        QApplication.sendEvent(
            self.canvas, QMouseEvent(kind, at, QPointF(self.canvas.mapToGlobal(place)), button, buttons, keys)
        )

    def release(self, tick: float, key: int, button=LEFT, keys=NONE) -> None:
        QTest.mouseRelease(self.canvas, button, keys, self.at(tick, key))

    def drag(self, start: tuple[float, int], *ways: tuple[float, int], button=LEFT, keys=NONE) -> None:
        self.press(*start, button, keys)
        for way in ways:
            self.go(*way, button, keys)
        self.release(*ways[-1], button, keys)

    def click(self, tick: float, key: int, button=LEFT, keys=NONE) -> None:
        QTest.mouseClick(self.canvas, button, keys, self.at(tick, key))

    def key(self, key, keys=NONE) -> None:
        QTest.keyClick(self.canvas, key, keys)

    def wheel(self, tick: float, key: int, notches: float, keys=NONE) -> None:
        place = QPointF(self.at(tick, key))
        turn = QPoint(round(notches * 120), 0) if keys & ALT else QPoint(0, round(notches * 120))
        event = QWheelEvent(
            place,
            self.canvas.mapToGlobal(place),
            QPoint(),
            turn,
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.canvas, event)


@pytest.fixture
def hand(application, qtbot) -> Hand:
    application.document.replace(BEAT, "Open")
    application.window.roll.navigation.zoom_to_first_bars()
    application.window.activateWindow()
    application.window.roll.canvas.setFocus()
    qtbot.waitUntil(application.window.roll.canvas.hasFocus)
    return Hand(application)


def one_step(hand: Hand, label: str, before: Pattern = BEAT) -> None:
    """What was just done is one change of that name; Undo leads to the exact document before, Redo back."""
    after = hand.document.pattern
    assert after != before
    assert hand.document.undo_label == label
    assert hand.application.window.actions_by_name["undo"].text() == f"Undo {label}"
    QTest.keyClick(hand.canvas, Qt.Key.Key_Z, CTRL)
    assert hand.document.pattern == before
    assert hand.roll.scene.shown == before.notes
    QTest.keyClick(hand.canvas, Qt.Key.Key_Z, CTRL | SHIFT)
    assert hand.document.pattern == after


def unchanged(hand: Hand) -> None:
    assert hand.document.pattern is BEAT
    assert hand.document.undo_label == "Open"
    assert hand.roll.scene.shown == BEAT.notes


# Draw


def test_a_click_places_a_note_at_the_line_before_it(hand, engine) -> None:
    hand.click(2 * STEP + 50, HAT)

    assert set(hand.notes) - set(BEAT.notes) == {Note(2 * STEP, HAT, 100)}
    assert hand.editor.selection == {Note(2 * STEP, HAT, 100)}
    assert ("audition", (HAT, 100)) in engine.told
    one_step(hand, "Draw note")


def test_control_places_between_the_lines(hand) -> None:
    hand.click(2 * STEP + 50, HAT, keys=CTRL)
    (new,) = set(hand.notes) - set(BEAT.notes)

    assert new.start == pytest.approx(2 * STEP + 50, abs=2 / hand.roll.view.pixels_per_tick)
    assert new.start % STEP
    one_step(hand, "Draw note")


@pytest.mark.parametrize("way", [1, -1])
def test_a_drag_along_a_lane_paints_a_run(hand, way) -> None:
    ends = [(STEP + 10, HAT), (5 * STEP + 10, HAT)][::way]
    hand.drag(ends[0], (3 * STEP, SNARE), ends[1])

    assert [note.start for note in hand.notes if note.pitch == HAT] == [STEP * step for step in range(1, 6)]
    one_step(hand, "Draw notes")


def test_a_run_leaves_the_notes_in_its_way(hand) -> None:
    hand.drag((2 * STEP + 10, KICK), (10 * STEP + 10, KICK))

    assert Note(960, KICK, 40) in hand.notes
    assert [note.start for note in hand.notes if note.pitch == KICK] == [0, *range(2 * STEP, 11 * STEP, STEP)]


def test_drawing_past_the_end_makes_the_pattern_longer_by_whole_bars(hand) -> None:
    hand.roll.navigation.zoom(0.5)
    hand.click(5 * BAR + 10, HAT)

    assert hand.document.pattern.length == hand.document.end == 6 * BAR
    one_step(hand, "Draw note")


def test_the_first_note_in_an_empty_roll_gives_it_its_bars(hand) -> None:
    trigger(hand.application, "clear")
    empty = hand.document.pattern
    hand.click(BAR + 10, SNARE)

    assert hand.notes == (Note(BAR, SNARE, 100),)
    assert hand.document.pattern.length == 4 * BAR
    one_step(hand, "Draw note", empty)


def test_the_right_button_erases_all_it_touches(hand) -> None:
    hand.click(485, SNARE, RIGHT)
    assert set(BEAT.notes) - set(hand.notes) == {BEAT.notes[1]}
    one_step(hand, "Erase note")
    before = hand.document.pattern
    hand.drag((-20, KICK), (1200, KICK), button=RIGHT)  # in one leap over both
    assert [note.pitch for note in hand.notes] == [SNARE]
    one_step(hand, "Erase notes", before)


def test_erasing_nothing_is_nothing(hand) -> None:
    hand.drag((100, HAT), (1000, HAT), button=RIGHT)
    unchanged(hand)


# Select and move


def test_a_click_on_a_note_selects_it_and_shift_adds_and_takes_away(hand) -> None:
    hand.click(0, KICK)
    assert hand.editor.selection == {BEAT.notes[0]}
    hand.click(485, SNARE, keys=SHIFT)
    assert hand.editor.selection == {BEAT.notes[0], BEAT.notes[1]}
    hand.click(0, KICK, keys=SHIFT)
    assert hand.editor.selection == {BEAT.notes[1]}
    hand.click(1440, SNARE)
    assert hand.editor.selection == {BEAT.notes[3]}
    unchanged(hand)


def test_a_drag_moves_a_note_in_time_and_lane_and_keeps_its_feel(hand) -> None:
    hand.drag((485, SNARE), (485 + 100, HAT), (485 + 2 * STEP + 20, HAT))

    assert set(hand.notes) - set(BEAT.notes) == {Note(485 + 2 * STEP, HAT, 90)}
    assert len(hand.notes) == 4
    one_step(hand, "Move notes")


def test_control_moves_off_the_grid(hand) -> None:
    hand.drag((485, SNARE), (485 + 50, SNARE), keys=CTRL)
    (new,) = set(hand.notes) - set(BEAT.notes)

    assert 0 < new.start - 485 < STEP
    one_step(hand, "Move notes")


def test_alt_copies_what_is_dragged(hand) -> None:
    hand.drag((0, KICK), (4 * STEP + 5, KICK), keys=ALT)

    assert set(hand.notes) - set(BEAT.notes) == {Note(480, KICK, 100)}
    assert set(BEAT.notes) <= set(hand.notes)
    one_step(hand, "Copy notes")


def test_a_selection_moves_as_a_whole(hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    hand.drag((0, KICK), (STEP, KICK))

    assert hand.notes == tuple(note._replace(start=note.start + STEP) for note in BEAT.notes)
    assert hand.editor.selection == set(hand.notes)
    one_step(hand, "Move notes")


def test_a_click_within_a_selection_leaves_that_note_alone_selected(hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    hand.click(960, KICK)
    assert hand.editor.selection == {BEAT.notes[2]}
    unchanged(hand)


def test_shift_draws_a_rubber_band(hand) -> None:
    hand.press(-20, SNARE, keys=SHIFT)
    hand.go(1000, KICK, keys=SHIFT)
    assert hand.roll.scene.band is not None
    assert hand.roll.scene.selection == set(BEAT.notes[:3])
    hand.release(1000, KICK, keys=SHIFT)

    assert hand.roll.scene.band is None
    assert hand.editor.selection == set(BEAT.notes[:3])
    unchanged(hand)


def test_the_select_tool_draws_a_band_and_a_click_selects_nothing(hand) -> None:
    hand.key(Qt.Key.Key_B)
    assert hand.editor.tool is Tool.SELECT
    assert hand.roll.corner.select.isChecked()
    hand.drag((400, SNARE), (1600, SNARE))
    assert hand.editor.selection == {BEAT.notes[1], BEAT.notes[3]}
    hand.drag((900, KICK), (1100, KICK), keys=SHIFT)
    assert hand.editor.selection == set(BEAT.notes[1:])
    hand.click(700, HAT)
    assert hand.editor.selection == set()
    unchanged(hand)
    hand.key(Qt.Key.Key_B)
    assert hand.editor.tool is Tool.DRAW


def test_the_select_tool_places_and_erases_by_double_click(hand) -> None:
    QTest.mouseClick(hand.roll.corner.select, LEFT)
    hand.double_click(2 * STEP + 30, HAT)
    assert Note(2 * STEP, HAT, 100) in hand.notes
    one_step(hand, "Draw note")
    before = hand.document.pattern
    hand.double_click(485, SNARE)
    assert BEAT.notes[1] not in hand.notes
    one_step(hand, "Erase note", before)


def test_escape_cancels_a_gesture_then_the_selection(hand) -> None:
    hand.press(485, SNARE)
    hand.go(900, HAT)
    assert hand.roll.scene.shown != BEAT.notes
    hand.key(Qt.Key.Key_Escape)
    assert hand.roll.scene.shown == BEAT.notes
    hand.go(1200, HAT)
    hand.release(1200, HAT)
    unchanged(hand)
    assert hand.editor.selection == {BEAT.notes[1]}
    hand.key(Qt.Key.Key_Escape)
    assert hand.editor.selection == set()


def test_the_edge_of_a_long_note_changes_its_length(hand) -> None:
    long = Pattern.of([Note(0, KICK, 100, 4 * STEP), Note(960, SNARE, 90, 4 * STEP)], length=4 * BAR)
    hand.document.replace(long, "Open")
    hand.key(Qt.Key.Key_A, CTRL)
    edge = 4 * STEP - 1 / hand.roll.view.pixels_per_tick
    hand.drag((edge, KICK), (6 * STEP + 20, KICK))

    assert [note.duration for note in hand.notes] == [6 * STEP, 6 * STEP]
    one_step(hand, "Change length", long)


def test_a_double_click_on_a_drum_selects_its_lane(hand) -> None:
    header, row = hand.roll.header, hand.roll.scene.kit.row_of_key
    height = hand.roll.view.row_height

    def double(key: int, keys=NONE) -> None:
        QTest.mouseDClick(header, LEFT, keys, QPoint(40, round(hand.roll.view.y_of(row[key]) + height / 2)))

    double(SNARE)
    assert hand.editor.selection == {BEAT.notes[1], BEAT.notes[3]}
    double(KICK, SHIFT)
    assert hand.editor.selection == set(BEAT.notes)


# Keys


@pytest.mark.parametrize(
    ("key", "keys", "label", "expected"),
    [
        (Qt.Key.Key_Delete, NONE, "Delete", None),
        (Qt.Key.Key_Backspace, NONE, "Delete", None),
        (Qt.Key.Key_X, CTRL, "Cut", None),
        (Qt.Key.Key_Right, NONE, "Nudge", Note(486, SNARE, 90)),
        (Qt.Key.Key_Left, NONE, "Nudge", Note(484, SNARE, 90)),
        (Qt.Key.Key_Right, SHIFT, "Nudge", Note(605, SNARE, 90)),
        (Qt.Key.Key_Left, SHIFT, "Nudge", Note(365, SNARE, 90)),
        (Qt.Key.Key_Down, NONE, "Move to lane", Note(485, 37, 90)),
        (Qt.Key.Key_Up, NONE, "Move to lane", Note(485, 40, 90)),
        (Qt.Key.Key_Up, ALT, "Velocity", Note(485, SNARE, 94)),
        (Qt.Key.Key_Down, ALT, "Velocity", Note(485, SNARE, 86)),
    ],
)
def test_keys_work_on_the_selection(hand, key, keys, label, expected) -> None:
    hand.click(485, SNARE)
    hand.key(key, keys)

    lanes = hand.roll.scene.kit.lanes
    row = hand.roll.scene.kit.row_of_key[SNARE]
    if label == "Move to lane":
        expected = expected._replace(pitch=lanes[row + (1 if key == Qt.Key.Key_Down else -1)].key)
    rest = {note for note in BEAT.notes if note != BEAT.notes[1]}
    assert set(hand.notes) == rest | ({expected} if expected else set())
    assert hand.editor.selection == ({expected} if expected else set())
    one_step(hand, label)


def test_keys_without_a_selection_do_nothing(hand) -> None:
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Left, Qt.Key.Key_Up):
        hand.key(key)
    for key in (Qt.Key.Key_X, Qt.Key.Key_C, Qt.Key.Key_V, Qt.Key.Key_D):
        hand.key(key, CTRL)
    unchanged(hand)


def test_copies_are_pasted_at_the_playhead_on_the_nearest_line(hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_C, CTRL)
    hand.application.conductor.seek(BAR + 30)
    hand.key(Qt.Key.Key_V, CTRL)

    assert hand.notes[4:] == tuple(note._replace(start=note.start + BAR) for note in BEAT.notes)
    assert hand.editor.selection == set(hand.notes[4:])
    one_step(hand, "Paste")


def test_pasting_past_the_end_makes_room(hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_C, CTRL)
    hand.application.conductor.seek(3 * BAR + 960)
    hand.key(Qt.Key.Key_V, CTRL)

    assert len(hand.notes) == 8
    assert hand.document.pattern.length == 5 * BAR
    one_step(hand, "Paste")


def test_duplicate_repeats_the_selection_after_itself(hand) -> None:
    hand.click(0, KICK)
    hand.key(Qt.Key.Key_D, CTRL)
    hand.key(Qt.Key.Key_D, CTRL)

    assert [note.start for note in hand.notes if note.pitch == KICK] == [0, STEP, 2 * STEP, 960]
    hand.key(Qt.Key.Key_Z, CTRL)
    one_step(hand, "Duplicate")


# Velocity by wheel


def test_the_wheel_over_a_selected_note_changes_its_velocity_in_one_step(hand) -> None:
    hand.click(485, SNARE)
    for _ in range(3):
        hand.wheel(485, SNARE, 1)

    assert Note(485, SNARE, 102) in hand.notes
    one_step(hand, "Velocity")


def test_alt_and_wheel_change_a_note_that_was_not_selected(hand) -> None:
    hand.wheel(960, KICK, -1, ALT)
    assert Note(960, KICK, 36) in hand.notes
    one_step(hand, "Velocity")


def test_the_wheel_over_other_notes_scrolls_and_changes_nothing(hand) -> None:
    hand.roll.navigation.zoom(3)
    before = hand.roll.view.left
    hand.wheel(485, SNARE, -2)
    assert hand.roll.view.left > before
    unchanged(hand)


# Snap


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        (Grid(4), 480),
        (Grid(8), 720),
        (Grid(32), 900),
        (Grid(8, StepKind.TRIPLET), 800),
        (Grid(16, StepKind.DOTTED), 900),
    ],
)
def test_the_snap_chooser_says_where_notes_go(hand, grid, expected) -> None:
    box = hand.roll.corner.snap
    box.setCurrentText(grid.label)
    box.activated.emit(box.currentIndex())
    hand.click(930, HAT)

    assert {note.start for note in hand.notes if note.pitch == HAT} == {expected}


def test_without_snap_a_note_goes_where_it_is_put(hand) -> None:
    hand.editor.set_snap(OFF)
    hand.click(930, HAT)
    (new,) = (note for note in hand.notes if note.pitch == HAT)
    assert new.start == pytest.approx(930, abs=2 / hand.roll.view.pixels_per_tick)
    one_step(hand, "Draw note")


# While it plays, and while a drummer writes


def test_edits_while_it_plays_reach_the_engine_at_once(hand, engine) -> None:
    hand.application.engine.start()
    hand.application.conductor.play()
    hand.application.conductor.tick()
    told = len(engine.told)
    hand.click(2 * STEP + 10, HAT)

    assert engine.pattern == hand.document.pattern
    assert [what for what, _ in engine.told[told:]] == ["set_pattern"], "neither stopped, nor heard out of time"


def test_a_take_goes_on_under_edits_and_each_is_undone_by_itself(hand, engine, qtbot) -> None:
    application = hand.application
    application.drummer.generate()
    let_run(qtbot, application, lambda: len(hand.notes) > 20)
    engine.position = 10.0
    first = hand.notes[0]
    hand.editor.select(frozenset({first}))
    hand.key(Qt.Key.Key_Delete)
    assert hand.document.in_take
    assert first not in hand.notes
    hand.key(Qt.Key.Key_Z, CTRL)
    assert first in hand.notes
    assert hand.document.in_take
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    engine.position = 4.0 * BAR
    let_run(qtbot, application, lambda: not hand.document.in_take)

    whole = hand.document.pattern
    assert engine.pattern == whole
    assert whole.length == 4 * BAR
    assert first not in hand.notes
    hand.key(Qt.Key.Key_Z, CTRL)
    seed = application.conductor.performance.seed
    assert seed is not None
    assert first in hand.notes
    assert set(hand.notes) == {first, *whole.notes}
    hand.key(Qt.Key.Key_Z, CTRL)
    assert hand.document.pattern == BEAT


def test_notes_written_during_a_drag_are_kept(hand, engine, qtbot) -> None:
    application = hand.application
    application.drummer.generate()
    let_run(qtbot, application, lambda: len(hand.notes) > 10)
    grabbed = next(
        note
        for note in hand.notes
        if sum(other.pitch == note.pitch and abs(other.start - note.start) < STEP for other in hand.notes) == 1
    )
    before = len(hand.notes)
    hand.press(grabbed.start, grabbed.pitch)
    hand.go(grabbed.start + 3 * STEP, 57)
    engine.position = 2.0 * BAR
    let_run(qtbot, application, lambda: len(hand.notes) > before + 10)
    written = hand.notes
    hand.release(grabbed.start + 3 * STEP, 57)

    assert set(written) - set(hand.notes) == {grabbed}
    assert len(hand.notes) == len(written)
    assert engine.music == list(hand.notes)


def test_z_shows_the_selection_from_edge_to_edge(hand) -> None:
    hand.drag((420, SNARE), (1560, SNARE), keys=SHIFT)
    hand.key(Qt.Key.Key_Z)
    view = hand.roll.view

    assert 480 - view.ticks_shown * 0.02 <= view.left <= 480
    assert view.right == pytest.approx(1560, rel=0.02)
    unchanged(hand)


def test_the_roll_is_reached_by_the_tab_key(hand) -> None:
    hand.application.window.transport.play.setFocus()
    for _ in range(60):
        if hand.canvas.hasFocus():
            return
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    pytest.fail("the Tab key never came to the roll")
