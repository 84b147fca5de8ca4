import pytest

from drumapp.playback.clock import ManualClock, MonotonicClock


def test_manual_clock_moves_only_when_told():
    clock = ManualClock(5)
    assert clock.now_ns() == 5
    clock.advance(10)
    assert clock.now_ns() == 15


def test_waiting_on_a_manual_clock_jumps_there_and_never_back():
    clock = ManualClock(5)
    clock.wait_until(100)
    assert clock.now_ns() == 100
    clock.wait_until(7)
    assert clock.now_ns() == 100


def test_manual_clock_refuses_to_go_back():
    with pytest.raises(ValueError, match="cannot go back"):
        ManualClock().advance(-1)


def test_monotonic_clock_has_reached_the_time_it_waited_for():
    clock = MonotonicClock()
    due = clock.now_ns() + 2_000_000
    clock.wait_until(due)
    assert clock.now_ns() >= due


def test_monotonic_clock_does_not_wait_for_the_past():
    clock = MonotonicClock()
    clock.wait_until(0)
    assert clock.now_ns() > 0
