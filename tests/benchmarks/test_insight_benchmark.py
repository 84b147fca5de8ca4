"""What the drummer thinks is measured as the window asks for it."""

import pytest

from benchmarks.insight import louder, measure
from drumapp.core.pattern import Note, Pattern


def test_an_edit_changes_one_note() -> None:
    pattern = Pattern.of([Note(0, 36, 120), Note(480, 38, 90)])
    assert louder(pattern, 0, 16).notes == (Note(0, 36, 9), Note(480, 38, 90))
    assert louder(pattern, -1, 8).notes == (Note(0, 36, 120), Note(480, 38, 98))


def test_all_is_measured() -> None:
    figures = measure(60, rounds=1)
    assert figures["notes"] == pytest.approx(60)
    assert all(figures[name] > 0 for name in ("first_ms", "first_bar_ms", "last_bar_ms", "window_gap_max_ms"))
