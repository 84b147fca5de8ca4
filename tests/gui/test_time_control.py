"""Loop, end, tempo and playhead by real mouse and key events, each change undone to the project before."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, Range
from drumapp.gui.piano_roll.ruler import Spot
from drumapp.gui.piano_roll.ruler_painting import RULER_HEIGHT, STRIP_PX
from drumapp.gui.transport_bar import METRES
from tests.gui.window_acts import BAR, trigger

BEAT = Pattern.of([Note(0, 36, 100), Note(485, 38, 90), Note(3 * BAR, 36, 80)], length=4 * BAR, name="beat")
LEFT = Qt.MouseButton.LeftButton
NO_BUTTON, NO_KEYS = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
STRIP, MIDDLE, FOOT = 5, STRIP_PX + 8, RULER_HEIGHT - 5


class Hand:
    """The user's hand over the ruler."""

    def __init__(self, application) -> None:
        self.application = application
        self.document = application.document
        self.roll = application.window.roll
        self.ruler = self.roll.ruler

    def at(self, tick: float, y: int) -> QPoint:
        return QPoint(round(self.roll.view.x_of(tick)), y)

    def press(self, tick: float, y: int) -> None:
        QTest.mousePress(self.ruler, LEFT, NO_KEYS, self.at(tick, y))

    def go(self, tick: float, y: int, keys=NO_KEYS) -> None:
        at = QPointF(self.at(tick, y))
        event = QMouseEvent(QEvent.Type.MouseMove, at, self.ruler.mapToGlobal(at), NO_BUTTON, LEFT, keys)
        QApplication.sendEvent(self.ruler, event)

    def release(self, tick: float, y: int) -> None:
        QTest.mouseRelease(self.ruler, LEFT, NO_KEYS, self.at(tick, y))

    def drag(self, start: float, stop: float, y: int = MIDDLE, keys=NO_KEYS) -> None:
        self.press(start, y)
        self.go((start + stop) / 2, y, keys)
        self.go(stop, y, keys)
        self.release(stop, y)


@pytest.fixture
def hand(application, qtbot) -> Hand:
    application.document.replace(BEAT, "Open")
    application.window.roll.navigation.zoom_to_first_bars()
    application.conductor.seek(BAR)
    application.window.activateWindow()
    application.window.roll.canvas.setFocus()
    qtbot.waitUntil(application.window.roll.canvas.hasFocus)
    return Hand(application)


def test_a_click_seeks_and_a_drag_marks_a_loop(hand, engine) -> None:
    before = hand.document.project
    hand.press(2 * BAR, MIDDLE)
    hand.release(2 * BAR, MIDDLE)
    assert engine.told[-1] == ("seek", 2 * BAR)
    assert hand.document.project is before

    hand.drag(0.1 * BAR, 1.9 * BAR)
    assert hand.document.project.loop == Range(0, 2 * BAR)
    assert engine.loop == Range(0, 2 * BAR)
    assert hand.document.undo_label == "Loop"
    trigger(hand.application, "undo")
    assert hand.document.project == before
    assert engine.loop == Range(0, 4 * BAR)
    trigger(hand.application, "redo")
    assert engine.loop == Range(0, 2 * BAR)


def test_marking_a_loop_switches_looping_on(hand, engine) -> None:
    hand.application.window.transport.loop.click()
    assert engine.loop is None
    hand.drag(BAR, 2 * BAR)
    assert engine.loop == Range(BAR, 2 * BAR)
    assert hand.application.window.transport.loop.isChecked()


def test_a_loop_is_moved_resized_and_given_up(hand) -> None:
    hand.drag(BAR, 2 * BAR)
    hand.drag(1.5 * BAR, 2.5 * BAR, STRIP)
    assert hand.document.project.loop == Range(2 * BAR, 3 * BAR)
    hand.drag(3 * BAR, 4 * BAR, STRIP)
    assert hand.document.project.loop == Range(2 * BAR, 4 * BAR)
    hand.drag(2 * BAR, BAR, STRIP)
    assert hand.document.project.loop == Range(BAR, 4 * BAR)
    hand.drag(BAR, BAR + 130, STRIP, CTRL)
    assert hand.document.project.loop == Range(BAR + 120, 4 * BAR)
    place = QPointF(hand.at(3 * BAR, STRIP))
    event = QMouseEvent(QEvent.Type.MouseButtonDblClick, place, hand.ruler.mapToGlobal(place), LEFT, LEFT, NO_KEYS)
    QApplication.sendEvent(hand.ruler, event)
    assert hand.document.project.loop is None
    assert hand.document.undo_label == "Loop everything"


def test_escape_leaves_loop_and_end_where_they_were(hand) -> None:
    before = hand.document.project
    for start in (2 * BAR, 4 * BAR):
        hand.press(start, MIDDLE)
        hand.go(start - BAR, MIDDLE)
        QTest.keyClick(hand.roll.canvas, Qt.Key.Key_Escape)
        hand.release(start - BAR, MIDDLE)
        assert hand.document.project is before
        assert hand.roll.scene.end == 4 * BAR


def test_dragging_the_end_makes_the_beat_shorter_and_longer(hand, engine) -> None:
    hand.drag(4 * BAR, 2.1 * BAR)
    assert hand.document.pattern.length == 2 * BAR
    assert len(hand.document.pattern.notes) == 2, "what is past the end is gone"
    assert hand.document.undo_label == "Length of the beat"
    assert engine.loop == Range(0, 2 * BAR)
    trigger(hand.application, "undo")
    assert hand.document.pattern == BEAT
    hand.drag(4 * BAR, 6 * BAR)
    assert hand.document.pattern.length == 6 * BAR
    assert hand.document.pattern.notes == BEAT.notes
    assert hand.roll.scene.end == 6 * BAR


def test_the_end_of_a_take_is_the_drummers(hand) -> None:
    hand.document.begin_take(Pattern(), 4 * BAR)
    assert hand.ruler.spot_at(hand.at(4 * BAR, MIDDLE).x(), MIDDLE) is Spot.OPEN
    hand.application.time._set_length(BAR)
    assert hand.document.pattern.length == 0


def test_the_playhead_is_dragged_by_its_head(hand, engine) -> None:
    engine.position = float(BAR)
    hand.application.conductor.tick()
    hand.drag(BAR, 2 * BAR, FOOT)
    assert engine.told[-1] == ("seek", 2 * BAR)
    assert hand.document.undo_label == "Open"


def test_loops_and_length_have_a_keyboard_path(hand, engine) -> None:
    hand.application.notes.editor.select(frozenset({BEAT.notes[1]}))
    QTest.keyClick(hand.roll.canvas, Qt.Key.Key_L, CTRL)
    assert hand.document.project.loop == Range(480, 600)
    QTest.keyClick(hand.roll.canvas, Qt.Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert hand.document.project.loop is None
    trigger(hand.application, "pattern_length")
    dialog = hand.application.time.dialog
    assert dialog.amounts == (4,)
    dialog.fields[0].set_value(2)
    dialog.accept()
    assert hand.document.pattern.length == 2 * BAR
    for key, tick in ((Qt.Key.Key_End, BAR), (Qt.Key.Key_Home, 0)):
        QTest.keyClick(hand.roll.canvas, key)
        assert engine.told[-1] == ("seek", tick)


def test_ctrl_arrows_go_from_bar_to_bar(hand, engine) -> None:
    def press(key) -> float:
        QTest.keyClick(hand.roll.canvas, key, CTRL)
        return engine.told[-1][1]

    engine.position = BAR + 500.0
    hand.application.conductor.tick()
    assert press(Qt.Key.Key_Left) == BAR
    assert press(Qt.Key.Key_Left) == 0
    assert press(Qt.Key.Key_Left) == 0
    assert press(Qt.Key.Key_Right) == BAR


def test_taps_set_the_tempo_in_one_undo(hand) -> None:
    times = iter([10.0, 10.6, 11.2, 11.8, 30.0, 30.4])
    hand.application.time.clock = lambda: next(times)
    hand.application.window.transport.tap.click()
    assert hand.document.pattern.bpm == 120
    for _ in range(3):
        QTest.keyClick(hand.roll.canvas, Qt.Key.Key_T)
    assert hand.document.pattern.bpm == 100
    for _ in range(2):
        QTest.keyClick(hand.roll.canvas, Qt.Key.Key_T)
    assert hand.document.pattern.bpm == 150
    trigger(hand.application, "undo")
    assert hand.document.pattern.bpm == 100
    trigger(hand.application, "undo")
    assert hand.document.pattern == BEAT


def test_every_metre_that_is_offered_can_be_chosen(hand) -> None:
    assert {"2/4", "7/8", "15/16"} <= set(METRES)
    for text in METRES:
        hand.application.window.transport.metre_chosen.emit(Metre.parse(text))
        assert str(hand.document.pattern.first_metre) == text
        assert hand.application.window.transport.metre.currentText() == text
        assert hand.roll.grab().width() > 0


def test_a_tempo_ramp_goes_over_the_bars_asked_for_in_one_undo(hand) -> None:
    trigger(hand.application, "tempo_ramp")
    dialog = hand.application.time.dialog
    for field, value in zip(dialog.fields, (2, 3, 180), strict=True):
        field.set_value(value)
    dialog.accept()
    tempo = hand.document.pattern.tempo
    assert [round(tempo.bpm_at(bar * BAR)) for bar in (0, 1, 2, 3, 4)] == [120, 120, 150, 180, 180]
    assert hand.document.undo_label == "Tempo ramp"
    hand.application.engine.position = 2 * BAR
    hand.application.conductor.tick()
    assert hand.application.window.transport.tempo.value == pytest.approx(150, abs=1)
    trigger(hand.application, "undo")
    assert hand.document.pattern == BEAT


def test_the_music_plays_from_the_selection(hand, engine) -> None:
    action = hand.application.window.actions_by_name["play_selection"]
    assert not action.isEnabled()
    hand.application.notes.editor.select(frozenset({BEAT.notes[1]}))
    action.trigger()
    assert ("seek", 480) in engine.told
    assert engine.playing
    assert engine.position == 480


def test_the_metronome_is_switched_by_button_and_key_and_remembered(hand, engine) -> None:
    button = hand.application.window.transport.metronome
    QTest.keyClick(hand.roll.canvas, Qt.Key.Key_C)
    assert button.isChecked()
    assert engine.metronome.on
    assert hand.application.settings.metronome
    button.click()
    assert not engine.metronome.on
    assert not hand.application.window.actions_by_name["metronome"].isChecked()


def test_only_the_next_start_is_counted_in(hand, engine) -> None:
    trigger(hand.application, "count_in_2")
    assert engine.metronome.count_in == 0
    hand.application.metronome.count_in()
    assert engine.metronome.count_in == 2
    hand.application.conductor.play()
    hand.application.conductor.tick()
    assert engine.metronome.count_in == 0
