"""The rules every edit keeps, whatever it does: held against random patterns, selections and arguments."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core import editing
from drumapp.core.editing import NOTHING, OFF, Edited, Grid, Selection
from drumapp.core.kit import DrumKit, general_midi_lane
from drumapp.core.pattern import Note, Pattern, check_note
from drumapp.core.timing import Metre, MetreChange, MetreMap, Range

KEYS = (49, 42, 38, 36)
KIT = DrumKit("Four", tuple(general_midi_lane(key) for key in KEYS))

unhurried = settings(deadline=None)  # what is tested here is never how long it takes

metres = st.sampled_from(
    [
        MetreMap(),
        MetreMap.constant(Metre(7, 8)),
        MetreMap.constant(Metre(15, 16)),
        MetreMap((MetreChange(0, Metre(3, 4)), MetreChange(2000, Metre(5, 8)))),
    ]
)
grids = st.sampled_from(editing.GRIDS)
keys = st.sampled_from(KEYS)
ticks = st.integers(-5000, 5000)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    """Crowded patterns: double strikes, notes that sound or even start past the end, an empty one now and then."""
    length = draw(st.sampled_from([0, 1, 500, 1920, 3840]))
    starts = st.one_of(st.integers(0, 4000), st.sampled_from([0, 60, 120, 480, 499, 1919]))
    note = st.builds(Note, starts, keys, st.integers(1, 127), st.integers(1, 700))
    return Pattern.of(draw(st.lists(note, max_size=14)), length=length, metre=draw(metres), name="p")


@st.composite
def selected(draw: st.DrawFn) -> tuple[Pattern, Selection]:
    """A pattern and some of its notes, or all, sometimes with one that is no longer there."""
    pattern = draw(patterns())
    mask = draw(st.one_of(st.just(-1), st.integers(0, 2**14 - 1)))
    chosen = frozenset(note for index, note in enumerate(pattern.notes) if mask >> index & 1)
    stale = draw(st.sampled_from([NOTHING, frozenset({Note(77, 36, 99, 13)})]))
    return pattern, chosen | stale


Edit = Callable[[Pattern, Selection], Edited]


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, Edit]:
    """An edit of a selection with random arguments."""
    amount, grid, key = draw(ticks), draw(grids), draw(keys)
    small, percent = draw(st.integers(0, 127)), draw(st.integers(0, 100))
    velocity, other = draw(st.integers(1, 127)), draw(st.integers(1, 127))
    choices: dict[str, Edit] = {
        "remove": editing.remove,
        "move": lambda p, s: editing.move(p, s, amount, small % 7 - 3, KIT),
        "copy_move": lambda p, s: editing.copy_move(p, s, amount, small % 7 - 3, KIT),
        "nudge": lambda p, s: editing.nudge(p, s, small - 64, grid),
        "move_to_lane": lambda p, s: editing.move_to_lane(p, s, key),
        "resize": lambda p, s: editing.resize(p, s, amount),
        "set_duration": lambda p, s: editing.set_duration(p, s, abs(amount) + 1),
        "set_velocity": lambda p, s: editing.set_velocity(p, s, velocity),
        "shift_velocity": lambda p, s: editing.shift_velocity(p, s, velocity - other),
        "scale_velocity": lambda p, s: editing.scale_velocity(p, s, percent * 3),
        "ramp_velocity": lambda p, s: editing.ramp_velocity(p, s, velocity, other),
        "randomise_velocity": lambda p, s: editing.randomise_velocity(p, s, small, 7),
        "quantise": lambda p, s: editing.quantise(p, s, grid, strength=percent, swing=50 + small % 26),
        "humanise": lambda p, s: editing.humanise(p, s, 3, ticks=small, velocity=percent),
        "reverse": editing.reverse,
        "thin_out": lambda p, s: editing.thin_out(p, s, 2 + small % 3),
        "duplicate": lambda p, s: editing.duplicate(p, s, grid),
        "paste": lambda p, s: editing.paste(p, editing.copy(p, s, grid), amount),
    }
    name = draw(st.sampled_from(sorted(choices)))
    return name, choices[name]


KEEPS_OLD = {"copy_move", "duplicate", "paste"}


@unhurried
@given(both=selected(), named=edits())
def test_every_edit_keeps_the_rules(both: tuple[Pattern, Selection], named: tuple[str, Edit]) -> None:
    (before, selection), (name, edit) = both, named
    inside = frozenset(note for note in before.notes if note.start < before.length)
    chosen = selection & inside
    after, now = edit(before, selection)

    assert list(after.notes) == sorted(after.notes)
    assert (after.length, after.metre, after.tempo, after.name) == (before.length, before.metre, before.tempo, "p")
    assert now <= frozenset(after.notes), "what is selected is in the pattern"
    for note in after.notes:
        check_note(note)
    fresh = frozenset(after.notes) - frozenset(before.notes)
    assert fresh <= now, "what is new is selected"
    assert all(note.start < after.length for note in now)
    tails = {(note.start, note.duration) for note in chosen}
    assert all(note.stop <= after.length or (note.start, note.duration) in tails for note in fresh)

    assert edit(before, selection) == (after, now), "the same edit gives the same result"
    if after == before:
        assert after is before, "no change, nothing to undo"
        return
    places = [note[:2] for note in after.notes]
    put = set() if name == "thin_out" else {note[:2] for note in now}  # which only takes notes out
    assert all(places.count(place) == 1 for place in put), "no double strike where the edit put a note"
    untouched = [n for n in before.notes if n not in chosen and n[:2] not in put]
    if name in KEEPS_OLD:
        untouched += [n for n in chosen if n[:2] not in put]
    assert frozenset(untouched) <= frozenset(after.notes), "what is neither selected nor overwritten stays"
    allowed = frozenset(untouched) | now
    assert frozenset(after.notes) <= allowed, "and nothing else is left"


@unhurried
@given(
    pattern=patterns(),
    start=st.integers(0, 4000),
    span=st.integers(0, 3000),
    grid=grids,
    key=keys,
    every=st.integers(1, 5),
)
def test_filling_adds_only_in_free_cells(
    pattern: Pattern, start: int, span: int, grid: Grid, key: int, every: int
) -> None:
    within = Range(start, start + span)
    filled, added = editing.fill_every(pattern, [key], within, every, grid, velocity=50)
    assert frozenset(pattern.notes) <= frozenset(filled.notes)
    assert sorted([*pattern.notes, *added]) == list(filled.notes)
    assert all(note.start in within and note.stop <= pattern.length for note in added)
    assert editing.fill_every(filled, [key], within, every, grid, velocity=99).pattern is filled


@unhurried
@given(pattern=patterns(), start=st.integers(0, 4000), span=st.integers(0, 3000), grid=grids, key=keys)
def test_a_cell_is_free_when_no_note_of_the_whole_pattern_plays_its_line(
    pattern: Pattern, start: int, span: int, grid: Grid, key: int
) -> None:
    run = editing.paint_run(pattern, key, start, start + span, grid)
    starts = [note.start for note in pattern.notes if note.pitch == key and note.start < pattern.length]
    played = set(editing.nearest_lines(grid, pattern.metre, starts, pattern.length))
    if grid.is_off:
        lines = range(start, start + span + 1, 60)
    else:
        lines = grid.lines(Range(grid.floor(start, pattern.metre), start + span + 1), pattern.metre)

    assert sorted(note.start for note in run.selection) == [
        line for line in lines if line < pattern.length and line not in played
    ]


@unhurried
@given(pattern=patterns(), start=ticks, stop=ticks, grid=grids, key=keys)
def test_a_painted_run_is_full_and_does_not_depend_on_direction(
    pattern: Pattern, start: int, stop: int, grid: Grid, key: int
) -> None:
    run = editing.paint_run(pattern, key, start, stop, grid)
    assert sorted([*pattern.notes, *run.selection]) == list(run.pattern.notes)
    if not grid.is_off:
        assert editing.paint_run(pattern, key, stop, start, grid) == run
        assert editing.paint_run(run.pattern, key, start, stop, grid).pattern is run.pattern


@unhurried
@given(pattern=patterns(), tick=ticks, grid=grids, key=keys)
def test_toggling_an_empty_cell_twice_gives_the_pattern_back(pattern: Pattern, tick: int, grid: Grid, key: int) -> None:
    once = editing.toggle(pattern, tick, key, grid)
    if once.selection:
        assert len(once.pattern) == len(pattern) + 1
        assert editing.toggle(once.pattern, tick, key, grid).pattern == pattern


@unhurried
@given(pattern=patterns(), start=st.integers(0, 4000), span=st.integers(0, 3000), chosen=st.sets(keys))
def test_a_cleared_region_is_empty_and_all_else_stays(
    pattern: Pattern, start: int, span: int, chosen: set[int]
) -> None:
    within = Range(start, start + span)
    left = editing.clear_region(pattern, within, chosen).pattern.notes
    gone = [n for n in pattern.notes if n.start in within and n.start < pattern.length and n.pitch in chosen]
    assert sorted([*left, *gone]) == list(pattern.notes)


def _spaced(pattern: Pattern) -> Pattern:
    """Notes in the middle of a long pattern, each far from every other and no two at one place."""
    notes = [Note(20_000 + 10_000 * index, n.pitch, n.velocity, n.duration) for index, n in enumerate(pattern.notes)]
    return Pattern.of(notes, length=500_000, metre=pattern.metre)


@unhurried
@given(both=selected(), distance=ticks, rows=st.integers(-3, 3), grid=grids)
def test_opposite_moves_undo_each_other(both: tuple[Pattern, Selection], distance: int, rows: int, grid: Grid) -> None:
    pattern = _spaced(both[0])
    selection = frozenset(pattern.notes[::2])
    there = editing.move(pattern, selection, distance)
    assert editing.move(*there, -distance) == (pattern, selection)
    inner = frozenset(note for note in selection if 0 <= KIT.row_of_key[note.pitch] + rows < len(KIT.lanes))
    assert editing.move(*editing.move(pattern, inner, 0, rows, KIT), 0, -rows, KIT) == (pattern, inner)
    assert editing.reverse(*editing.reverse(pattern, selection)) == (pattern, selection)
    longer = editing.resize(pattern, selection, abs(distance))
    assert editing.resize(*longer, -abs(distance)) == (pattern, selection)
    cut, clipping = editing.cut(pattern, selection, grid)
    line = editing.grid_span_of(pattern, selection, grid).start if selection else 0
    assert editing.paste(cut.pattern, clipping, line) == (pattern, selection)


@unhurried
@given(both=selected(), distance=ticks, rows=st.integers(-9, 9))
def test_a_moved_selection_keeps_its_shape(both: tuple[Pattern, Selection], distance: int, rows: int) -> None:
    pattern, selection = both
    old = sorted({note[:2] for note in selection & editing.select_all(pattern)})
    new = sorted(note[:2] for note in editing.move(pattern, selection, distance, rows, KIT).selection)
    assert len(new) == len(old)
    if old:
        tops = [min(KIT.row_of_key[pitch] for _, pitch in group) for group in (old, new)]
        shift = tops[1] - tops[0]
        assert sorted((s + new[0][0] - old[0][0], KIT.row_of_key[p] + shift) for s, p in old) == sorted(
            (s, KIT.row_of_key[p]) for s, p in new
        )


@unhurried
@given(both=selected(), grid=grids, swing=st.integers(50, 75))
def test_quantising_fully_is_idempotent(both: tuple[Pattern, Selection], grid: Grid, swing: int) -> None:
    once = editing.quantise(*both, grid, swing=swing)
    assert editing.quantise(*once, grid, swing=swing).pattern is once.pattern


@unhurried
@given(both=selected(), grid=grids)
def test_quantised_notes_lie_on_the_nearest_line(both: tuple[Pattern, Selection], grid: Grid) -> None:
    pattern, selection = both
    for note in selection & editing.select_all(pattern):
        (moved,) = editing.quantise(pattern, frozenset({note}), grid).selection
        nearest = grid.nearest(note.start, pattern.metre)
        assert moved.start == (nearest if nearest < pattern.length else grid.floor(pattern.length - 1, pattern.metre))


@unhurried
@given(both=selected(), grid=grids, strength=st.integers(0, 100), swing=st.integers(50, 75))
def test_a_weaker_quantise_goes_less_far_and_never_past_the_line(
    both: tuple[Pattern, Selection], grid: Grid, strength: int, swing: int
) -> None:
    pattern, selection = both
    for note in selection & editing.select_all(pattern):
        (full,) = editing.quantise(pattern, frozenset({note}), grid, swing=swing).selection
        (part,) = editing.quantise(pattern, frozenset({note}), grid, strength=strength, swing=swing).selection
        low, high = sorted((note.start, full.start))
        assert low <= part.start <= high
        assert abs(2 * 100 * (part.start - note.start) - 2 * strength * (full.start - note.start)) <= 100


@unhurried
@given(both=selected(), first=st.integers(1, 127), last=st.integers(1, 127))
def test_a_ramp_rises_or_falls_and_reaches_both_ends(both: tuple[Pattern, Selection], first: int, last: int) -> None:
    made = [(n.start, n.velocity) for n in sorted(editing.ramp_velocity(*both, first, last).selection)]
    sign = 1 if last >= first else -1
    assert all(sign * before[1] <= sign * after[1] for before, after in pairwise(made))
    if made:
        assert made[0][1] == first
        assert made[-1][1] == (last if made[-1][0] > made[0][0] else first)


@unhurried
@given(both=selected(), seed=st.integers(0, 9), amount=st.integers(0, 40), louder=st.integers(0, 40))
def test_random_changes_stay_within_their_amounts(
    both: tuple[Pattern, Selection], seed: int, amount: int, louder: int
) -> None:
    pattern, selection = both
    for note in selection & editing.select_all(pattern):
        (loose,) = editing.humanise(pattern, frozenset({note}), seed, ticks=amount, velocity=louder).selection
        assert abs(loose.start - note.start) <= amount
        assert abs(loose.velocity - note.velocity) <= louder
        (shifted,) = editing.randomise_velocity(pattern, frozenset({note}), louder, seed).selection
        assert abs(shifted.velocity - note.velocity) <= louder


@unhurried
@given(both=selected(), start=st.integers(0, 4000), span=st.integers(0, 2000), rows=st.tuples(ticks, ticks))
def test_a_rubber_band_takes_what_it_touches(
    both: tuple[Pattern, Selection], start: int, span: int, rows: tuple[int, int]
) -> None:
    pattern, _ = both
    top, bottom = (row % 7 - 2 for row in rows)
    found = editing.select_rectangle(pattern, Range(start, start + span), top, bottom, KIT)
    touched = {
        note
        for note in pattern.notes
        if note.start < pattern.length
        and min(top, bottom) <= KIT.row_of_key[note.pitch] <= max(top, bottom)
        and note.start < max(start + span, start + 1)
        and note.stop > start
    }
    assert found == touched


@pytest.mark.parametrize("grid", [Grid(16), OFF], ids=lambda grid: grid.label)
def test_few_notes_among_thousands_are_exchanged_as_many_are(grid: Grid) -> None:
    """The quick way for a few notes and the pass over all agree."""
    pattern = Pattern.of([Note(tick * 30, key, 1 + tick % 127, 40) for tick in range(2000) for key in KEYS])
    few = frozenset(pattern.notes[5::997])
    moved = editing.move(pattern, few, 60)
    plain = {note[:2]: note for note in pattern.notes if note not in few}
    for note in few:
        plain[note.start + 60, note.pitch] = note._replace(start=note.start + 60)
    assert moved.pattern.notes == tuple(sorted(plain.values()))
    assert moved.selection == frozenset(note._replace(start=note.start + 60) for note in few)
    assert editing.quantise(pattern, few, grid).selection <= frozenset(
        editing.quantise(pattern, few, grid).pattern.notes
    )
