import pytest

from drumapp.core.timing import Metre, MetreChange, MetreMap, Range
from drumapp.core.turns import turns

BAR = 1920


def test_turns_alternate_by_bars() -> None:
    metre = MetreMap()
    assert turns(metre, Range(0, 8 * BAR), 2) == (Range(2 * BAR, 4 * BAR), Range(6 * BAR, 8 * BAR))
    assert turns(metre, Range(0, 7 * BAR), 2) == (Range(2 * BAR, 4 * BAR), Range(6 * BAR, 7 * BAR))
    assert turns(metre, Range(4 * BAR, 8 * BAR), 1, drummer_first=True) == (
        Range(4 * BAR, 5 * BAR),
        Range(6 * BAR, 7 * BAR),
    )
    assert turns(metre, Range(0, BAR), 1) == ()
    changing = MetreMap((MetreChange(0, Metre(3, 4)), MetreChange(1440, Metre(4, 4))))
    assert turns(changing, Range(0, 1440 + 3 * BAR), 1) == (
        Range(1440, 1440 + BAR),
        Range(1440 + 2 * BAR, 1440 + 3 * BAR),
    )
    with pytest.raises(ValueError, match="bar"):
        turns(metre, Range(0, BAR), 0)
