from __future__ import annotations

from dataclasses import replace

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.core.turns import turns
from drumapp.lstm.chart import Chart
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.cowriting import alternatives, respond
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.remembering import surprise_in_take
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.resources import default_model
from tests.lstm.drummers import busy_model

BAR = 1920


@pytest.mark.parametrize("feel", [True, False])
def test_alternatives_differ_and_each_replays_alone(feel: bool) -> None:
    model = busy_model(2)
    settings = GeneratorSettings(seed=3, bars=8, feel=feel)
    chart = Chart(generate_pattern(model, settings), 2 * BAR, 4 * BAR)
    made = alternatives(model, settings, chart, 6)
    assert len({alternative.notes for alternative in made}) == 6
    for alternative in made:
        assert list(alternative.notes) == sorted(DrumGenerator(model, alternative.settings, chart=chart))
        outside = [note for note in alternative.pattern.notes if not 2 * BAR <= note.start < 4 * BAR]
        assert set(outside) <= set(chart.pattern.notes)
    assert [alternative.settings.variation for alternative in made] == list(range(6))


def test_of_alternatives_the_one_that_was_cut_out_leads_on_best() -> None:
    """Most often: the house drummer's own bars foretell its own next bar better than other bars do."""
    model = load_model(default_model())
    stepper = Stepper(model)
    better = []
    for seed in range(8):
        settings = GeneratorSettings(seed=seed, bars=8)
        pattern = generate_pattern(model, settings)
        chart = Chart(pattern, 2 * BAR, 6 * BAR, by_beat=True)
        others = alternatives(model, replace(settings, variation=1), chart, 3, stepper)
        span = Range(6 * BAR, 7 * BAR)
        own = surprise_in_take(model, settings, pattern, span, stepper).bits[:, :2].sum(axis=1).mean()
        onward = [other.onward for other in others]
        assert all(bits is not None and bits > 0 for bits in onward)
        better += [own < bits for bits in onward if bits is not None]
    assert sum(better) > 0.7 * len(better)


def test_where_nothing_follows_nothing_is_led_to() -> None:
    model = busy_model(2)
    chart = Chart(generate_pattern(model, GeneratorSettings(seed=1, bars=2)), BAR, 2 * BAR)
    assert [made.onward for made in alternatives(model, GeneratorSettings(seed=1), chart, 2)] == [None, None]


def test_alternatives_without_an_end_are_refused() -> None:
    with pytest.raises(ValueError, match="end"):
        alternatives(busy_model(), GeneratorSettings(), Chart(Pattern(), 0), 2)


def test_a_variation_of_a_whole_take_can_be_stopped_and_gone_on_with() -> None:
    model = busy_model(2)
    for feel in (True, False):
        settings = GeneratorSettings(seed=3, bars=8, variation=5, feel=feel)
        whole = list(DrumGenerator(model, settings))
        chart = Chart(Pattern.of(whole[:50]), None, 8 * BAR)
        assert list(DrumGenerator(model, settings, chart=chart)) == whole[50:]


def test_the_drummer_answers_each_call_from_all_that_came_before() -> None:
    model = busy_model(3)
    stepper = Stepper(model)
    calls = [
        Note(bar * BAR + tick, 38 if tick % 480 else 36, 100, 31) for bar in (0, 2, 4) for tick in range(0, BAR, 240)
    ]
    pattern = Pattern.of(calls, length=6 * BAR)
    settings = GeneratorSettings(seed=4)
    spans = turns(pattern.metre, Range(0, pattern.length), 1)
    answered = respond(model, settings, pattern, spans, stepper)
    new = [note for note in answered.notes if note not in calls]
    assert set(calls) <= set(answered.notes)
    assert all(any(note.start in span for span in spans) for note in new)
    assert all(any(note.start in span for note in new) for span in spans)
    # The second answer is what it would be if the first had been written by the user.
    first_only = respond(model, settings, pattern, spans[:1], stepper)
    second = DrumGenerator(model, settings, stepper, chart=Chart(first_only, spans[1].start, spans[1].stop))
    assert sorted(second) == [note for note in new if note.start in spans[1]]
    # Another call gets another answer.
    other = Pattern.of([*calls, Note(60, 49, 120)], length=6 * BAR)
    assert respond(model, settings, other, spans[:1], stepper).between(spans[0]) != first_only.between(spans[0])


def test_the_drummer_may_begin_on_an_empty_roll() -> None:
    model = busy_model(3)
    empty = Pattern(length=4 * BAR)
    answered = respond(model, GeneratorSettings(seed=1), empty, turns(empty.metre, Range(0, 4 * BAR), 1))
    assert answered.between(Range(BAR, 2 * BAR))
    assert not answered.between(Range(0, BAR))
