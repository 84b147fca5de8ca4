import contextlib
import multiprocessing
import os
import threading

import pytest

from drumapp.playback.engine_outbox import Outbox


@pytest.fixture
def pipe():
    reading, writing = multiprocessing.Pipe(duplex=False)
    yield reading, writing
    for end in (reading, writing):
        with contextlib.suppress(OSError):
            end.close()


def number(message: bytes) -> int:
    return int(message.split(b" ", 1)[0])


def test_small_messages_are_in_the_pipe_at_once(pipe):
    reading, writing = pipe
    outbox = Outbox(writing)
    outbox.put(b"play")
    if os.name == "posix":
        assert reading.poll(0)
    assert reading.recv_bytes() == b"play"
    outbox.finish()
    outbox.join(10)


def test_a_full_pipe_blocks_nobody_and_the_order_is_kept(pipe):
    reading, writing = pipe
    outbox = Outbox(writing)
    sizes = [100, 50, 200_000, 10, 70_000, 1, 300_000, 5] * 10
    for index, size in enumerate(sizes):
        outbox.put(b"%d " % index + bytes(size))  # nobody reads yet
    outbox.finish()
    received = [reading.recv_bytes() for _ in sizes]
    assert [number(message) for message in received] == list(range(len(sizes)))
    with pytest.raises(EOFError):
        reading.recv_bytes()
    outbox.join(10)


def test_messages_put_while_another_end_reads_keep_their_order(pipe):
    reading, writing = pipe
    outbox = Outbox(writing)
    received: list[int] = []

    def read() -> None:
        with contextlib.suppress(EOFError):
            while True:
                received.append(number(reading.recv_bytes()))

    reader = threading.Thread(target=read)
    reader.start()
    for index in range(3000):
        outbox.put(b"%d " % index + bytes(index % 7 * 1500))
    outbox.finish()
    reader.join()
    assert received == list(range(3000))


def test_a_reader_that_is_gone_does_no_harm(pipe):
    reading, writing = pipe
    outbox = Outbox(writing)
    reading.close()
    for size in (10, 10, 100_000, 10):
        outbox.put(bytes(size))
    outbox.finish()
    outbox.join(10)
    outbox.put(b"too late")
    assert writing.closed
