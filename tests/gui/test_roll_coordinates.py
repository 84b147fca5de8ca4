from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.timing import Metre, MetreChange, MetreMap
from drumapp.gui.piano_roll import coordinates
from drumapp.gui.piano_roll.coordinates import View
from drumapp.gui.piano_roll.grid import Level, bar_stride, lines

views = st.builds(
    View,
    pixels_per_tick=st.floats(coordinates.MIN_PIXELS_PER_TICK, coordinates.MAX_PIXELS_PER_TICK),
    left=st.floats(-100, 1e6),
    row_height=st.floats(coordinates.MIN_ROW_HEIGHT, coordinates.MAX_ROW_HEIGHT),
    top=st.floats(0, 1000),
    width=st.floats(100, 4000),
    height=st.floats(100, 2000),
)


@given(views, st.floats(0, 4000))
def test_a_pixel_turned_into_a_tick_turns_back_into_the_pixel(view: View, x: float) -> None:
    assert view.x_of(view.tick_at(x)) == pytest.approx(x, abs=1e-3)


@given(views, st.integers(0, 127))
def test_the_middle_of_a_row_lies_in_the_row(view: View, row: int) -> None:
    assert view.row_at(view.y_of(row + 0.5)) == row


@given(views, st.floats(0.01, 100), st.floats(0, 4000))
def test_zoom_keeps_what_is_under_the_pointer(view: View, factor: float, x: float) -> None:
    zoomed = view.zoomed(factor, x)

    # By half a pixel, as all that is drawn is scrolled by whole ones.
    assert zoomed.x_of(view.tick_at(x)) == pytest.approx(x, abs=0.501)
    assert coordinates.MIN_PIXELS_PER_TICK <= zoomed.pixels_per_tick <= coordinates.MAX_PIXELS_PER_TICK


@given(views, st.floats(-1e4, 1e6), st.floats(-40, 40))
def test_whatever_is_drawn_is_scrolled_by_the_same_whole_pixels(view: View, tick: float, pixels: float) -> None:
    scrolled = replace(view, left=view.left + pixels / view.pixels_per_tick)
    moved = view.x_of(tick) - scrolled.x_of(tick)

    assert moved == pytest.approx(scrolled.offset - view.offset, abs=1e-6)
    assert abs(moved - pixels) <= 1.001


def test_slow_scrolling_adds_up() -> None:
    view = View(pixels_per_tick=0.1, width=1000)
    for _ in range(30):
        view = replace(view, left=view.left + 0.1 / view.pixels_per_tick)

    assert view.x_of(0) == -3


@given(views, st.floats(1, 1e11), st.floats(0, 4000))
def test_however_long_a_piece_is_it_can_be_zoomed_out_until_all_of_it_is_seen(
    view: View, length: float, x: float
) -> None:
    out = view.zoomed(1e-12, x, length)

    assert out.ticks_shown >= length
    assert out.zoomed(0.5, x, length).pixels_per_tick == pytest.approx(out.pixels_per_tick)


@given(views, st.floats(0.1, 10), st.floats(0, 2000))
def test_taller_rows_keep_what_is_under_the_pointer(view: View, factor: float, y: float) -> None:
    zoomed = view.zoomed_rows(factor, y)

    assert (y + zoomed.top) / zoomed.row_height == pytest.approx((y + view.top) / view.row_height, abs=1e-6)


@given(views, st.floats(1920, 1e11))
def test_fitting_shows_the_whole_length(view: View, ticks: float) -> None:
    fitted = view.fitted(ticks)

    assert fitted.left < 0
    assert fitted.right >= ticks


@given(views, st.floats(0, 1e6), st.integers(1, 60))
def test_clamping_never_shows_mere_emptiness(view: View, length: float, rows: int) -> None:
    clamped = view.clamped(length, rows)

    assert clamped.left <= max(length, 0)
    assert clamped.x_of(0) <= coordinates.LEAD_IN_PX + 1e-6
    assert clamped.top <= rows * view.row_height
    assert clamped.clamped(length, rows).left == pytest.approx(clamped.left)


def test_the_page_turns_only_when_the_playhead_leaves_it() -> None:
    view = View(pixels_per_tick=0.1, left=0, width=1000)  # 10,000 ticks a page

    assert view.turned_to(0, 50_000) is None
    assert view.turned_to(9_000, 50_000) is None
    turned = view.turned_to(9_999, 50_000)
    assert turned is not None
    assert turned.left < 9_999 < turned.right
    back = turned.turned_to(0, 50_000)
    assert back is not None
    assert back.left <= 0 < back.right


def test_the_last_page_is_not_turned_when_all_the_rest_is_on_it() -> None:
    view = View(pixels_per_tick=0.1, left=0, width=1000)

    assert view.turned_to(9_990, 9_995) is None


def test_the_last_page_is_turned_back_when_the_music_begins_anew() -> None:
    view = View(pixels_per_tick=0.1, left=5_000, width=1000)

    back = view.turned_to(0, 9_995)
    assert back is not None
    assert back.left <= 0 < back.right


def test_fitting_a_view_that_has_no_size_yet_changes_no_scale() -> None:
    assert View(width=0).fitted(1920).pixels_per_tick == View().pixels_per_tick
    assert View(height=0).fitted_rows(14, 44) == View(height=0)


def test_lines_of_a_bar_of_four_four() -> None:
    levels = {line.tick: line.level for line in lines(MetreMap(), 0, 1919, 1.0)}

    assert levels[0] is Level.BAR
    assert [tick for tick, level in levels.items() if level is Level.BEAT] == [480, 960, 1440]
    assert len(levels) == 16


def test_lines_follow_a_metre_change() -> None:
    metre = MetreMap((MetreChange(0, Metre(7, 8)), MetreChange(1680, Metre(3, 4))))
    bars = [(line.tick, line.bar) for line in lines(metre, 0, 4600, 0.2) if line.level is Level.BAR]

    assert bars == [(0, 1), (1680, 2), (3120, 3), (4560, 4)]


@pytest.mark.parametrize("denominator", [1, 2, 4, 8, 16, 32])
@pytest.mark.parametrize("pixels_per_tick", [0.0005, 0.003, 0.02, 0.1, 2.0])
def test_lines_come_in_order_and_never_crowd(denominator: int, pixels_per_tick: float) -> None:
    metre = MetreMap.constant(Metre(4, denominator))
    ticks = [line.tick for line in lines(metre, 100_000, 100_000 + 1000 / pixels_per_tick, pixels_per_tick)]

    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 1000 / 6


def test_no_lines_before_the_music() -> None:
    assert list(lines(MetreMap(), -100, -1, 1.0)) == []
    assert next(iter(lines(MetreMap(), -100, 100, 1.0))).tick == 0


def test_numbers_stand_every_one_two_four_bars() -> None:
    assert [bar_stride(width, 44) for width in (100, 44, 43, 20, 10)] == [1, 1, 2, 4, 8]
