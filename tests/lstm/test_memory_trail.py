from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from drumapp.core.pattern import NoteRun, Pattern
from drumapp.lstm import encoding, mind
from drumapp.lstm.chart import Chart
from drumapp.lstm.encoding import EventTable
from drumapp.lstm.generator import DrumGenerator
from drumapp.lstm.memory_trail import MemoryTrail
from drumapp.lstm.mind import Mind
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import Change, GeneratorSettings, Place
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import Events, GridNote, Vocabulary
from tests.lstm.drummers import busy_model


def memory_of(event: int) -> Memory:
    return Memory(np.full((1, 2), event, np.float32), np.zeros((1, 2), np.float32))


def events(count: int) -> list[GridNote]:
    return [GridNote(position * 3, 1, 5, 10) for position in range(count)]


def rows(of: list[GridNote]) -> np.ndarray:
    return np.array(of, np.int64).reshape(-1, 4)


def walked(trail: MemoryTrail, count: int) -> None:
    """Play so many events on a trail."""
    trail.follow(None, "key", rows([]))
    for number, event in enumerate(events(count)):
        if trail.wants(None, number):
            trail.keep(number, memory_of(number), ())
        trail.append(None, event, 10 + number % 3)


def test_what_is_alike_is_kept_and_the_rest_forgotten() -> None:
    trail = MemoryTrail(every=4)
    walked(trail, 40)
    edited = events(40)
    edited[21] = edited[21]._replace(velocity=9)
    assert trail.follow(None, "key", rows(edited)).tolist() == [10 + number % 3 for number in range(21)]
    assert [snapshot.event for snapshot in trail.snapshots] == [0, 4, 8, 12, 16, 20]
    snapshot = trail.latest(22, [])
    assert snapshot is not None
    assert snapshot.event == 20
    assert trail.latest(19, []).event == 16  # type: ignore[union-attr]  # there is one
    assert len(trail.follow(None, "another take", rows(edited))) == 0
    assert trail.latest(40, []) is None


def test_many_events_at_once_are_kept_as_one_by_one() -> None:
    one_by_one, at_once = MemoryTrail(), MemoryTrail()
    walked(one_by_one, 40)
    at_once.follow(None, "key", rows([]))
    at_once.extend(None, rows(events(40)), np.array([10 + number % 3 for number in range(40)]))
    longer = rows([*events(40), GridNote(500, 1, 5, 10)])
    np.testing.assert_array_equal(at_once.follow(None, "key", longer), one_by_one.follow(None, "key", longer))
    assert len(at_once) == len(one_by_one) == 40


def test_a_memory_that_has_been_through_other_changes_is_not_taken() -> None:
    trail = MemoryTrail(every=4)
    change = Change(Place(9, 36), 1.0, 1.0, 0.1)
    trail.follow(None, "key", rows([]))
    for number, event in enumerate(events(12)):
        if trail.wants(None, number):
            trail.keep(number, memory_of(number), () if number <= 6 else (change,))
        trail.append(None, event, 10)
    assert trail.latest(12, [(6, change)]).event == 8  # type: ignore[union-attr]
    assert trail.latest(12, []).event == 4  # type: ignore[union-attr]


@pytest.mark.parametrize("every", [1, 16])
def test_the_further_back_the_fewer_memories(every: int) -> None:
    trail = MemoryTrail(every)
    trail.follow(None, "key", rows([]))
    most = 0
    for number in range(30_000):
        if trail.wants(None, number):
            trail.keep(number, memory_of(number), ())
            most = max(most, len(trail.snapshots))
        if number % 997 == 0:
            for age in (0, 1, 5, 100, 255, 256, 300, 1000, 2047, 2048, number // 2, number):
                event = number - min(age, number)
                snapshot = trail.latest(event, [])
                assert snapshot is not None
                assert event - snapshot.event < max(every, (age + every) / 8 + every)
    assert most <= 256 / every * 5


def test_however_long_the_take_memories_that_lie_evenly_stay_few() -> None:
    trail = MemoryTrail(every=2, most=8)
    walked(trail, 1000)
    kept = [snapshot.event for snapshot in trail.snapshots]
    assert len(kept) <= 8
    assert kept[0] == 0
    assert kept[-1] > 1000 * 3 / 4
    # A new take begins densely again.
    trail.follow(None, "key 2", rows([]))
    walked(trail, 6)
    assert [snapshot.event for snapshot in trail.snapshots] == [0, 2, 4]


@pytest.mark.parametrize("most", [None, 5])
def test_a_thinned_trail_still_gives_the_memory_from_nothing(most: int | None) -> None:
    model = busy_model(5)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=9, bars=None)
    trail = MemoryTrail(every=2, most=most)
    run = DrumGenerator(model, settings, stepper, trail=trail)
    notes = sorted(islice(run, 300))
    rng = random.Random(1)
    for _ in range(10):
        del notes[rng.randrange(len(notes))]
        chart = Chart(Pattern.of(notes), None)
        resumed = DrumGenerator(model, settings, stepper, chart=chart, trail=trail)
        expected = DrumGenerator(model, settings, stepper, chart=chart).memory
        np.testing.assert_array_equal(resumed.memory.h, expected.h)
        np.testing.assert_array_equal(resumed.memory.c, expected.c)
        assert most is None or len(trail.snapshots) <= most


@pytest.mark.parametrize("every", [1, 16])
@pytest.mark.parametrize("feel", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_heard_on_from_the_trail_any_edits_come_to_the_memory_from_nothing(seed: int, feel: bool, every: int) -> None:
    rng = random.Random(seed)
    model = busy_model(seed)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=9, bars=None, feel=feel)
    trail = MemoryTrail(every)
    notes = NoteRun(sorted(islice(DrumGenerator(model, settings, stepper, trail=trail), 700)))
    for turn in range(12):
        at = rng.randrange(len(notes))
        match rng.choice(("nudge", "delete", "twice", "unheard", "append", "nothing", "cut", "turn")):
            case "nudge":
                moved = notes[at]._replace(start=max(notes[at].start + rng.randint(-60, 60), 0))
                notes = notes.spliced(at, at + 1, ()).with_notes([moved])
            case "delete":
                notes = notes.spliced(at, min(at + rng.randint(1, 5), len(notes)), ())
            case "twice":  # another hit of the drum on its grid position
                notes = notes.with_notes([notes[at]._replace(start=notes[at].start + 1, velocity=rng.randint(1, 127))])
            case "unheard":
                notes = notes.with_notes([notes[at]._replace(pitch=4)])
            case "append":
                last = notes[-1].start
                notes = notes.with_notes([notes[at]._replace(start=last + rng.randint(0, 300)) for _ in range(20)])
            case "cut":
                notes = notes.part(0, max(at, 20))
                settings = settings.up_to(notes[-1].start)
            case "turn":  # where the take has come to, as always
                place = Place((notes[-1].start + 10) // 20 * 20, notes[-1].pitch)
                change = Change(place, 1.1, 0.9, rng.choice((None, 0.2)))
                settings = replace(settings, changes=(*settings.up_to(place.tick).changes, change))
        pattern = Pattern(notes, notes[-1].start + 1)
        start = rng.choice((None, rng.randrange(notes[-1].start + 1000)))
        chart = Chart(pattern, start, by_beat=rng.random() < 0.5)
        if turn % 4 == 3:  # somebody hears other events in between, and breaks off
            rows_heard = model.vocabulary.encode(notes[at:]).rows
            left_early = Mind(stepper, settings, Timeline(pattern.tempo, pattern.metre), trail)
            for _ in islice(left_early.listen_in_stretches(rows_heard), 2):
                pass
        resumed = DrumGenerator(model, settings, stepper, chart=chart, trail=trail)
        anew = DrumGenerator(model, settings, stepper, chart=chart)
        np.testing.assert_array_equal(resumed.memory.h, anew.memory.h)
        np.testing.assert_array_equal(resumed.memory.c, anew.memory.c)
        assert len(resumed.trail) == len(anew.trail)
        np.testing.assert_array_equal(trail.rows(0, len(trail)), anew.trail.rows(0, len(trail)))
        assert list(islice(resumed, 5)) == list(islice(anew, 5))


def test_a_context_whose_last_note_alone_was_changed_is_on_the_trail_to_its_end() -> None:
    model = busy_model(5)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=9, bars=None)
    trail = MemoryTrail()

    def resumed(run: NoteRun, kept: MemoryTrail | None) -> DrumGenerator:
        return DrumGenerator(model, settings, stepper, chart=Chart(Pattern(run, run[-1].start + 1), None), trail=kept)

    notes = NoteRun(sorted(islice(DrumGenerator(model, settings, stepper), 32)))  # a memory is kept right after them
    resumed(notes, trail)
    edited = notes.spliced(31, 32, [notes[31]._replace(velocity=notes[31].velocity % 120 + 5)])
    more = edited.with_notes(islice(resumed(edited, trail), 40))
    assert list(islice(resumed(more, trail), 3)) == list(islice(resumed(more, None), 3))


def test_a_context_that_was_left_half_heard_is_heard_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    model = busy_model(5)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=9, bars=None)
    notes = NoteRun(sorted(islice(DrumGenerator(model, settings, stepper), 700)))
    chart = Chart(Pattern(notes, notes[-1].start + 1), None)
    trail = MemoryTrail()
    with monkeypatch.context() as patch:
        patch.setattr(mind, "_AT_ONCE", 8)
        patch.setattr(trail, "extend", _raising_after(trail.extend, 30))
        with pytest.raises(InterruptedError):
            DrumGenerator(model, settings, stepper, chart=chart, trail=trail)
    assert 0 < len(trail) < 700
    resumed = DrumGenerator(model, settings, stepper, chart=chart, trail=trail)
    np.testing.assert_array_equal(resumed.memory.h, DrumGenerator(model, settings, stepper, chart=chart).memory.h)


def _raising_after(act: Callable[..., None], calls: int) -> Callable[..., None]:
    left = [calls]

    def counted(*arguments: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise InterruptedError
        act(*arguments)

    return counted


def test_after_an_edit_only_what_follows_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    model = busy_model(5)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=9, bars=None)
    trail = MemoryTrail()
    notes = NoteRun(sorted(islice(DrumGenerator(model, settings, stepper), 3000)))
    length = notes[-1].start + 1
    DrumGenerator(model, settings, stepper, chart=Chart(Pattern(notes, length), None), trail=trail)
    edited = notes.spliced(2900, 2901, [notes[2900]._replace(velocity=notes[2900].velocity % 120 + 5)])
    looked_at: list[int] = []
    encode, encode_events = Vocabulary.encode_rows, encoding.encode_events

    def counted_rows(self: Vocabulary, rows: np.ndarray, *more: object) -> Events:
        looked_at.append(len(rows))
        return encode(self, rows, *more)  # type: ignore[arg-type]

    def counted_events(rows: np.ndarray, *more: object, **named: object) -> EventTable:
        looked_at.append(len(rows))
        return encode_events(rows, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Vocabulary, "encode_rows", counted_rows)
    monkeypatch.setattr(mind, "encode_events", counted_events)
    DrumGenerator(model, settings, stepper, chart=Chart(Pattern(edited, length), None), trail=trail)
    assert sum(looked_at) < 1000
    assert max(looked_at) >= 100


def test_a_run_that_was_left_behind_no_longer_writes_on_the_trail() -> None:
    """As when a drummer is stopped a note too late."""
    model = busy_model(5)
    stepper = Stepper(model)
    settings = GeneratorSettings(seed=9, bars=None)
    left_behind = DrumGenerator(model, settings, stepper)
    notes = sorted(islice(left_behind, 50))
    chart = Chart(Pattern.of(notes[:40]), None)
    followed = DrumGenerator(model, settings, stepper, chart=chart, trail=left_behind.trail)
    for _ in range(40):
        next(left_behind)
        notes_now = len(followed.trail)
        next(followed)
        assert len(followed.trail) == notes_now + 1
    expected = DrumGenerator(model, settings, stepper, chart=chart)
    for _ in range(40):
        next(expected)
    np.testing.assert_array_equal(followed.memory.h, expected.memory.h)
    onward = DrumGenerator(model, settings, stepper, chart=chart, trail=followed.trail)
    np.testing.assert_array_equal(onward.memory.c, DrumGenerator(model, settings, stepper, chart=chart).memory.c)
