"""Where strokes belong, held against what is easily said in other words."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drumapp.core.editing import GRIDS, OFF, Grid
from drumapp.core.pattern import Note, Pattern
from drumapp.core.recording import EARLY_TICKS, Course
from drumapp.core.timing import Metre, MetreMap, Range

BAR = 1920
SIXTEENTHS = Grid(16)
FOUR_BARS = Course(MetreMap(), 4 * BAR, Range(0, 4 * BAR))
THIRD_BAR = Course(MetreMap(), 4 * BAR, Range(2 * BAR, 3 * BAR))
ONCE = Course(MetreMap(), 4 * BAR)

grids = st.sampled_from(GRIDS)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    metre = MetreMap.constant(draw(st.sampled_from([Metre(), Metre(7, 8), Metre(3, 4)])))
    length = draw(st.integers(1, 8000))
    ends = draw(st.none() | st.tuples(st.integers(0, length - 1), st.integers(1, length)))
    loop = None if ends is None else Range(min(ends), max(*ends, min(ends) + 1))
    return Course(metre, length, loop)


@pytest.mark.parametrize(
    ("tick", "belongs", "ahead", "laps"),
    [
        (0.0, 0, 0.0, 0),
        (59.9, 0, -59.9, 0),
        (60.75, 120, 59.25, 0),
        (475.25, 480, 4.75, 0),
        (4 * BAR - 20.0, 0, 20.0, 1),
        (4 * BAR - 61.0, 4 * BAR - 120, -59.0, 0),
    ],
)
def test_strokes_are_drawn_to_the_nearest_line(tick: float, belongs: int, ahead: float, laps: int) -> None:
    placed = FOUR_BARS.place(tick, SIXTEENTHS)
    assert (placed.tick, placed.laps) == (belongs, laps)
    assert placed.ahead == pytest.approx(ahead)


def test_an_early_stroke_for_the_first_beat_belongs_to_it() -> None:
    """Before the music began, before the loop came round, and in the bar that leads into the loop."""
    for grid in (SIXTEENTHS, OFF):
        assert FOUR_BARS.place(-20.0, grid) == (0, 20.0, 0)
        assert FOUR_BARS.place(4 * BAR - 20.0, grid) == (0, 20.0, 1)
        assert THIRD_BAR.place(3 * BAR - 20.0, grid) == (2 * BAR, 20.0, 1)
        assert THIRD_BAR.place(2 * BAR - 20.0, grid) == (2 * BAR, 20.0, 0)


def test_a_stroke_before_the_music_was_meant_for_where_it_begins() -> None:
    course = Course(MetreMap(), 4 * BAR, Range(2 * BAR, 3 * BAR), begin=2.0 * BAR)
    for grid in (SIXTEENTHS, OFF):
        assert course.place(2 * BAR - 200.0, grid) == (2 * BAR, 200.0, 0)


def test_without_a_grid_a_stroke_stays_where_it_was_played() -> None:
    assert FOUR_BARS.place(1234.4, OFF).tick == 1234
    assert FOUR_BARS.place(4 * BAR - EARLY_TICKS - 1, OFF).tick == 4 * BAR - EARLY_TICKS - 1


def test_where_nothing_is_repeated_the_last_line_is_the_last() -> None:
    assert ONCE.place(4 * BAR - 1.0, SIXTEENTHS).tick == 4 * BAR - 120
    assert ONCE.place(4 * BAR - 0.2, OFF).tick == 4 * BAR - 1


def test_the_ends_of_a_loop_are_lines_of_every_grid() -> None:
    course = Course(MetreMap(), 4 * BAR, Range(100, 1000))
    assert course.place(110.0, Grid(4)).tick == 100
    assert course.place(990.0, Grid(4)) == (100, 10.0, 1)


@given(courses(), st.floats(-2000, 9000), grids)
def test_a_stroke_belongs_to_where_it_will_be_heard_again(course: Course, tick: float, grid: Grid) -> None:
    placed = course.place(tick, grid)
    loop = course.loop
    assert 0 <= placed.tick < course.length
    assert placed.laps in (0, 1)
    if placed.laps:
        assert placed.tick == loop.start
        assert placed.ahead == pytest.approx(course.turn(max(tick, 0)) - tick)
    else:
        assert placed.ahead == pytest.approx(placed.tick - tick)
    if loop is not None and tick in loop:
        assert placed.tick in loop


@given(courses(), st.floats(0, 7999), grids)
def test_no_stroke_moves_further_than_half_a_step(course: Course, tick: float, grid: Grid) -> None:
    if course.loop is not None and tick < course.length:
        assert abs(course.place(tick, grid).ahead) <= max(grid.step / 2 + 1, EARLY_TICKS)


@given(courses(), st.floats(0, 7999), st.floats(0, 1900))
def test_how_far_the_music_has_come_is_what_it_has_run(course: Course, before: float, ticks: float) -> None:
    loop = course.loop
    before, turn = before % course.length, course.turn(before % course.length)
    at = before + ticks
    if loop is None or loop.length <= ticks:
        assume(at < turn)
    comes_round = at >= turn
    if comes_round:
        assume(loop.length <= 120 or loop.length - ticks > 60)  # else it could as well have been set back a little
        at += loop.start - turn
    run = course.run(before, at)
    assert run.laps == comes_round
    assert run.ticks == pytest.approx(ticks, abs=1e-6)


def test_a_playhead_that_was_put_elsewhere_has_not_run() -> None:
    assert FOUR_BARS.run(100.0, 100.0 + 2 * BAR) is None
    assert FOUR_BARS.run(3 * BAR, 2 * BAR) is None
    assert ONCE.run(4 * BAR - 10, 5.0) is None
    assert THIRD_BAR.run(3 * BAR - 10, 5.0) is None


def test_a_clock_that_is_followed_may_set_the_music_back_a_little() -> None:
    assert FOUR_BARS.run(1000.0, 990.0) == (0.0, 0)
    tiny = Course(MetreMap(), 1920, Range(0, 60))
    assert tiny.run(55.0, 5.0) == (10.0, 1)


def test_strokes_are_told_of_a_moment_later() -> None:
    assert FOUR_BARS.since(100.0, 140.0) == (40.0, 0)
    assert FOUR_BARS.since(140.0, 135.0) == (-5.0, 0)
    assert FOUR_BARS.since(4 * BAR - 10.0, 30.0) == (40.0, 1)
    assert FOUR_BARS.since(3.0, 4 * BAR - 2.0) == (-5.0, -1)
    assert FOUR_BARS.since(-20.0, 0.0) == (20.0, 0)
    assert THIRD_BAR.since(3 * BAR - 10.0, 2 * BAR + 30.0) == (40.0, 1)


def test_a_loop_counts_as_far_as_it_lies_within_the_pattern() -> None:
    pattern = Pattern.of([Note(0, 36, 90)], length=BAR)
    assert Course.through(pattern, Range(100, 5000)).loop == Range(100, BAR)
    assert Course.through(pattern, Range(BAR, 5000)).loop is None
    assert Course.through(pattern, None).loop is None
    assert math.isclose(Course.through(pattern, None).place(-3, OFF).ahead, 3)
