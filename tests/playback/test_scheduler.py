from dataclasses import replace

import pytest

from drumapp.core.pattern import Note
from drumapp.core.timing import Range, TempoMap
from drumapp.note_table import note_table
from drumapp.playback.mix import Mix
from drumapp.playback.scheduler import CHOKE, LATE_GRACE_TICKS, Event, Scheduler
from drumapp.playback.transport import Segment, TimeAnchor

ANCHOR = TimeAnchor(0.0, 0.0, TempoMap(), 48_000)  # a tick lasts 50 frames
HATS = Mix(groups={42: 1, 44: 1, 46: 1, 80: 2, 81: 2})


def holding(*notes: Note) -> Scheduler:
    scheduler = Scheduler()
    scheduler.set_notes(note_table(notes))
    return scheduler


def segment(start: int, stop: int, *, cut: bool = False, anchor: TimeAnchor = ANCHOR) -> Segment:
    return Segment(start, stop, Range(anchor.first_tick_from(start), anchor.first_tick_from(stop)), anchor, cut)


def test_notes_come_at_their_frames():
    scheduler = holding(Note(0, 36, 100, 10), Note(3, 42, 90, 10))
    assert scheduler.block([segment(0, 200)], 0, 200) == ([Event(0, 36, 100), Event(150, 42, 90)], 2)


def test_blocks_share_no_note():
    scheduler = holding(*(Note(tick, 42, 90, 1) for tick in range(40)))
    strikes = sum(scheduler.block([segment(at, at + 50)], at, 50).strikes for at in range(0, 2000, 50))
    assert strikes == 40


def test_a_note_is_let_go_when_its_time_comes():
    scheduler = holding(Note(0, 36, 100, 5))
    scheduler.block([segment(0, 200)], 0, 200)
    assert scheduler.block([segment(200, 400)], 200, 200).events == [Event(250, 36, 0)]
    assert scheduler.block([segment(400, 600)], 400, 200).events == []


def test_a_note_is_let_go_while_the_music_stands_still():
    scheduler = holding(Note(0, 36, 100, 5))
    scheduler.block([segment(0, 200)], 0, 200)
    assert scheduler.block([], 200, 200).events == [Event(250, 36, 0)]


def test_a_key_struck_again_is_let_go_first_and_once():
    scheduler = holding(Note(0, 36, 100, 100), Note(2, 36, 90, 2))
    events = scheduler.block([segment(0, 1000)], 0, 1000).events
    assert events == [Event(0, 36, 100), Event(100, 36, 0), Event(100, 36, 90), Event(200, 36, 0)]


def test_letting_go_comes_before_striking_in_the_same_frame():
    scheduler = holding(Note(0, 36, 100, 2), Note(2, 38, 90, 2))
    events = scheduler.block([segment(0, 150)], 0, 150).events
    assert events == [Event(0, 36, 100), Event(100, 36, 0), Event(100, 38, 90)]


def test_a_cut_lets_go_of_everything_at_its_frame():
    scheduler = holding(Note(0, 36, 100, 900), Note(1, 38, 100, 2))
    jumped = TimeAnchor(175.0, 0.0, TempoMap(), 48_000)
    block = scheduler.block([segment(0, 175), segment(175, 220, cut=True, anchor=jumped)], 0, 220)
    assert block.events == [
        Event(0, 36, 100),
        Event(50, 38, 100),
        Event(150, 38, 0),
        Event(175, 36, 0),
        Event(175, 36, 100),
    ]


@pytest.mark.parametrize(
    ("after", "release"),
    [
        ([Note(0, 36, 90, 5), Note(4, 38, 100, 5)], 250),  # louder or softer, it ends as before
        ([Note(0, 36, 100, 6)], 300),
        ([Note(0, 36, 100, 1)], 100),
        ([Note(1, 36, 100, 5)], 100),  # moved away
        ([], 100),
    ],
)
def test_a_replaced_pattern_lets_go_of_what_sounds_when_it_now_ends(after, release):
    scheduler = holding(Note(0, 36, 100, 5))
    scheduler.block([segment(0, 100)], 0, 100)
    scheduler.set_notes(note_table(after))
    events = scheduler.block([segment(100, 400)], 100, 300).events
    assert [event for event in events if event.key == 36] == [Event(release, 36, 0)]


def test_a_replaced_pattern_does_not_cut_an_audition_short():
    scheduler = holding()
    scheduler.audition(49, 110, frame=0, frames=300)
    scheduler.set_notes(note_table([Note(5, 36, 100, 5)]))
    assert scheduler.block([], 0, 400).events == [Event(300, 49, 0)]


def test_appended_notes_are_sorted_in():
    scheduler = holding(Note(0, 36, 100, 1), Note(20, 36, 100, 1))
    scheduler.append(note_table([Note(30, 42, 80, 1), Note(10, 38, 90, 1)]), None)
    struck = [e.key for e in scheduler.block([segment(0, 3000)], 0, 3000).events if e.velocity]
    assert struck == [36, 38, 36, 42]


def test_a_note_appended_a_little_late_is_struck_at_once_and_only_once():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.block([segment(0, 5000)], 0, 5000)
    scheduler.append(note_table([Note(90, 38, 90, 1)]), next_tick=100)
    block = scheduler.block([segment(5000, 5050)], 5000, 50)
    assert block == ([Event(5000, 38, 90), Event(5001, 38, 0)], 1)
    assert scheduler.block([segment(5050, 5100)], 5050, 50).events == []


def test_a_note_appended_far_too_late_waits_for_the_next_round():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.append(note_table([Note(10, 38, 90, 1)]), next_tick=10 + LATE_GRACE_TICKS + 1)
    assert scheduler.block([segment(5000, 5050)], 5000, 50).events == []


def test_a_note_appended_before_the_music_moves_is_not_late():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.append(note_table([Note(90, 38, 90, 1)]), next_tick=None)
    assert scheduler.block([segment(5000, 5050)], 5000, 50).events == []


def test_late_notes_can_be_forgotten():
    scheduler = holding()
    scheduler.append(note_table([Note(90, 38, 90, 1)]), next_tick=100)
    scheduler.forget_overdue()
    assert scheduler.block([segment(5000, 5050)], 5000, 50).events == []


def test_appending_nothing_changes_nothing():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.append(note_table([]), None)
    assert scheduler.block([segment(0, 50)], 0, 50).strikes == 1


def test_forgotten_sounds_are_not_let_go():
    scheduler = holding(Note(0, 36, 100, 50), Note(0, 42, 100, 50))
    scheduler.block([segment(0, 50)], 0, 50)
    scheduler.forget_sounds()
    assert scheduler.block([segment(50, 9000)], 50, 8950).events == []


def test_an_audition_is_struck_at_once_and_let_go():
    scheduler = holding()
    assert scheduler.audition(49, 110, frame=1000, frames=300) == [Event(1000, 49, 110)]
    assert scheduler.block([], 1000, 300).events == []
    assert scheduler.block([], 1300, 300).events == [Event(1300, 49, 0)]


def test_an_audition_without_an_end_is_held_until_it_is_let_go_also_where_the_music_jumps():
    scheduler = holding()
    assert scheduler.audition(49, 110, frame=0, frames=None) == [Event(0, 49, 110)]
    assert scheduler.block([segment(0, 10**7, cut=True)], 0, 10**7).events == []
    assert scheduler.let_go(49, 10**7) == [Event(10**7, 49, 0)]
    assert scheduler.let_go(49, 10**7) == []


def test_letting_go_of_a_pad_leaves_the_note_that_sounds_in_its_place():
    scheduler = holding(Note(0, 36, 100, 5))
    scheduler.audition(36, 110, frame=0, frames=None)
    scheduler.block([segment(0, 100)], 0, 100)
    assert scheduler.let_go(36, 100) == []
    assert scheduler.block([segment(100, 300)], 100, 200).events == [Event(250, 36, 0)]


class TestMix:
    def test_what_is_not_heard_is_not_struck_and_not_counted(self):
        scheduler = holding(Note(0, 36, 100, 1), Note(0, 38, 100, 1))
        scheduler.set_mix(Mix(unheard=frozenset({36})))
        assert scheduler.block([segment(0, 50)], 0, 50) == ([Event(0, 38, 100)], 1)

    def test_what_sounds_and_is_not_to_be_heard_any_more_is_named_once_and_not_let_go_later(self):
        scheduler = holding(Note(0, 36, 100, 50), Note(0, 38, 100, 1))
        scheduler.block([segment(0, 100)], 0, 100)
        hushed = Mix(unheard=frozenset({36, 38, 42}))
        assert scheduler.set_mix(hushed) == [36, 38]  # let go already, 38 may ring
        assert scheduler.set_mix(hushed) == []
        assert scheduler.block([segment(100, 9000)], 100, 8900).events == []

    def test_unmuted_it_is_heard_at_its_next_note(self):
        scheduler = holding(Note(0, 36, 100, 9), Note(4, 36, 90, 1))
        scheduler.set_mix(Mix(unheard=frozenset({36})))
        scheduler.block([segment(0, 100)], 0, 100)
        scheduler.set_mix(Mix())
        assert scheduler.block([segment(100, 225)], 100, 125).events == [Event(200, 36, 90)]

    def test_an_audition_is_heard_whatever_is_muted_and_outlasts_another_mix(self):
        scheduler = holding()
        scheduler.set_mix(Mix(unheard=frozenset({36})))
        assert scheduler.audition(36, 100, frame=0, frames=10) == [Event(0, 36, 100)]
        assert scheduler.set_mix(Mix(unheard=frozenset({36, 38}))) == []

    def test_a_stroke_chokes_what_rings_of_its_group_held_or_not(self):
        scheduler = holding(Note(0, 46, 100, 50), Note(1, 44, 100, 1), Note(4, 36, 100, 1), Note(4, 42, 100, 1))
        scheduler.set_mix(HATS)
        scheduler.block([segment(0, 40)], 0, 40)
        events = scheduler.block([segment(40, 225)], 40, 185).events
        assert events == [
            Event(50, 46, CHOKE),
            Event(50, 44, 100),
            Event(100, 44, 0),
            Event(200, 44, CHOKE),
            Event(200, 36, 100),
            Event(200, 42, 100),
        ]

    def test_drums_of_a_group_struck_together_sound_together_in_any_order(self):
        for first, second in ((42, 46), (46, 42)):
            scheduler = holding(Note(0, first, 100, 9), Note(0, second, 100, 9), Note(2, first, 90, 9))
            scheduler.set_mix(HATS)
            scheduler.block([segment(0, 50)], 0, 50)
            assert scheduler.block([segment(50, 125)], 50, 75).events == [
                Event(100, second, CHOKE),
                Event(100, first, 0),
                Event(100, first, 90),
            ]

    def test_both_are_choked_by_each_other_when_they_rang_before(self):
        scheduler = holding(Note(0, 42, 100, 9), Note(0, 46, 100, 9), Note(2, 42, 90, 9), Note(2, 46, 90, 9))
        scheduler.set_mix(HATS)
        scheduler.block([segment(0, 50)], 0, 50)
        assert scheduler.block([segment(50, 125)], 50, 75).events == [
            Event(100, 42, CHOKE),
            Event(100, 46, CHOKE),
            Event(100, 42, 90),
            Event(100, 46, 90),
        ]

    def test_an_audition_chokes_too(self):
        scheduler = holding(Note(0, 46, 100, 50))
        scheduler.set_mix(HATS)
        scheduler.block([segment(0, 50)], 0, 50)
        assert scheduler.audition(42, 100, frame=50, frames=10) == [Event(50, 46, CHOKE), Event(50, 42, 100)]

    def test_what_is_muted_chokes_nothing(self):
        scheduler = holding(Note(0, 46, 100, 9), Note(1, 42, 100, 1))
        scheduler.set_mix(replace(HATS, unheard=frozenset({42})))
        assert scheduler.block([segment(0, 100)], 0, 100).events == [Event(0, 46, 100)]
