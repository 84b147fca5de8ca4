import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.editing import Grid
from drumapp.core.timing import Metre, MetreMap, Range
from drumapp.gui.piano_roll.ruler_gestures import DrawLoop, Edge, MoveLoop, ResizeLoop, RulerGrid, end_at

BAR = 1920
WIDE = RulerGrid(MetreMap(), 0.1, Grid())  # a beat is 48 px
NARROW = RulerGrid(MetreMap(), 0.02, Grid())  # a beat is 9.6 px
SEVEN = RulerGrid(MetreMap.constant(Metre(7, 8)), 0.1, Grid(4))


@pytest.mark.parametrize(
    ("grid", "tick", "free", "line"),
    [
        (WIDE, 700, False, 480),
        (WIDE, 730, False, 960),
        (NARROW, 900, False, 0),
        (NARROW, 1000, False, BAR),
        (WIDE, 700, True, 720),
        (SEVEN, 1679, False, 1680),
        (SEVEN, 1600, True, 1680),
        (WIDE, -50, False, 0),
    ],
)
def test_lines_of_the_ruler(grid: RulerGrid, tick: float, free: bool, line: int) -> None:
    assert grid.nearest(tick, free=free) == line


def test_a_loop_is_drawn_either_way_and_is_never_empty() -> None:
    assert DrawLoop(100).loop(1500, WIDE) == Range(0, 1440)
    assert DrawLoop(1500).loop(100, WIDE) == Range(0, 1440)
    assert DrawLoop(500).loop(510, WIDE) == Range(480, 960)
    assert DrawLoop(500).loop(510, NARROW) == Range(0, BAR)
    assert DrawLoop(500).loop(510, WIDE, free=True) == Range(480, 600)


def test_a_loop_moves_as_it_is_and_stops_at_the_start() -> None:
    moving = MoveLoop(Range(BAR, 2 * BAR), BAR + 300)
    assert moving.loop(BAR + 800, WIDE) == Range(BAR + 480, 2 * BAR + 480)
    assert moving.loop(-5000, WIDE) == Range(0, BAR)


def test_an_end_of_a_loop_may_pass_the_other_but_not_meet_it() -> None:
    loop = Range(BAR, 2 * BAR)
    assert ResizeLoop(loop, Edge.STOP).loop(3 * BAR, NARROW) == Range(BAR, 3 * BAR)
    assert ResizeLoop(loop, Edge.START).loop(0, NARROW) == Range(0, 2 * BAR)
    assert ResizeLoop(loop, Edge.START).loop(3 * BAR, NARROW) == Range(2 * BAR, 3 * BAR)
    assert ResizeLoop(loop, Edge.STOP).loop(BAR, NARROW) == loop


@pytest.mark.parametrize(
    ("tick", "free", "end"), [(3000, False, 3840), (2500, False, 1920), (10, False, 1920), (2500, True, 2400)]
)
def test_the_end_goes_to_bars_and_with_a_key_to_beats(tick: float, free: bool, end: int) -> None:
    assert end_at(tick, WIDE, free=free) == end


@given(st.floats(-1e4, 1e6), st.floats(-1e4, 1e6), st.booleans(), st.sampled_from([WIDE, NARROW, SEVEN]))
def test_any_drag_gives_a_loop_that_can_be_played(one: float, other: float, free: bool, grid: RulerGrid) -> None:
    drawn = DrawLoop(one).loop(other, grid, free=free)
    assert drawn.start >= 0
    assert drawn.length > 0
    for drag in (MoveLoop(drawn, one), ResizeLoop(drawn, Edge.START), ResizeLoop(drawn, Edge.STOP)):
        dragged = drag.loop(other, grid, free=free)
        assert dragged.start >= 0
        assert dragged.length > 0
    assert end_at(other, grid, free=free) > 0
