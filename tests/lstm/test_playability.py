from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoChange, TempoMap
from drumapp.lstm.chart import Chart
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.grid import HOUSE_GRID
from drumapp.lstm.playability import Limb, Strokes, limb_of
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.vocabulary import Vocabulary
from drumapp.resources import default_model
from tests.lstm.drummers import busy_model
from tests.lstm.strikeable import faults

BAR = 1920
KIT = Vocabulary((35, 36, 38, 42, 44, 46, 48, 49, 51))


@pytest.mark.parametrize("bpm", [60.0, 120.0, 200.0, 310.0])
@pytest.mark.parametrize("feel", [True, False])
def test_nothing_is_drawn_that_could_not_be_struck(bpm: float, feel: bool) -> None:
    """2,000 bars in all."""
    unbound_faults = 0
    for seed in range(5):
        model = busy_model(seed, KIT)
        stepper = Stepper(model)
        unbound = GeneratorSettings(seed=seed, bars=20, tempo=bpm, feel=feel, time_temperature=1.5)
        playable = GeneratorSettings(seed=seed, bars=50, tempo=bpm, feel=feel, time_temperature=1.5, playable=True)
        for taken in (unbound, playable):
            run = DrumGenerator(model, taken, stepper)
            found = faults(run.chart.written(run))
            if taken.playable:
                assert found == []
            else:
                unbound_faults += len(found)
    assert unbound_faults > 0  # else the limit was not put to the test


def test_the_house_drummer_keeps_within_the_limit_even_when_wild() -> None:
    model = load_model(default_model())
    stepper = Stepper(model)
    for seed, bpm in enumerate((70.0, 180.0, 260.0)):
        wild = GeneratorSettings(
            seed=seed, bars=32, tempo=bpm, time_temperature=1.6, pitch_temperature=1.6, playable=True
        )
        run = DrumGenerator(model, wild, stepper)
        assert faults(run.chart.written(run)) == []


def test_new_notes_mind_those_that_stand_before_within_and_after_the_span() -> None:
    """Where the user's own notes can be struck, so can they with what is written between them."""
    checked = 0
    for seed in range(60):
        model = busy_model(seed % 6, KIT)
        rng = random.Random(seed)
        settings = GeneratorSettings(seed=seed, bars=4, tempo=rng.uniform(60, 300), playable=True)
        pattern = generate_pattern(model, settings)
        inside = [note for note in pattern.notes if BAR <= note.start < 2 * BAR]
        chart = Chart(pattern, BAR, 2 * BAR, frozenset({36, 44}), frozenset(rng.sample(inside, len(inside) // 2)))
        run = DrumGenerator(model, settings, chart=chart)
        assert faults(run.chart.written(run)) == []
        checked += len(inside)
    assert checked > 100


def test_a_beat_that_cannot_be_struck_itself_is_left_alone_and_gone_on_from() -> None:
    heap = Pattern.of([Note(tick, key, 100) for tick in (BAR - 60, BAR - 5) for key in KIT.pitches])
    run = DrumGenerator(busy_model(1, KIT), GeneratorSettings(seed=1, playable=True), chart=Chart(heap, BAR, 3 * BAR))
    written = run.chart.written(run)
    assert set(heap.notes) <= set(written.notes)
    assert len(written.notes) > len(heap.notes)
    assert faults(written) == faults(heap)


def test_limbs() -> None:
    assert [limb_of(key) for key in (35, 36, 44, 38, 42, 60, 3)] == [
        Limb.RIGHT_FOOT,
        Limb.RIGHT_FOOT,
        Limb.LEFT_FOOT,
        *[Limb.HAND] * 4,
    ]


@settings(max_examples=200, deadline=None)
@given(
    strokes=st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from(KIT.pitches)), min_size=0, max_size=25, unique=True
    ),
    position=st.integers(0, 45),
    key=st.sampled_from(KIT.pitches),
    bpm=st.sampled_from([60.0, 137.0, 250.0, 400.0]),
)
def test_a_stroke_is_allowed_just_where_it_brings_no_new_fault(
    strokes: list[tuple[int, int]], position: int, key: int, bpm: float
) -> None:
    """Against the checker, for strokes that can be struck without it."""
    standing: list[Note] = []
    tempo = TempoMap.constant(bpm)
    for tick, stroke in strokes:  # as many of them as can be struck together
        more = [*standing, Note(tick, stroke, 100)]
        if not faults(Pattern.of(more, tempo=tempo)):
            standing = more
    allowed = Strokes(tempo, standing).microtimings(position, key)
    for microtiming in range(20):
        tick = max(position * 20 + microtiming - 10, 0)
        struck = Pattern.of([*standing, Note(tick, key, 100)], tempo=tempo)
        assert bool(allowed >> microtiming & 1) == (not faults(struck)), (tick, struck.notes)


def test_strokes_just_as_far_apart_as_they_must_be_can_be_struck() -> None:
    kick = Strokes(TempoMap.constant(60.0), [Note(100, 36, 100)])
    assert kick.microtimings(7, 36) & 1 << 6, "tick 136, 75 ms later"
    assert not kick.microtimings(7, 36) & 1 << 5


def test_the_tempo_where_it_is_played_counts() -> None:
    tempo = TempoMap((TempoChange(0, 60.0), TempoChange(960, 240.0)))
    strokes = Strokes(tempo, [Note(0, 36, 100), Note(960, 36, 100)])
    # 60 ticks are 125 ms at 60 and 31 ms at 240.
    assert strokes.microtimings(3, 36) == HOUSE_GRID.all_microtimings
    assert strokes.microtimings(51, 36) == 0


def test_with_the_limit_on_a_fast_roll_thins_out_but_does_not_stop() -> None:
    model = busy_model(2, KIT)
    run = DrumGenerator(model, GeneratorSettings(seed=1, bars=30, tempo=400.0, playable=True))
    notes = sorted(run)
    assert len(notes) > 30
    assert max(later.start - earlier.start for earlier, later in pairwise(notes)) < 4 * BAR
