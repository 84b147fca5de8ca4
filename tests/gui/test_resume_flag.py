"""The resume flag in the ruler, by real mouse and key events."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from drumapp.gui.piano_roll.ruler import Spot
from tests.gui.test_time_control import FOOT, MIDDLE, Hand
from tests.gui.window_acts import BAR, click, let_run, trigger

A_LITTLE = 0.03 * BAR  # from the flag's line into its pennant


@pytest.fixture
def hand(application) -> Hand:
    made = Hand(application)
    application.window.transport.set_bars(4)
    application.drummer.generate()
    return made


@pytest.fixture
def written(hand, qtbot) -> Hand:
    let_run(qtbot, hand.application, lambda: not hand.document.in_take)
    hand.application.conductor.stop()
    hand.roll.navigation.zoom_to_first_bars()
    return hand


def let_it_end(qtbot, hand: Hand) -> None:
    """The music goes on until the take is written."""
    engine = hand.application.engine

    def ended() -> bool:
        engine.position += 100
        return not hand.document.in_take

    let_run(qtbot, hand.application, ended)


def test_while_the_drummer_writes_there_is_no_flag(hand, qtbot) -> None:
    assert hand.document.in_take
    assert hand.roll.scene.flag is None
    let_run(qtbot, hand.application, lambda: not hand.document.in_take)
    assert hand.roll.scene.flag == hand.document.pattern.length


def test_it_is_dragged_to_a_beat_and_sent_home_by_a_double_click(written) -> None:
    written.drag(4 * BAR + A_LITTLE, 2.01 * BAR, FOOT)
    assert written.application.cowriting.flag.tick == 2 * BAR
    assert written.roll.scene.flag == 2 * BAR
    assert written.document.pattern.length == 4 * BAR, "the end stays where it was"
    at = written.at(2 * BAR + A_LITTLE, FOOT)
    assert written.ruler.spot_at(at.x(), at.y()) is Spot.FLAG
    assert written.ruler.spot_at(written.at(4 * BAR, 0).x(), MIDDLE) is Spot.END
    QTest.mouseDClick(written.ruler, Qt.MouseButton.LeftButton, pos=at)
    assert written.application.cowriting.flag.tick is None
    assert written.roll.scene.flag == 4 * BAR


def test_the_drummer_goes_on_from_the_flag_and_what_lies_before_it_stays(written, qtbot) -> None:
    before = written.document.pattern
    written.application.conductor.seek(2 * BAR)
    trigger(written.application, "flag_here")
    trigger(written.application, "go_on")
    let_it_end(qtbot, written)
    trigger(written.application, "go_on")  # the first time it goes on as it did before
    let_it_end(qtbot, written)
    after = written.document.pattern
    assert after != before
    assert after.length == before.length
    early = [note for note in before.notes if note.start < 2 * BAR - 20]
    assert list(after.notes[: len(early)]) == early
    trigger(written.application, "undo")
    trigger(written.application, "undo")
    assert written.document.pattern == before


def test_the_button_goes_on_at_the_end(written, qtbot) -> None:
    click(written.application.window.transport.go_on)
    let_it_end(qtbot, written)
    assert written.document.pattern.length == 8 * BAR
    assert written.document.undo_label == "Go on"


def test_the_flag_never_lies_beyond_the_beat(written) -> None:
    written.application.cowriting.flag.put(3 * BAR)
    trigger(written.application, "undo")
    assert written.application.cowriting.flag.tick is None
    assert written.roll.scene.flag is None, "in an empty roll there is nothing to go on from"
