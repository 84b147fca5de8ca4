import random

import pytest

from drumapp.core.tap_tempo import TapTempo


def tapped(*times: float) -> float | None:
    taps = TapTempo()
    return [taps.tap(time) for time in times][-1]


def test_one_tap_tells_nothing_and_two_tell_a_tempo() -> None:
    assert tapped(1.0) is None
    assert tapped(1.0, 1.5) == 120.0


@pytest.mark.parametrize("bpm", [45.0, 97.0, 120.0, 174.0, 240.0])
def test_an_unsteady_hand_finds_the_tempo(bpm: float) -> None:
    hand = random.Random(7)
    times = [60 / bpm * tap + hand.uniform(-0.012, 0.012) for tap in range(8)]
    assert tapped(*times) == pytest.approx(bpm, rel=0.02)


def test_after_a_pause_taps_begin_anew() -> None:
    assert tapped(0.0, 0.5, 10.0) is None
    assert tapped(0.0, 0.5, 10.0, 10.4) == 150.0


def test_another_tempo_is_heard_at_its_second_tap() -> None:
    assert tapped(0.0, 0.5, 1.0, 1.5, 1.9 - 0.1) == 200.0
    assert tapped(0.0, 0.5, 1.0, 1.8, 2.6) == 75.0


def test_a_tempo_stays_within_what_can_be_played() -> None:
    assert tapped(0.0, 0.01) == 400.0
    assert tapped(0.0, 2.99) == pytest.approx(20.1)
    assert tapped(0.0, 0.0) is None, "two taps at once are one"


def test_only_the_last_taps_count() -> None:
    slowing = [0.0]
    for tap in range(20):
        slowing.append(slowing[-1] + 0.5 + tap * 0.01)
    assert tapped(*slowing) == pytest.approx(60 / 0.66, rel=0.02)
