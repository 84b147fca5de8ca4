import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from drumapp.gui.number_field import NumberField
from drumapp.gui.theme import Theme


@pytest.fixture
def field(qapp, qtbot) -> NumberField:
    made = NumberField(Theme(qapp, "dark"), "Tempo", least=20, most=400, default=120, decimals=1, unit="bpm")
    qtbot.addWidget(made)
    made.show()
    return made


def wheel(field: NumberField, delta: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    middle = QPointF(10, 10)
    event = QWheelEvent(
        middle,
        field.mapToGlobal(middle),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)


def test_dragging_up_is_more_and_says_when_it_is_done(field) -> None:
    changes, edits = [], []
    field.changed.connect(changes.append)
    field.edited.connect(edits.append)
    QTest.mousePress(field, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    for y in (14, 8, 5):
        QTest.mouseMove(field, QPoint(10, y))
    assert not edits
    QTest.mouseRelease(field, Qt.MouseButton.LeftButton, pos=QPoint(10, 5))

    assert field.value == 125
    assert changes == [122, 124, 125]
    assert edits == [125]


def test_the_wheel_steps_and_shift_makes_it_finer(field) -> None:
    wheel(field, 120)
    wheel(field, 120)
    wheel(field, -120, Qt.KeyboardModifier.ShiftModifier)

    assert field.value == pytest.approx(121.9)


def test_small_wheel_movements_add_up(field) -> None:
    for _ in range(8):
        wheel(field, 15)

    assert field.value == 121


def test_a_double_click_is_the_default(field) -> None:
    field.set_value(99)
    QTest.mouseDClick(field, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))

    assert field.value == 120


@pytest.mark.parametrize(("typed", "value"), [("97.5", 97.5), ("9000", 400), ("1", 20), ("", 120), ("-", 120)], ids=str)
def test_typing_a_number_and_return(field, typed: str, value: float) -> None:
    field.start_typing()
    editor = field.findChild(QLineEdit)
    QTest.keyClick(editor, Qt.Key.Key_Delete)
    QTest.keyClicks(editor, typed)
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert field.value == value
    assert not editor.isVisible()


def typing(field: NumberField) -> bool:
    return any(editor.isVisible() for editor in field.findChildren(QLineEdit))


def test_return_leaves_the_text_field_for_good(field) -> None:
    field.setFocus()
    field.start_typing()
    QTest.keyClicks(field.findChild(QLineEdit), "90")
    # Sent to the window, as a keyboard does: what the text field leaves over goes on to the number under it.
    QTest.keyClick(field.windowHandle(), Qt.Key.Key_Return)

    assert field.value == 90
    assert not typing(field)


def test_escape_leaves_the_number_as_it_was(field) -> None:
    field.start_typing()
    editor = field.findChild(QLineEdit)
    QTest.keyClicks(editor, "90")
    QTest.keyClick(editor, Qt.Key.Key_Escape)

    assert field.value == 120
    assert not typing(field)


def test_leaving_without_typing_does_not_round_what_is_not_shown(field, qtbot) -> None:
    field.set_value(93.7531)
    with qtbot.assertNotEmitted(field.changed), qtbot.assertNotEmitted(field.edited):
        field.start_typing()
        QTest.keyClick(field.findChild(QLineEdit), Qt.Key.Key_Return)

    assert field.value == 93.7531


def test_going_elsewhere_keeps_what_was_typed(field) -> None:
    field.start_typing()
    editor = field.findChild(QLineEdit)
    QTest.keyClicks(editor, "90")
    QApplication.sendEvent(editor, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.MouseFocusReason))

    assert field.value == 90
    assert not typing(field)


def test_a_digit_on_the_keyboard_opens_the_field_with_it(field) -> None:
    QTest.keyClick(field, Qt.Key.Key_9)
    editor = field.findChild(QLineEdit)
    QTest.keyClicks(editor, "0")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert field.value == 90


def test_arrows_step_and_stay_within_bounds(field) -> None:
    field.set_value(399)
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_PageUp)
    assert field.value == 400
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value == 399


def test_setting_a_value_is_silent_and_bounded(field, qtbot) -> None:
    with qtbot.assertNotEmitted(field.changed), qtbot.assertNotEmitted(field.edited):
        field.set_value(1e9)

    assert field.value == 400


def test_it_can_be_drawn_with_and_without_focus(field) -> None:
    field.setFocus()
    assert not field.grab().isNull()
    field.setEnabled(False)
    assert not field.grab().isNull()
