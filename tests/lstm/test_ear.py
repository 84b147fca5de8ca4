from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.kit import FIRST_DRUM_KEY, LAST_DRUM_KEY, Family, general_midi_lane
from drumapp.core.pattern import Note
from drumapp.lstm.checkpoint import load_model
from drumapp.lstm.ear import Ear, Hearsay
from drumapp.lstm.vocabulary import Vocabulary
from drumapp.resources import default_model

HOUSE = Vocabulary((36, 37, 38, 40, 42, 43, 44, 45, 46, 48, 49, 51, 53, 57))


def test_the_house_vocabulary_is_the_one_tested_here() -> None:
    assert load_model(default_model()).vocabulary.pitches == HOUSE.pitches


@pytest.mark.parametrize(
    ("key", "heard"),
    [
        (36, 36),
        (35, 36),
        (39, 38),
        (41, 43),
        (47, 48),
        (50, 48),
        (52, 49),
        (55, 49),
        (59, 51),
        (22, 42),  # the edge of an electronic closed hat
        (26, 46),
        (56, None),
        (60, None),
        (81, None),
        (0, None),
        (127, None),
    ],
)
def test_a_key_is_heard_as_the_closest_drum_of_its_kind(key: int, heard: int | None) -> None:
    assert Ear(HOUSE).key_heard(key) == heard


@given(keys=st.sets(st.integers(0, 127), min_size=1, max_size=62))
def test_every_vocabulary_hears_its_own_keys_as_they_are_and_others_as_kin(keys: set[int]) -> None:
    vocabulary = Vocabulary(tuple(sorted(keys)))
    ear = Ear(vocabulary)
    for key in range(128):
        heard = ear.key_heard(key)
        if key in keys:
            assert heard == key
        elif heard is not None:
            assert heard in keys
            if FIRST_DRUM_KEY <= key <= LAST_DRUM_KEY:
                family = general_midi_lane(key).family
                assert general_midi_lane(heard).family is family or family is Family.SNARE
                assert family is not Family.PERCUSSION
        expected = -1 if heard is None else vocabulary.pitches.index(heard)
        assert ear.key_classes[key] == expected


def test_mapped_and_own_keys_on_one_position_are_one_hit_the_louder() -> None:
    events = HOUSE.encode([Note(0, 36, 50), Note(3, 35, 90)], Ear(HOUSE).key_classes)
    assert events.rows[:, :2].tolist() == [[0, 0]]
    assert events.sources.tolist() == [1]


def test_the_sentence_names_how_many_notes_and_which_keys() -> None:
    notes = [Note(0, 36, 100), *[Note(tick, 41, 90) for tick in range(3)], Note(5, 56, 90), Note(6, 3, 90)]
    hearsay = Hearsay.of(notes, Ear(HOUSE))
    assert hearsay.as_others == {(41, 43): 3}
    assert hearsay.unheard == {3: 1, 56: 1}
    assert hearsay.sentence == (
        "The drummer hears 3 notes as the closest drum it knows (Low floor tom (41) as Floor tom (43)) and does not "
        "hear 2 notes on keys it has no drum for (3, Cowbell (56)); your notes stay as they are."
    )


def test_nothing_is_said_when_all_is_heard() -> None:
    assert Hearsay.of([Note(0, 36, 100)], Ear(HOUSE)).sentence == ""
    assert Hearsay.of([], Ear(HOUSE)).sentence == ""


def test_a_melody_does_not_make_an_endless_sentence() -> None:
    melody = [Note(key, key, 100) for key in range(60, 110)]
    sentence = Hearsay.of(melody, Ear(HOUSE)).sentence
    assert "50 notes" in sentence
    assert "and 44 more" in sentence
    assert len(sentence) < 400


def test_classes_are_ready_to_look_up() -> None:
    classes = Ear(Vocabulary((36,))).key_classes
    assert classes.shape == (128,)
    assert classes.dtype == np.int64
