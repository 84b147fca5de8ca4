from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from drumapp.core.timing import Metre, MetreMap, TempoMap
from drumapp.lstm.checkpoint import DrumModel, load_model
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.mind import Mind
from drumapp.lstm.presets import Architecture
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import TICKS_PER_GRID
from drumapp.midi.smf import pattern_to_bytes
from drumapp.resources import default_model
from tests.lstm.drummers import random_model


@pytest.fixture(scope="module")
def house() -> DrumModel:
    return load_model(default_model())


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(house: DrumModel) -> None:
    settings = GeneratorSettings(seed=7, bars=8, tempo=100)
    first = pattern_to_bytes(generate_pattern(house, settings))
    assert pattern_to_bytes(generate_pattern(load_model(default_model()), settings)) == first
    assert pattern_to_bytes(generate_pattern(house, replace(settings, seed=8))) != first


def test_a_run_is_as_long_as_its_bars(house: DrumModel) -> None:
    pattern = generate_pattern(house, GeneratorSettings(seed=1, bars=3, metre=Metre(7, 8)))
    assert pattern.length == 3 * 1680
    assert pattern.bars == 3
    assert pattern.notes[0].start < TICKS_PER_GRID
    assert all(note.start < pattern.length for note in pattern.notes)
    assert all(any(bar * 1680 <= note.start < (bar + 1) * 1680 for note in pattern.notes) for bar in range(3))


def test_an_endless_run_begins_as_a_short_one_does(house: DrumModel) -> None:
    short = DrumGenerator(house, GeneratorSettings(seed=3, bars=4))
    endless = DrumGenerator(house, GeneratorSettings(seed=3, bars=None))
    notes = list(short)
    assert list(islice(endless, len(notes))) == notes
    assert endless.length is None
    assert short.tick == short.length == 4 * 1920


def test_a_finished_run_stays_finished(house: DrumModel) -> None:
    run = DrumGenerator(house, GeneratorSettings(seed=3, bars=1))
    list(run)
    assert list(run) == []


@pytest.mark.parametrize("seed", range(5))
def test_without_feel_every_onset_lies_on_the_grid(house: DrumModel, seed: int) -> None:
    pattern = generate_pattern(house, GeneratorSettings(seed=seed, bars=16, feel=False))
    assert all(note.start % TICKS_PER_GRID == 0 for note in pattern.notes)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 2.5, 10.0])
def test_no_drum_is_struck_twice_on_one_position_at_any_temperature(temperature: float) -> None:
    settings = GeneratorSettings(
        bars=None, feel=False, time_temperature=temperature, pitch_temperature=temperature, memory_range=1.0
    )
    for seed in range(3):
        notes = list(islice(DrumGenerator(random_model(seed=seed), replace(settings, seed=seed)), 400))
        struck = Counter((note.start, note.pitch) for note in notes)
        assert max(struck.values()) == 1
        assert [(note.start, note.pitch) for note in notes] == sorted((note.start, note.pitch) for note in notes)


def test_temperature_zero_ignores_the_dice_but_not_the_fresh_memory(house: DrumModel) -> None:
    cold = GeneratorSettings(seed=1, bars=2, time_temperature=0, pitch_temperature=0, memory_range=0)
    assert generate_pattern(house, cold).notes == generate_pattern(house, replace(cold, seed=2)).notes
    wide = replace(cold, memory_range=3.0)
    assert generate_pattern(house, wide).notes != generate_pattern(house, replace(wide, seed=2)).notes


def test_draws_follow_the_softmax() -> None:
    """The first drum's frequencies over many seeds against the probabilities the network gives."""
    model = random_model(seed=4, scale=0.6)
    settings = GeneratorSettings(bars=1, memory_range=0.0, pitch_temperature=2.0)
    counts: Counter[int] = Counter()
    runs = 4000
    stepper = Stepper(model)
    mind = Mind(stepper, settings, Timeline(TempoMap.constant(settings.tempo), MetreMap()))
    mind.attend()
    scores = stepper.tell_delay(0, 0, mind.past.struck(0)).astype(float) / 2.0
    expected = np.exp(scores) / np.exp(scores).sum()
    for seed in range(runs):
        counts[next(DrumGenerator(model, replace(settings, seed=seed))).pitch] += 1
    for index, pitch in enumerate(model.vocabulary.pitches):
        tolerance = 4 * np.sqrt(expected[index] * (1 - expected[index]) / runs)
        assert counts[pitch] / runs == pytest.approx(expected[index], abs=tolerance)


def test_a_style_changes_what_is_played_and_an_unknown_one_is_refused(house: DrumModel) -> None:
    settings = GeneratorSettings(seed=1, bars=4)
    assert house.styles
    styled = generate_pattern(house, replace(settings, style=house.styles[0]))
    assert styled.notes != generate_pattern(house, settings).notes
    with pytest.raises(ValueError, match="polka"):
        DrumGenerator(house, replace(settings, style="polka"))


def test_a_drummer_with_independent_heads_plays_too() -> None:
    model = random_model(Architecture(1, 20, False, False, (), False, False, False))
    pattern = generate_pattern(model, GeneratorSettings(seed=1, bars=4))
    assert len(pattern) > 0
    assert {note.pitch for note in pattern.notes} <= set(model.vocabulary.pitches)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", -1),
        ("bars", 0),
        ("tempo", 10.0),
        ("tempo", float("nan")),
        ("time_temperature", -0.1),
        ("pitch_temperature", float("inf")),
        ("memory_range", -1.0),
    ],
)
def test_settings_out_of_range_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=field.replace("_", " ")):
        GeneratorSettings(**{field: value})  # type: ignore[arg-type]  # the point of the test


def test_a_pattern_needs_an_end() -> None:
    with pytest.raises(ValueError, match="bars"):
        generate_pattern(random_model(), GeneratorSettings(bars=None))
