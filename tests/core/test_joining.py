"""Excerpts and joins: what is taken apart at a bar line goes together again."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from drumapp.core.editing import NOTHING, append_pattern, excerpt, excerpt_selection
from drumapp.core.pattern import Note, Pattern, check_note
from drumapp.core.timing import Metre, MetreChange, MetreMap, Range, TempoChange, TempoMap

METRES = st.builds(Metre, st.integers(1, 9), st.sampled_from([2, 4, 8, 16]))
TICKS = st.integers(0, 9000)
unhurried = settings(deadline=None)


@st.composite
def tempo_maps(draw: st.DrawFn) -> TempoMap:
    """Tempo maps in which every change is one."""
    changes = [TempoChange(0, draw(st.integers(60, 62)))]
    for tick in sorted(draw(st.sets(st.integers(1, 9000), max_size=4))):
        bpm = draw(st.integers(60, 62))
        if bpm != changes[-1].bpm:
            changes.append(TempoChange(tick, bpm))
    return TempoMap(tuple(changes))


@st.composite
def metre_maps(draw: st.DrawFn) -> MetreMap:
    """Metre maps whose changes lie anywhere, so that they cut bars short, and may change nothing else."""
    ticks = sorted(draw(st.sets(st.integers(1, 9000), max_size=4)))
    return MetreMap(tuple(MetreChange(tick, draw(METRES)) for tick in (0, *ticks)))


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Any pattern: crowded, with notes that sound or start past its end."""
    note = st.builds(Note, TICKS, st.sampled_from([36, 38]), st.integers(1, 127), st.integers(1, 3000))
    return Pattern.of(
        draw(st.lists(note, max_size=12)),
        length=draw(st.integers(0, 8000)),
        tempo=draw(tempo_maps()),
        metre=draw(metre_maps()),
        name=draw(st.sampled_from(["", "Verse"])),
    )


spans = st.tuples(TICKS, TICKS).map(lambda ends: Range(min(ends), max(ends)))


@given(pattern=patterns(), span=spans)
@unhurried
def test_an_excerpt_holds_what_the_span_holds_at_every_tick(pattern: Pattern, span: Range) -> None:
    taken = excerpt(pattern, span)
    assert taken.length == span.length
    assert taken.name == pattern.name
    heard = [note for note in pattern.notes if note.start in span and note.start < pattern.length]
    assert taken.notes == tuple(note._replace(start=note.start - span.start) for note in heard)
    assert taken == Pattern.of(taken.notes, length=span.length, tempo=taken.tempo, metre=taken.metre, name=taken.name)
    for tick in {0, span.length // 3, max(span.length - 1, 0)}:
        assert taken.tempo.bpm_at(tick) == pattern.tempo.bpm_at(span.start + tick)
        assert taken.metre.metre_at(tick) == pattern.metre.metre_at(span.start + tick)
    assert all(change.tick < max(span.length, 1) for change in taken.metre.changes + taken.tempo.changes)


@given(pattern=patterns())
@unhurried
def test_the_whole_as_an_excerpt_is_what_can_be_seen(pattern: Pattern) -> None:
    whole = excerpt(pattern, Range(0, pattern.length))
    assert whole.notes == tuple(note for note in pattern.notes if note.start < pattern.length)
    assert excerpt(whole, Range(0, whole.length)) == whole


@given(pattern=patterns(), data=st.data())
@unhurried
def test_what_is_cut_at_the_end_of_a_whole_bar_goes_together_again(pattern: Pattern, data: st.DataObject) -> None:
    whole = excerpt(pattern, Range(0, pattern.length))
    cut = whole.metre.bar_start(data.draw(st.integers(0, max(whole.bars - 1, 0))))
    first, second = excerpt(whole, Range(0, cut)), excerpt(whole, Range(cut, whole.length))
    # A bar that a change of metre had cut short is a whole one again where the change is no longer there.
    assume(first.metre.bar_start(first.bars) == cut)
    again = append_pattern(first, second)
    assert (again.notes, again.length, again.tempo, again.name) == (
        whole.notes,
        whole.length,
        whole.tempo,
        whole.name,
    )
    bars = range(whole.bars)
    assert [again.metre.bar_start(bar) for bar in bars] == [whole.metre.bar_start(bar) for bar in bars]
    ticks = range(0, whole.length, 97)
    assert [again.metre.metre_at(tick) for tick in ticks] == [whole.metre.metre_at(tick) for tick in ticks]


@given(first=patterns(), second=patterns())
@unhurried
def test_a_join_plays_the_first_then_the_second(first: Pattern, second: Pattern) -> None:
    both = append_pattern(first, second)
    seam = both.length - second.length
    assert seam == first.metre.bar_start(first.bars)
    assert first.length <= seam
    assert both.metre.bar_start(both.metre.bar_at(seam)) == seam
    assert both.name == first.name
    for note in both.notes:
        check_note(note)
    assert list(both.notes) == sorted(both.notes)
    if first.length:
        assert excerpt(both, Range(0, first.length)) == excerpt(first, Range(0, first.length))
    tail = excerpt(both, Range(seam, both.length))
    expected = excerpt(second, Range(0, second.length))
    assert (tail.notes, tail.tempo, tail.metre) == (expected.notes, expected.tempo, expected.metre)


@given(first=patterns(), second=patterns())
@unhurried
def test_a_join_tells_a_change_at_the_seam_only_where_there_is_one(first: Pattern, second: Pattern) -> None:
    both = append_pattern(first, second)
    seam = both.length - second.length
    before = [change for change in first.tempo.changes if change.tick < seam]
    told = any(change.tick == seam for change in both.tempo.changes)
    assert told == (not before or before[-1].bpm != second.bpm)


def test_an_appended_bar_of_the_same_tempo_and_metre_leaves_the_maps_alone() -> None:
    beat = Pattern.of([Note(0, 36, 100)], tempo=TempoMap.constant(97), metre=MetreMap.constant(Metre(7, 8)))
    both = append_pattern(beat, beat)
    assert (both.tempo, both.metre, both.length) == (beat.tempo, beat.metre, 2 * 1680)
    assert [note.start for note in both.notes] == [0, 1680]


def test_a_begun_bar_is_finished_first() -> None:
    beat = Pattern.of([Note(0, 36, 100), Note(500, 38, 100)], length=400)
    both = append_pattern(beat, Pattern.of([Note(10, 42, 90)], length=100, metre=MetreMap.constant(Metre(3, 4))))
    assert both.notes == (Note(0, 36, 100), Note(1930, 42, 90))
    assert both.length == 2020
    assert both.metre.changes == (MetreChange(0, Metre()), MetreChange(1920, Metre(3, 4)))


def test_to_an_empty_pattern_the_other_is_all_there_is() -> None:
    other = Pattern.of([Note(0, 36, 100)], tempo=TempoMap.constant(90), metre=MetreMap.constant(Metre(3, 4)), name="B")
    assert append_pattern(Pattern(name="A"), other) == Pattern(other.notes, other.length, other.tempo, other.metre, "A")


def test_a_selection_is_taken_with_the_bars_that_hold_it() -> None:
    notes = [Note(100, 36, 100), Note(2000, 38, 90), Note(3000, 42, 80), Note(4000, 42, 70), Note(9000, 42, 60)]
    pattern = Pattern.of(notes)
    taken = excerpt_selection(pattern, frozenset({notes[1], notes[3]}))
    assert taken.notes == (Note(80, 38, 90), Note(2080, 42, 70))
    assert taken.length == 2 * 1920


@given(pattern=patterns(), mask=st.integers(0, 2**12 - 1))
@unhurried
def test_a_selections_excerpt_holds_it_and_nothing_else(pattern: Pattern, mask: int) -> None:
    selection = frozenset(note for index, note in enumerate(pattern.notes) if mask >> index & 1)
    seen = sorted(note for note in selection if note.start < pattern.length)
    if not seen:
        with pytest.raises(ValueError, match="empty"):
            excerpt_selection(pattern, selection)
        return
    taken = excerpt_selection(pattern, selection)
    first = pattern.metre.bar_start(pattern.metre.bar_at(seen[0].start))
    assert taken.notes == tuple(note._replace(start=note.start - first) for note in seen)
    assert taken.notes[-1].start < taken.length
    assert taken.bars == pattern.metre.bar_at(seen[-1].start) - pattern.metre.bar_at(seen[0].start) + 1


def test_nothing_selected_is_nothing_to_take() -> None:
    with pytest.raises(ValueError, match="empty"):
        excerpt_selection(Pattern.of([Note(0, 36, 100)]), NOTHING)
