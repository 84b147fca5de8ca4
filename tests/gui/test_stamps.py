import numpy as np
import pytest

from drumapp.gui.piano_roll.raster import LEVELS, Stamp
from drumapp.gui.piano_roll.stamps import filled, frame, hollow, shades

HUE, GROUND, ACCENT, TEXT = "#ef7d57", "#1d1f23", "#6a5cf0", "#e8eaed"
scales = pytest.mark.parametrize(("row_height", "ratio"), [(10, 1), (18.4, 1), (33.7, 1.25), (44, 1.5), (72, 2)])


def column(stamp: Stamp, velocity: int, kind: int) -> np.ndarray:
    """Opacity of each line, 0 to 255."""
    return stamp.table[:, velocity * stamp.kinds + kind] >> 24


@scales
@pytest.mark.parametrize("narrow", [False, True])
def test_a_louder_note_is_higher_and_never_leaves_its_row(row_height: float, ratio: float, narrow: bool) -> None:
    stamp = filled(HUE, GROUND, row_height, ratio, narrow=narrow)
    heights = [int((column(stamp, velocity, stamp.kinds - 1) > 0).sum()) for velocity in range(LEVELS)]

    assert heights[0] == 0
    assert heights[1] >= 2
    assert heights[1:] == sorted(heights[1:])
    assert heights[127] > 2 * heights[1]
    assert stamp.table.shape[0] <= row_height * ratio
    assert heights[127] <= (row_height - 4) * ratio + 1


@scales
def test_colours_are_premultiplied(row_height: float, ratio: float) -> None:
    stamps = [filled(HUE, GROUND, row_height, ratio, narrow=narrow) for narrow in (False, True)]
    stamps += [hollow(HUE, GROUND, row_height, ratio, narrow=narrow) for narrow in (False, True)]
    stamps += [frame(ACCENT, TEXT, row_height, ratio, narrow=narrow)[0] for narrow in (False, True)]
    for stamp in stamps:
        assert stamp.table.shape[1] == LEVELS * stamp.kinds
        assert (stamp.table[:, : stamp.kinds] == 0).all()  # of no note
        for shift in (0, 8, 16):
            assert ((stamp.table >> shift & 255) <= stamp.table >> 24).all()


def test_shades_go_from_pale_to_the_hue_itself() -> None:
    colours = shades(HUE, GROUND)

    assert colours[127].tolist() == [0xEF, 0x7D, 0x57]
    assert (np.diff(colours[:, 0]) >= 0).all()
    assert colours[1, 0] > 0x1D + 20


def test_corners_are_round_and_sides_soft() -> None:
    stamp = filled(HUE, GROUND, 44, 2, narrow=False)
    outermost, inside = column(stamp, 100, 0), column(stamp, 100, stamp.kinds - 1)
    top = int(np.flatnonzero(inside)[0])

    assert inside[top] == 255
    assert outermost[top] == 0
    assert 0 < outermost[top + 6] < 255


def test_a_muted_note_is_an_outline() -> None:
    stamp = hollow(HUE, GROUND, 44, 1, narrow=False)
    side, inside = column(stamp, 127, 0), column(stamp, 127, 1)
    lines = np.flatnonzero(side)

    assert (side[lines] == 255).all()
    assert inside[lines[0]] == inside[lines[-1]] == 255
    assert (inside[lines[1:-1]] < 60).all()
    assert 0 < column(hollow(HUE, GROUND, 44, 1, narrow=True), 127, 0).max() < 128


@pytest.mark.parametrize("ratio", [1, 1.25, 1.5, 2])
def test_a_frame_lies_around_the_note_and_leaves_it_to_be_seen(ratio: float) -> None:
    note = filled(HUE, GROUND, 32, ratio, narrow=False)
    stamp, edge = frame(ACCENT, TEXT, 32, ratio, narrow=False)
    body = np.flatnonzero(column(note, 100, note.kinds - 1))
    framed, inside = np.flatnonzero(column(stamp, 100, 0)), column(stamp, 100, 2)

    assert edge >= ratio
    assert stamp.depths[0] == edge
    assert (framed[0], framed[-1]) == (body[0] - edge, body[-1] + edge)
    assert inside[body[len(body) // 2]] == 0


def test_a_selected_note_too_narrow_for_a_frame_is_tinted_and_capped() -> None:
    stamp, edge = frame(ACCENT, TEXT, 32, 1, narrow=True)
    note = np.flatnonzero(column(filled(HUE, GROUND, 32, 1, narrow=True), 100, 0))
    opacity = column(stamp, 100, 0)

    assert edge == 0
    assert opacity[note[0] - 1] == opacity[note[-1] + 1] == 255
    assert (opacity[note] < 200).all()
    assert (opacity[note] > 60).all()
