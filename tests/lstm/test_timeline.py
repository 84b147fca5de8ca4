from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.timing import Metre, MetreChange, MetreMap, TempoChange, TempoMap
from drumapp.lstm.timeline import Timeline
from drumapp.lstm.vocabulary import tempo_class

METRES = st.builds(Metre, st.integers(1, 16), st.sampled_from([2, 4, 8, 16, 32]))


@given(
    metres=st.lists(st.tuples(METRES, st.integers(1, 8)), min_size=1, max_size=5),
    tempos=st.lists(st.tuples(st.floats(20, 400), st.integers(20, 4000)), min_size=1, max_size=5),
    positions=st.lists(st.integers(0, 5000), min_size=1, max_size=30),
)
def test_one_position_and_many_are_told_the_same_and_as_the_maps_have_it(
    metres: list[tuple[Metre, int]], tempos: list[tuple[float, int]], positions: list[int]
) -> None:
    changes, tick = [], 0
    for metre, bars in metres:
        changes.append(MetreChange(tick, metre))
        tick += bars * metre.ticks_per_bar
    metre_map = MetreMap(tuple(changes))
    tempo_changes, tick = [], 0
    for bpm, length in tempos:
        tempo_changes.append(TempoChange(tick, bpm))
        tick += length
    tempo_map = TempoMap(tuple(tempo_changes))
    timeline = Timeline(tempo_map, metre_map)
    starts, lengths = timeline.bars_of(np.array(positions))
    classes = timeline.tempo_classes(np.array(positions))
    for position, start, length, tempo in zip(positions, starts.tolist(), lengths.tolist(), classes, strict=True):
        assert timeline.bar_of(position) == (start, length)
        assert start * 20 == metre_map.bar_start(metre_map.bar_at(position * 20))
        assert length * 20 == metre_map.metre_at(position * 20).ticks_per_bar
        assert timeline.tempo_class(position) == tempo == tempo_class(tempo_map.bpm_at(position * 20))


def test_a_metre_that_changes_off_the_grid_changes_at_the_nearest_grid_position() -> None:
    timeline = Timeline(TempoMap(), MetreMap((MetreChange(0, Metre(4, 4)), MetreChange(1927, Metre(3, 4)))))
    assert timeline.bar_of(95) == (0, 96)
    assert timeline.bar_of(96) == (96, 72)
