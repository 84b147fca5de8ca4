import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.kit_map import BUILT_IN_KIT_MAPS, GENERAL_MIDI
from drumapp.port_choices import (
    CLICK_KEYS,
    InputChoice,
    OutputChoice,
    changed,
    input_from_stored,
    output_from_stored,
    to_stored,
)

MAPS = {kit_map.name: kit_map for kit_map in BUILT_IN_KIT_MAPS}
names = st.text(min_size=1, max_size=20)
offsets = st.floats(-500, 500)
outputs = st.builds(
    OutputChoice,
    names,
    st.booleans(),
    st.integers(1, 16),
    names,
    offsets,
    st.none() | st.lists(st.integers(0, 127), max_size=5).map(tuple),
    st.sampled_from(["note-off", "pressure"]),
    st.booleans(),
    st.booleans(),
)
inputs = st.builds(InputChoice, names, st.booleans(), st.none() | st.integers(1, 16), names, offsets, st.booleans())


@given(output=outputs, entry=inputs)
def test_what_is_stored_comes_back(output: OutputChoice, entry: InputChoice) -> None:
    assert output_from_stored(json.loads(json.dumps(to_stored(output)))) == output
    assert input_from_stored(json.loads(json.dumps(to_stored(entry)))) == entry
    assert output.settings(MAPS).port == output.port
    assert entry.settings(MAPS).channel == entry.channel


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {},
        {"port": ""},
        {"port": 3},
        {"port": "a", "on": 1},
        {"port": "a", "channel": 0},
        {"port": "a", "channel": True},
        {"port": "a", "channel": 2.5},
        {"port": "a", "offset_ms": "1"},
        {"port": "a", "offset_ms": float("nan")},
        {"port": "a", "offset_ms": 501},
        {"port": "a", "kit_map": None},
    ],
)
def test_nonsense_is_refused(stored: object) -> None:
    for read in (output_from_stored, input_from_stored):
        with pytest.raises(ValueError, match=r"port|switch|channel|offset"):
            read(stored)


@pytest.mark.parametrize("stored", [{"choke": "hand"}, {"keys": 5}, {"keys": [200]}, {"keys": ["a"]}, {"click": None}])
def test_an_output_s_own_nonsense_too(stored: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"choke|keys|switch"):
        output_from_stored({"port": "a", **stored})


def test_what_the_playing_process_gets() -> None:
    choice = OutputChoice("TD-17", channel=3, kit_map="Roland TD", keys=(36, 38), click=True)
    settings = choice.settings(MAPS)
    assert settings.kit_map.name == "Roland TD"
    assert settings.keys == {36, 38}
    assert settings.click_keys == CLICK_KEYS
    assert OutputChoice("x", kit_map="gone").settings(MAPS).kit_map is GENERAL_MIDI


def test_a_port_is_changed_in_its_place() -> None:
    one, two = OutputChoice("one"), OutputChoice("two")
    assert changed((), one) == (one,)
    assert changed((one, two), OutputChoice("one", on=False)) == (OutputChoice("one", on=False), two)
