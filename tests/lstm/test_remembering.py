"""A take's own memory: how surprised it was, and what it held through time."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.dice import FRESH_MEMORY, noise_rng
from drumapp.lstm.generator import DrumGenerator
from drumapp.lstm.remembering import MemoryThroughTime, MemoryWatch, surprise_in_take
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import Change, GeneratorSettings, Place
from tests.lstm.drummers import busy_model, random_beat


def watched(watch: MemoryWatch, settings: GeneratorSettings, pattern: Pattern) -> MemoryThroughTime:
    for _ in watch.follow(settings, pattern):
        pass
    return watch.through_time


def same(one: MemoryThroughTime, other: MemoryThroughTime) -> bool:
    return (
        one.ticks.tolist() == other.ticks.tolist()
        and one.fresh == other.fresh
        and all(
            np.array_equal(mine.h, yours.h) and np.array_equal(mine.c, yours.c)
            for mine, yours in zip(one.memories, other.memories, strict=True)
        )
    )


@pytest.mark.parametrize("feel", [True, False])
def test_the_surprise_of_a_take_is_that_of_its_own_memory(feel: bool) -> None:
    model = busy_model(1)
    stepper = Stepper(model)
    run = DrumGenerator(model, GeneratorSettings(seed=6, bars=8, feel=feel), stepper)
    notes = list(islice(run, 40))
    run.freshen(2.0)
    notes += run
    pattern = Pattern.of(notes)
    whole = surprise_in_take(model, run.settings, pattern, Range(0, pattern.length), stepper)
    assert len(whole.bits) == len(notes)
    assert (whole.bits > 0).all()
    for trail in (None, run.trail):
        part = surprise_in_take(model, run.settings, pattern, Range(2 * 1920, 4 * 1920), stepper, trail)
        first = whole.sources.tolist().index(part.sources[0])
        np.testing.assert_array_equal(part.sources, whole.sources[first : first + len(part.sources)])
        np.testing.assert_array_equal(part.bits, whole.bits[first : first + len(part.sources)])
    # The mind says the same as it plays: its own likeliest draws surprise it less than a stranger's.
    assert (
        whole.bits[:, :2].sum()
        < surprise_in_take(model, run.settings, random_beat(1, notes=len(notes)), Range(0, 8 * 1920), stepper)
        .bits[:, :2]
        .sum()
    )


def test_memory_through_time_is_the_takes_own_with_its_fresh_starts() -> None:
    model = busy_model(1)
    stepper = Stepper(model)
    run = DrumGenerator(model, GeneratorSettings(seed=6, bars=None), stepper)
    memories, notes = [run.memory], []
    for note in islice(run, 90):
        notes.append(note)
        memories.append(run.memory)
        if len(notes) in (30, 60):
            run.freshen()
    shown = watched(MemoryWatch(model, stepper), run.settings, Pattern.of(notes))
    places = [(note.start + 10) // 20 * 20 for note in notes]
    assert shown.fresh == (0, places[30], places[60])
    assert shown.ticks.tolist() == [0, *places]
    start = Memory.fresh(2, 12, 0.1, noise_rng(6, FRESH_MEMORY))
    np.testing.assert_array_equal(shown.memories[0].h, start.h)
    for held, memory in zip(shown.memories, memories, strict=True):
        np.testing.assert_array_equal(held.h, memory.h)
        np.testing.assert_array_equal(held.c, memory.c)


def test_memory_of_silence_is_the_fresh_memory() -> None:
    shown = watched(MemoryWatch(busy_model(1)), GeneratorSettings(seed=6), Pattern())
    assert len(shown.memories) == 1
    assert shown.ticks.tolist() == [0]
    assert shown.fresh == (0,)


def test_the_memory_starts_with_the_bar_of_the_first_note() -> None:
    shown = watched(MemoryWatch(busy_model(1)), GeneratorSettings(seed=6), Pattern.of([Note(2 * 1920 + 480, 38, 90)]))
    assert shown.ticks.tolist() == [2 * 1920, 2 * 1920 + 480]
    assert shown.fresh == (2 * 1920,)


def watch_of_a_take() -> tuple[DrumModel, GeneratorSettings, list[Note], MemoryWatch]:
    """A take of sixty notes, and a watch that has followed it."""
    model, settings = busy_model(0), GeneratorSettings(seed=9, bars=None)
    notes, watch = sorted(islice(DrumGenerator(model, settings), 60)), MemoryWatch(model)
    watched(watch, settings, Pattern.of(notes))
    return model, settings, notes, watch


def test_when_the_last_notes_go_so_does_what_was_kept_of_them() -> None:
    model, settings, notes, watch = watch_of_a_take()
    shown = watched(watch, settings, Pattern.of(notes[:40]))
    anew = watched(MemoryWatch(model), settings, Pattern.of(notes[:40]))
    assert shown.ticks.tolist() == anew.ticks.tolist()


def test_what_was_turned_before_notes_that_stay_is_seen_in_the_memory() -> None:
    model, settings, notes, watch = watch_of_a_take()
    place = Place((notes[30].start + 10) // 20 * 20, notes[30].pitch)
    turned = replace(settings, changes=(Change(place, 1.0, 1.0, 0.3),))
    shown, anew = (watched(one, turned, Pattern.of(notes)) for one in (watch, MemoryWatch(model)))
    for held, memory in zip(shown.memories, anew.memories, strict=True):
        np.testing.assert_array_equal(held.h, memory.h)


@pytest.mark.parametrize("feel", [True, False])
def test_after_edits_the_memory_is_the_one_that_heard_it_all_anew(feel: bool) -> None:
    model = busy_model(2)
    stepper = Stepper(model)
    watch = MemoryWatch(model, stepper)
    settings = GeneratorSettings(seed=4, feel=feel)
    beat = random_beat(1, notes=300)
    dice = np.random.default_rng(3)
    for edit in range(12):
        place = int(dice.integers(0, len(beat.notes)))
        if edit % 3 == 0:
            beat = replace(beat, notes=beat.notes.spliced(place, place + 1, ()))
        elif edit % 3 == 1:
            beat = beat.with_notes([Note(int(dice.integers(0, 8 * 1920)), 38, 90)])
        else:
            settings = replace(settings, seed=int(dice.integers(99)))
        assert same(watched(watch, settings, beat), watched(MemoryWatch(model, stepper), settings, beat))


def test_a_watch_that_was_left_early_goes_on_from_there() -> None:
    model = busy_model(2)
    stepper = Stepper(model)
    watch, settings, beat = MemoryWatch(model, stepper), GeneratorSettings(seed=4), random_beat(1, notes=900, bars=30)
    assert len(list(islice(watch.follow(settings, beat), 3))) == 3
    going_on = sum(1 for _ in watch.follow(settings, beat))
    assert same(watch.through_time, watched(MemoryWatch(model, stepper), settings, beat))
    assert going_on < sum(1 for _ in MemoryWatch(model, stepper).follow(settings, beat))


def test_of_a_long_take_fewer_memories_are_shown() -> None:
    model = busy_model(2)
    beat = random_beat(1, notes=900, bars=30)
    every = watched(MemoryWatch(model), GeneratorSettings(), beat)
    some = watched(MemoryWatch(model, most=100), GeneratorSettings(), beat)
    assert 50 <= len(some.memories) <= 100
    gap = 16
    assert some.ticks.tolist() == every.ticks[::gap].tolist()
    np.testing.assert_array_equal(some.memories[3].c, every.memories[3 * gap].c)


def test_a_style_the_network_does_not_know_is_taken_for_any() -> None:
    model, beat = busy_model(2), random_beat(1)
    strange = watched(MemoryWatch(model), GeneratorSettings(style="polka"), beat)
    assert same(strange, watched(MemoryWatch(model), GeneratorSettings(), beat))
