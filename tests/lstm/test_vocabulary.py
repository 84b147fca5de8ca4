from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.pattern import Note
from drumapp.lstm.vocabulary import (
    TICKS_PER_GRID,
    GridNote,
    Vocabulary,
    position_class,
    tempo_class,
    velocity_class,
    velocity_of_class,
)

VOCABULARY = Vocabulary((36, 38, 42), ("funk",))


@given(start=st.integers(0, 10**6), pitch=st.sampled_from((36, 38, 42)), velocity=st.integers(1, 127))
def test_a_note_keeps_its_place_to_the_tick_and_its_velocity_to_two(start: int, pitch: int, velocity: int) -> None:
    (grid_note,) = VOCABULARY.encode([Note(start, pitch, velocity)]).grid_notes()
    note = VOCABULARY.decode(grid_note)
    assert (note.start, note.pitch) == (start, pitch)
    assert abs(note.velocity - velocity) <= 2
    assert 1 <= note.velocity <= 127


@given(start=st.integers(0, 10**6))
def test_without_feel_a_note_lies_on_the_nearest_grid_position(start: int) -> None:
    (grid_note,) = VOCABULARY.encode([Note(start, 36, 100)]).grid_notes()
    note = VOCABULARY.decode(grid_note, feel=False)
    assert note.start % TICKS_PER_GRID == 0
    assert abs(note.start - start) <= TICKS_PER_GRID // 2


def test_of_two_hits_of_a_drum_on_one_position_the_louder_stays() -> None:
    events = VOCABULARY.encode([Note(0, 36, 40), Note(3, 36, 120), Note(5, 38, 10)])
    kept = events.grid_notes()
    assert events.sources.tolist() == [1, 2]
    assert [(note.position, note.pitch) for note in kept] == [(0, 0), (0, 1)]
    assert kept[0].velocity == velocity_class(120)


def test_drums_without_a_word_are_left_out() -> None:
    assert len(VOCABULARY.encode([Note(0, 60, 100)])) == 0
    assert len(VOCABULARY.encode([])) == 0


def test_a_note_pulled_before_the_start_stays_at_the_start() -> None:
    assert VOCABULARY.decode(GridNote(0, 0, 10, 0)).start == 0


def test_every_velocity_class_gives_a_midi_velocity_of_that_class() -> None:
    for step in range(32):
        assert velocity_class(velocity_of_class(step)) == step


def test_classes_stay_in_their_range() -> None:
    assert Vocabulary((36,)).delay_class(5000) == 96
    assert position_class(192) == 0
    assert tempo_class(None) == 0
    assert [tempo_class(bpm) for bpm in (20, 59, 60, 120, 400)] == [1, 1, 2, 5, 8]


def test_an_unknown_style_is_named_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"polka.*funk"):
        VOCABULARY.style_class("polka")


@pytest.mark.parametrize("pitches", [(), (38, 36), (36, 36), (-1,), (128,)])
def test_keys_must_be_midi_keys_in_order(pitches: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="drum keys"):
        Vocabulary(pitches)


def test_more_drums_than_bits_are_refused() -> None:
    with pytest.raises(ValueError, match="62 drums"):
        Vocabulary(tuple(range(63)))


@pytest.mark.parametrize(
    "value", [{}, {"pitches": "36"}, {"pitches": [36.5]}, {"pitches": [36], "styles": [1]}, {"pitches": [True]}]
)
def test_json_that_is_no_vocabulary_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="list of"):
        Vocabulary.from_json(value)


def test_json_comes_back_the_same() -> None:
    assert Vocabulary.from_json(VOCABULARY.to_json()) == VOCABULARY
