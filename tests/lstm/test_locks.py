"""What stands stays: locked lanes, locked notes, and everything outside the span."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap, TempoMap
from drumapp.lstm.chart import Chart, all_but
from drumapp.lstm.checkpoint import DrumModel, load_model
from drumapp.lstm.ear import Ear
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.mind import Mind
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.resources import default_model
from tests.lstm.drummers import PITCHES, busy_model

BAR = 1920
ODD_KEYS = (35, 47, 56, 60, 81, 5)
"""Keys that the small drummers hear as another drum, or not at all."""


@dataclass(frozen=True)
class Case:
    model: DrumModel
    settings: GeneratorSettings
    chart: Chart


def random_case(seed: int) -> Case:
    rng = random.Random(seed)
    metre = rng.choice([Metre(4, 4), Metre(7, 8), Metre(3, 4)])
    bars = rng.randint(2, 6)
    length = bars * metre.ticks_per_bar
    notes = {
        Note(rng.randrange(length), rng.choice(PITCHES + ODD_KEYS), rng.randint(1, 127), rng.randint(1, 900))
        for _ in range(rng.randrange(20 * bars))
    }
    pattern = Pattern.of(
        notes, length=length, tempo=TempoMap.constant(rng.uniform(60, 240)), metre=MetreMap.constant(metre)
    )
    start, stop = sorted(rng.sample(range(0, length + 1, rng.choice([1, 20, 120, 480])), 2))
    if rng.random() < 0.5:
        start, stop = metre.ticks_per_bar, 2 * metre.ticks_per_bar
    inside = [note for note in pattern.notes if start <= note.start < stop]
    chart = Chart(
        pattern,
        start,
        stop,
        locked_keys=frozenset(rng.sample(PITCHES + ODD_KEYS, rng.randrange(5))),
        locked_notes=frozenset(rng.sample(inside, rng.randint(0, len(inside)))),
        by_beat=rng.random() < 0.4,
    )
    settings = GeneratorSettings(
        seed=seed,
        feel=rng.random() < 0.7,
        playable=rng.random() < 0.4,
        time_temperature=rng.choice([0.0, 0.8, 2.0]),
        pitch_temperature=rng.choice([0.0, 0.8, 2.0]),
    )
    return Case(busy_model(seed % 7), settings, chart)


def within(note: Note, chart: Chart) -> bool:
    """Whether a note belongs to the span of a chart."""
    assert chart.start is not None
    assert chart.stop is not None
    tick = (note.start + 10) // 20 * 20 if chart.by_beat else note.start
    return chart.start <= tick < chart.stop


@pytest.mark.parametrize("seed", range(200))
def test_what_stands_stays_and_nothing_new_comes_where_it_must_not(seed: int) -> None:
    case = random_case(seed)
    chart = case.chart
    run = DrumGenerator(case.model, case.settings, chart=chart)
    new = list(run)
    written = run.chart.written(new)
    had, has = Counter(chart.pattern.notes), Counter(written.notes)
    kept_by_lock = [
        note for note in chart.pattern.notes if note in chart.locked_notes or note.pitch in chart.locked_keys
    ]
    outside = [note for note in chart.pattern.notes if not within(note, chart)]
    # No note that is locked or outside moves, vanishes or doubles: the very values are there, as often as before.
    for note in (*kept_by_lock, *outside):
        assert has[note] == had[note]
    # Nothing appears outside the span or in a locked lane; what the drummer has no drum for is not taken away.
    for note in has - had:
        assert within(note, chart)
        assert note.pitch not in chart.locked_keys
        assert note.pitch in case.model.vocabulary.pitches
    assert all(note.pitch not in (56, 60, 81, 5) for note in run.chart.replaced)
    assert Counter(written.notes) == Counter(run.chart.standing) + Counter(new)
    # A new note and one that stands are no double stroke of one drum.
    at = {((note.start + 10) // 20, note.pitch) for note in run.chart.standing}
    for note in new:
        assert ((note.start + 10) // 20, note.pitch) not in at
    assert written.length == chart.pattern.length


def test_written_notes_are_the_very_objects_that_stood() -> None:
    case = random_case(3)
    run = DrumGenerator(case.model, case.settings, chart=case.chart)
    by_identity = {id(note) for note in case.chart.pattern.notes}
    written = run.chart.written(run)
    for note in written.notes:
        if note in run.chart.standing:
            assert id(note) in by_identity


@pytest.fixture(scope="module")
def house() -> DrumModel:
    return load_model(default_model())


def test_hats_are_written_anew_over_kick_and_snare_that_stay(house: DrumModel) -> None:
    backbeat = [Note(tick, 36 if tick % 960 == 0 else 38, 101, 33) for tick in range(0, 8 * BAR, 480)]
    pattern = Pattern.of([*backbeat, Note(240, 42, 60), Note(720, 46, 60)])
    hats = frozenset({42, 44, 46})
    stepper = Stepper(house)
    hat_counts = []
    for seed in range(6):
        chart = Chart(pattern, 0, 8 * BAR, locked_keys=all_but(hats))
        run = DrumGenerator(house, GeneratorSettings(seed=seed), stepper, chart=chart)
        new = list(run)
        assert {note.pitch for note in new} <= hats
        written = run.chart.written(new)
        assert [note for note in written.notes if note.pitch not in hats] == backbeat
        hat_counts.append(len(new))
    assert 4 * 8 < sum(hat_counts) / len(hat_counts) < 20 * 8


def test_everything_locked_writes_nothing() -> None:
    model = busy_model()
    pattern = generate_pattern(model, GeneratorSettings(seed=1, bars=4))
    for stop in (4 * BAR, None):
        run = DrumGenerator(model, GeneratorSettings(seed=2), chart=Chart(pattern, 0, stop, locked_keys=all_but(set())))
        assert list(run) == []
        assert run.chart.written([]).notes == pattern.notes


def test_an_empty_span_writes_nothing() -> None:
    pattern = generate_pattern(busy_model(), GeneratorSettings(seed=1, bars=2))
    for start in (0, 100, BAR, 2 * BAR):
        run = DrumGenerator(busy_model(), GeneratorSettings(seed=2), chart=Chart(pattern, start, start))
        assert list(run) == []
        assert run.chart.written([]) == pattern


def test_an_early_stroke_of_what_follows_stays_with_it() -> None:
    crash = Note(2 * BAR - 6, 49, 120)
    pattern = Pattern.of([Note(tick, 42, 80) for tick in range(0, 4 * BAR, 240)] + [crash])
    run = DrumGenerator(busy_model(), GeneratorSettings(seed=2), chart=Chart(pattern, BAR, 2 * BAR))
    list(run)
    assert crash in run.chart.standing
    assert all(BAR <= note.start < 2 * BAR for note in run.chart.replaced)


def test_figures_beyond_a_draw_are_heard_as_played() -> None:
    """The memory after a span with everything locked is that of having heard the span."""
    model = busy_model(4)
    stepper = Stepper(model)
    for feel in (True, False):
        settings = GeneratorSettings(seed=5, bars=4, feel=feel)
        pattern = generate_pattern(model, settings)
        run = DrumGenerator(model, settings, stepper, chart=Chart(pattern, 0, 4 * BAR, locked_keys=all_but(set())))
        assert list(run) == []
        assert len(run.trail) == len(model.vocabulary.encode(pattern.notes))
        onward = [
            list(DrumGenerator(model, settings, stepper, chart=Chart(pattern, None, 6 * BAR), trail=trail))
            for trail in (run.trail, None)
        ]
        assert onward[0] == onward[1]


@pytest.mark.parametrize(("start", "stop"), [(-1, 100), (200, 100), (None, -5)])
def test_impossible_spans_are_refused(start: int | None, stop: int) -> None:
    with pytest.raises(ValueError, match="span"):
        Chart(Pattern(), start, stop)


@pytest.mark.parametrize("seed", range(60))
def test_hearing_what_was_written_comes_to_the_memory_that_wrote_it(seed: int) -> None:
    """Whatever bound the draws: locks, limbs, the edges of the span."""
    case = random_case(seed)
    stepper = Stepper(case.model)
    run = DrumGenerator(case.model, case.settings, stepper, chart=case.chart)
    notes = list(run)
    written = run.chart.written(notes)
    events = case.model.vocabulary.encode(written.notes, Ear(case.model.vocabulary).key_classes)
    mind = Mind(stepper, case.settings, run.chart.timeline)
    mind.listen(events.rows[: len(run.trail)])
    mind.attend()
    np.testing.assert_array_equal(mind.memory.h, run.memory.h)
    np.testing.assert_array_equal(mind.memory.c, run.memory.c)
