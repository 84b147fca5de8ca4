from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.tempo_ramp import RAMP_STEP, with_ramp
from drumapp.core.timing import TempoChange, TempoMap

TEMPI = TempoMap((TempoChange(0, 100.0), TempoChange(960, 120.0), TempoChange(5000, 90.0)))
bpms = st.floats(20, 400)


def test_before_it_all_is_as_it_was_and_after_it_the_new_tempo_holds():
    ramped = with_ramp(TEMPI, 480, 2400, 140.0)
    assert ramped.bpm_at(479) == 100.0
    assert ramped.bpm_at(2400) == 140.0
    assert ramped.bpm_at(4999) == 140.0
    assert ramped.bpm_at(5000) == 90.0


@given(bpms, bpms, st.integers(0, 3000), st.integers(1, 20_000))
def test_it_rises_or_falls_evenly_and_takes_as_long_as_it_should(first, last, start, length):
    ramped = with_ramp(TempoMap.constant(first), start, start + length, last)
    within = [ramped.bpm_at(tick) for tick in range(start, start + length + RAMP_STEP, RAMP_STEP)]
    assert within in (sorted(within), sorted(within, reverse=True))
    assert min(first, last) - 1e-9 <= min(within) <= max(within) <= max(first, last) + 1e-9
    seconds = ramped.seconds_at(start + length) - ramped.seconds_at(start)
    if abs(last - first) > 1e-6 and length >= 16 * RAMP_STEP:
        exact = length / 8 * log(last / first) / (last - first)  # the integral of 1 / (8 bpm) over the ticks
        assert seconds == pytest.approx(exact, rel=0.03)
    assert length / 8 / max(first, last) <= seconds * (1 + 1e-9) <= length / 8 / min(first, last) * (1 + 2e-9)


def test_long_ramps_are_exact():
    ramped = with_ramp(TempoMap.constant(60.0), 0, 7680, 180.0)
    assert ramped.seconds_at(7680) == pytest.approx(7680 / 8 * log(3) / 120, rel=1e-4)


def test_without_a_span_it_is_a_change():
    assert with_ramp(TempoMap.constant(100.0), 0, 0, 133.0) == TempoMap.constant(133.0)
    assert with_ramp(TEMPI, 960, 960, 133.0).changes[1] == TempoChange(960, 133.0)


@pytest.mark.parametrize(("start", "stop", "bpm"), [(-1, 5, 100.0), (10, 5, 100.0), (0, 500, 19.0), (0, 500, 401.0)])
def test_what_makes_no_sense_is_refused(start, stop, bpm):
    with pytest.raises(ValueError, match=r"ramp must not|tempo must"):
        with_ramp(TempoMap(), start, stop, bpm)
