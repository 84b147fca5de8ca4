"""Sessions on pads beside a player worked out in ticks: what is taken down, and that nothing sounds twice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drumapp.core.editing import GRIDS, OFF, Grid
from drumapp.core.pattern import DEFAULT_DURATION, Note, Pattern
from drumapp.core.recording import Course, HowToRecord, Recorder, Stroke
from drumapp.core.timing import Range

BAR = 1920
KICK, SNARE, HAT = 36, 38, 42
SIXTEENTHS = HowToRecord(Grid(16))
AS_PLAYED = HowToRecord()
REPLACING = HowToRecord(Grid(16), replaces=True)


class Session:
    """A loop that plays, a drummer, and a window that looks every ``look`` ticks and hears of strokes then.

    Outputs are told ``lead`` ticks ahead of what is heard. Attributes: pattern; struck, by the player: when (in ticks
    since the beginning) and which note; played, on the pads: when, and which note was made of it.
    """

    def __init__(self, pattern: Pattern, loop: Range, *, lead: int = 40, look: int = 16, how=SIXTEENTHS) -> None:
        self.pattern, self.loop, self.how = pattern, loop, how
        self.recorder = Recorder()
        self.struck: list[tuple[int, Note]] = []
        self.played: list[tuple[float, Note]] = []
        self._lead, self._look = lead, look
        self._now = 0  # ticks heard since the beginning
        self._waiting: list[tuple[float, int, bool]] = []
        self.recorder.begin(float(loop.start), standing=True)
        self._told_until = 0
        self._hand_out()

    @property
    def course(self) -> Course:
        return Course.through(self.pattern, self.loop)

    def tick_at(self, time: float) -> float:
        """What is heard at a time; before the beginning, ticks before the first."""
        return self.loop.start + (time if time < 0 else time % self.loop.length)

    def play(self, *strokes: tuple[float, int]) -> None:
        """Strike pads at these times, in order, and let the time pass until the last has been heard of."""
        for time, key in strokes:
            self._waiting.append((time, key, True))
            self.pass_time(math.ceil(time) - self._now)
        self.pass_time(self._look)

    def pass_time(self, ticks: int) -> None:
        until = self._now + max(ticks, 0)
        while self._now < until:
            self._now = min(self._now + self._look, until)
            self._hand_out()
            self._look_up()

    def hold(self, start: float, stop: float, key: int) -> None:
        self.play((start, key))
        self.pass_time(math.ceil(stop) - self._now)
        self.pattern = self.recorder.let_go(self.pattern, self.course, key, self.tick_at(stop))

    def _hand_out(self) -> None:
        """Strike all that comes before what outputs are told of by now."""
        withheld = self.recorder.withheld(self.pattern, self.course)
        time, until = self._told_until, self._now + self._lead
        while time < until:
            tick = int(self.tick_at(time))
            stop = min(tick + until - time, self.loop.stop)
            due = [note for note in self.pattern.between(Range(tick, stop)) if note not in withheld]
            self.struck += [(time + note.start - tick, note) for note in due]
            time += stop - tick
        self._told_until = until

    def _look_up(self) -> None:
        head = self.tick_at(self._now + self._lead)
        self.pattern = self.recorder.move(self.pattern, self.course, head)
        for time, key, _ in [stroke for stroke in self._waiting if stroke[0] <= self._now]:
            stroke = Stroke(key, key, 100, self.tick_at(time))
            place = self.course.place(max(stroke.tick, self.loop.start), self.how.grid).tick
            self.pattern = self.recorder.strike(self.pattern, self.course, stroke, self.how)
            self.played += [(time, note) for note in self.pattern.notes if note[:2] == (place, key)]
        self._waiting = [stroke for stroke in self._waiting if stroke[0] > self._now]


def empty(bars: int = 2) -> Pattern:
    return Pattern.of([], length=bars * BAR)


def whole(pattern: Pattern) -> Range:
    return Range(0, pattern.length)


def starts(pattern: Pattern, key: int) -> list[int]:
    return [note.start for note in pattern.notes if note.pitch == key]


def test_strokes_become_notes_as_they_were_struck() -> None:
    session = Session(empty(), whole(empty()))
    session.play((-20.0, KICK), (470.4, SNARE), (1010.0, KICK))
    assert session.pattern.notes == (Note(0, KICK, 100), Note(480, SNARE, 100), Note(960, KICK, 100))
    assert session.recorder.strokes == 3

    session = Session(empty(), whole(empty()), how=AS_PLAYED)
    session.play((-20.0, KICK), (470.4, SNARE), (1010.0, KICK))
    assert [note[:2] for note in session.pattern.notes] == [(0, KICK), (470, SNARE), (1010, KICK)]


def test_a_note_is_as_long_as_the_pad_was_held() -> None:
    session = Session(empty(), whole(empty()))
    session.hold(480.0, 900.0, KICK)
    session.hold(960.0, 965.0, SNARE)
    assert session.pattern.notes == (Note(480, KICK, 100, 420), Note(960, SNARE, 100, DEFAULT_DURATION))


def test_no_note_sounds_past_the_end_of_the_pattern() -> None:
    session = Session(empty(), whole(empty()))
    session.hold(2 * BAR - 120.0, 2 * BAR + 2000.0, KICK)
    assert session.pattern.notes == (Note(2 * BAR - 120, KICK, 100, 120),)
    short = Pattern.of([], length=10)
    session = Session(short, whole(short), how=AS_PLAYED, look=1, lead=2)
    session.play((4.0, KICK))
    (note,) = session.pattern.notes
    assert note.stop <= 10


def test_a_note_that_is_still_held_has_the_usual_length() -> None:
    session = Session(empty(), whole(empty()))
    session.play((480.0, KICK))
    assert session.pattern.notes[0].duration == DEFAULT_DURATION


def test_a_note_that_was_taken_away_meanwhile_does_not_come_back_when_its_pad_is_let_go() -> None:
    session = Session(empty(), whole(empty()))
    session.play((480.0, KICK))
    session.pattern = empty()
    session.pass_time(400)
    assert session.recorder.let_go(session.pattern, session.course, KICK, 900.0) is session.pattern
    assert session.recorder.let_go(session.pattern, session.course, "no pad", 900.0) is session.pattern


def test_of_two_strokes_at_one_place_the_later_stays() -> None:
    session = Session(empty(), whole(empty()))
    session.play((470.0, KICK))
    stroke = Stroke(KICK, KICK, 33, 490.0)
    pattern = session.recorder.strike(session.pattern, session.course, stroke, SIXTEENTHS)
    assert pattern.notes == (Note(480, KICK, 33),)


def test_a_stroke_drawn_forward_is_not_struck_again_in_the_same_pass() -> None:
    session = Session(empty(), whole(empty()))
    session.play((430.0, KICK))
    (note,) = session.pattern.notes
    session.pass_time(3 * BAR)
    assert session.struck == [(480 + 2 * BAR, note)]


@pytest.mark.parametrize("early", [1.0, 20.0, 59.0])
def test_a_stroke_before_the_loop_comes_round_is_not_struck_again_by_its_first_beat(early: float) -> None:
    session = Session(empty(), Range(BAR, 2 * BAR))
    session.play((BAR - early, KICK))
    (note,) = session.pattern.notes
    assert note.start == BAR
    session.pass_time(BAR + 200)
    assert session.struck == [(2 * BAR, note)]


def test_a_stroke_before_the_music_begins_is_not_struck_again_by_its_beginning() -> None:
    session = Session(empty(), Range(BAR, 2 * BAR), lead=0, look=8)
    session._waiting.append((-60.0, KICK, True))
    session.pass_time(2 * BAR + 16)
    (note,) = session.pattern.notes
    assert note.start == BAR
    assert session.struck == [(BAR, note), (2 * BAR, note)]


def test_replacing_empties_a_struck_lane_from_there_to_the_end_of_the_pass() -> None:
    old = [Note(tick, HAT, 50) for tick in range(0, 2 * BAR, 240)] + [Note(960, KICK, 50)]
    session = Session(Pattern.of(old, length=2 * BAR), Range(0, 2 * BAR), how=REPLACING)
    session.play((BAR + 10.0, HAT))
    session.pass_time(600)
    passed = session.recorder._head
    assert starts(session.pattern, HAT) == [*range(0, BAR + 1, 240), *range(-(-int(passed) // 240) * 240, 2 * BAR, 240)]
    session.play((2 * BAR - 480.0, HAT))
    session.pass_time(2 * BAR)
    assert starts(session.pattern, HAT) == [*range(0, BAR + 1, 240), 2 * BAR - 480], "the next pass leaves it alone"
    assert starts(session.pattern, KICK) == [960]


def test_what_is_replaced_is_not_heard() -> None:
    old = [Note(tick, HAT, 50) for tick in range(0, 2 * BAR, 240)]
    session = Session(Pattern.of(old, length=2 * BAR), Range(0, 2 * BAR), how=REPLACING)
    session.play((BAR + 10.0, HAT))
    session.pass_time(BAR)
    heard = [note.start for time, note in session.struck if time < 2 * BAR]
    assert heard == list(range(0, BAR + 1, 240))


def test_the_last_pass_that_strikes_a_lane_wins() -> None:
    session = Session(empty(1), Range(0, BAR), how=REPLACING)
    session.play((0.0, KICK), (480.0, KICK), (960.0, SNARE), (BAR + 10.0, KICK), (BAR + 1440.0, KICK))
    session.pass_time(2 * BAR)
    assert starts(session.pattern, KICK) == [0, 1440]
    assert starts(session.pattern, SNARE) == [960]


def test_an_early_first_beat_replaces_in_the_pass_it_belongs_to() -> None:
    old = [Note(tick, HAT, 50) for tick in range(0, BAR, 240)]
    session = Session(Pattern.of(old, length=BAR), Range(0, BAR), how=REPLACING)
    session.play((BAR - 15.0, HAT))
    session.pass_time(700)
    head = int(session.recorder._head)
    assert starts(session.pattern, HAT) == [0, *(tick for tick in range(240, BAR, 240) if tick > head)]
    session.pass_time(BAR)
    assert starts(session.pattern, HAT) == [0]


def test_a_late_report_of_the_pass_before_replaces_in_that() -> None:
    old = [Note(tick, HAT, 50) for tick in range(0, BAR, 120)]
    session = Session(Pattern.of(old, length=BAR), Range(0, BAR), how=REPLACING, lead=200)
    session.play((BAR - 110.0, HAT))  # by then outputs are told of the next pass already
    session.pass_time(BAR - 400)
    assert starts(session.pattern, HAT) == list(range(0, BAR, 120))
    assert session.pattern.notes[-1].velocity == 100


def test_a_near_note_that_the_first_stroke_is_late_for_gives_way() -> None:
    pattern = Pattern.of([Note(480, HAT, 50), Note(600, HAT, 50)], length=BAR)
    session = Session(pattern, Range(0, BAR), how=replace(REPLACING, grid=OFF))
    session.play((505.0, HAT))
    session.pass_time(20)
    assert starts(session.pattern, HAT) == [505, 600]


def test_after_overdub_is_chosen_nothing_goes_any_more() -> None:
    old = [Note(tick, HAT, 50) for tick in range(0, BAR, 240)]
    session = Session(Pattern.of(old, length=BAR), Range(0, BAR), how=REPLACING)
    session.play((10.0, HAT))
    session.recorder.overdub()
    session.pass_time(2 * BAR)
    assert starts(session.pattern, HAT) == list(range(0, BAR, 240))


def test_a_jump_begins_another_pass() -> None:
    old = [Note(tick, HAT, 50) for tick in range(0, 2 * BAR, 240)]
    session = Session(Pattern.of(old, length=2 * BAR), Range(0, 2 * BAR), how=REPLACING)
    session.play((70.0, HAT))
    session.recorder.jump(500.0)
    assert not session.recorder.withheld(session.pattern, session.course)
    assert session.recorder.move(session.pattern, session.course, 900.0) is session.pattern


def test_what_does_not_change_stays_the_very_same() -> None:
    pattern = Pattern.of([Note(0, KICK, 90)], length=BAR)
    recorder = Recorder()
    recorder.begin(0.0, standing=False)
    course = Course.through(pattern, Range(0, BAR))
    for head in (8.0, 16.0, 1900.0, 4.0):
        assert recorder.move(pattern, course, head) is pattern


strokes = st.lists(
    st.tuples(st.floats(0, 3 * BAR), st.sampled_from([KICK, SNARE, HAT])),
    min_size=1,
    max_size=12,
    unique_by=lambda s: s[0],
).map(sorted)
loops = st.sampled_from([Range(0, BAR), Range(BAR, 2 * BAR), Range(960, 2 * BAR)])


def far_apart(played: Sequence[tuple[float, int]]) -> bool:
    times = {key: [time for time, other in played if other == key] for _, key in played}
    return all(b - a > 1000 for times_of in times.values() for a, b in pairwise(times_of))


@settings(deadline=None, max_examples=60)
@given(strokes, loops, st.sampled_from(GRIDS), st.integers(0, 90), st.integers(1, 60))
def test_each_pass_sounds_a_note_once(played, loop: Range, grid: Grid, lead: int, look: int) -> None:
    """In the pass it is played in by the pad alone, in those after it by the player alone."""
    played = [stroke for place, stroke in enumerate(played) if far_apart([*played[:place], stroke])]
    session = Session(empty(), loop, lead=lead, look=look, how=HowToRecord(grid))
    session.play(*played)
    session.pass_time(3 * BAR + 3 * loop.length - session._now)
    again = Counter((time, note[:2]) for time, note in session.struck)
    assert not again or max(again.values()) == 1
    for time, note in session.played:
        due = note.start - loop.start
        first = min((due + n * loop.length for n in range(8)), key=lambda when: abs(when - time))
        struck = [when for when, other in session.struck if other[:2] == note[:2]]
        again_here = any(other[:2] == note[:2] and earlier < time for earlier, other in session.played)
        told_before = first < time + look + lead  # what an earlier stroke left here cannot be held back any more
        assert first not in struck or (again_here and told_before), "it was heard already"
        if not any(other[:2] == note[:2] and later > time for later, other in session.played):
            assert first + loop.length in struck, "and is heard when the music comes round"


@settings(deadline=None, max_examples=60)
@given(strokes, loops, st.booleans(), st.sampled_from(GRIDS))
def test_whatever_is_played_the_pattern_stays_sound(played, loop: Range, replaces: bool, grid: Grid) -> None:
    old = [Note(tick, key, 50) for tick in range(0, 2 * BAR, 240) for key in (SNARE, HAT)]
    session = Session(Pattern.of(old, length=2 * BAR), loop, how=HowToRecord(grid, replaces))
    session.play(*played)
    session.pass_time(loop.length)
    notes = session.pattern.notes
    assert list(notes) == sorted(notes)
    assert len({note[:2] for note in notes}) == len(notes)
    assert all(0 <= note.start < note.stop <= 2 * BAR for note in notes)
    outside = [note for note in old if note.start < loop.start - DEFAULT_DURATION or note.start >= loop.stop]
    assert set(outside) <= set(notes), "what the music does not come to stays"
    if not replaces:
        assert {note[:2] for note in old} <= {note[:2] for note in notes}
