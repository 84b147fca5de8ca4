"""What each pixel column of a row shows, beside the same told note by note."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drumapp.gui.piano_roll.raster import LEVELS, Stamp, looks, loudest, stamp_row
from drumapp.gui.piano_roll.spans import Spans

ROWS = 4
bars = st.lists(
    st.tuples(st.integers(0, ROWS - 1), st.integers(-90, 120), st.integers(1, 150), st.integers(1, 127)), max_size=40
)


def spans_of(given_bars: list[tuple[int, int, int, int]]) -> Spans:
    rows, first, length, velocities = np.array(given_bars, dtype=np.int64).reshape(-1, 4).T
    return Spans(rows, first, first + length, velocities)


def loudest_one_by_one(given_bars, columns: int, inset: int) -> np.ndarray:
    shown = np.zeros((ROWS, columns), dtype=int)
    for row, first, length, velocity in given_bars:
        for column in range(max(first + inset, 0), min(first + length - inset, columns)):
            shown[row, column] = max(shown[row, column], velocity)
    return shown


@given(bars, st.integers(1, 100), st.integers(0, 4))
def test_the_loudest_of_all_that_cover_a_column_is_found(given_bars, columns: int, inset: int) -> None:
    found = loudest(spans_of(given_bars), ROWS, columns, inset)

    assert found.tolist() == loudest_one_by_one(given_bars, columns, inset).tolist()


@given(bars, st.integers(1, 100), st.sampled_from([(), (1,), (1, 2), (2, 5)]))
def test_a_column_looks_as_its_loudest_note_does_at_that_depth(
    given_bars, columns: int, depths: tuple[int, ...]
) -> None:
    found = looks(spans_of(given_bars), ROWS, columns, depths)
    outer = loudest_one_by_one(given_bars, columns, 0)
    inner = [loudest_one_by_one(given_bars, columns, depth) for depth in depths]

    expected = outer * (len(depths) + 1) + sum(((each == outer) & (outer > 0)).astype(int) for each in inner)
    assert found.tolist() == np.asarray(expected).tolist()


def test_a_note_far_longer_than_the_page_covers_it_without_an_edge() -> None:
    assert looks(spans_of([(2, -(10**9), 2 * 10**9, 90)]), ROWS, 50, (1,))[2].tolist() == [2 * 90 + 1] * 50


def test_a_row_is_cut_at_the_pictures_edges() -> None:
    table = np.repeat(np.arange(1, 6, dtype=np.uint32)[:, None], LEVELS, axis=1)
    stamp, look = Stamp((), table), np.array([7, 7, 7], dtype=np.uint16)
    for foot, expected in ((2, [4, 5, 0, 0]), (5, [1, 2, 3, 4]), (7, [0, 0, 1, 2]), (0, [0] * 4), (-3, [0] * 4)):
        picture = np.zeros((4, 3), dtype=np.uint32)
        stamp_row(picture, stamp, look, foot)
        assert picture.T.tolist() == [expected] * 3, foot


def test_a_row_out_of_sight_leaves_the_picture_alone() -> None:
    picture = np.full((4, 3), 9, dtype=np.uint32)
    stamp = Stamp((), np.zeros((5, LEVELS), dtype=np.uint32))
    stamp_row(picture, stamp, np.zeros(3, dtype=np.uint16), 40)

    assert (picture == 9).all()
