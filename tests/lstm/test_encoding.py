from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap
from drumapp.lstm import bar_memory
from drumapp.lstm.bar_memory import BarMemory
from drumapp.lstm.encoding import Labels, encode_pattern, join, without_labels
from drumapp.lstm.grid import HOUSE_GRID
from drumapp.lstm.habits import HABITS, Habits
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import VELOCITY_STEPS
from tests.lstm.drummers import VOCABULARY, random_beat

BARS_BACK = (1, 2, 4)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    metre=st.sampled_from([Metre(4, 4), Metre(7, 8), Metre(3, 4), Metre(15, 16)]),
    most_hits=st.sampled_from([1, 10, bar_memory.MOST_HITS]),
)
def test_a_whole_file_at_once_and_one_event_at_a_time_remember_the_same(
    seed: int, metre: Metre, most_hits: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bar_memory, "MOST_HITS", most_hits)
        _compare_at_once_with_one_by_one(seed, metre)


def _compare_at_once_with_one_by_one(seed: int, metre: Metre) -> None:
    pattern = random_beat(seed, metre=metre, notes=120)
    table = encode_pattern(pattern, VOCABULARY, BARS_BACK)
    memory = BarMemory(Timeline(pattern.tempo, pattern.metre), BARS_BACK)
    habits = Habits()
    last_velocity = [VELOCITY_STEPS] * len(VOCABULARY.pitches)
    for row, note in enumerate(VOCABULARY.encode(pattern.notes).grid_notes()):
        struck = [int(table.column("struck_now")[row])]
        for bars in BARS_BACK:
            struck += [int(table.column(f"struck_{bars}")[row]), int(table.column(f"near_{bars}")[row])]
        assert memory.struck(note.position) == struck
        assert table.column("last_velocity")[row] == last_velocity[note.pitch]
        memory.append(note.position, note.pitch)
        last_velocity[note.pitch] = note.velocity
        habits.append(note.position)
        assert habits.classes(note.position) == tuple(int(table.column(habit)[row]) for habit in HABITS)
        expected = [
            (int(table.column(f"next_delay_{bars}")[row]), int(table.column(f"next_pitch_{bars}")[row]))
            for bars in BARS_BACK
        ]
        assert memory.next_events(note.position, note.pitch) == expected
        assert table.column("position")[row] == note.position % (metre.ticks_per_bar // HOUSE_GRID.ticks)


def test_a_repeated_bar_finds_itself_one_bar_ago() -> None:
    bar = [Note(0, 36, 100), Note(480, 42, 80), Note(960, 38, 100)]
    notes = bar + [note._replace(start=note.start + 1920) for note in bar]
    table = encode_pattern(Pattern.of(notes), VOCABULARY, (1,))
    # After the second bar's kick: a quarter later the hat, as a bar ago.
    assert table.column("next_delay_1")[3] == 24 + 1
    assert table.column("next_pitch_1")[3] == VOCABULARY.pitches.index(42) + 1
    assert table.column("struck_1")[4] == 1 << VOCABULARY.pitches.index(42)


def test_bars_are_counted_anew_where_the_metre_changes() -> None:
    metre = MetreMap((MetreChange(0, Metre(3, 4)), MetreChange(1440, Metre(4, 4))))
    notes = [Note(0, 36, 100), Note(1440, 36, 100), Note(1440 + 1920 + 240, 38, 100)]
    table = encode_pattern(Pattern.of(notes, metre=metre), VOCABULARY, (1,))
    assert table.column("position").tolist() == [0, 0, 12]


def test_labels_are_told_where_known() -> None:
    table = encode_pattern(random_beat(1), VOCABULARY, (), Labels("rock", "fill"))
    assert set(table.column("style")) == {2}
    assert set(table.column("kind")) == {2}
    assert set(without_labels(table).column("style")) == {0}
    assert set(encode_pattern(random_beat(1), VOCABULARY, (), Labels("polka")).column("style")) == {0}


def test_joined_tables_come_apart_again() -> None:
    tables = [encode_pattern(random_beat(seed, notes=20 + seed), VOCABULARY, (1,)) for seed in range(3)]
    empty = encode_pattern(Pattern(), VOCABULARY, (1,))
    joined = join([tables[0], empty, *tables[1:]])
    for piece, table in zip(joined.pieces, tables, strict=True):
        np.testing.assert_array_equal(piece.rows, table.rows)


def test_nothing_to_join_is_an_error() -> None:
    with pytest.raises(ValueError, match="no event"):
        join([encode_pattern(Pattern(), VOCABULARY, ())])
