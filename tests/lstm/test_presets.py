from __future__ import annotations

import pytest

from drumapp.lstm.presets import PRESETS

FINE_TUNE = PRESETS["fine-tune"]


def test_small_material_takes_the_events_that_are_said_and_large_material_its_passes() -> None:
    said, passes = FINE_TUNE.optimisation.events, FINE_TUNE.optimisation.passes
    assert FINE_TUNE.for_material(1000) == FINE_TUNE
    assert FINE_TUNE.for_material(said).optimisation.events == passes * said


def test_whoever_sets_the_events_means_them() -> None:
    assert FINE_TUNE.changed({"events": 500}).for_material(10**6).optimisation.events == 500
    both = FINE_TUNE.changed({"events": 500, "passes": 2})
    assert both.for_material(10**6).optimisation.events == 2 * 10**6
    assert FINE_TUNE.changed({"batch": 8}).optimisation.passes == FINE_TUNE.optimisation.passes


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if not preset.optimisation.passes])
def test_other_presets_take_what_they_say(name: str) -> None:
    assert PRESETS[name].for_material(10**9) == PRESETS[name]


@pytest.mark.parametrize("passes", [-1, 1.5, True, None])
def test_passes_that_make_no_sense_are_refused_by_name(passes: object) -> None:
    with pytest.raises(ValueError, match="passes"):
        FINE_TUNE.changed({"passes": passes})
