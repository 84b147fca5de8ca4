"""The overview strip, and pinches: what part of the music is in sight."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from drumapp.core.pattern import Note, Pattern
from drumapp.gui.piano_roll.overview_geometry import LEAST_WINDOW_PX, Grip, Strip, dragged
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.gui.theme import DARK

BAR = 1920
LONG = Pattern.of([Note(bar * BAR, 36, 100) for bar in range(40)] + [Note(20 * BAR, 57, 90)], length=40 * BAR)
LEFT, NO_BUTTON, NO_KEYS = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def roll(qtbot) -> PianoRoll:
    made = PianoRoll(DARK)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.show_pattern(LONG, LONG.length, refit=True)
    return made


def x_of(roll: PianoRoll, tick: float) -> int:
    return round(tick / roll.scene.extent * roll.overview.width())


def drag(roll: PianoRoll, start: int, stop: int) -> None:
    strip = roll.overview
    QTest.mousePress(strip, LEFT, NO_KEYS, QPoint(start, 15))
    at = QPointF(stop, 15)
    QApplication.sendEvent(
        strip, QMouseEvent(QEvent.Type.MouseMove, at, strip.mapToGlobal(at), NO_BUTTON, LEFT, NO_KEYS)
    )
    QTest.mouseRelease(strip, LEFT, NO_KEYS, QPoint(stop, 15))


def test_the_window_is_dragged_and_its_edge_zooms(roll) -> None:
    middle = x_of(roll, 4 * BAR)
    drag(roll, middle, middle + x_of(roll, 10 * BAR))
    assert roll.view.left == pytest.approx(10 * BAR, abs=0.2 * BAR)
    assert roll.view.ticks_shown == pytest.approx(8 * BAR, rel=0.05)

    right = x_of(roll, roll.view.right)
    drag(roll, right, right + x_of(roll, 8 * BAR))
    assert roll.view.left == pytest.approx(10 * BAR, abs=0.4 * BAR)
    assert roll.view.ticks_shown == pytest.approx(16 * BAR, rel=0.1)


def test_a_press_beside_the_window_brings_it_there(roll) -> None:
    x = x_of(roll, 30 * BAR)
    QTest.mouseClick(roll.overview, LEFT, NO_KEYS, QPoint(x, 15))
    assert (roll.view.left + roll.view.right) / 2 == pytest.approx(30 * BAR, abs=0.5 * BAR)


def test_a_double_click_shows_all_and_arrows_move(roll) -> None:
    QTest.mouseDClick(roll.overview, LEFT, NO_KEYS, QPoint(x_of(roll, 2 * BAR), 15))
    assert roll.view.right >= 40 * BAR
    roll.navigation.zoom_to_first_bars()
    QTest.keyClick(roll.overview, Qt.Key.Key_PageDown)
    assert roll.view.left == pytest.approx(8 * BAR, abs=0.3 * BAR)
    QTest.keyClick(roll.overview, Qt.Key.Key_Left)
    assert roll.view.left == pytest.approx(4 * BAR, abs=0.3 * BAR)


def test_every_lane_is_seen_in_its_colour(roll) -> None:
    roll.navigation.zoom_to_fit()
    image = roll.overview.grab().toImage()
    ratio = image.devicePixelRatio()
    column = [image.pixelColor(int((x_of(roll, 20 * BAR) + 0.3) * ratio), y) for y in range(image.height())]
    lanes = roll.scene.kit.row_of_key
    for key, family in ((57, "cymbals"), (36, "kick")):
        y = int((3 + (lanes[key] + 0.5) * 28 / roll.scene.rows) * ratio)
        assert column[y] == QColor(next(c for f, c in DARK.families.items() if f.value == family))


def test_it_follows_edits_and_what_a_drummer_writes(roll, qtbot) -> None:
    before = roll.overview.grab().toImage()
    roll.show_pattern(Pattern(length=40 * BAR), 40 * BAR)
    assert roll.overview.grab().toImage() != before
    empty = roll.overview.grab().toImage()
    added = [Note(39 * BAR, 57, 100)]
    roll.append_notes(added, Pattern.of(added, length=40 * BAR))
    qtbot.waitUntil(lambda: roll.overview.grab().toImage() != empty)


def pinch(widget, factor: float, x: float, keys=NO_KEYS, kind=Qt.NativeGestureType.ZoomNativeGesture) -> None:
    at = QPointF(x, 100)
    device = QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(kind, device, 2, at, at, widget.mapToGlobal(at), factor - 1.0, QPointF())
    event.setModifiers(keys)
    QApplication.sendEvent(widget, event)


def test_a_pinch_zooms_around_the_pointer_and_with_shift_in_height(roll) -> None:
    tick, shown, height = roll.view.tick_at(300), roll.view.ticks_shown, roll.view.row_height
    pinch(roll.canvas, 1.5, 300)
    assert roll.view.tick_at(300) == pytest.approx(tick, abs=2)
    assert roll.view.ticks_shown == pytest.approx(shown / 1.5)
    pinch(roll.velocity_lane, 1.25, 300)
    assert roll.view.ticks_shown == pytest.approx(shown / 1.875)
    pinch(roll.canvas, 0.8, 300, Qt.KeyboardModifier.ShiftModifier)
    assert roll.view.row_height == pytest.approx(0.8 * height)
    before = roll.view
    pinch(roll.canvas, 1.5, 300, kind=Qt.NativeGestureType.RotateNativeGesture)
    pinch(roll.canvas, -1.0, 300)
    assert roll.view == before


@given(st.floats(1, 1e6), st.floats(20, 2000), st.floats(-100, 1e6), st.floats(1, 1e6), st.floats(0, 2000))
def test_the_window_can_always_be_grabbed(extent: float, width: float, left: float, shown: float, x: float) -> None:
    strip = Strip(extent, width)
    first, last = strip.window(left, left + shown)
    assert last - first >= LEAST_WINDOW_PX - 1e-6
    assert strip.grip_at((first + last) / 2, left, left + shown) is Grip.MIDDLE
    assert strip.grip_at(x, left, left + shown) in Grip


@pytest.mark.parametrize(
    ("grip", "ticks", "after"),
    [
        (Grip.MIDDLE, 50, (1050, 2050)),
        (Grip.START, 50, (1050, 2000)),
        (Grip.START, 5000, (1880, 2000)),
        (Grip.STOP, -5000, (1000, 1120)),
    ],
)
def test_edges_do_not_pass_each_other(grip: Grip, ticks: float, after: tuple[float, float]) -> None:
    assert dragged(grip, 1000, 2000, ticks) == after
