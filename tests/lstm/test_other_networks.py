"""Networks other than the house's play, too: GRUs, networks of two directions, those that count in ticks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drumapp.lstm.chart import Chart
from drumapp.lstm.checkpoint import DrumModel, load_model, save_model
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.grid import Grid
from drumapp.lstm.presets import PRESETS, Architecture
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.lstm.vocabulary import Vocabulary
from tests.lstm.drummers import VOCABULARY, random_model

ONE_HOT = replace(PRESETS["hollemans-2017"].architecture, hidden=16)
TICKS = Vocabulary((36, 38, 42), (), Grid(1), (0, 3, 60, 117, 120, 240))
MODELS = {
    "GRU": random_model(Architecture(layers=2, hidden=12, pitch_units=6, velocity_units=5, cell="gru"), scale=0.6),
    "two directions": random_model(
        Architecture(layers=2, hidden=8, pitch_units=6, velocity_units=5, window=6), scale=0.6
    ),
    "2017": random_model(ONE_HOT, scale=0.6),
    "ticks": random_model(ONE_HOT, TICKS, scale=0.6),
    "GRU of ticks": random_model(replace(ONE_HOT, cell="gru"), TICKS, scale=0.6),
}


@pytest.fixture(params=MODELS.values(), ids=MODELS.keys())
def model(request: pytest.FixtureRequest) -> DrumModel:
    return request.param


def test_they_come_back_from_their_files(model: DrumModel, tmp_path) -> None:
    save_model(model, tmp_path / "drummer.safetensors")
    read = load_model(tmp_path / "drummer.safetensors")
    assert (read.architecture, read.vocabulary) == (model.architecture, model.vocabulary)
    settings = GeneratorSettings(seed=3, bars=2)
    assert generate_pattern(read, settings) == generate_pattern(model, settings)


def test_a_take_goes_on_as_if_it_had_not_stopped(model: DrumModel) -> None:
    settings = GeneratorSettings(seed=5, bars=6)
    whole = generate_pattern(model, settings)
    assert len(whole) > 6
    for count in (1, len(whole) // 2):
        context = replace(whole, notes=whole.notes.part(0, count), length=1920)
        run = DrumGenerator(model, settings, chart=Chart(context, None, 6 * 1920))
        assert tuple(sorted((*context.notes, *run))) == whole.notes


@pytest.mark.parametrize("playable", [False, True])
def test_a_span_is_written_within_its_bounds(model: DrumModel, playable: bool) -> None:
    pattern = generate_pattern(model, GeneratorSettings(seed=1, bars=4))
    settings = GeneratorSettings(seed=2, playable=playable)
    chart = Chart(pattern, 1920, 3840, frozenset({38}), frozenset(pattern.notes[-3:]))
    run = DrumGenerator(model, settings, chart=chart)
    new = list(run)
    assert all(1920 <= note.start < 3840 and note.pitch != 38 for note in new)
    assert run.tick == 3840
    written = run.chart.written(new)
    assert [n for n in pattern.notes if n.start >= 3840] == [n for n in written.notes if n.start >= 3840]


def test_many_events_heard_at_once_are_heard_as_one_by_one(model: DrumModel) -> None:
    stepper = Stepper(model)
    rng = np.random.default_rng(0)
    heard = np.stack([rng.integers(0, max(begin, 1), 20) for begin in stepper.begin], axis=1)
    one_by_one, at_once = stepper.empty_memory(), stepper.empty_memory()
    h, c = stepper.hear(at_once, heard)
    for event, row in enumerate(heard.tolist()):
        stepper.advance(one_by_one, row)
        np.testing.assert_array_equal(h[event], one_by_one.h)
        np.testing.assert_array_equal(c[event], one_by_one.c)


@pytest.mark.parametrize(
    ("delay", "word"), [(0, 0), (1, 0), (2, 3), (31, 3), (32, 60), (90, 117), (118, 117), (119, 120), (9000, 240)]
)
def test_a_delay_without_a_word_is_told_as_the_nearest(delay: int, word: int) -> None:
    assert TICKS.delay_of(TICKS.delay_class(delay)) == word
    assert TICKS.delay_classes(np.array([delay]))[0] == TICKS.delay_class(delay)


def test_the_house_words_are_every_delay_up_to_a_bar() -> None:
    assert [VOCABULARY.delay_class(delay) for delay in (0, 7, 96, 500)] == [0, 7, 96, 96]
    assert VOCABULARY.delay_classes(np.array([0, 7, 96, 500])).tolist() == [0, 7, 96, 96]
    assert (VOCABULARY.delay_of(7), VOCABULARY.first_class_of(7), VOCABULARY.first_class_of(97)) == (7, 7, 97)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ticks_per_grid": 7}, "divided"),
        ({"ticks_per_grid": 0}, "divided"),
        ({"delays": [3, 2]}, "ascending"),
        ({"delays": [-1, 2]}, "0 to"),
        ({"delays": [0]}, "goes on"),
        ({"delays": [0, 10**9]}, "0 to"),
        ({"delays": "x"}, "whole numbers"),
        ({"ordered": 1}, "ordered"),
        ({"tempo": 1}, "unknown fields"),
    ],
)
def test_words_that_make_no_sense_are_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Vocabulary.from_json({"pitches": [36], **fields})


def test_words_come_back_from_json() -> None:
    for vocabulary in (VOCABULARY, TICKS, replace(TICKS, ordered=False)):
        assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary
    assert set(VOCABULARY.to_json()) == {"pitches", "styles"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cell": "rnn"}, "cell"),
        ({"window": 1}, "window"),
        ({"window": 1000}, "window"),
        ({"one_hot": True}, "one_hot"),
        ({"layers": 4}, "layers"),
    ],
)
def test_networks_that_make_no_sense_are_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Architecture.from_json({**Architecture().to_json(), **fields})


def test_bars_are_told_on_the_house_grid_alone() -> None:
    from drumapp.lstm.layout import weight_shapes

    with pytest.raises(ValueError, match="grid of 20"):
        weight_shapes(Architecture(), TICKS)


def test_presets_are_data() -> None:
    from drumapp.lstm.presets import Preset

    for preset in PRESETS.values():
        assert Preset.from_json(preset.to_json()) == preset
    changed = PRESETS["groove"].changed({"layers": 3, "cell": "gru", "learning_rate": 0.001, "time_warp": 5.0})
    assert (changed.architecture.layers, changed.architecture.cell) == (3, "gru")
    assert (changed.optimisation.learning_rate, changed.augmentation.time_warp) == (0.001, 5.0)
    with pytest.raises(ValueError, match="wings"):
        PRESETS["groove"].changed({"wings": 2})
    with pytest.raises(ValueError, match="batch"):
        PRESETS["groove"].changed({"batch": 0})
    with pytest.raises(ValueError, match="name"):
        Preset.from_json({})
