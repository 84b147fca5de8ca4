from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.project import Project, Take
from drumapp.core.timing import TempoMap
from drumapp.lstm.chart import Chart
from drumapp.lstm.checkpoint import DrumModel
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.recipe import RecipeError, TakeRecipe
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.storage.records import take_fields, take_of
from tests.lstm.drummers import busy_model

BAR = 1920


@pytest.fixture(scope="module")
def model() -> DrumModel:
    return replace(busy_model(1), digest="5d41")


def through_json(take: Take) -> Take:
    """As a project's file would keep it."""
    return take_of(json.loads(json.dumps(take_fields(take))))


def test_a_plain_take_replays_from_its_project_with_what_was_turned(model: DrumModel) -> None:
    run = DrumGenerator(model, GeneratorSettings(seed=2**62, bars=12, style="funk", feel=False))
    notes = list(islice(run, 30))
    run.freshen(0.7)
    notes += islice(run, 10)
    run.set_temperatures(time=1.2, pitch=0.1)
    notes += run
    result = Pattern.of(notes, length=12 * BAR, name="Verse")
    take = through_json(TakeRecipe.of(run).to_take("1", "Verse", result, 7.5))
    assert take.context == ""
    assert take.seed == 2**62
    assert (take.result, take.made) == (result, 7.5)
    Project(takes=(take,))
    assert list(TakeRecipe.from_take(take).generator(model)) == notes


@pytest.mark.parametrize("by_beat", [True, False])
def test_a_take_from_a_chart_replays_on_the_pattern_it_was_written_into(model: DrumModel, by_beat: bool) -> None:
    pattern = generate_pattern(model, GeneratorSettings(seed=1, bars=4, tempo=90.0))
    inside = [note for note in pattern.notes if BAR <= note.start < 3 * BAR]
    chart = Chart(pattern, BAR, 3 * BAR, frozenset({36}), frozenset(inside[:3]), by_beat)
    run = DrumGenerator(model, GeneratorSettings(seed=5, playable=True, variation=2), chart=chart)
    notes = list(run)
    take = through_json(TakeRecipe.of(run).to_take("2"))
    assert take.result is None
    assert take.context
    recipe = TakeRecipe.from_take(take)
    assert list(recipe.generator(model, pattern)) == notes
    # The span has been written by now, and bars far behind it are edited: the take is still the same.
    written = run.chart.written(notes)
    assert list(recipe.generator(model, written)) == notes
    later = written.with_notes([Note(20 * BAR, 36, 100)], length=21 * BAR)
    assert list(recipe.generator(model, later)) == notes


def test_a_take_that_went_on_after_the_last_note_replays(model: DrumModel) -> None:
    context = generate_pattern(model, GeneratorSettings(seed=1, bars=2))
    run = DrumGenerator(model, GeneratorSettings(seed=1), chart=Chart(context, None, 4 * BAR))
    notes = list(run)
    recipe = TakeRecipe.from_take(through_json(TakeRecipe.of(run).to_take("2")))
    assert recipe.start is None
    assert list(recipe.generator(model, context)) == notes


def test_another_drummer_or_another_context_is_refused(model: DrumModel) -> None:
    pattern = generate_pattern(model, GeneratorSettings(seed=1, bars=4))
    run = DrumGenerator(model, GeneratorSettings(seed=1), chart=Chart(pattern, BAR, 2 * BAR))
    recipe = TakeRecipe.of(run)
    with pytest.raises(RecipeError, match="open the model"):
        recipe.generator(replace(model, digest="other"), pattern)
    for other in (
        pattern.with_notes([Note(100, 42, 77)]),
        Pattern.of(pattern.notes, length=pattern.length, tempo=TempoMap.constant(99.0)),
        Pattern(),
        None,
    ):
        with pytest.raises(RecipeError, match="changed"):
            recipe.generator(model, other)


def test_a_style_the_drummer_does_not_know_is_refused(model: DrumModel) -> None:
    with pytest.raises(RecipeError, match="polka"):
        TakeRecipe("5d41", GeneratorSettings(style="polka")).generator(model)


@pytest.mark.parametrize(
    ("settings", "context", "named"),
    [
        ({"tempo": -3}, "", "tempo"),
        ({"start": 0}, "ab", "locked_keys"),
        ({"start": "x", "locked_keys": [], "locked_notes": [], "by_beat": False}, "ab", "start"),
        ({"start": 10, "stop": 5, "locked_keys": [], "locked_notes": []}, "ab", "span"),
        ({"start": -1, "locked_keys": [], "locked_notes": []}, "ab", "span"),
        ({"start": 0, "locked_keys": [200], "locked_notes": []}, "ab", "locked key"),
        ({"start": 0, "locked_keys": ["36"], "locked_notes": []}, "ab", "locked key"),
        ({"start": 0, "locked_keys": [], "locked_notes": [[1, 2]]}, "ab", "locked note"),
        ({"start": 0, "locked_keys": [], "locked_notes": [[-1, 36, 100, 60]]}, "ab", "start"),
        ({"start": 0, "locked_keys": [], "locked_notes": 3}, "ab", "locked_notes"),
        ({"start": 0, "locked_keys": [], "locked_notes": []}, "ab", "by_beat"),
    ],
)
def test_a_take_that_makes_no_sense_is_refused_with_its_name(
    settings: dict[str, object], context: str, named: str
) -> None:
    take = Take("7", "Bridge", model="5d41", settings=settings, context=context)  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match=f"Bridge.*{named}"):
        TakeRecipe.from_take(take)
