"""The memory strip: the picture as arithmetic, then in the window by real events."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.application import Application
from drumapp.gui.insight.insight import C, H, MemoryFilm
from drumapp.gui.insight.memory_lane import FIRST_HEIGHT, NOTHING_YET
from drumapp.gui.insight.memory_picture import MIDDLE, MemoryPicture, Value, held_at, reach_of
from drumapp.gui.insight.memory_view import BROKEN, NOBODY
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.spans import Pixels
from drumapp.gui.theme import DARK, LIGHT, Colours
from drumapp.lstm.take_settings import GeneratorSettings
from tests.gui.colour_vision import VISIONS, difference, seen_as
from tests.gui.gui_fakes import RecordingEngine, ScriptedSeat, make_application, no_thread
from tests.gui.window_acts import BAR, let_run, trigger

PATTERN = Pattern.of([Note(480 * place, 36, 90) for place in range(16)])
NO_BUTTON, NO_KEYS = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier


# The picture


def film_of(values: np.ndarray, half: str = H, ticks: list[int] | None = None) -> MemoryFilm:
    ticks = ticks or [100 * place for place in range(len(values))]
    return MemoryFilm(half, np.array(ticks, np.int64), values.astype(np.float32), (ticks[0],))


def test_a_column_shows_the_memory_that_holds_there() -> None:
    film = film_of(np.array([[[0.0]], [[1.0]], [[-1.0]]]), ticks=[2, 4, 7])
    held = held_at(film, Pixels(View(pixels_per_tick=1.0, width=11)), 9)
    assert held.tolist() == [-1, -1, 0, 0, 1, 1, 1, 2, 2, -1, -1]
    levels = MemoryPicture(film, 1).columns(held)
    assert levels.tolist() == [[0, 0, MIDDLE, MIDDLE, 255, 255, 255, 1, 1, 0, 0]]


@pytest.mark.parametrize(("half", "value"), [(H, 1.0), (H, -0.5), (C, 4.0), (C, -2.0), (C, 170.0), (C, -170.0), (H, 0)])
def test_the_level_is_the_value_up_to_its_reach(half: str, value: float) -> None:
    picture = MemoryPicture(film_of(np.full((1, 1, 1), value), half), 1)
    share = np.clip(value / reach_of(half), -1, 1)

    assert picture.columns(np.zeros(1, np.int64))[0, 0] == pytest.approx(MIDDLE + 127 * share, abs=0.51)


shapes = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 40), st.integers(1, 100))


@given(shapes, st.randoms(use_true_random=False))
def test_a_line_shows_the_farthest_of_the_units_that_share_it(shape, dice) -> None:
    memories, layers, units, lines = shape
    rng = np.random.default_rng(dice.randrange(10**6))
    film = film_of(rng.uniform(-1, 1, (memories, layers, units)))
    picture = MemoryPicture(film, lines)
    shown = picture.columns(np.arange(memories))
    seen = set()
    for line in range(shown.shape[0]):
        for memory in range(memories):
            value = picture.value_at(memory, line)
            assert isinstance(value, Value)
            seen.add((value.layer, value.unit))
            assert value.value == film.values[memory, value.layer - 1, value.unit - 1]
            assert abs(int(shown[line, memory]) - (MIDDLE + 127 * value.value)) <= 0.51
    assert shown.shape == (max(lines, layers), memories)
    order = [picture.value_at(0, line).layer for line in range(shown.shape[0])]
    assert order == sorted(order)
    assert set(order) == set(range(1, layers + 1))
    if lines >= layers * units:
        assert len(seen) == layers * units, "where there is room, every unit has a line"


def test_there_is_no_value_beside_the_picture() -> None:
    picture = MemoryPicture(film_of(np.zeros((2, 1, 4))), 4)
    assert picture.value_at(-1, 0) is None
    assert picture.value_at(0, -1) is None
    assert picture.value_at(0, 4) is None
    assert picture.value_at(1, 3) == Value(1, 4, 0.0)


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("sight", VISIONS)
def test_the_scale_can_be_read_by_everybody(colours: Colours, sight: str) -> None:
    from drumapp.gui.insight.memory_strip import colour_table

    table = colour_table(colours)
    seen = [seen_as("#{:02x}{:02x}{:02x}".format(*table[level, :3].tolist()), sight) for level in range(1, 256, 2)]
    from_middle = [difference(colour, seen[63]) for colour in seen]

    assert table[0, 3] == 0, "no memory is no colour"
    assert (table[1:, 3] == 255).all()
    assert all(one >= other - 0.5 for one, other in pairwise(from_middle[:64]))
    assert all(one <= other + 0.5 for one, other in pairwise(from_middle[63:]))
    for step in (32, 63):
        assert difference(seen[63 - step], seen[63 + step]) > 25, "below and above are told apart"
        assert min(from_middle[63 - step], from_middle[63 + step]) > 18


# In the window


def strip_of(application: Application):
    return application.window.roll.memory_lane.strip


def mind_of(application: Application):
    return application.conductor.seat.mind


def shows(application: Application, pattern: Pattern) -> bool:
    film = strip_of(application).film
    return film is not None and film.ticks.tolist() == [0, *(note.start for note in pattern.notes)]


@pytest.fixture
def opened(application: Application, qtbot) -> Application:
    """The window with a beat and the strip open."""
    application.document.replace(PATTERN, "test")
    trigger(application, "memory_strip")
    qtbot.waitUntil(lambda: shows(application, PATTERN), timeout=10_000)
    return application


def test_it_is_closed_at_first_and_pyqtgraph_is_not_loaded() -> None:
    code = (
        "import sys, drumapp.gui.display as d; app = d.build_qt([])\n"
        "from drumapp.gui.application import Application; from drumapp.settings import Settings\n"
        "from tests.gui.gui_fakes import Answers, RecordingEngine, make_application\n"
        "made = make_application(app, Settings(), RecordingEngine(), Answers())\n"
        "made.window.show(); app.processEvents(); before = 'pyqtgraph' in sys.modules\n"
        "made.window.actions_by_name['memory_strip'].trigger(); app.processEvents()\n"
        "print(before, 'pyqtgraph' in sys.modules); made.window.close(); made.close()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_keys_and_menu_open_and_close_it(application: Application, qtbot) -> None:
    window, roll = application.window, application.window.roll
    assert roll.memory_height == 0
    assert not roll.memory_lane.isVisible()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    assert roll.memory_height == FIRST_HEIGHT
    assert roll.memory_lane.isVisible()
    assert window.actions_by_name["memory_strip"].isChecked()
    velocity = roll.velocity_height
    trigger(application, "memory_strip")
    assert roll.memory_height == 0
    assert roll.velocity_height == velocity


def handle_of(application: Application):
    return application.window.roll._split.handle(2)


def test_its_height_is_dragged_remembered_and_restored(opened: Application, qapp, qtbot) -> None:
    roll = opened.window.roll
    sizes = roll._split.sizes()
    handle = handle_of(opened)
    handle.moveSplitter(handle.pos().y() - 60)  # what a drag of the handle calls
    assert roll.memory_height == sizes[2] + 60
    height = roll.memory_height
    trigger(opened, "memory_strip")
    trigger(opened, "memory_strip")
    assert roll.memory_height == height
    opened.window.close()
    assert opened.settings.memory_strip == height
    again = make_application(qapp, opened.settings, RecordingEngine(), opened.asking)
    qtbot.addWidget(again.window)
    again.window.show()
    qtbot.waitUntil(lambda: again.window.roll.memory_height == height, timeout=10_000)
    again.window.close()
    again.close()


def test_dragged_all_the_way_down_it_is_closed(opened: Application) -> None:
    handle = handle_of(opened)
    handle.moveSplitter(handle.pos().y() + 400)

    assert not opened.window.actions_by_name["memory_strip"].isChecked()
    assert opened.window.roll.memory_height == 0
    trigger(opened, "memory_strip")
    assert opened.window.roll.memory_height == FIRST_HEIGHT


def column_levels(application: Application) -> np.ndarray:
    """The levels of the strip's first line, pixel by pixel."""
    return strip_of(application)._image.image[0]


@pytest.mark.parametrize("bars", [1, 2, 4])
@pytest.mark.parametrize("left", [0, BAR + 333])
def test_it_stands_under_the_notes_at_every_zoom_and_scroll(opened: Application, bars: int, left: int) -> None:
    roll = opened.window.roll
    roll.navigation.zoom_to_span(Range(left, left + bars * BAR))
    levels, view = column_levels(opened), roll.view
    ratio = strip_of(opened).devicePixelRatioF()

    assert len(levels) == round(strip_of(opened).width() * ratio)
    assert strip_of(opened).width() == roll.canvas.width()
    assert strip_of(opened).mapTo(roll, QPoint(0, 0)).x() == roll.canvas.mapTo(roll, QPoint(0, 0)).x()
    memories = strip_of(opened).film.values[:, 0, 0]
    for place, note in enumerate(PATTERN.notes):
        x = int(Pixels(view, ratio).columns(np.array([note.start]))[0])
        if 1 <= x < len(levels):
            assert levels[x] == pytest.approx(MIDDLE + 127 * memories[place + 1], abs=1)
            if note.start > 0:
                assert levels[x - 1] == pytest.approx(MIDDLE + 127 * memories[place], abs=1)
    end = round(view.x_of(PATTERN.length) * ratio)
    assert (levels[max(end, 0) :] == 0).all()
    start = round(view.x_of(0) * ratio)
    assert (levels[: max(start - 1, 0)] == 0).all()


def test_the_wheel_over_it_zooms_the_roll(opened: Application) -> None:
    strip, view = strip_of(opened), opened.window.roll.view
    at = QPointF(200, 20)
    event = QWheelEvent(
        at, strip.mapToGlobal(at), QPoint(), QPoint(0, 120), NO_BUTTON, Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(strip.viewport(), event)

    assert opened.window.roll.view.pixels_per_tick > view.pixels_per_tick


def test_edits_are_followed(opened: Application, qtbot) -> None:
    edited = PATTERN.with_notes([Note(100, 38, 77)])
    opened.document.edit(edited, "Draw note")
    qtbot.waitUntil(lambda: shows(opened, edited), timeout=10_000)
    opened.document.undo()
    qtbot.waitUntil(lambda: shows(opened, PATTERN), timeout=10_000)


def test_a_growing_take_is_followed_with_its_own_settings(application: Application, qtbot) -> None:
    trigger(application, "memory_strip")
    trigger(application, "generate")
    seed = application.conductor.performance.seed
    mind = mind_of(application)
    application.engine.position = 2 * BAR

    def is_followed() -> bool:
        return any(settings.seed == seed and len(pattern.notes) > 3 for pattern, settings in mind.followed)

    let_run(qtbot, application, is_followed)
    application.engine.position = 8 * BAR
    let_run(qtbot, application, lambda: not application.document.in_take)
    qtbot.waitUntil(lambda: shows(application, application.document.pattern), timeout=10_000)
    assert mind.followed[-1][1].seed == seed


def test_music_that_is_nobodys_has_a_memory_that_stays_the_same(opened: Application, qtbot) -> None:
    opened.document.edit(PATTERN.with_notes([Note(100, 38, 77)]), "Draw note")
    qtbot.waitUntil(lambda: len(mind_of(opened).followed) == 2, timeout=10_000)
    one, other = (settings for _, settings in mind_of(opened).followed)

    assert isinstance(one, GeneratorSettings)
    assert one == other


def test_the_switch_shows_the_other_half(opened: Application, qtbot) -> None:
    header, strip = opened.window.roll.memory_header, strip_of(opened)
    assert strip.film.half == H
    before = header.grab().toImage()
    QTest.mouseClick(header.buttons[C], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: strip.film.half == C, timeout=10_000)
    assert header.grab().toImage() != before
    assert column_levels(opened)[-20:].max() < MIDDLE
    opened.window.close()
    assert opened.settings.memory_half == C


def test_start_fresh_memory_and_flag_are_marked(opened: Application) -> None:
    strip, roll = strip_of(opened), opened.window.roll
    plain = strip.film
    strip.show_film(MemoryFilm(H, plain.ticks, plain.values, (0, 2 * BAR)))
    xs = [roll.view.pixel_of(tick) for tick in (0, 2 * BAR)]

    assert [round(mark - 0.5) for mark in strip.marks] == xs
    assert [strip.words_at(x, 20) for x in xs] == ["Memory drawn at random here"] * 2
    roll.show_flag(3 * BAR)
    assert strip.words_at(roll.view.pixel_of(3 * BAR), 20) == "The drummer goes on from here"
    image = strip.grab().toImage()
    for x, colour in ((xs[1], DARK.text), (roll.view.pixel_of(3 * BAR), DARK.accent_hover)):
        assert colour in {image.pixelColor(x, y).name() for y in range(20, 60)}


def test_the_tool_tip_names_unit_and_value(opened: Application) -> None:
    strip, roll = strip_of(opened), opened.window.roll
    at = QPoint(roll.view.pixel_of(BAR + 500) + 2, strip.height() - 2)
    QApplication.sendEvent(strip.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, strip.mapToGlobal(at)))
    value = strip.film.values[6, 1, 7]

    assert QToolTip.text() == f"Layer 2, unit 8: h = {value:.2f}"
    assert strip.words_at(roll.view.pixel_of(PATTERN.length) + 5, 10) == ""


def test_an_empty_roll_has_nothing_to_remember(application: Application, qtbot) -> None:
    trigger(application, "memory_strip")
    qtbot.waitUntil(lambda: len(mind_of(application).followed) == 1, timeout=10_000)
    qtbot.wait(50)
    assert strip_of(application).sentence == NOTHING_YET
    assert strip_of(application).film is None
    assert strip_of(application).words_at(10, 10) == NOTHING_YET


def test_without_a_drummer_the_old_memory_is_not_shown(opened: Application) -> None:
    opened.conductor.set_seat(None)
    opened.drummer.changed.emit()
    assert strip_of(opened).sentence == NOBODY
    assert strip_of(opened).film is None
    strip_of(opened).grab()


def test_a_fault_is_said(opened: Application, qtbot) -> None:
    mind_of(opened).error = RuntimeError("a thought too far")
    opened.document.edit(PATTERN.with_notes([Note(100, 38, 77)]), "Draw note")
    qtbot.waitUntil(lambda: strip_of(opened).sentence == BROKEN, timeout=10_000)


def test_another_drummer_remembers_otherwise(opened: Application, qtbot) -> None:
    other = ScriptedSeat()
    opened.conductor.set_seat(other)
    opened.drummer.changed.emit()
    qtbot.waitUntil(lambda: len(other.mind.followed) == 1, timeout=10_000)


def test_the_theme_is_followed(opened: Application) -> None:
    dark = strip_of(opened).grab().toImage()
    trigger(opened, "theme_light")
    light = strip_of(opened).grab().toImage()

    assert dark != light
    assert light.pixelColor(light.width() - 3, 30).name() == LIGHT.roll
    trigger(opened, "theme_dark")


def test_it_is_drawn_at_any_height_and_width(opened: Application) -> None:
    strip = strip_of(opened)
    for width, height in ((1, 1), (3, 700), (900, 2), (0, 0), (1500, 33)):
        strip.resize(width, height)
        strip.redraw()
        strip.grab()


def test_a_hundred_thousand_notes_are_heard_in_pieces_while_the_window_goes_on(application: Application, qtbot) -> None:
    many = Pattern.of([Note(60 * place, 36 + place % 5, 1 + place % 127) for place in range(100_000)])
    mind_of(application).let_on.clear()
    application.document.replace(many, "test")
    trigger(application, "surprise")
    trigger(application, "memory_strip")
    application.window.roll.navigation.zoom_to_fit()
    application.window.grab()
    assert strip_of(application).film is None
    mind_of(application).let_on.set()
    qtbot.waitUntil(lambda: shows(application, many), timeout=60_000)
    qtbot.waitUntil(lambda: application.window.status.surprise.words == "", timeout=10_000)
    application.window.grab()
    assert (application.window.roll.scene.index.tints > 0).all()


def test_closing_the_window_ends_what_goes_on(opened: Application) -> None:
    opened.document.replace(Pattern.of([Note(60 * place, 36, 50) for place in range(50_000)]), "test")
    opened.insight.ask()
    opened.window.close()
    assert no_thread("insight")
