import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.tempo_ramp import STEP_TICKS, ramped
from drumapp.core.timing import Range, TempoChange, TempoMap

BAR = 1920


def test_a_ramp_goes_from_the_tempo_in_force_to_the_one_asked_for_and_holds_it() -> None:
    tempo = ramped(TempoMap.constant(100), Range(BAR, 3 * BAR), 140)
    assert tempo.bpm_at(0) == tempo.bpm_at(BAR) == 100
    assert tempo.bpm_at(2 * BAR) == 120
    assert tempo.bpm_at(3 * BAR) == tempo.bpm_at(100 * BAR) == 140
    assert tempo.bpm_at(3 * BAR - 1) == pytest.approx(140, abs=40 * STEP_TICKS / (2 * BAR))


def test_what_comes_after_it_stays() -> None:
    before = TempoMap((TempoChange(0, 100.0), TempoChange(BAR, 180.0), TempoChange(4 * BAR, 90.0)))
    tempo = ramped(before, Range(0, 2 * BAR), 60)
    assert tempo.bpm_at(BAR) == 80
    assert tempo.bpm_at(3 * BAR) == 60
    assert tempo.bpm_at(4 * BAR) == 90


@given(
    first=st.floats(20, 400), last=st.floats(20, 400), start=st.integers(0, 10 * BAR), length=st.integers(1, 10 * BAR)
)
def test_it_never_turns_back_and_stays_within_its_ends(first: float, last: float, start: int, length: int) -> None:
    tempo = ramped(TempoMap.constant(first), Range(start, start + length), last)
    tempos = [change.bpm for change in tempo.changes]
    assert tempos in (sorted(tempos), sorted(tempos, reverse=True))
    assert tempos[0] == pytest.approx(first)
    assert tempos[-1] == last


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="time"):
        ramped(TempoMap(), Range(5, 5), 100)
    with pytest.raises(ValueError, match="tempo"):
        ramped(TempoMap(), Range(0, BAR), 1000)
