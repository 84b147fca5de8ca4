import numpy as np

from drumapp.core.pattern import Note
from drumapp.core.timing import Range, TempoMap
from drumapp.playback.scheduler import LATE_GRACE_TICKS, Event, Scheduler, pack_notes
from drumapp.playback.transport import Segment, TimeAnchor

ANCHOR = TimeAnchor(0.0, 0.0, TempoMap(), 48_000)  # a tick lasts 50 frames


def holding(*notes: Note) -> Scheduler:
    scheduler = Scheduler()
    scheduler.set_notes(pack_notes(notes))
    return scheduler


def segment(start: int, stop: int, *, cut: bool = False, anchor: TimeAnchor = ANCHOR) -> Segment:
    return Segment(start, stop, Range(anchor.first_tick_from(start), anchor.first_tick_from(stop)), anchor, cut)


def test_notes_come_at_their_offsets():
    scheduler = holding(Note(0, 36, 100, 10), Note(3, 42, 90, 10))
    assert scheduler.block([segment(0, 200)], 0, 200) == ([Event(0, 36, 100), Event(150, 42, 90)], 2)


def test_blocks_share_no_note():
    scheduler = holding(*(Note(tick, 42, 90, 1) for tick in range(40)))
    strikes = sum(scheduler.block([segment(at, at + 50)], at, 50).strikes for at in range(0, 2000, 50))
    assert strikes == 40


def test_a_note_is_let_go_when_its_time_comes():
    scheduler = holding(Note(0, 36, 100, 5))
    scheduler.block([segment(0, 200)], 0, 200)
    assert scheduler.block([segment(200, 400)], 200, 200).events == [Event(50, 36, 0)]
    assert scheduler.block([segment(400, 600)], 400, 200).events == []


def test_a_note_is_let_go_while_the_music_stands_still():
    scheduler = holding(Note(0, 36, 100, 5))
    scheduler.block([segment(0, 200)], 0, 200)
    assert scheduler.block([], 200, 200).events == [Event(50, 36, 0)]


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


def test_a_replaced_pattern_still_lets_go_of_what_sounds():
    scheduler = holding(Note(0, 36, 100, 5))
    scheduler.block([segment(0, 100)], 0, 100)
    scheduler.set_notes(pack_notes([]))
    assert scheduler.block([segment(100, 400)], 100, 300).events == [Event(150, 36, 0)]


def test_appended_notes_are_sorted_in():
    scheduler = holding(Note(0, 36, 100, 1), Note(20, 36, 100, 1))
    scheduler.append(pack_notes([Note(30, 42, 80, 1), Note(10, 38, 90, 1)]), None)
    struck = [e.key for e in scheduler.block([segment(0, 3000)], 0, 3000).events if e.velocity]
    assert struck == [36, 38, 36, 42]


def test_a_note_appended_a_little_late_is_struck_at_once_and_only_once():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.block([segment(0, 5000)], 0, 5000)
    scheduler.append(pack_notes([Note(90, 38, 90, 1)]), next_tick=100)
    block = scheduler.block([segment(5000, 5050)], 5000, 50)
    assert block == ([Event(0, 38, 90), Event(1, 38, 0)], 1)
    assert scheduler.block([segment(5050, 5100)], 5050, 50).events == []


def test_a_note_appended_far_too_late_waits_for_the_next_round():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.append(pack_notes([Note(10, 38, 90, 1)]), next_tick=10 + LATE_GRACE_TICKS + 1)
    assert scheduler.block([segment(5000, 5050)], 5000, 50).events == []


def test_a_note_appended_before_the_music_moves_is_not_late():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.append(pack_notes([Note(90, 38, 90, 1)]), next_tick=None)
    assert scheduler.block([segment(5000, 5050)], 5000, 50).events == []


def test_late_notes_can_be_forgotten():
    scheduler = holding()
    scheduler.append(pack_notes([Note(90, 38, 90, 1)]), next_tick=100)
    scheduler.forget_overdue()
    assert scheduler.block([segment(5000, 5050)], 5000, 50).events == []


def test_appending_nothing_changes_nothing():
    scheduler = holding(Note(0, 36, 100, 1))
    scheduler.append(pack_notes([]), None)
    assert scheduler.block([segment(0, 50)], 0, 50).strikes == 1


def test_letting_go_of_all_names_the_keys_once():
    scheduler = holding(Note(0, 36, 100, 50), Note(0, 42, 100, 50))
    scheduler.block([segment(0, 50)], 0, 50)
    assert sorted(scheduler.let_go_of_all()) == [36, 42]
    assert scheduler.let_go_of_all() == []
    assert scheduler.block([segment(50, 9000)], 50, 8950).events == []


def test_an_audition_is_struck_at_once_and_let_go():
    scheduler = holding()
    events: list[Event] = []
    scheduler.audition(events, 49, 110, frame=1000, frames=300)
    assert events == [Event(0, 49, 110)]
    assert scheduler.block([], 1000, 300).events == []
    assert scheduler.block([], 1300, 300).events == [Event(0, 49, 0)]


def test_packed_notes_keep_every_field():
    notes = [Note(0, 36, 100, 10), Note(2**40, 127, 1, 2**33)]
    packed = pack_notes(notes)
    assert packed.dtype == np.int64
    assert [Note(*row) for row in packed.tolist()] == notes
