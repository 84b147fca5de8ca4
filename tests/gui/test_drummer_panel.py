"""The drummer's panel: the pad for both temperatures, fresh memory, and that all of it fits."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.gui.application import Application
from drumapp.gui.drummer_panel import LEAST_TEMPERATURE, MOST_TEMPERATURE, PANEL_WIDTH
from drumapp.gui.xy_pad import Axis, XYPad
from drumapp.lstm.presets import DEFAULT_TEMPERATURE
from tests.gui.window_acts import let_run, trigger

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
MOST_HEIGHT = 430


# An axis


AXIS = Axis("timing", "steady", "loose", 0.3, 1.0, 2.0, 0.85)


@pytest.mark.parametrize(("value", "share"), [(0.3, 0.0), (0.65, 0.25), (1.0, 0.5), (1.5, 0.75), (2.0, 1.0)])
def test_the_middle_lies_in_the_middle(value: float, share: float) -> None:
    assert AXIS.share_of(value) == pytest.approx(share)
    assert AXIS.value_at(share) == pytest.approx(value)


def test_beyond_its_ends_an_axis_has_no_values() -> None:
    assert (AXIS.value_at(-3.0), AXIS.value_at(9.0)) == (0.3, 2.0)
    assert (AXIS.clamped(0.0), AXIS.clamped(5.0), AXIS.clamped(1.2)) == (0.3, 2.0, 1.2)


# The pad


class Hand:
    """A hand on the pad. Attributes: changes, how often it said that it changed."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.panel = application.window.drummer_panel
        self.pad: XYPad = self.panel.wildness.pad
        self.changes = 0
        self.panel.changed.connect(self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def press(self, key, keys=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.pad, key, keys)

    def place(self, time: float, pitch: float):
        return self.pad.place_of(time, pitch).toPoint()

    @property
    def numbers(self) -> tuple[float, float]:
        return self.panel.time.value, self.panel.pitch.value

    @property
    def set(self) -> tuple[float, float]:
        settings = self.application.settings
        return settings.time_temperature, settings.pitch_temperature


@pytest.fixture
def hand(application: Application) -> Hand:
    return Hand(application)


def test_a_click_sets_both(hand: Hand) -> None:
    QTest.mouseClick(hand.pad, LEFT, pos=hand.place(1.5, 0.5))

    assert hand.numbers == pytest.approx((1.5, 0.5), abs=0.02)
    assert hand.set == hand.numbers == hand.pad.values
    assert hand.changes == 1


def test_a_drag_goes_as_far_as_the_field_and_no_further(hand: Hand) -> None:
    QTest.mousePress(hand.pad, LEFT, pos=hand.place(1.0, 1.0))
    for place in (QPointF(-500, -500), QPointF(5000, 5000)):
        event_at(hand.pad, place)
    QTest.mouseRelease(hand.pad, LEFT, pos=place.toPoint())

    assert hand.numbers == (MOST_TEMPERATURE, LEAST_TEMPERATURE)
    event_at(hand.pad, QPointF(10, 10))
    assert hand.numbers == (MOST_TEMPERATURE, LEAST_TEMPERATURE), "let go, it stays"


def event_at(pad: XYPad, place: QPointF) -> None:
    no_keys = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, place, pad.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT, no_keys)
    QApplication.sendEvent(pad, event)


def test_a_finger_drags_as_a_mouse_does(hand: Hand) -> None:
    device, window = QTest.createTouchDevice(), hand.application.window
    QApplication.processEvents()
    for act, place in (("press", (1.0, 1.0)), ("move", (0.5, 1.8)), ("release", (0.5, 1.8))):
        sequence = QTest.touchEvent(window, device)
        getattr(sequence, act)(0, hand.pad.mapTo(window, hand.place(*place)), window)
        sequence.commit()
        del sequence
        QApplication.processEvents()
    assert hand.numbers == pytest.approx((0.5, 1.8), abs=0.02)


def test_arrow_keys_step_and_with_shift_finely(hand: Hand) -> None:
    hand.panel.set_wildness(1.0, 1.0)
    hand.press(Qt.Key.Key_Right)
    hand.press(Qt.Key.Key_Up)
    hand.press(Qt.Key.Key_Up)
    assert hand.numbers == (1.05, 1.1)
    hand.press(Qt.Key.Key_Left, SHIFT)
    hand.press(Qt.Key.Key_Down, SHIFT)
    assert hand.numbers == (1.04, 1.09)
    for _ in range(60):
        hand.press(Qt.Key.Key_Left)
        hand.press(Qt.Key.Key_Down)
    assert hand.numbers == (LEAST_TEMPERATURE, LEAST_TEMPERATURE)


@pytest.mark.parametrize("act", ["double click", "delete"])
def test_back_to_the_defaults(hand: Hand, act: str) -> None:
    hand.panel.set_wildness(1.7, 0.4)
    if act == "delete":
        hand.press(Qt.Key.Key_Delete)
    else:
        QTest.mouseDClick(hand.pad, LEFT, pos=hand.place(1.7, 0.4))
    assert hand.numbers == (DEFAULT_TEMPERATURE, DEFAULT_TEMPERATURE) == hand.set


def test_typed_numbers_move_the_puck(hand: Hand) -> None:
    before = hand.pad.grab().toImage()
    QTest.keyClick(hand.panel.time, Qt.Key.Key_1)
    field = hand.panel.time._editor
    field.setText("1.62")
    QTest.keyClick(field, Qt.Key.Key_Return)

    assert hand.pad.values == (1.62, DEFAULT_TEMPERATURE)
    assert hand.set == (1.62, DEFAULT_TEMPERATURE)
    assert hand.pad.grab().toImage() != before


def test_its_name_and_values_can_be_read_out(hand: Hand) -> None:
    hand.panel.set_wildness(1.25, 0.6)
    assert hand.pad.accessibleName() == "Wildness"
    assert hand.pad.accessibleDescription() == "timing 1.25, drums 0.60"


def test_keys_it_has_no_use_for_are_the_windows(hand: Hand, qtbot) -> None:
    window = hand.application.window
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    hand.pad.setFocus()
    hand.press(Qt.Key.Key_G)
    assert hand.application.document.in_take


def test_settings_beyond_the_pad_are_shown_at_its_end_and_kept(hand: Hand) -> None:
    hand.application.settings.time_temperature = 4.0
    hand.application.drummer.show_choices()
    hand.pad.grab()
    assert hand.application.settings.time_temperature == 4.0


# The rest of the panel


def test_playable_is_asked_of_the_drummer_and_kept(hand: Hand) -> None:
    QTest.mouseClick(hand.panel.playable, LEFT, pos=hand.panel.playable.rect().center())
    assert hand.application.settings.playable
    trigger(hand.application, "generate")
    assert hand.application.conductor.seat.requests[-1].settings.playable
    assert hand.application.projects.snapshot().drummer["playable"] is True


def test_memory_can_be_freshened_only_while_the_drummer_writes(hand: Hand, qtbot) -> None:
    application, button = hand.application, hand.panel.freshen
    assert not button.isEnabled()
    hand.panel.memory._change(0.7, done=True)
    trigger(application, "generate")
    assert button.isEnabled()
    requests = application.conductor.seat.requests
    QTest.mouseClick(button, LEFT)
    application.engine.position = 200
    let_run(qtbot, application, lambda: len(requests) == 2)
    assert requests[-1].turned.fresh == 0.7
    trigger(application, "stop")
    application.conductor.finish_take()
    assert not button.isEnabled()


def test_it_leaves_room_for_the_takes(hand: Hand) -> None:
    assert hand.panel.sizeHint().height() <= MOST_HEIGHT
    assert hand.panel.minimumSizeHint().width() <= PANEL_WIDTH
    for widget in (hand.panel.playable, hand.panel.feel, hand.panel.freshen):
        assert widget.width() >= widget.sizeHint().width(), "its words are not cut off"


def test_the_pad_is_drawn_at_any_size(hand: Hand) -> None:
    for size in ((1, 1), (30, 200), (216, 120), (900, 20)):
        hand.pad.resize(*size)
        hand.pad.grab()
