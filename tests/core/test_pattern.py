from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drumapp.core.pattern import InvalidNoteError, Note, Pattern
from drumapp.core.timing import Metre, MetreMap, Range, TempoMap

notes = st.lists(
    st.builds(Note, st.integers(0, 20_000), st.integers(0, 127), st.integers(1, 127), st.integers(1, 500)), max_size=60
)


@given(listed=notes)
def test_a_pattern_is_sorted_and_long_enough_for_its_notes(listed: list[Note]) -> None:
    pattern = Pattern.of(listed)
    assert list(pattern.notes) == sorted(listed)
    assert pattern.length % 1920 == 0
    assert all(note.start < pattern.length for note in listed)


@given(first=notes, second=notes)
def test_added_notes_end_up_where_they_belong(first: list[Note], second: list[Note]) -> None:
    assert Pattern.of(first).with_notes(second).notes == Pattern.of(first + second).notes


@given(listed=notes, start=st.integers(0, 20_000), length=st.integers(0, 5000))
def test_between_finds_what_starts_in_the_range(listed: list[Note], start: int, length: int) -> None:
    span = Range(start, start + length)
    assert list(Pattern.of(listed).between(span)) == sorted(note for note in listed if note.start in span)


def test_length_bars_and_seconds_agree() -> None:
    pattern = Pattern.of([], length=1680 * 4, tempo=TempoMap.constant(60), metre=MetreMap.constant(Metre(7, 8)))
    assert (pattern.bars, pattern.seconds, pattern.bpm, pattern.first_metre) == (4, 14.0, 60, Metre(7, 8))
    assert Pattern().bars == 0


def test_without_notes_keeps_all_else() -> None:
    pattern = Pattern.of([Note(0, 36, 100)], length=3840, name="x")
    assert pattern.without_notes() == Pattern.of([], length=3840, name="x")


@pytest.mark.parametrize(
    ("note", "field"),
    [
        (Note(-1, 36, 100), "start"),
        (Note(0, 128, 100), "pitch"),
        (Note(0, -1, 100), "pitch"),
        (Note(0, 36, 0), "velocity"),
        (Note(0, 36, 128), "velocity"),
        (Note(0, 36, 100, 0), "duration"),
    ],
)
def test_a_bad_note_is_refused_by_field(note: Note, field: str) -> None:
    with pytest.raises(InvalidNoteError, match=field):
        Pattern.of([note])
    with pytest.raises(InvalidNoteError, match=field):
        Pattern().with_notes([note])


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        Pattern.of([], length=-1)


def test_core_imports_with_nothing_installed() -> None:
    """Isolated from site-packages, every module of core still imports."""
    code = (
        "import pkgutil, sys; sys.path.insert(0, '.'); import drumapp.core as core; "
        "[__import__('drumapp.core.' + m.name) for m in pkgutil.iter_modules(core.__path__)]"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
