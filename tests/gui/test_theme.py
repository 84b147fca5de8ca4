from itertools import combinations

import pytest

from drumapp.core.kit import Family
from drumapp.gui.theme import DARK, LIGHT, Colours, contrast

both = pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])


@both
def test_text_can_be_read_on_every_surface(colours: Colours) -> None:
    for surface in (colours.window, colours.roll, colours.roll_alternate, colours.raised, colours.field):
        assert contrast(colours.text, surface) >= 7.0, surface
        assert contrast(colours.text_dim, surface) >= 4.5, surface
    assert contrast(colours.text, colours.warning_surface) >= 4.5
    assert contrast(colours.text, colours.hover) >= 4.5
    assert contrast(colours.text, colours.accent_soft) >= 4.5


@both
def test_text_on_the_accent_can_be_read(colours: Colours) -> None:
    for surface in (colours.accent, colours.accent_pressed):
        assert contrast(colours.accent_text, surface) >= 4.5


@both
def test_controls_stand_out_from_what_they_lie_on(colours: Colours) -> None:
    assert contrast(colours.control_edge, colours.field) >= 3.0
    assert contrast(colours.playhead, colours.roll) >= 3.0
    assert contrast(colours.accent, colours.window) >= 3.0
    assert contrast(colours.meter, colours.field) >= 3.0
    for family in Family:
        assert contrast(colours.families[family], colours.roll) >= 3.0, family


@both
def test_the_grid_grows_stronger_from_step_to_bar(colours: Colours) -> None:
    strengths = [contrast(line, colours.roll) for line in (colours.line_step, colours.line_beat, colours.line_bar)]

    assert strengths == sorted(strengths)
    assert strengths[2] < 3.0, "lines must stay behind the notes"


@both
def test_families_can_be_told_apart(colours: Colours) -> None:
    for one, other in combinations(Family, 2):
        distance = sum(
            (int(colours.families[one][i : i + 2], 16) - int(colours.families[other][i : i + 2], 16)) ** 2
            for i in (1, 3, 5)
        )
        assert distance**0.5 > 40, (one, other)


def test_contrast_of_black_and_white_is_the_most_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
