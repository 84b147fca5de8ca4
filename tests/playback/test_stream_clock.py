from hypothesis import given
from hypothesis import strategies as st

from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.stream_clock import StreamClock


@given(st.sampled_from([44_100, 48_000, 96_000, 22_050]), st.integers(0, 2**60), st.integers(-(10**7), 10**11))
def test_at_its_time_a_frame_has_come_and_just_before_it_has_not(rate, start, frame):
    clock = StreamClock(rate, start)
    at = clock.ns_of(frame)
    assert clock.frame_at(at) == frame
    assert clock.frame_at(at - 1) == frame - 1


def test_hours_on_nothing_has_been_rounded_away():
    clock = StreamClock(44_100, 17)
    assert clock.ns_of(44_100 * 3600 * 10) == 17 + 36_000 * NANOSECONDS
    assert clock.place_at(17 + NANOSECONDS // 2) == 22_050


def test_from_another_anchor_on_all_times_move():
    clock = StreamClock(48_000, 0)
    clock.reanchor(480, 5 * NANOSECONDS)
    assert clock.ns_of(480) == 5 * NANOSECONDS
    assert clock.frame_at(6 * NANOSECONDS) == 48_480
    assert clock.frames_in(2.5) == 120
