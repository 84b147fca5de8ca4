import pytest

from drumapp.core.editing import set_bars, set_length
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap

BEAT = Pattern.of([Note(0, 36, 100), Note(1900, 38, 90, 300), Note(1920, 36, 90)], length=3840)


def test_a_longer_pattern_keeps_all_and_a_shorter_one_what_starts_in_it() -> None:
    assert set_length(BEAT, 7680).notes is BEAT.notes
    assert set_length(BEAT, 1920).notes == BEAT.notes[:2]
    assert set_length(BEAT, 1920).length == 1920
    assert set_length(BEAT, 3840) is BEAT


def test_bars_are_those_of_the_metre() -> None:
    odd = Pattern(length=1680, metre=MetreMap.constant(Metre(7, 8)))
    assert set_bars(odd, 3).length == 3 * 1680


@pytest.mark.parametrize("length", [0, -5])
def test_no_pattern_is_of_no_length(length: int) -> None:
    with pytest.raises(ValueError, match="at least 1 tick"):
        set_length(BEAT, length)
