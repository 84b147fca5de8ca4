import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.pattern import Note
from drumapp.gui.generation import Batch, Failed, Finished, GenerationRun, Item, Request
from drumapp.lstm.take_settings import GeneratorSettings
from tests.gui.gui_fakes import ScriptedDrummer, played_straight

PATIENCE_SECONDS = 20.0


def take_all(run: GenerationRun) -> list[Item]:
    """Everything up to the run's end; fails a test that would hang."""
    items: list[Item] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not items or isinstance(items[-1], Batch):
        items += run.take(1e18)
        assert time.monotonic() < deadline, "the run did not end"
    return items


def notes_of(items: list[Item]) -> list[Note]:
    return [note for item in items if isinstance(item, Batch | Finished) for note in item.notes]


@pytest.mark.parametrize("feel", [True, False])
def test_all_notes_come_once_and_in_order(feel: bool) -> None:
    wanted = GeneratorSettings(seed=3, bars=8, feel=feel)
    run = GenerationRun(lambda: ScriptedDrummer(Request(wanted)), queue_batches=3)
    run.start()
    items = take_all(run)

    assert notes_of(items) == played_straight(wanted)
    assert isinstance(items[-1], Finished)
    assert items[-1].length == 8 * 1920
    assert run.cancel()


def test_what_is_settled_stays_settled() -> None:
    wanted = GeneratorSettings(seed=5, bars=16)
    run = GenerationRun(lambda: ScriptedDrummer(Request(wanted)))
    run.start()
    settled = 0
    for item in take_all(run):
        if isinstance(item, Batch):
            assert all(settled <= note.start < item.settled for note in item.notes)
            assert item.settled >= settled
            settled = item.settled
        elif isinstance(item, Finished):
            assert all(settled <= note.start for note in item.notes)
            assert item.length == 16 * 1920


def test_a_full_queue_holds_the_drummer() -> None:
    drummer = ScriptedDrummer(Request(GeneratorSettings(seed=1, bars=None)))
    run = GenerationRun(lambda: drummer, queue_batches=4)
    run.start()
    taken: list[Item] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sum(isinstance(item, Batch) for item in taken) < 3:
        taken += run.take(400)
        assert time.monotonic() < deadline

    # Each batch moves the settled edge by a step at least, so only these can have been drawn.
    assert all(item.settled < 400 + 600 for item in taken if isinstance(item, Batch))
    assert drummer.settled < 400 + 4 * 120 * 10
    assert run.cancel()


def test_nothing_is_taken_beyond_what_was_asked_for_but_the_batch_that_crosses_it() -> None:
    run = GenerationRun(lambda: ScriptedDrummer(Request(GeneratorSettings(seed=2, bars=8))), queue_batches=1000)
    run.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while run.alive:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    items = run.take(1000)

    assert [item.settled >= 1000 for item in items if isinstance(item, Batch)].count(True) == 1


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 12 * 1920), min_size=1, max_size=5))
def test_a_run_that_was_held_plays_as_one_that_was_not(holds: list[int]) -> None:
    wanted = GeneratorSettings(seed=11, bars=8)
    run = GenerationRun(lambda: ScriptedDrummer(Request(wanted)), queue_batches=2)
    run.start()
    items: list[Item] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    for hold in sorted(holds):
        while not items or (isinstance(items[-1], Batch) and items[-1].settled < hold):
            items += run.take(hold)
            assert time.monotonic() < deadline
        run.pause()
        items += run.take(hold)
        run.resume()
    if isinstance(items[-1], Batch):
        items += take_all(run)

    assert notes_of(items) == played_straight(wanted)
    assert run.cancel()


def test_a_held_drummer_draws_no_more() -> None:
    drummer = ScriptedDrummer(Request(GeneratorSettings(seed=1, bars=None)))
    run = GenerationRun(lambda: drummer, queue_batches=2)
    run.pause()
    run.start()
    # The first note shows that it is at work; then it waits for leave.
    deadline = time.monotonic() + PATIENCE_SECONDS
    while drummer.drawn == 0:
        assert time.monotonic() < deadline
    run.take(1e18)

    assert drummer.drawn == 1
    assert run.cancel()
    assert drummer.drawn == 1


@pytest.mark.parametrize("breaks_at", [0, 1, 50])
def test_a_fault_comes_as_the_last_item_after_all_notes_before_it(breaks_at: int) -> None:
    fault = RuntimeError("no sticks")
    run = GenerationRun(lambda: ScriptedDrummer(Request(GeneratorSettings(seed=1, bars=8)), breaks_at, fault))
    run.start()
    items = take_all(run)

    assert items[-1] == Failed(fault)
    assert len(notes_of(items)) <= breaks_at


def test_a_drummer_that_cannot_be_made_is_a_fault_too() -> None:
    def nobody() -> ScriptedDrummer:
        raise OSError("gone")

    run = GenerationRun(nobody)
    run.start()

    assert isinstance(take_all(run)[-1], Failed)


@pytest.mark.parametrize("paused", [True, False])
def test_cancel_ends_the_thread_whatever_it_waits_for(paused: bool) -> None:
    run = GenerationRun(lambda: ScriptedDrummer(Request(GeneratorSettings(seed=1, bars=None))), queue_batches=1)
    if paused:
        run.pause()
    run.start()

    assert run.cancel()
    assert not run.alive


def test_cancel_before_start_and_twice_is_harmless() -> None:
    run = GenerationRun(lambda: ScriptedDrummer(Request(GeneratorSettings())))

    assert run.cancel()
    assert run.cancel()


def test_an_empty_run_is_finished_with_its_length() -> None:
    class Rest:
        tick = 0
        length = 1920

        def __iter__(self) -> Iterator[Note]:
            return iter(())

        def __next__(self) -> Note:
            raise StopIteration

    run = GenerationRun(Rest)
    run.start()

    assert take_all(run) == [Finished((), 1920)]


def test_no_thread_is_left_behind() -> None:
    runs = [GenerationRun(lambda: ScriptedDrummer(Request(GeneratorSettings(bars=None)))) for _ in range(5)]
    for run in runs:
        run.start()
    for run in runs:
        assert run.cancel()

    assert not [thread for thread in threading.enumerate() if thread.name == "drummer"]
