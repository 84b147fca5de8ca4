"""What the canvas shows, pixel by pixel, at every zoom and on screens of every density."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from drumapp.core.kit import HOUSE_KIT, Family
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.gui.piano_roll.canvas import RollCanvas
from drumapp.gui.piano_roll.view import PianoRoll
from drumapp.gui.theme import DARK

BAR = 1920
KICK, HAT = 36, 42
HUE = QColor(DARK.families[Family.KICK]).rgb()


@pytest.fixture
def roll(qtbot) -> PianoRoll:
    made = PianoRoll(DARK)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


@pytest.fixture(params=[1.0, 1.25, 1.5, 2.0])
def dense(request, roll, monkeypatch: pytest.MonkeyPatch) -> PianoRoll:
    """The roll on a screen with so many pixels to each of the window's."""
    monkeypatch.setattr(RollCanvas, "devicePixelRatioF", lambda _: request.param)
    return roll


def pixels(roll: PianoRoll) -> np.ndarray:
    """The canvas's picture in the screen's own pixels, 0xffrrggbb: shape (height, width)."""
    roll.canvas.grab()
    image = roll.canvas._picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def foot_of(roll: PianoRoll, key: int) -> int:
    """A line that every note of a lane covers."""
    ratio = roll.canvas.devicePixelRatioF()
    return round((roll.view.y_of(roll.scene.kit.row_of_key[key] + 1) - 3) * ratio)


def columns_of(roll: PianoRoll, key: int, hue: int = HUE) -> list[int]:
    """The columns in which a lane shows a colour."""
    return np.flatnonzero(pixels(roll)[foot_of(roll, key)] == hue).tolist()


def notes_at(*starts: int, duration: int = 60) -> Pattern:
    return Pattern.of([Note(start, KICK, 127, duration) for start in starts], length=40 * BAR)


@pytest.mark.parametrize("bars", [1, 4, 40])
def test_a_note_lies_where_the_coordinates_say(dense, bars: int) -> None:
    start, duration = BAR // 2 + 37, 240
    dense.show_pattern(notes_at(start, duration=duration), 40 * BAR)
    dense.navigation.zoom_to_span(Range(0, bars * BAR))
    ratio, view = dense.canvas.devicePixelRatioF(), dense.view
    shown = columns_of(dense, KICK)

    assert shown == list(range(shown[0], shown[-1] + 1))
    soft_side = 1
    assert shown[0] == pytest.approx(view.x_of(start) * ratio, abs=soft_side + 0.51)
    width = max(duration * view.pixels_per_tick - 1, 2)
    assert shown[-1] + 1 == pytest.approx((view.x_of(start) + width) * ratio, abs=soft_side + 1.01)


def test_a_note_is_as_high_as_it_is_loud(dense) -> None:
    heights = []
    for velocity in (1, 40, 80, 127):
        dense.show_pattern(Pattern.of([Note(0, KICK, velocity, 480)]), BAR, refit=True)
        ratio = dense.canvas.devicePixelRatioF()
        empty = pixels(dense)[:, round(dense.view.x_of(660) * ratio)]
        column = pixels(dense)[:, round(dense.view.x_of(200) * ratio)]
        heights.append(int((column != empty).sum()))

    room = (dense.view.row_height - 4) * ratio
    expected = [room * (0.24 + 0.76 * velocity / 127) for velocity in (1, 40, 80, 127)]
    assert heights == pytest.approx(expected, abs=1.01)


def test_far_out_every_column_with_a_note_shows_one(dense) -> None:
    dice = np.random.default_rng(5)
    starts = sorted({int(tick) for tick in dice.integers(0, 5000 * BAR, 300)})
    dense.show_pattern(Pattern.of([Note(start, KICK, 127) for start in starts]), 5000 * BAR)
    dense.navigation.zoom_to_fit()
    ratio, view = dense.canvas.devicePixelRatioF(), dense.view
    shown = columns_of(dense, KICK)

    assert view.ticks_shown > 5000 * BAR
    least = round(2 * ratio)
    first = np.rint(np.array(starts) * view.pixels_per_tick * ratio).astype(int) - round(view.offset * ratio)
    assert shown == sorted({int(column) + beside for column in first for beside in range(least)})


def test_of_many_notes_in_a_column_the_loudest_is_seen(roll) -> None:
    soft = [Note(tick, KICK, 1) for tick in range(0, 400 * BAR, 40)]
    roll.show_pattern(Pattern.of([*soft, Note(200 * BAR, KICK, 127)]), 400 * BAR)
    roll.navigation.zoom_to_fit()
    shown = columns_of(roll, KICK)

    assert len(shown) == 2
    assert shown[0] == round(roll.view.x_of(200 * BAR))


@pytest.mark.parametrize("shift", [1, 17, 300])
@pytest.mark.parametrize("bars", [1, 8, 64, 2000])
def test_a_scrolled_picture_is_the_same_one_moved(dense, bars: int, shift: int) -> None:
    dice = np.random.default_rng(7)
    notes = [
        Note(int(tick), HOUSE_KIT.lanes[row].key, velocity, duration)
        for tick, row, velocity, duration in dice.integers(
            (0, 0, 1, 1), (4000 * BAR, 14, 128, 4000), (20_000, 4)
        ).tolist()
    ]
    pattern = Pattern.of(notes)
    dense.show_pattern(pattern, pattern.length)
    dense.show_selection(frozenset(notes[::5]))
    dense.navigation.zoom_to_span(Range(1000 * BAR, (1000 + bars) * BAR))
    ratio, before, offset = dense.canvas.devicePixelRatioF(), pixels(dense), dense.view.offset
    dense.navigation.scroll_to(left=dense.view.left + shift / dense.view.pixels_per_tick)
    moved = round(dense.view.offset * ratio) - round(offset * ratio)

    after = pixels(dense)
    if ratio == int(ratio):
        assert (after[:, :-moved] == before[:, moved:]).all()
    else:  # lines lie on the window's pixels, not on the screen's: only notes are the same
        rows = [foot_of(dense, lane.key) for lane in HOUSE_KIT.lanes]
        hues = [QColor(hue).rgb() for hue in DARK.families.values()]
        one, other = after[rows][:, :-moved], before[rows][:, moved:]
        for hue in hues:
            assert ((one == hue) == (other == hue)).all()


def test_notes_that_arrived_look_as_if_they_had_always_been_there(dense, qtbot) -> None:
    early = [Note(0, KICK, 90), Note(480, HAT, 50)]
    late = [Note(960, KICK, 127, 500), Note(970, HAT, 10), Note(1300, HAT, 80, 3), Note(100 * BAR, KICK, 1)]
    dense.show_pattern(Pattern.of(early, length=BAR), None, refit=True)
    pixels(dense)
    dense.append_notes(late, Pattern.of([*early, *late], length=100 * BAR))
    qtbot.waitUntil(lambda: not dense.canvas._fade_timer.isActive())
    arrived = pixels(dense)
    dense.canvas.redraw()

    assert (pixels(dense) == arrived).all()


def test_a_muted_lane_is_drawn_hollow(dense) -> None:
    dense.show_pattern(notes_at(480, duration=480), BAR, refit=True)
    dense.navigation.zoom_to_span(Range(0, 2 * BAR))
    ratio = dense.canvas.devicePixelRatioF()
    middle = round(dense.view.x_of(720) * ratio)
    line = round((dense.view.y_of(HOUSE_KIT.row_of_key[KICK] + 0.5)) * ratio)
    assert pixels(dense)[line, middle] == HUE
    dense.show_kit(HOUSE_KIT.with_lane(replace(HOUSE_KIT.lane_of(KICK), muted=True)))
    shown = pixels(dense)

    assert shown[line, middle] != HUE
    assert HUE in shown[line]  # its sides
    assert HUE in shown[:, middle]  # its upper and lower edge
    dense.show_kit(HOUSE_KIT.with_lane(replace(HOUSE_KIT.lane_of(HAT), soloed=True)))
    assert (pixels(dense) == shown).all()


def test_selected_notes_are_framed_and_far_out_tinted(dense) -> None:
    accent = QColor(DARK.accent).rgb()
    pattern = notes_at(480, 960, duration=240)
    dense.show_pattern(pattern, 40 * BAR, refit=True)
    for span in (Range(0, BAR), Range(0, 40 * BAR)):
        dense.navigation.zoom_to_span(span)
        dense.show_selection(frozenset())
        plain = pixels(dense)
        assert accent not in plain
        dense.show_selection(frozenset(pattern.notes[:1]))
        changed = (pixels(dense) != plain).any(axis=0)
        ratio = dense.canvas.devicePixelRatioF()

        assert accent in pixels(dense)
        first, last = np.flatnonzero(changed)[[0, -1]]
        assert first == pytest.approx(dense.view.x_of(480) * ratio, abs=3 * ratio)
        assert last < dense.view.x_of(960) * ratio


@pytest.mark.parametrize("row_height", [10.0, 18.3, 72.0])
def test_128_lanes_each_show_their_note(dense, row_height: float) -> None:
    pattern = Pattern.of([Note(10 * key, key, 127, 4000) for key in range(128)], length=4 * BAR)
    dense.show_pattern(pattern, pattern.length, refit=True)
    view = dense.view
    dense.navigation.look_at(replace(view, row_height=row_height, top=5.5 * row_height))
    ratio, shown = dense.canvas.devicePixelRatioF(), pixels(dense)
    column = round(dense.view.x_of(3000) * ratio)
    for row, lane in enumerate(dense.scene.kit.lanes):
        line = round((dense.view.y_of(row + 1) - 3) * ratio)
        if 0 <= line < shown.shape[0]:
            assert shown[line, column] == QColor(DARK.families[lane.family]).rgb(), lane.name


def test_one_note_longer_than_the_page_fills_its_lane(dense) -> None:
    dense.show_pattern(notes_at(0, duration=39 * BAR), 40 * BAR)
    dense.navigation.zoom_to_span(Range(20 * BAR, 21 * BAR))
    shown = pixels(dense)

    assert columns_of(dense, KICK) == list(range(shown.shape[1]))


def test_zoomed_in_to_single_ticks_a_tick_is_seen(dense) -> None:
    dense.show_pattern(notes_at(1000, 1003, duration=1), 40 * BAR)
    dense.navigation.look_at(replace(dense.view, pixels_per_tick=2.0, left=900.0))
    ratio = dense.canvas.devicePixelRatioF()

    assert dense.view.pixels_per_tick == 2.0
    shown = columns_of(dense, KICK)
    assert shown[0] == pytest.approx(dense.view.x_of(1000) * ratio, abs=1.6)
    assert shown[-1] == pytest.approx((dense.view.x_of(1003) + 5) * ratio, abs=3.1)


def test_a_picture_for_another_screen_is_drawn_anew(roll, monkeypatch: pytest.MonkeyPatch) -> None:
    roll.show_pattern(notes_at(0), 40 * BAR, refit=True)
    width = pixels(roll).shape[1]
    monkeypatch.setattr(RollCanvas, "devicePixelRatioF", lambda _: 2.0)

    assert pixels(roll).shape[1] == 2 * width


def test_a_picture_is_drawn_on_again_and_leaves_nothing_behind(roll) -> None:
    roll.show_pattern(notes_at(*range(0, 8 * BAR, 120)), 40 * BAR, refit=True)
    full = roll.canvas._picture.cacheKey(), pixels(roll)
    roll.show_pattern(Pattern(length=40 * BAR), 40 * BAR, refit=True)
    empty = pixels(roll)
    roll.show_pattern(notes_at(*range(0, 8 * BAR, 120)), 40 * BAR, refit=True)

    assert (pixels(roll) == full[1]).all()
    assert HUE not in empty
