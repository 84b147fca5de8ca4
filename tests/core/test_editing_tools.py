"""Each edit by example, with the sentences it refuses bad arguments by."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from drumapp.core import editing
from drumapp.core.editing import NOTHING, OFF, Grid, StepKind
from drumapp.core.kit import HOUSE_KIT, DrumKit, general_midi_lane
from drumapp.core.pattern import InvalidNoteError, Note, Pattern
from drumapp.core.timing import Metre, MetreChange, MetreMap, Range

KICK, SNARE, HAT = 36, 38, 42
SIXTEENTHS = Grid(16)
KIT = DrumKit("Three", tuple(general_midi_lane(key) for key in (HAT, SNARE, KICK)))


def bar(*notes: Note, length: int = 1920, metre: MetreMap | None = None) -> Pattern:
    return Pattern.of(notes, length=length, metre=metre)


def starts(pattern: Pattern) -> list[int]:
    return [note.start for note in pattern.notes]


# The grid


@pytest.mark.parametrize(
    ("division", "kind", "step", "label"),
    [
        (4, StepKind.STRAIGHT, 480, "1/4"),
        (8, StepKind.STRAIGHT, 240, "1/8"),
        (32, StepKind.STRAIGHT, 60, "1/32"),
        (4, StepKind.TRIPLET, 320, "1/4T"),
        (16, StepKind.TRIPLET, 80, "1/16T"),
        (32, StepKind.TRIPLET, 40, "1/32T"),
        (4, StepKind.DOTTED, 720, "1/4."),
        (32, StepKind.DOTTED, 90, "1/32."),
        (None, StepKind.STRAIGHT, 1, "Off"),
    ],
)
def test_steps_are_exact(division: int | None, kind: StepKind, step: int, label: str) -> None:
    grid = Grid(division, kind)
    assert (grid.step, grid.label) == (step, label)
    assert grid in editing.GRIDS


@pytest.mark.parametrize(
    ("division", "kind"), [(5, StepKind.STRAIGHT), (0, StepKind.STRAIGHT), (None, StepKind.DOTTED)]
)
def test_a_grid_that_is_none_is_refused(division: int | None, kind: StepKind) -> None:
    with pytest.raises(ValueError, match="grid"):
        Grid(division, kind)


def test_lines_begin_anew_with_every_bar() -> None:
    metre = MetreMap((MetreChange(0, Metre(7, 8)), MetreChange(2000, Metre(4, 4))))
    quarters = Grid(4)
    assert list(quarters.lines(Range(0, 3000), metre)) == [0, 480, 960, 1440, 1680, 2000, 2480, 2960]
    assert list(quarters.lines(Range(481, 1680), metre)) == [960, 1440]
    assert [quarters.floor(tick, metre) for tick in (-5, 0, 1679, 1680, 1999, 2479)] == [0, 0, 1440, 1680, 1680, 2000]
    assert [quarters.next_line(tick, metre) for tick in (-5, 0, 1440, 1680)] == [0, 480, 1680, 2000]
    assert [quarters.previous_line(tick, metre) for tick in (0, 1, 1680, 2001)] == [0, 0, 1440, 2000]
    assert [quarters.nearest(tick, metre) for tick in (240, 241, 1560, 1561)] == [0, 480, 1440, 1680]
    assert quarters.steps_away(1450, 2, metre) == 2000
    assert quarters.steps_away(490, -3, metre) == 0


def test_dragging_goes_from_line_to_line_and_keeps_the_feel() -> None:
    assert SIXTEENTHS.drag(127, 3, MetreMap()) == 0
    assert SIXTEENTHS.drag(127, 70, MetreMap()) == 120
    assert SIXTEENTHS.drag(127, -500, MetreMap()) == -120
    assert OFF.drag(127, 3, MetreMap()) == 3


# Placing


def test_a_click_places_at_the_start_of_its_cell_and_overwrites() -> None:
    old = Note(120, KICK, 30)
    placed = editing.place(bar(old), 200, KICK, SIXTEENTHS, velocity=90)
    assert placed.pattern.notes == (Note(120, KICK, 90, 60),)
    assert placed.selection == {Note(120, KICK, 90, 60)}
    assert editing.place(bar(), 203, KICK, OFF).pattern.notes == (Note(203, KICK, 100, 60),)
    assert editing.place(bar(), 1900, KICK, OFF).pattern.notes == (Note(1900, KICK, 100, 20),)


@pytest.mark.parametrize("tick", [-1, 1920, 10**9])
def test_nothing_is_placed_outside(tick: int) -> None:
    pattern = bar(Note(0, KICK, 30))
    assert editing.place(pattern, tick, KICK, SIXTEENTHS).pattern is pattern
    assert editing.toggle(pattern, tick, KICK, SIXTEENTHS).pattern is pattern


def test_toggle_removes_a_drummers_early_stroke_where_it_is_heard() -> None:
    early = Note(473, SNARE, 80)
    assert editing.toggle(bar(early), 485, SNARE, SIXTEENTHS).pattern.notes == ()
    assert len(editing.toggle(bar(early), 365, SNARE, SIXTEENTHS).pattern) == 2
    assert len(editing.toggle(bar(early), 485, KICK, SIXTEENTHS).pattern) == 2


def test_painting_leaves_what_is_there() -> None:
    accent = Note(245, HAT, 127)
    run = editing.paint_run(bar(accent), HAT, 130, 500, SIXTEENTHS, velocity=70)
    assert run.pattern.notes == (Note(120, HAT, 70), accent, Note(360, HAT, 70), Note(480, HAT, 70))
    assert accent not in run.selection
    assert starts(editing.paint_run(bar(), HAT, 100, -50, OFF, duration=40).pattern) == [20, 60, 100]


def test_fill_every_third_step() -> None:
    filled = editing.fill_every(bar(), [HAT, KICK], Range(100, 1000), 3, SIXTEENTHS)
    assert starts(filled.pattern) == [120, 120, 480, 480, 840, 840]
    assert starts(editing.fill_every(bar(), [HAT], Range(1800, 9000), 1, OFF, duration=50).pattern) == [
        1800,
        1850,
        1900,
    ]
    assert editing.fill_every(bar(), [HAT], Range(5000, 9000), 1, OFF).pattern == bar()


def test_clear_region_takes_strikes_within() -> None:
    pattern = bar(Note(0, KICK, 9, 500), Note(100, KICK, 9), Note(100, HAT, 9), Note(200, KICK, 9))
    assert starts(editing.clear_region(pattern, Range(100, 200)).pattern) == [0, 200]
    assert len(editing.clear_region(pattern, Range(100, 200), [HAT]).pattern) == 3


# Moving


def test_a_move_stops_at_the_edges_as_a_whole() -> None:
    pattern = bar(Note(100, KICK, 9), Note(400, SNARE, 9))
    chosen = editing.select_all(pattern)
    assert starts(editing.move(pattern, chosen, -500).pattern) == [0, 300]
    assert starts(editing.move(pattern, chosen, 9000).pattern) == [1619, 1919]
    assert editing.move(pattern, chosen, 9000).pattern.notes[1].duration == 1
    up = editing.move(pattern, chosen, 0, -9, KIT).pattern
    assert [note.pitch for note in up.notes] == [SNARE, HAT]
    assert editing.move(pattern, chosen, 0, 5, KIT).pattern is pattern


def test_a_moved_note_overwrites_what_it_lands_on() -> None:
    pattern = bar(Note(0, KICK, 10), Note(120, KICK, 120), Note(120, SNARE, 50))
    moved = editing.move(pattern, frozenset({Note(0, KICK, 10)}), 120)
    assert moved.pattern.notes == (Note(120, KICK, 10), Note(120, SNARE, 50))


def test_copies_are_selected_and_the_originals_stay() -> None:
    pattern = bar(Note(0, KICK, 10))
    copied = editing.copy_move(pattern, editing.select_all(pattern), 240, -1, KIT)
    assert copied.pattern.notes == (Note(0, KICK, 10), Note(240, SNARE, 10))
    assert copied.selection == {Note(240, SNARE, 10)}


def test_rows_need_a_kit_that_knows_the_notes() -> None:
    pattern = bar(Note(0, 99, 10))
    with pytest.raises(ValueError, match="kit"):
        editing.move(pattern, editing.select_all(pattern), 0, 1)
    with pytest.raises(ValueError, match="no lane for key 99"):
        editing.move(pattern, editing.select_all(pattern), 0, 1, HOUSE_KIT)


def test_nudge_by_step_keeps_the_feel_and_by_tick_ignores_the_grid() -> None:
    pattern = bar(Note(127, KICK, 9), Note(235, HAT, 9))
    chosen = editing.select_all(pattern)
    assert starts(editing.nudge(pattern, chosen, 2, SIXTEENTHS).pattern) == [367, 475]
    assert starts(editing.nudge(pattern, chosen, -3, SIXTEENTHS).pattern) == [7, 115]
    assert starts(editing.nudge(pattern, chosen, -3, OFF).pattern) == [124, 232]
    assert editing.nudge(pattern, NOTHING, 1, OFF).pattern is pattern


def test_two_moved_into_one_lane_leave_the_louder() -> None:
    pattern = bar(Note(0, KICK, 40, 60), Note(0, SNARE, 90, 30), Note(0, HAT, 127))
    both = editing.select_lanes(pattern, [KICK, SNARE])
    assert editing.move_to_lane(pattern, both, HAT).pattern.notes == (Note(0, HAT, 90, 30),)


def test_lengths_stay_between_one_tick_and_the_end() -> None:
    pattern = bar(Note(1800, KICK, 9, 60))
    chosen = editing.select_all(pattern)
    lengths = [editing.resize(pattern, chosen, ticks).pattern.notes[0].duration for ticks in (-99, -10, 30, 999)]
    assert lengths == [1, 50, 90, 120]
    assert editing.set_duration(pattern, chosen, 500).pattern.notes[0].duration == 120


# Velocity


def test_velocities_stop_at_both_ends() -> None:
    pattern = bar(Note(0, KICK, 3), Note(10, KICK, 100))
    chosen = editing.select_all(pattern)

    def velocities(edited: editing.Edited) -> list[int]:
        return [note.velocity for note in edited.pattern.notes]

    assert velocities(editing.set_velocity(pattern, chosen, 77)) == [77, 77]
    assert velocities(editing.shift_velocity(pattern, chosen, -50)) == [1, 50]
    assert velocities(editing.shift_velocity(pattern, chosen, 50)) == [53, 127]
    assert velocities(editing.scale_velocity(pattern, chosen, 150)) == [5, 127]
    assert velocities(editing.scale_velocity(pattern, chosen, 0)) == [1, 1]


def test_a_drawn_ramp_is_level_outside_its_span() -> None:
    pattern = bar(*(Note(100 * index, HAT, 64) for index in range(6)))
    ramped = editing.ramp_velocity(pattern, editing.select_all(pattern), 100, 20, Range(100, 401)).pattern
    assert [note.velocity for note in ramped.notes] == [100, 100, 73, 47, 20, 20]


def test_seeds_decide_random_changes() -> None:
    pattern = bar(*(Note(60 * index + 20, HAT, 64) for index in range(30)))
    chosen = editing.select_all(pattern)
    edits: list[Callable[[int], Pattern]] = [
        lambda seed: editing.humanise(pattern, chosen, seed).pattern,
        lambda seed: editing.randomise_velocity(pattern, chosen, 20, seed).pattern,
    ]
    for edit in edits:
        assert edit(1) == edit(1) != edit(2)
    assert editing.humanise(pattern, chosen, 1, ticks=0, velocity=0).pattern is pattern
    quiet, loud = (editing.humanise(pattern, chosen, 1, ticks=9, velocity=v).pattern for v in (0, 9))
    assert starts(quiet) == starts(loud), "one amount does not stir the other's draws"


def test_random_velocities_reach_both_ends_of_their_range() -> None:
    pattern = bar(*(Note(index, HAT, 64) for index in range(500)))
    drawn = editing.randomise_velocity(pattern, editing.select_all(pattern), 2, 5).pattern
    assert {note.velocity for note in drawn.notes} == {62, 63, 64, 65, 66}


# Time


def test_quantise_half_way_and_with_swing() -> None:
    pattern = bar(Note(10, KICK, 9), Note(110, HAT, 9), Note(250, HAT, 9), Note(1915, HAT, 9))
    chosen = editing.select_all(pattern)
    assert starts(editing.quantise(pattern, chosen, SIXTEENTHS).pattern) == [0, 120, 240, 1800]
    assert starts(editing.quantise(pattern, chosen, SIXTEENTHS, strength=50).pattern) == [5, 115, 245, 1858]
    assert starts(editing.quantise(pattern, chosen, SIXTEENTHS, swing=67).pattern) == [0, 161, 240, 1841]
    assert starts(editing.quantise(pattern, chosen, SIXTEENTHS, swing=75).pattern) == [0, 180, 240, 1860]
    assert editing.quantise(pattern, chosen, OFF).pattern is pattern


def test_swing_counts_steps_anew_in_every_bar() -> None:
    pattern = bar(Note(960, HAT, 9), Note(1680, HAT, 9), length=3360, metre=MetreMap.constant(Metre(7, 8)))
    swung = editing.quantise(pattern, editing.select_all(pattern), Grid(8), swing=75).pattern
    assert starts(swung) == [960, 1680]


def test_swung_notes_can_be_straightened() -> None:
    pattern = bar(*(Note(120 * index, HAT, 9) for index in range(16)))
    swung = editing.quantise(pattern, editing.select_all(pattern), SIXTEENTHS, swing=75)
    assert swung.pattern != pattern
    assert editing.quantise(*swung, SIXTEENTHS).pattern == pattern


def test_reverse_mirrors_strikes() -> None:
    pattern = bar(Note(0, KICK, 1), Note(120, SNARE, 2), Note(480, HAT, 3))
    mirrored = editing.reverse(pattern, editing.select_all(pattern)).pattern
    assert mirrored.notes == (Note(0, HAT, 3), Note(360, SNARE, 2), Note(480, KICK, 1))


def test_thinning_counts_in_each_lane() -> None:
    pattern = bar(*(Note(120 * index, key, 9) for index in range(4) for key in (HAT, KICK)))
    thinned = editing.thin_out(pattern, editing.select_lanes(pattern, [HAT]))
    assert [note.start for note in thinned.pattern.notes if note.pitch == HAT] == [0, 240]
    assert len([note for note in thinned.pattern.notes if note.pitch == KICK]) == 4
    assert {note.start for note in thinned.selection} == {0, 240}


def test_duplicates_follow_the_steps_the_selection_fills() -> None:
    pattern = bar(Note(0, KICK, 9), Note(355, HAT, 9), length=960)
    chosen = editing.select_all(pattern)
    once = editing.duplicate(pattern, chosen, SIXTEENTHS)
    assert starts(once.pattern) == [0, 355, 480, 835]
    assert editing.duplicate(*once, SIXTEENTHS).pattern is once.pattern, "no room is left"
    assert starts(editing.duplicate(pattern, chosen, SIXTEENTHS, Range(0, 900)).pattern) == [0, 355, 900]


# Clipboard and selections


def test_an_upbeat_is_pasted_before_its_line() -> None:
    pattern = bar(Note(473, SNARE, 9), Note(600, SNARE, 9))
    cut, clipping = editing.cut(pattern, editing.select_all(pattern), SIXTEENTHS)
    assert cut.pattern.notes == ()
    assert (clipping.length, clipping.upbeat) == (240, 7)
    assert starts(editing.paste(pattern, clipping, 960).pattern) == [473, 600, 953, 1080]
    assert starts(editing.paste(cut.pattern, clipping, 0).pattern) == [0, 120]
    assert starts(editing.paste(cut.pattern, clipping, 1900).pattern) == [1893]
    assert editing.paste(pattern, clipping, 5000).pattern is pattern
    assert clipping.as_pattern(pattern) == bar(Note(0, SNARE, 9), Note(127, SNARE, 9), length=247)


def test_a_copied_span_keeps_its_rests() -> None:
    pattern = bar(Note(480, SNARE, 9))
    clipping = editing.copy(pattern, editing.select_all(pattern), SIXTEENTHS, Range(240, 1200))
    assert (clipping.notes, clipping.length, clipping.upbeat) == ((Note(240, SNARE, 9),), 960, 0)
    assert editing.copy(pattern, NOTHING, SIXTEENTHS).notes == ()
    assert editing.paste(pattern, editing.copy(pattern, NOTHING, SIXTEENTHS), 0).pattern is pattern


def test_selections_follow_undo() -> None:
    pattern = bar(Note(0, KICK, 9), Note(10, KICK, 9))
    chosen = editing.select_all(pattern)
    moved = editing.move(pattern, frozenset({Note(0, KICK, 9)}), 100)
    assert editing.still_there(moved.pattern, chosen) == {Note(10, KICK, 9)}


def test_notes_past_the_end_are_left_alone() -> None:
    beyond = Note(3000, KICK, 9)
    pattern = bar(Note(0, KICK, 9), beyond)
    assert beyond not in editing.select_all(pattern)
    assert editing.remove(pattern, frozenset(pattern.notes)).pattern.notes == (beyond,)
    assert editing.clear_region(pattern, Range(0, 9999)).pattern.notes == (beyond,)


def test_a_file_s_double_strike_goes_when_it_is_edited() -> None:
    pattern = bar(Note(0, KICK, 50), Note(0, KICK, 90), Note(960, KICK, 50), Note(960, KICK, 90))
    edited = editing.shift_velocity(pattern, frozenset({Note(0, KICK, 50)}), 5).pattern
    assert edited.notes == (Note(0, KICK, 55), Note(960, KICK, 50), Note(960, KICK, 90))


_ONE = bar(Note(0, KICK, 9))
_ALL = editing.select_all(_ONE)


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (lambda: editing.place(_ONE, 0, 128, OFF), "pitch"),
        (lambda: editing.place(_ONE, 0, 36, OFF, velocity=0), "velocity"),
        (lambda: editing.paint_run(_ONE, 36, 0, 9, OFF, duration=0), "duration"),
        (lambda: editing.fill_every(_ONE, [36], Range(0, 9), 0, OFF), "every"),
        (lambda: editing.move_to_lane(_ONE, _ALL, 128), "key"),
        (lambda: editing.set_duration(_ONE, _ALL, 0), "duration"),
        (lambda: editing.set_velocity(_ONE, _ALL, 128), "velocity"),
        (lambda: editing.scale_velocity(_ONE, _ALL, -1), "percent"),
        (lambda: editing.ramp_velocity(_ONE, _ALL, 0, 9), "velocity"),
        (lambda: editing.ramp_velocity(_ONE, _ALL, 9, 128), "velocity"),
        (lambda: editing.randomise_velocity(_ONE, _ALL, -1, 0), "amount"),
        (lambda: editing.humanise(_ONE, _ALL, 0, ticks=-1), "amount"),
        (lambda: editing.humanise(_ONE, _ALL, 0, velocity=-1), "amount"),
        (lambda: editing.quantise(_ONE, _ALL, OFF, strength=101), "strength"),
        (lambda: editing.quantise(_ONE, _ALL, OFF, swing=49), "swing"),
        (lambda: editing.quantise(_ONE, _ALL, OFF, swing=76), "swing"),
        (lambda: editing.thin_out(_ONE, _ALL, 1), "every"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name(edit: Callable[[], object], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        edit()


def test_a_refused_note_is_an_invalid_note() -> None:
    with pytest.raises(InvalidNoteError):
        editing.toggle(_ONE, 500, -1, OFF)


def test_grids_are_listed_from_coarse_to_fine_by_kind() -> None:
    assert len(set(editing.GRIDS)) == 13
    assert all(a.step > b.step for a, b in pairwise(editing.GRIDS) if a.kind is b.kind)
