from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.dice import FRESH_MEMORY, noise_rng
from drumapp.lstm.encoding import Labels, encode_pattern
from drumapp.lstm.evaluation import evaluate
from drumapp.lstm.generator import DrumGenerator, generate_pattern
from drumapp.lstm.layout import heads
from drumapp.lstm.listening import NATS_A_BIT, listen, memory_through_time, surprise_in_take
from drumapp.lstm.presets import Architecture
from drumapp.lstm.stepper import Memory, Stepper
from drumapp.lstm.take_settings import GeneratorSettings
from drumapp.resources import default_model
from tests.lstm.drummers import VOCABULARY, busy_model, random_beat, random_model

ARCHITECTURES = {
    "chained": Architecture(2, 12, pitch_units=6, velocity_units=5),
    "independent": Architecture(1, 20, False, False, (), False, False, False),
}


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys())
def test_surprise_adds_up_to_what_evaluation_says(architecture: Architecture) -> None:
    model = random_model(architecture)
    beat = random_beat(2, notes=300)
    for labels in (None, Labels("funk", "fill"), Labels("unheard-of")):
        heard = listen(model, beat, labels)
        figures = evaluate(model, encode_pattern(beat, VOCABULARY, architecture.bar_memory, labels))
        assert len(heard.sources) == figures.notes
        assert heard.nats == pytest.approx(sum(figures.nats_by_head.values()) * figures.notes, abs=1e-4)
        assert heard.heads == heads(architecture)
        for column, nats in zip(heard.bits.T, figures.nats_by_head.values(), strict=True):
            assert column.mean() * NATS_A_BIT == pytest.approx(nats)
        assert heard.surprise.sum() * NATS_A_BIT == pytest.approx(heard.nats)


def test_each_event_knows_which_note_it_is() -> None:
    notes = [Note(0, 36, 100), Note(2, 36, 50), Note(480, 99, 100), Note(480, 42, 80)]
    pattern = Pattern.of(notes)
    heard = listen(random_model(), pattern)
    assert [pattern.notes[source] for source in heard.sources] == [Note(0, 36, 100), Note(480, 42, 80)]
    assert (heard.bits > 0).all()


def test_the_house_drummer_is_more_surprised_by_what_does_not_fit() -> None:
    house = load_model(default_model())
    beat = generate_pattern(house, GeneratorSettings(seed=1, bars=8, time_temperature=0.6, pitch_temperature=0.6))
    odd = Note(4 * 1920 + 1100, 57, 127)
    pattern = beat.with_notes([odd])
    heard = listen(house, pattern)
    surprise = dict(zip((pattern.notes[source] for source in heard.sources), heard.surprise, strict=True))
    assert surprise[odd] > 2 * np.median(list(surprise.values()))


def test_nothing_to_hear_is_heard_in_peace() -> None:
    heard = listen(random_model(), Pattern())
    assert heard.bits.shape == (0, 4)
    assert heard.nats == 0.0


def test_guesses_are_the_likeliest_of_all_pairs_of_delay_and_drum() -> None:
    model = busy_model(3)
    stepper = Stepper(model)
    beat = random_beat(4, notes=80, bars=3)
    heard = listen(model, beat, stepper=stepper)
    rows = heard.events.rows
    for event in (0, 1, 7, 40, len(rows) - 1):
        guesses = heard.guesses(event, 5, stepper)
        assert [guess.probability for guess in guesses] == sorted(
            (guess.probability for guess in guesses), reverse=True
        )
        everything = heard.guesses(event, 97 * 5, stepper)
        assert everything[:5] == guesses
        assert len(everything) <= 97 * 5
        assert sum(guess.probability for guess in everything) == pytest.approx(1.0, abs=0.35)
        # What was played is among them, as likely as its surprise says.
        position, pitch = rows[event, :2].tolist()
        played = next(
            guess for guess in everything if (guess.tick, guess.key) == (position * 20, VOCABULARY.pitches[pitch])
        )
        if event == 0 or position != rows[event - 1, 0]:  # on one position drums already passed are left out
            assert -np.log2(played.probability) == pytest.approx(heard.bits[event, :2].sum(), abs=1e-4)


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
    shown = memory_through_time(model, run.settings, Pattern.of(notes), stepper)
    assert shown.fresh == (0, 30, 60)
    assert shown.h.shape == (91, 2, 12)
    start = Memory.fresh(2, 12, 0.1, noise_rng(6, FRESH_MEMORY))
    np.testing.assert_array_equal(shown.h[0], start.h)
    for event, memory in enumerate(memories):
        np.testing.assert_array_equal(shown.h[event], memory.h)
        np.testing.assert_array_equal(shown.c[event], memory.c)
    assert shown.ticks.tolist() == [(note.start + 10) // 20 * 20 for note in notes]


def test_memory_of_silence_is_the_fresh_memory() -> None:
    shown = memory_through_time(busy_model(1), GeneratorSettings(seed=6), Pattern())
    assert shown.h.shape == (1, 2, 12)
    assert len(shown.ticks) == 0
