from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.timing import (
    BarPosition,
    Metre,
    MetreChange,
    MetreMap,
    Range,
    TempoChange,
    TempoMap,
    count_in_position,
    seconds_per_tick,
)

metres = st.builds(Metre, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32]))


def test_a_range_is_half_open() -> None:
    span = Range(480, 960)
    assert 480 in span
    assert 959.9 in span
    assert 960 not in span
    assert span.length == 480
    with pytest.raises(ValueError, match="end before it starts"):
        Range(2, 1)


@pytest.mark.parametrize(
    ("text", "beat", "bar"), [("4/4", 480, 1920), ("7/8", 240, 1680), ("15/16", 120, 1800), ("2/2", 960, 1920)]
)
def test_a_metre_gives_its_beat_and_bar_in_ticks(text: str, beat: int, bar: int) -> None:
    metre = Metre.parse(text)
    assert str(metre) == text
    assert (metre.ticks_per_beat, metre.ticks_per_bar) == (beat, bar)


@pytest.mark.parametrize("text", ["", "4", "4/", "/4", "4/3", "0/4", "33/4", "4/4/4", "-4/4", "four/4", "²/4"])
def test_what_is_no_metre_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="metre"):
        Metre.parse(text)


@given(metre=metres, bar=st.integers(0, 2000))
def test_bars_of_one_metre_are_evenly_spaced(metre: Metre, bar: int) -> None:
    metres_map = MetreMap.constant(metre)
    assert metres_map.bar_start(bar) == bar * metre.ticks_per_bar
    assert metres_map.bar_at(metres_map.bar_start(bar)) == bar
    assert metres_map.bar_at(metres_map.bar_start(bar + 1) - 1) == bar


@given(changes=st.lists(st.tuples(st.integers(1, 5), metres), min_size=1, max_size=6), tick=st.integers(0, 100_000))
def test_every_tick_lies_in_the_bar_that_holds_it(changes: list[tuple[int, Metre]], tick: int) -> None:
    start, listed = 0, []
    for bars, metre in changes:
        listed.append(MetreChange(start, metre))
        start += bars * metre.ticks_per_bar
    metre_map = MetreMap(tuple(listed))
    bar = metre_map.bar_at(tick)
    assert metre_map.bar_start(bar) <= tick < metre_map.bar_start(bar + 1)


def test_a_metre_change_in_mid_bar_cuts_the_bar_short() -> None:
    metre_map = MetreMap((MetreChange(0, Metre(4, 4)), MetreChange(1000, Metre(3, 4))))
    assert metre_map.bar_at(999) == 0
    assert metre_map.bar_at(1000) == 1
    assert metre_map.bar_start(2) == 1000 + 1440


def test_positions_count_from_one_as_musicians_do() -> None:
    assert MetreMap().position(1920 * 11 + 480 * 2 + 240) == BarPosition(12, 3, 240)
    assert str(BarPosition(12, 3, 240)) == "012.3.240"


@given(
    tempos=st.lists(st.tuples(st.integers(1, 5000), st.floats(20, 400)), min_size=1, max_size=6),
    tick=st.floats(0, 50_000),
)
def test_seconds_and_ticks_convert_back_and_forth(tempos: list[tuple[int, float]], tick: float) -> None:
    start, listed = 0, []
    for length, bpm in tempos:
        listed.append(TempoChange(start, bpm))
        start += length
    tempo = TempoMap(tuple(listed))
    assert tempo.tick_at(tempo.seconds_at(tick)) == pytest.approx(tick, abs=1e-6)


def test_a_beat_at_120_lasts_half_a_second() -> None:
    assert TempoMap.constant(120).seconds_at(480) == pytest.approx(0.5)
    assert seconds_per_tick(120) * 480 == pytest.approx(0.5)
    assert TempoMap((TempoChange(0, 120), TempoChange(480, 60))).seconds_at(960) == pytest.approx(1.5)


@pytest.mark.parametrize("bpm", [0, 19.9, 400.1, 10_000, float("nan")])
def test_absurd_tempos_are_refused(bpm: float) -> None:
    with pytest.raises(ValueError, match="tempo must be 20 to 400"):
        TempoMap.constant(bpm)


@pytest.mark.parametrize("ticks", [(), (5,), (0, 10, 10), (0, 20, 10)])
def test_changes_begin_at_zero_and_go_forward(ticks: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="tempo"):
        TempoMap(tuple(TempoChange(tick, 100) for tick in ticks))
    with pytest.raises(ValueError, match="metre"):
        MetreMap(tuple(MetreChange(tick, Metre()) for tick in ticks))


@pytest.mark.parametrize(
    ("left", "metre", "words"),
    [
        (1920.0, "4/4", "-01.1.000"),
        (1919.5, "4/4", "-01.1.000"),
        (1440.0, "4/4", "-01.2.000"),
        (1.0, "4/4", "-01.4.479"),
        (0.2, "4/4", "-01.4.479"),
        (0.0, "4/4", "-01.4.479"),
        (3840.0, "4/4", "-02.1.000"),
        (1920.5, "4/4", "-02.4.479"),
        (240.0, "7/8", "-01.7.000"),
    ],
)
def test_a_count_in_counts_its_bars_down_and_their_beats_up(left: float, metre: str, words: str) -> None:
    assert str(count_in_position(left, Metre.parse(metre))) == words
