from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.timing import Metre
from drumapp.lstm.take_settings import BEFORE_ALL, Change, GeneratorSettings, Place

NUMBERS = st.floats(0, 10, allow_nan=False)
CHANGES = st.builds(
    Change,
    st.one_of(st.just(BEFORE_ALL), st.builds(Place, st.integers(0, 10**6), st.integers(0, 127))),
    NUMBERS,
    NUMBERS,
    st.one_of(st.none(), NUMBERS),
)
SETTINGS = st.builds(
    GeneratorSettings,
    seed=st.integers(0, 2**63 - 1),
    bars=st.one_of(st.none(), st.integers(1, 1000)),
    tempo=st.floats(20, 400, allow_nan=False),
    metre=st.builds(Metre, st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16, 32])),
    time_temperature=NUMBERS,
    pitch_temperature=NUMBERS,
    memory_range=NUMBERS,
    feel=st.booleans(),
    style=st.one_of(st.none(), st.text(max_size=10)),
    playable=st.booleans(),
    variation=st.integers(0, 1000),
    changes=st.lists(CHANGES, max_size=5).map(lambda made: tuple(sorted(made, key=lambda change: change.after))),
)


@given(SETTINGS)
def test_settings_come_back_from_json_the_same(settings: GeneratorSettings) -> None:
    text = json.dumps(settings.to_json(), allow_nan=False)
    assert GeneratorSettings.from_json(json.loads(text), settings.seed) == settings


def test_what_is_left_out_is_as_by_default() -> None:
    assert GeneratorSettings.from_json({}, 5) == GeneratorSettings(seed=5)


CHANGE = {"tick": 20, "key": 36, "time_temperature": 1.0, "pitch_temperature": 1.0, "fresh": None}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"tempo": "fast"}, "tempo"),
        ({"tempo": True}, "tempo"),
        ({"tempo": 1e999}, "tempo"),
        ({"tempo": 10**400}, "tempo"),
        ({"tempo": None}, "tempo"),
        ({"tempo": 5}, "tempo"),
        ({"bars": 1.5}, "bars"),
        ({"bars": 0}, "bars"),
        ({"metre": 4}, "metre"),
        ({"metre": "4"}, "metre"),
        ({"feel": 1}, "feel"),
        ({"playable": None}, "playable"),
        ({"style": 3}, "style"),
        ({"variation": -1}, "variation"),
        ({"variation": True}, "variation"),
        ({"changes": {}}, "changes"),
        ({"changes": "abc"}, "changes"),
        ({"changes": [3]}, "change"),
        ({"changes": [{**CHANGE, "tick": -40}]}, "tick -40"),
        ({"changes": [{**CHANGE, "key": 128}]}, "key 128"),
        ({"changes": [{**CHANGE, "key": "C"}]}, "key"),
        ({"changes": [{**CHANGE, "fresh": "new"}]}, "fresh"),
        ({"changes": [{**CHANGE, "time_temperature": 11}]}, "time temperature"),
        ({"changes": [{**CHANGE, "loudness": 1}]}, "loudness"),
        ({"changes": [{key: value for key, value in CHANGE.items() if key != "pitch_temperature"}]}, "pitch_temp"),
        ({"changes": [{**CHANGE, "tick": 40}, CHANGE]}, "order"),
        ({"swing": 0.5}, "swing"),
    ],
)
def test_json_that_makes_no_sense_is_refused_by_name(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        GeneratorSettings.from_json(fields, 0)


def test_changes_from_a_tick_on_can_be_left_behind() -> None:
    early, late = (Change(Place(position, 36), 1.0, 1.0) for position in (200, 1920))
    settings = GeneratorSettings(changes=(early, late))
    assert settings.up_to(1920).changes == (early,)
    assert settings.up_to(1921) == settings
