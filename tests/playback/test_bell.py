import threading

from drumapp.playback.bell import Bell

PATIENCE_SECONDS = 30


def test_a_ring_ends_the_wait():
    bell, woken = Bell(), threading.Event()

    def wait() -> None:
        bell.wait(PATIENCE_SECONDS)
        woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    bell.ring()
    assert woken.wait(PATIENCE_SECONDS)
    thread.join()
    assert not bell.rung


def test_rings_before_the_wait_are_one():
    bell = Bell()
    bell.ring()
    bell.ring()
    assert bell.rung
    bell.wait(PATIENCE_SECONDS)
    assert not bell.rung
    bell.wait(0.001)
    bell.wait(-1.0)
