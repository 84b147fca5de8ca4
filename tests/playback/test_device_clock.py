import random

import pytest

from drumapp.playback.clock import NANOSECONDS
from drumapp.playback.device_clock import DeviceClock

RATE = 48_000
BLOCK = 480
BLOCK_NS = 10_000_000


def test_a_device_that_pulls_evenly_is_heard_its_latency_later():
    clock = DeviceClock(RATE, latency_ms=20.0)
    heard = [clock.pull(BLOCK, 1000 + n * BLOCK_NS) for n in range(300)]
    assert heard == pytest.approx([1000 + n * BLOCK_NS + 20_000_000 for n in range(300)])
    assert clock.late_ns == pytest.approx(0)


def test_pulls_that_are_late_do_not_move_what_is_heard():
    dice = random.Random(1)
    clock = DeviceClock(RATE, latency_ms=0.0)
    errors = []
    for n in range(500):
        late = dice.choice([0, 0, 0, 3_000_000, 7_000_000])
        heard = clock.pull(BLOCK, n * BLOCK_NS + late)
        assert clock.late_ns == pytest.approx(late, abs=10)
        errors.append(heard - n * BLOCK_NS)
    assert errors == pytest.approx([0] * 500, abs=10)


def test_a_device_that_fills_its_buffer_first_is_heard_after_all_of_it():
    clock = DeviceClock(RATE, latency_ms=20.0)
    times = [0, 0, *(n * BLOCK_NS for n in range(1, 100))]
    heard = [clock.pull(BLOCK, at) for at in times]
    # The second block comes at once, and every later one when a block has been played.
    assert heard[-1] - times[-1] == pytest.approx(20_000_000)


@pytest.mark.parametrize("millionths", [-200, 50, 200])
def test_a_device_that_is_off_is_followed(millionths):
    dice = random.Random(2)
    clock = DeviceClock(RATE, latency_ms=0.0)
    real_ns = BLOCK_NS * (1 + millionths / 1e6)
    for n in range(60_000):
        heard = clock.pull(BLOCK, round(n * real_ns + dice.expovariate(1) * 500_000))
    assert heard == pytest.approx(n * real_ns, abs=0.5e6)
    assert abs(heard - n * BLOCK_NS) > 10 * NANOSECONDS / 1000


def test_after_it_stood_still_it_is_followed_again_at_once():
    clock = DeviceClock(RATE, latency_ms=0.0)
    for n in range(500):
        clock.pull(BLOCK, n * BLOCK_NS)
    gap = 250_000_000
    for n in range(500, 502):
        heard = clock.pull(BLOCK, n * BLOCK_NS + gap)
    assert heard == pytest.approx(501 * BLOCK_NS + gap)
