"""The velocity lane and the tools of the Notes menu, by real events, undone to the very document that was before."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox

from drumapp.core.pattern import Note, Pattern
from drumapp.settings import load_settings
from tests.gui.gui_fakes import make_application
from tests.gui.window_acts import BAR, trigger

KICK, SNARE, HAT = 36, 38, 42
NOTES = [Note(0, KICK, 100), Note(130, HAT, 50), Note(245, HAT, 60), Note(365, HAT, 70), Note(485, SNARE, 90)]
BEAT = Pattern.of(NOTES, length=2 * BAR)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def beaten(application):
    application.document.replace(BEAT, "Open")
    application.window.roll.navigation.zoom_to_first_bars()
    return application


def select(application, *notes: Note) -> None:
    application.notes.editor.select(frozenset(notes))


def one_step(application, label: str) -> None:
    after = application.document.pattern
    assert after != BEAT
    assert application.document.undo_label == label
    trigger(application, "undo")
    assert application.document.pattern == BEAT
    trigger(application, "redo")
    assert application.document.pattern == after


# The velocity lane


def spot(application, tick: float, velocity: int) -> QPoint:
    roll = application.window.roll
    return QPoint(round(roll.view.x_of(tick)), round(roll.velocity_lane.y_of(velocity)))


def drag(application, start: tuple[float, int], stop: tuple[float, int]) -> None:
    lane = application.window.roll.velocity_lane
    QTest.mousePress(lane, LEFT, pos=spot(application, *start))
    QTest.mouseMove(lane, spot(application, *stop))
    QTest.mouseRelease(lane, LEFT, pos=spot(application, *stop))


def velocities(application) -> list[int]:
    return [note.velocity for note in application.document.pattern.notes]


def test_a_head_is_dragged(beaten) -> None:
    drag(beaten, (0, 100), (0, 30))

    assert velocities(beaten)[0] == pytest.approx(30, abs=2)
    assert velocities(beaten)[1:] == [50, 60, 70, 90]
    one_step(beaten, "Velocity")


def test_a_line_is_drawn_across_many(beaten) -> None:
    drag(beaten, (100, 20), (600, 120))
    got = velocities(beaten)

    assert got[0] == 100
    assert got[1:] == sorted(got[1:])
    assert got[1] == pytest.approx(26, abs=4)
    assert got[4] == pytest.approx(97, abs=4)
    one_step(beaten, "Velocity ramp")


def test_a_line_touches_only_what_is_selected(beaten) -> None:
    select(beaten, NOTES[2])
    drag(beaten, (-20, 5), (600, 5))

    assert velocities(beaten) == [100, 50, pytest.approx(5, abs=2), 70, 90]
    assert beaten.notes.editor.selection == {beaten.document.pattern.notes[2]}
    one_step(beaten, "Velocity ramp")


def test_dragging_one_head_of_a_selection_scales_all(beaten) -> None:
    select(beaten, *NOTES[1:4])
    drag(beaten, (245, 60), (245, 30))
    got = velocities(beaten)

    assert got[0] == 100
    assert got[4] == 90
    assert got[1] / got[3] == pytest.approx(50 / 70, abs=0.05)
    assert got[2] == pytest.approx(30, abs=3)
    one_step(beaten, "Velocity")


def test_a_click_in_the_lane_sets_the_stroke_under_it(beaten) -> None:
    lane = beaten.window.roll.velocity_lane
    QTest.mouseClick(lane, LEFT, pos=spot(beaten, 485, 20))

    assert velocities(beaten) == [100, 50, 60, 70, pytest.approx(20, abs=2)]
    one_step(beaten, "Velocity")


def test_escape_cancels_a_drag_in_the_lane(beaten, qtbot) -> None:
    lane = beaten.window.roll.velocity_lane
    beaten.window.activateWindow()
    lane.setFocus()
    qtbot.waitUntil(lane.hasFocus)
    QTest.mousePress(lane, LEFT, pos=spot(beaten, 0, 100))
    QTest.mouseMove(lane, spot(beaten, 0, 30))
    QTest.keyClick(lane, Qt.Key.Key_Escape)
    QTest.mouseRelease(lane, LEFT, pos=spot(beaten, 0, 30))

    assert beaten.document.pattern is BEAT
    assert beaten.window.roll.scene.shown == BEAT.notes


def test_heads_are_as_high_as_strokes_are_loud(beaten) -> None:
    lane = beaten.window.roll.velocity_lane
    image = lane.grab().toImage()
    scale = image.devicePixelRatio()
    colours = beaten.theme.colours
    head = spot(beaten, 0, 100)

    from PySide6.QtGui import QColor

    from drumapp.core.kit import Family

    shown = image.pixelColor(round(head.x() * scale), round(head.y() * scale))
    assert shown == QColor(colours.families[Family.KICK])


def test_the_lane_can_be_closed_and_its_height_is_remembered(beaten, qapp, engine, answers, qtbot) -> None:
    roll = beaten.window.roll
    assert roll.velocity_lane.isVisible()
    roll.set_velocity_height(150)
    roll.velocity_height_changed.emit(roll.velocity_height)
    trigger(beaten, "velocity_lane")
    assert roll.velocity_height == 0
    trigger(beaten, "velocity_lane")
    assert roll.velocity_height == pytest.approx(150, abs=2)
    beaten.notes.editor.set_snap(next(g for g in _grids() if g.label == "1/8T"))
    beaten.notes.remember()
    settings = beaten.settings
    again = make_application(qapp, settings, engine, answers)
    qtbot.addWidget(again.window)
    again.window.show()

    assert again.window.roll.velocity_height == pytest.approx(150, abs=2)
    assert again.notes.editor.snap.label == again.window.roll.corner.snap.currentText() == "1/8T"
    again.close()


def test_snap_and_lane_are_saved(beaten) -> None:
    beaten.notes.editor.set_snap(next(g for g in _grids() if g.label == "1/32"))
    beaten.window.close()
    beaten.close()
    assert load_settings().snap == "1/32"


def _grids():
    from drumapp.core.editing import GRIDS

    return GRIDS


# Tools


def use(application, name: str, *amounts: float) -> None:
    """Open a tool's dialog, set its numbers, agree."""
    trigger(application, name)
    dialog = application.notes.dialog
    assert dialog.isVisible()
    for field, amount in zip(dialog.fields, amounts, strict=True):
        field.set_value(amount)
    buttons = dialog.findChild(QDialogButtonBox)
    QTest.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Ok), LEFT)


def test_quantise_at_once(beaten) -> None:
    trigger(beaten, "quantise_now")
    assert [note.start for note in beaten.document.pattern.notes] == [0, 120, 240, 360, 480]
    assert beaten.notes.editor.selection == set()
    one_step(beaten, "Quantise")


def test_quantise_with_strength_and_swing(beaten) -> None:
    use(beaten, "quantise", 50, 75)
    # The second sixteenth of each pair lies at 75 % of it: 180 and 420.
    assert [note.start for note in beaten.document.pattern.notes] == [0, 155, 243, 393, 483]
    one_step(beaten, "Quantise")


def test_a_dialog_that_is_cancelled_does_nothing(beaten) -> None:
    trigger(beaten, "quantise")
    buttons = beaten.notes.dialog.findChild(QDialogButtonBox)
    QTest.mouseClick(buttons.button(QDialogButtonBox.StandardButton.Cancel), LEFT)
    assert beaten.document.pattern is BEAT


def test_humanise_keeps_to_its_bounds_and_seed(beaten) -> None:
    select(beaten, *NOTES[1:4])
    use(beaten, "humanise", 10, 5, 7)
    first = beaten.document.pattern
    assert first.notes[0] == NOTES[0]
    assert all(
        abs(new.start - old.start) <= 10 and abs(new.velocity - old.velocity) <= 5
        for new, old in zip(first.notes, NOTES, strict=True)
    )
    one_step(beaten, "Humanise")
    trigger(beaten, "undo")
    select(beaten, *NOTES[1:4])
    use(beaten, "humanise", 10, 5, 7)
    assert beaten.document.pattern == first


def test_velocity_is_scaled_and_randomised(beaten) -> None:
    use(beaten, "scale_velocity", 50)
    assert velocities(beaten) == [50, 25, 30, 35, 45]
    one_step(beaten, "Velocity scaled")
    trigger(beaten, "undo")
    use(beaten, "randomise_velocity", 10, 3)
    assert all(abs(new - old) <= 10 for new, old in zip(velocities(beaten), [100, 50, 60, 70, 90], strict=True))
    one_step(beaten, "Velocity randomised")


def test_thin_out_takes_every_second_of_a_lane(beaten) -> None:
    select(beaten, *NOTES[1:4])
    use(beaten, "thin_out", 2)
    assert beaten.document.pattern.notes == (NOTES[0], NOTES[1], NOTES[3], NOTES[4])
    one_step(beaten, "Thin out")


def test_reverse_mirrors_the_selection(beaten) -> None:
    select(beaten, *NOTES[1:4])
    trigger(beaten, "reverse")
    assert [note.velocity for note in beaten.document.pattern.notes[1:4]] == [70, 60, 50]
    one_step(beaten, "Reverse")


def test_fill_goes_from_one_note_to_the_end(beaten) -> None:
    select(beaten, NOTES[0])
    use(beaten, "fill_every", 4)
    kicks = [note.start for note in beaten.document.pattern.notes if note.pitch == KICK]
    assert kicks == list(range(0, 2 * BAR, 480))
    one_step(beaten, "Fill")


def test_what_cannot_be_done_is_disabled(application) -> None:
    actions = application.window.actions_by_name
    assert not actions["delete"].isEnabled()
    assert not actions["quantise"].isEnabled()
    application.document.replace(BEAT, "Open")
    assert actions["quantise"].isEnabled()
    assert not actions["fill_every"].isEnabled()
    select(application, NOTES[0])
    assert actions["delete"].isEnabled()
    trigger(application, "delete")
    assert not actions["delete"].isEnabled()
