from itertools import combinations

import pytest

from drumapp.core.kit import Family
from drumapp.gui.piano_roll.stamps import shades
from drumapp.gui.theme import DARK, LIGHT, Colours, contrast
from tests.gui.colour_vision import VISIONS, difference, seen_as

both = pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])


def softest_and_loudest(colours: Colours, family: Family) -> tuple[str, str]:
    """The colours of a family's softest and loudest notes."""
    soft, *_, loud = shades(colours.families[family], colours.roll)[1:].round().astype(int).tolist()
    return "#{:02x}{:02x}{:02x}".format(*soft), "#{:02x}{:02x}{:02x}".format(*loud)


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
    for surface in (colours.raised, colours.accent_soft, colours.hover):
        assert contrast(colours.record, surface) >= 3.0
    for family in Family:
        assert contrast(colours.families[family], colours.roll) >= 3.0, family


@both
def test_the_grid_grows_stronger_from_step_to_bar(colours: Colours) -> None:
    strengths = [contrast(line, colours.roll) for line in (colours.line_step, colours.line_beat, colours.line_bar)]

    assert strengths == sorted(strengths)
    assert strengths[2] < 3.0, "lines must stay behind the notes"


@both
@pytest.mark.parametrize("sight", VISIONS)
def test_families_can_be_told_apart_by_everybody(colours: Colours, sight: str) -> None:
    seen = {family: seen_as(colours.families[family], sight) for family in Family}
    for one, other in combinations(Family, 2):
        assert difference(seen[one], seen[other]) > 18, (one, other)


@both
@pytest.mark.parametrize("sight", VISIONS)
def test_loud_and_soft_notes_of_a_family_differ_in_lightness(colours: Colours, sight: str) -> None:
    """Besides in height; the grid's lines are fainter than the softest note."""
    for family in Family:
        softest, loudest = softest_and_loudest(colours, family)
        assert loudest == colours.families[family]
        assert abs(seen_as(softest, sight)[0] - seen_as(loudest, sight)[0]) > 12
        assert contrast(softest, colours.roll) > contrast(colours.line_beat, colours.roll)


def test_contrast_of_black_and_white_is_the_most_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
