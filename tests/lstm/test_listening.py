from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import TempoChange, TempoMap
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.encoding import Labels, encode_pattern
from drumapp.lstm.evaluation import evaluate
from drumapp.lstm.generator import generate_pattern
from drumapp.lstm.layout import heads
from drumapp.lstm.listening import NATS_A_BIT, Listener, listen
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
    beat = random_beat(4, notes=280, bars=10)
    listener = heard_by(Listener(model), beat)
    heard = listener.listening
    rows = VOCABULARY.encode(beat.notes).rows
    for event in (0, 1, 7, 40, 63, 64, 65, len(rows) - 1):
        guesses = listener.guesses(event, 5)
        assert [guess.probability for guess in guesses] == sorted(
            (guess.probability for guess in guesses), reverse=True
        )
        everything = listener.guesses(event, 97 * 5)
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


@pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES.keys())
def test_after_edits_a_listener_thinks_as_one_that_hears_the_beat_for_the_first_time(
    architecture: Architecture,
) -> None:
    model = random_model(architecture)
    listener = Listener(model)
    beat = random_beat(3, notes=300)
    dice = np.random.default_rng(8)
    for _ in range(25):
        place = int(dice.integers(0, len(beat.notes)))
        edit = dice.integers(0, 5)
        if edit == 0:
            beat = replace(beat, notes=beat.notes.spliced(place, place + 1, ()))
        elif edit == 1:
            beat = beat.with_notes([Note(int(dice.integers(0, 8 * 1920)), 38, 90)])
        elif edit == 2:
            beat = replace(beat, notes=beat.notes.part(0, max(place, 5)))
        elif edit == 3:
            beat = Pattern.of([*beat.notes, *random_beat(int(dice.integers(99)), notes=40).notes])
        else:
            beat = replace(beat, tempo=TempoMap.constant(float(dice.integers(60, 200))))
        heard = heard_by(listener, beat).listening
        anew = listen(model, beat)
        np.testing.assert_array_equal(heard.sources, anew.sources)
        np.testing.assert_allclose(heard.bits, anew.bits, atol=1e-6)
        event = int(dice.integers(len(heard.bits)))
        fresh_ear = heard_by(Listener(model), beat)
        for guess, other in zip(listener.guesses(event, 3), fresh_ear.guesses(event, 3), strict=True):
            assert guess[:2] == other[:2]
            assert guess.probability == pytest.approx(other.probability, abs=1e-6)


def test_a_tempo_that_changes_is_told_as_evaluation_tells_it() -> None:
    tempo = TempoMap((TempoChange(0, 90.0), TempoChange(1930, 150.0), TempoChange(5000, 70.0)))
    beat = replace(random_beat(2, notes=300), tempo=tempo)
    model = random_model()
    figures = evaluate(model, encode_pattern(beat, VOCABULARY, model.architecture.bar_memory))
    expected = pytest.approx(sum(figures.nats_by_head.values()) * figures.notes, abs=1e-4)
    listener = heard_by(Listener(model), replace(beat, notes=beat.notes.part(0, 150)))
    assert heard_by(listener, beat).listening.nats == expected
    assert listen(model, beat).nats == expected


def test_what_is_left_early_is_heard_on_from_there() -> None:
    model = random_model()
    beat = random_beat(5, notes=400)
    stepper = CountingStepper(model)
    listener = Listener(model, stepper)
    assert len(list(islice(listener.hear(beat), 5))) == 5
    part = listener.listening
    assert 0 < len(part.bits) < len(part.sources)
    assert not part.complete
    whole = heard_by(listener, beat).listening
    assert whole.complete
    np.testing.assert_allclose(whole.bits[: len(part.bits)], part.bits, atol=1e-6)
    np.testing.assert_allclose(whole.bits, listen(model, beat).bits, atol=1e-6)
    assert stepper.events < len(whole.sources) + 64


def test_an_edit_at_the_end_has_little_heard_again() -> None:
    model = random_model()
    stepper = CountingStepper(model)
    beat = random_beat(5, notes=2000, bars=60)
    listener = heard_by(Listener(model, stepper), beat)
    stepper.events = 0
    heard_by(listener, beat.with_notes([Note(beat.notes[-1].start + 100, 36, 90)]))
    assert 0 < stepper.events <= 128
    stepper.events = 0
    heard_by(listener, replace(beat, name="another"))
    assert stepper.events <= 128


class CountingStepper(Stepper):
    """Counts what it hears."""

    events = 0

    def hear(self, memory: Memory, heard: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.events += len(heard)
        return super().hear(memory, heard)


def heard_by(listener: Listener, pattern: Pattern) -> Listener:
    for _ in listener.hear(pattern):
        pass
    return listener
