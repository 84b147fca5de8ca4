import random
from collections.abc import Callable, Iterator

import pytest

from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.clock_follower import ClockFollower
from drumapp.playback.leader import Begin, Count, Halt

CLOCK, START, CONTINUE, STOP = [0xF8], [0xFA], [0xFB], [0xFC]
BAR = 96  # clocks


def clocks(tempo: Callable[[int], float], jitter_ms: float, seed: int = 0) -> Iterator[tuple[int, float]]:
    """When each clock comes, and when it should have come, for ever."""
    dice = random.Random(seed)
    time, number = 1e12, 0
    while True:
        yield round(time + dice.gauss(0, jitter_ms) * 1e6), time
        time += 60 * NANOSECONDS / (tempo(number) * 24)
        number += 1


def follow(
    tempo: Callable[[int], float], jitter_ms: float, count: int, seed: int = 0
) -> tuple[ClockFollower, list[tuple[Count, float]]]:
    """A follower of so many clocks, and what it said of each, with the time that was meant."""
    follower, said = ClockFollower(), []
    for (came, meant), _ in zip(clocks(tempo, jitter_ms, seed), range(count), strict=False):
        follower.receive(CLOCK, came)
        known = follower.count_at(came)
        if known is not None:
            said.append((known, meant))
    return follower, said


def errors_ms(said: list[tuple[Count, float]], first_clock: int = 1) -> list[float]:
    """By how much the follower misplaces each clock."""
    return [abs(count.time_of((first_clock + n) * 20) - meant) / 1e6 for n, (count, meant) in enumerate(said)]


@pytest.mark.parametrize("bpm", [20.0, 60.0, 120.0, 137.0, 400.0])
def test_an_even_clock_is_known_from_the_second_on(bpm):
    _, said = follow(lambda _: bpm, 0.0, 10)
    assert len(said) == 9
    assert all(count.bpm == pytest.approx(bpm, rel=1e-4) for count, _ in said)
    assert max(errors_ms(said)) < 1e-3


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("bpm", [60.0, 120.0, 180.0])
def test_it_is_locked_within_a_bar_however_the_clock_trembles(bpm, seed):
    _, said = follow(lambda _: bpm, 1.0, 3 * BAR, seed)
    assert not said[5][0].locked
    settled = said[BAR:]
    assert all(count.locked for count, _ in settled)
    assert max(abs(count.bpm / bpm - 1.0) for count, _ in settled) < 0.006
    assert max(errors_ms(said)[BAR:]) < 1.5


@pytest.mark.parametrize(("before", "after"), [(120.0, 140.0), (60.0, 120.0), (120.0, 60.0), (100.0, 103.0)])
def test_a_tempo_that_changes_at_once_is_followed_within_a_bar(before, after):
    _, said = follow(lambda n: before if n < 200 else after, 0.5, 200 + 2 * BAR)
    settled = said[200 + BAR :]
    assert max(abs(count.bpm / after - 1.0) for count, _ in settled) < 0.006
    assert max(errors_ms(said)[200 + BAR :]) < 1.5


def test_a_tempo_that_is_turned_is_followed_all_the_way():
    _, said = follow(lambda n: 100.0 + n * 0.05, 0.3, 600)
    assert max(errors_ms(said)[50:]) < 4.0


def test_one_clock_far_off_is_not_believed():
    follower, _ = follow(lambda _: 120.0, 0.0, 100)
    period = 60 * NANOSECONDS // (120 * 24)
    follower.receive(CLOCK, round(1e12 + 100 * period + 15e6))
    follower.receive(CLOCK, round(1e12 + 101 * period))
    count = follower.count_at(round(1e12 + 101 * period))
    assert count.bpm == pytest.approx(120.0, rel=1e-3)
    assert count.time_of(101 * 20) == pytest.approx(1e12 + 101 * period, abs=1e5)


def test_a_clock_that_falls_silent_is_known_no_more_and_found_again():
    follower, _ = follow(lambda _: 120.0, 0.0, 100)
    late = round(1e12 + 20 * NANOSECONDS)
    assert follower.count_at(late) is None
    follower.receive(CLOCK, late)
    assert follower.count_at(late) is None
    follower.receive(CLOCK, late + NANOSECONDS // 40)
    count = follower.count_at(late + NANOSECONDS // 40)
    assert count.bpm == pytest.approx(100.0)
    assert not count.locked
    assert count.tick == 961 * 20  # as if none had been lost


def test_a_start_after_a_silence_is_on_the_clock_that_comes_next():
    follower, _ = follow(lambda _: 120.0, 0.0, 100)
    late = round(1e12 + 20 * NANOSECONDS)
    follower.receive(START, late - 1)
    follower.receive(CLOCK, late)
    follower.receive(CLOCK, late + NANOSECONDS // 48)
    (begin,) = follower.orders
    assert follower.count_at(late).time_of(begin.at) == pytest.approx(late, abs=1000)


def test_before_the_second_clock_nothing_is_known():
    follower = ClockFollower()
    assert follower.count_at(0) is None
    follower.receive(CLOCK, 10**12)
    assert follower.count_at(10**12) is None


class TestTransport:
    def test_music_begins_with_the_clock_after_start(self):
        follower, _ = follow(lambda _: 120.0, 0.0, 10)
        follower.receive(START, 2 * 10**12)
        assert list(follower.orders) == [Begin(0.0, 200.0)]

    def test_start_before_any_clock(self):
        follower = ClockFollower()
        follower.receive(START, 10**12)
        assert list(follower.orders) == [Begin(0.0, 0.0)]

    def test_continue_goes_on_from_the_song_position_if_there_was_one(self):
        follower, _ = follow(lambda _: 120.0, 0.0, 3)
        follower.receive(CONTINUE, 0)
        follower.receive([0xF2, 5, 1], 0)
        follower.receive(CONTINUE, 0)
        follower.receive(CONTINUE, 0)
        assert [order.tick for order in follower.orders] == [None, (5 + 128) * 120.0, None]

    def test_stop(self):
        follower = ClockFollower()
        follower.receive(STOP, 0)
        assert list(follower.orders) == [Halt()]

    def test_other_messages_are_left_alone(self):
        follower = ClockFollower()
        for message in ([0xFE], [0xFF], [0xF2, 1], [0xF3, 1], [0xF0, 1, 2, 0xF7]):
            follower.receive(message, 10**12)
        assert not follower.orders
        assert follower.count_at(10**12) is None
