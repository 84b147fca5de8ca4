from __future__ import annotations

import numpy as np
import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.lstm.encoding import encode_events, encode_pattern
from drumapp.lstm.past import Past
from drumapp.lstm.presets import Architecture
from drumapp.lstm.stepper import Stepper
from drumapp.lstm.timeline import Timeline
from tests.lstm.drummers import SMALL, VOCABULARY, random_beat, random_model

LABELS = (2, 1)
CHANGING = MetreMap(
    (MetreChange(0, Metre(3, 4)), MetreChange(2880, Metre(7, 8)), MetreChange(2880 + 3 * 1680, Metre(4, 4)))
)
FASTER = TempoMap((TempoChange(0, 90.0), TempoChange(3000, 131.0), TempoChange(6000, 170.0)))


def columns_heard(pattern: Pattern, architecture: Architecture) -> list[list[int]]:
    """What encoding says the network hears of each event."""
    timeline = Timeline(pattern.tempo, pattern.metre)
    table = encode_events(
        VOCABULARY.encode(pattern.notes).rows,
        timeline,
        VOCABULARY,
        architecture.bar_memory,
        LABELS,
        without_struck=True,
    )
    columns = Stepper(random_model(architecture)).input_columns
    return table.rows[:, [table.columns.index(column) for column in columns]].tolist()


@pytest.mark.parametrize("metre", [MetreMap(), CHANGING], ids=["one metre", "changing metre"])
@pytest.mark.parametrize("tempo", [TempoMap(), FASTER], ids=["one tempo", "changing tempo"])
@pytest.mark.parametrize("silent_bars", [0, 1, 5])
@pytest.mark.parametrize("architecture", [SMALL, Architecture(1, 8, bar_memory=(3,), habits=False, labels=False)])
def test_the_past_event_by_event_many_at_once_and_encoding_tell_the_same(
    metre: MetreMap, tempo: TempoMap, silent_bars: int, architecture: Architecture
) -> None:
    beat = random_beat(silent_bars, notes=150, bars=9)
    moved = [note._replace(start=note.start + metre.bar_start(silent_bars)) for note in beat.notes]
    pattern = Pattern.of(moved, tempo=tempo, metre=metre)
    expected = columns_heard(pattern, architecture)
    timeline = Timeline(tempo, metre)
    rows = VOCABULARY.encode(pattern.notes).rows
    one_by_one = Past(architecture, VOCABULARY, timeline, LABELS)
    for count, event in enumerate(VOCABULARY.encode(pattern.notes).grid_notes()):
        one_by_one.append(event)
        assert one_by_one.heard == expected[count]
    for count in (1, 2, 40, len(rows)):
        at_once = Past(architecture, VOCABULARY, timeline, LABELS)
        at_once.extend(rows[:count])
        assert at_once.heard == expected[count - 1]
        assert (at_once.events, at_once.position, at_once.pitch) == (count, *rows[count - 1, :2].tolist())
        in_two = Past(architecture, VOCABULARY, timeline, LABELS)
        in_two.extend(rows[: count // 2])
        in_two.extend(rows[count // 2 : count])
        assert in_two.heard == at_once.heard
        assert in_two.struck(in_two.position + 5) == at_once.struck(at_once.position + 5)


def test_rows_from_an_event_on_are_those_of_the_whole() -> None:
    pattern = random_beat(7, notes=120)
    rows = VOCABULARY.encode(pattern.notes).rows
    timeline = Timeline(pattern.tempo, pattern.metre)
    whole = encode_events(rows, timeline, VOCABULARY, (1, 2), LABELS)
    for first in (0, 1, 60, len(rows) - 1, len(rows)):
        part = encode_events(rows, timeline, VOCABULARY, (1, 2), LABELS, first=first)
        np.testing.assert_array_equal(part.rows, whole.rows[first:])


@pytest.mark.parametrize("metre", [Metre(4, 4), Metre(7, 8), Metre(7, 16)])
def test_bars_of_silence_before_the_first_note_are_not_told(metre: Metre) -> None:
    beat = random_beat(2, notes=80, metre=metre)
    late = Pattern.of(
        [note._replace(start=note.start + 8 * metre.ticks_per_bar) for note in beat.notes], metre=beat.metre
    )
    table, late_table = (encode_pattern(pattern, VOCABULARY, (1, 2)) for pattern in (beat, late))
    np.testing.assert_array_equal(late_table.rows, table.rows)


def test_a_first_note_late_in_its_bar_keeps_its_delay() -> None:
    table = encode_pattern(Pattern.of([Note(3 * 1920 + 480, 36, 100)]), VOCABULARY, ())
    assert table.column("delay").tolist() == [24]
