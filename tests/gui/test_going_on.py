"""The drummer goes on from what stands, and from what the user makes of it: conductor, document and engine together."""

import time

import pytest

from drumapp.core import kit_editing
from drumapp.core.editing import move, remove
from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Metre, MetreMap
from drumapp.gui.conductor import Conductor, Drummer
from drumapp.gui.document import Document
from drumapp.gui.drummer_at_work import BARS_AHEAD
from drumapp.gui.writing import beat_after, next_beat, preparation_seconds
from drumapp.lstm.take_settings import GeneratorSettings
from tests.gui.gui_fakes import RecordingEngine, ScriptedSeat, no_thread, played_straight

BAR, BEAT = 1920, 480

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def document() -> Document:
    return Document()


@pytest.fixture
def seat() -> ScriptedSeat:
    return ScriptedSeat()


@pytest.fixture
def conductor(document: Document, engine: RecordingEngine, seat: ScriptedSeat):
    made = Conductor(document, engine)
    made.set_seat(seat)
    yield made
    made.close()
    assert no_thread("drummer")


def play_until(qtbot, conductor: Conductor, condition) -> None:
    def passed() -> bool:
        conductor.tick()
        return condition()

    qtbot.waitUntil(passed, timeout=20_000)


def written(qtbot, conductor: Conductor, document: Document, settings: GeneratorSettings) -> Pattern:
    conductor.generate(settings)
    play_until(qtbot, conductor, lambda: not document.in_take)
    return document.pattern


def endless(qtbot, conductor, document, engine, seed: int = 3, bars: int = 2) -> None:
    """An endless take under way, the playhead a little into it."""
    conductor.generate(GeneratorSettings(seed=seed, bars=None))
    engine.position = 1.1 * BAR
    play_until(qtbot, conductor, lambda: document.pattern.length > (1 + bars) * BAR)


def settle(qtbot, conductor, document, seat, requests: int) -> None:
    """Until the drummer was asked so many times, and has written as far ahead as it may."""
    play_until(qtbot, conductor, lambda: len(seat.requests) >= requests)
    play_until(qtbot, conductor, lambda: document.pattern.length >= (BARS_AHEAD + 1) * BAR)


# Go on


def test_to_go_on_at_the_end_is_to_play_as_many_bars_more(qtbot, conductor, document, engine) -> None:
    settings = GeneratorSettings(seed=4, bars=4)
    first = written(qtbot, conductor, document, settings)
    conductor.stop()
    conductor.go_on(GeneratorSettings(seed=99, bars=2))
    assert engine.position == 3 * BAR, "it is heard from the bar before on"
    assert engine.playing
    play_until(qtbot, conductor, lambda: not document.in_take)
    whole = played_straight(GeneratorSettings(seed=4, bars=6))
    assert list(document.pattern.notes) == whole, "the take in the roll keeps its seed"
    assert document.pattern.length == 6 * BAR
    assert document.undo_label == "Go on"
    document.undo()
    assert document.pattern == first
    document.redo()
    assert list(document.pattern.notes) == whole


def test_from_a_place_in_the_middle_what_follows_is_replaced_to_the_end(qtbot, conductor, document) -> None:
    first = written(qtbot, conductor, document, GeneratorSettings(seed=4, bars=4))
    edited = remove(first, frozenset(first.notes[:5])).pattern
    document.edit(edited, "Delete")
    conductor.go_on(GeneratorSettings(bars=8), 2 * BAR)
    play_until(qtbot, conductor, lambda: not document.in_take)
    after = document.pattern
    assert after.length == 4 * BAR
    head = [note for note in edited.notes if note.start < 2 * BAR - 10]
    assert list(after.notes[: len(head)]) == head, "what lies before is never touched"
    document.undo()
    assert document.pattern == edited


def test_asked_again_from_the_same_place_it_plays_another_way(qtbot, conductor, document, seat) -> None:
    written(qtbot, conductor, document, GeneratorSettings(seed=4, bars=2))
    ways = []
    for _ in range(3):
        conductor.go_on(GeneratorSettings(bars=2))
        play_until(qtbot, conductor, lambda: not document.in_take)
        ways.append(document.pattern.notes)
        document.undo()
    assert len(set(ways)) == 3
    assert [request.settings.variation for request in seat.requests[1:]] == [0, 1, 2]


def test_what_is_nobodys_is_gone_on_from_with_the_settings_of_now(qtbot, conductor, document, seat) -> None:
    mine = Pattern.of([Note(0, 36, 100), Note(960, 38, 90)], metre=MetreMap.constant(Metre(7, 8)), name="mine")
    document.replace(mine, "Draw")
    conductor.go_on(GeneratorSettings(seed=7, bars=1, style="funk", pitch_temperature=0.3))
    play_until(qtbot, conductor, lambda: not document.in_take)
    request = seat.requests[-1]
    assert (request.settings.seed, request.settings.style, request.settings.pitch_temperature) == (7, "funk", 0.3)
    assert (request.chart.start, request.chart.stop) == (1680, 2 * 1680)
    assert document.pattern.notes[:2] == mine.notes


def test_an_empty_roll_can_be_gone_on_from(qtbot, conductor, document) -> None:
    conductor.go_on(GeneratorSettings(seed=7, bars=2))
    play_until(qtbot, conductor, lambda: not document.in_take)
    assert list(document.pattern.notes) == played_straight(GeneratorSettings(seed=7, bars=2))


def test_the_take_is_known_again_after_undo_and_saving(qtbot, conductor, document, seat) -> None:
    written(qtbot, conductor, document, GeneratorSettings(seed=4, bars=2))
    written(qtbot, conductor, document, GeneratorSettings(seed=5, bars=2))
    document.undo()
    saved = document.project
    document.begin_anew(saved)
    conductor.go_on(GeneratorSettings(seed=99, bars=1))
    assert seat.requests[-1].settings.seed == 4


def test_what_the_drummer_does_not_hear_is_told_of(qtbot, conductor, document) -> None:
    document.replace(Pattern.of([Note(0, 99, 100), Note(960, 36, 90)]), "Draw")
    with qtbot.waitSignal(conductor.said) as said:
        conductor.go_on(GeneratorSettings(seed=7, bars=1))
    assert "does not hear 1 note" in said.args[0]


def test_stopped_early_it_keeps_what_stood_before_and_whole_bars(qtbot, conductor, document, engine) -> None:
    mine = Pattern.of([Note(0, 36, 100), Note(1500, 38, 90)], length=BAR)
    document.replace(mine, "Draw")
    conductor.go_on(GeneratorSettings(seed=7, bars=None), 1600)
    engine.position = 1000.0
    play_until(qtbot, conductor, lambda: document.pattern.length > 1700)
    conductor.finish_take()
    assert document.pattern.notes[:2] == mine.notes
    assert document.pattern.length % BAR == 0


# Pause, edit, go on


def test_edited_while_held_it_goes_on_at_the_end_of_what_is_seen(qtbot, conductor, document, engine, seat) -> None:
    endless(qtbot, conductor, document, engine)
    conductor.pause()
    seen = document.pattern
    snare = next(note for note in seen.notes if note.start > BAR)
    document.edit(move(seen, frozenset({snare}), 60).pattern, "Move notes")
    edited = document.pattern
    conductor.play()
    assert len(seat.requests) == 2
    assert seat.requests[1].chart.start == seen.length
    assert seat.requests[1].trail == ("trail", None), "what was kept in memory serves again"
    assert snare._replace(start=snare.start + 60) in seat.requests[1].chart.pattern.notes
    play_until(qtbot, conductor, lambda: document.pattern.length > edited.length + BAR)
    assert document.pattern.notes[: len(edited.notes)] == edited.notes
    unbroken = played_straight(GeneratorSettings(seed=3, bars=20))
    tail = [note for note in document.pattern.notes if note.start >= edited.length]
    assert tail == [note for note in unbroken if edited.length <= note.start < document.pattern.length]


def test_held_and_not_edited_it_just_goes_on(qtbot, conductor, document, engine, seat) -> None:
    endless(qtbot, conductor, document, engine)
    conductor.pause()
    conductor.play()
    play_until(qtbot, conductor, lambda: document.pattern.length > 4 * BAR)
    assert len(seat.requests) == 1
    unbroken = played_straight(GeneratorSettings(seed=3, bars=20))
    assert list(document.pattern.notes) == [note for note in unbroken if note.start < document.pattern.length]


def test_undo_leads_from_the_drummers_take_through_the_edit_to_the_start(qtbot, conductor, document, engine) -> None:
    mine = Pattern.of([Note(0, 36, 100)], name="mine")
    document.replace(mine, "Draw")
    endless(qtbot, conductor, document, engine)
    conductor.pause()
    document.edit(remove(document.pattern, frozenset(document.pattern.notes[:3])).pattern, "Delete")
    conductor.play()
    play_until(qtbot, conductor, lambda: document.pattern.length > 5 * BAR)
    conductor.finish_take()
    document.undo()
    unbroken = played_straight(GeneratorSettings(seed=3, bars=20))
    assert list(document.pattern.notes) == [note for note in unbroken if note.start < document.pattern.length]
    document.undo()
    assert document.pattern == mine


# While it plays


def test_an_edit_is_heeded_from_the_next_beat_on(qtbot, conductor, document, engine, seat) -> None:
    endless(qtbot, conductor, document, engine)
    before = document.pattern
    kick = next(note for note in before.notes if note.start > 0.3 * BAR)
    document.edit(remove(before, frozenset({kick})).pattern, "Delete")
    edited = document.pattern
    settle(qtbot, conductor, document, seat, 2)
    start = seat.requests[1].chart.start
    soonest = engine.position + preparation_seconds(0) * 960  # ticks a second at 120
    assert soonest <= start < engine.position + preparation_seconds(len(before)) * 960 + BEAT + 1
    assert start % BEAT == 0
    assert [n for n in document.pattern.notes if n.start < start - 10] == [
        n for n in edited.notes if n.start < start - 10
    ]
    assert document.in_take
    assert engine.playing
    assert engine.music == list(document.pattern.notes)
    assert document.undo_label == "Delete"


def test_what_the_user_puts_ahead_of_the_drummer_stands(qtbot, conductor, document, engine, seat) -> None:
    endless(qtbot, conductor, document, engine, bars=3)
    mine = Note(3 * BAR + 60, 56, 77)
    document.edit(document.pattern.with_notes([mine]), "Draw note")
    settle(qtbot, conductor, document, seat, 2)
    assert seat.requests[1].chart.start == 3 * BAR + BEAT, "from the beat after it"
    early = document.pattern.notes[0]
    document.edit(remove(document.pattern, frozenset({early})).pattern, "Delete")
    settle(qtbot, conductor, document, seat, 3)
    assert seat.requests[2].chart.start < 3 * BAR
    assert mine in seat.requests[2].chart.locked_notes
    assert mine in document.pattern.notes


def test_a_run_of_edits_is_heeded_once_the_hand_rests(qtbot, conductor, document, engine, seat, monkeypatch) -> None:
    now = [100.0]
    monkeypatch.setattr("drumapp.gui.drummer_at_work.time.monotonic", lambda: now[0])
    endless(qtbot, conductor, document, engine)
    for _ in range(5):
        document.edit(remove(document.pattern, frozenset(document.pattern.notes[:1])).pattern, "Delete")
        now[0] += 0.05
        conductor.tick()
    assert len(seat.requests) == 1
    now[0] += 0.2
    conductor.tick()
    assert len(seat.requests) == 2


def test_started_by_who_is_followed_right_after_an_edit_the_drummer_heeds_it(
    qtbot, conductor, document, engine, seat, monkeypatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("drumapp.gui.drummer_at_work.time.monotonic", lambda: now[0])
    endless(qtbot, conductor, document, engine)
    conductor.pause()
    document.edit(remove(document.pattern, frozenset(document.pattern.notes[-1:])).pattern, "Delete")
    length = document.pattern.length
    engine.play()
    conductor.tick()
    assert conductor.performance.playing
    assert [request.chart.start for request in seat.requests[1:]] == [length], "at the end of what stands, as by Play"


def test_settings_are_heeded_from_the_next_beat_on_and_kept_with_the_take(
    qtbot, conductor, document, engine, seat
) -> None:
    endless(qtbot, conductor, document, engine)
    conductor.adjust(GeneratorSettings(seed=1, time_temperature=0.3, pitch_temperature=0.85, playable=True))
    settle(qtbot, conductor, document, seat, 2)
    request = seat.requests[1]
    assert (request.turned.time_temperature, request.turned.pitch_temperature) == (0.3, None)
    assert (request.settings.seed, request.settings.playable) == (3, True)
    conductor.adjust(GeneratorSettings(seed=1, time_temperature=0.3, playable=True))
    conductor.tick()
    assert len(seat.requests) == 2, "nothing was turned"
    conductor.freshen(0.4)
    settle(qtbot, conductor, document, seat, 3)
    assert seat.requests[2].turned.fresh == 0.4
    conductor.finish_take()
    (take,) = document.project.takes
    changes = seat.settings_of(take).changes
    assert [(change.time_temperature, change.fresh) for change in changes] == [(0.3, None), (1.0, 0.4)]


@pytest.mark.parametrize("how", ["lane", "note"])
def test_a_lock_is_heeded_from_the_next_beat_on(qtbot, conductor, document, engine, seat, how: str) -> None:
    endless(qtbot, conductor, document, engine)
    if how == "lane":
        document.set_kit(kit_editing.set_locked(document.kit, 36, True), "Lock Kick")
    else:
        document.set_locks(frozenset({document.pattern.notes[-1]}), "Lock")
    settle(qtbot, conductor, document, seat, 2)
    chart = seat.requests[1].chart
    assert (chart.locked_keys == {36}) if how == "lane" else chart.locked_notes


def test_a_muted_lane_is_no_reason_to_write_otherwise(qtbot, conductor, document, engine, seat) -> None:
    endless(qtbot, conductor, document, engine)
    document.set_kit(kit_editing.set_muted(document.kit, 36, True), "Mute Kick")
    conductor.tick()
    time.sleep(0.2)
    conductor.tick()
    assert len(seat.requests) == 1
    assert engine.kit == document.kit


# Locks and Generate


def test_generate_plays_around_what_is_locked(qtbot, conductor, document, engine) -> None:
    first = written(qtbot, conductor, document, GeneratorSettings(seed=4, bars=4))
    document.set_kit(kit_editing.set_locked(document.kit, 36, True), "Lock Kick")
    crash = Note(9 * BAR, 49, 120)
    document.edit(first.with_notes([crash], length=10 * BAR), "Draw note")
    document.set_locks(frozenset({crash}), "Lock")
    conductor.generate(GeneratorSettings(seed=5, bars=2))
    engine.position = 9.0 * BAR
    play_until(qtbot, conductor, lambda: not document.in_take)
    second = document.pattern
    kicks = [note for note in first.notes if note.pitch == 36]
    assert [note for note in second.notes if note.pitch == 36] == kicks
    assert crash in second.notes
    assert second.length == 10 * BAR, "what is locked is not cut off"
    assert [note for note in second.notes if note.pitch != 36 and note != crash] == [
        note for note in played_straight(GeneratorSettings(seed=5, bars=10)) if note.pitch != 36
    ]
    assert document.project.locks == {crash}


def test_a_take_that_is_stopped_early_keeps_the_locked_notes_ahead(qtbot, conductor, document, engine) -> None:
    crash = Note(9 * BAR, 49, 120)
    document.replace(Pattern.of([Note(0, 36, 100), crash]), "Draw")
    document.set_locks(frozenset({crash}), "Lock")
    conductor.generate(GeneratorSettings(seed=5, bars=12))
    engine.position = 100.0
    play_until(qtbot, conductor, lambda: document.pattern.length > 2 * BAR)
    conductor.finish_take()
    assert crash in document.pattern.notes
    assert document.pattern.length == 10 * BAR
    assert document.project.locks == {crash}


# Takes


def test_every_take_is_kept_whatever_is_undone(qtbot, conductor, document) -> None:
    first = written(qtbot, conductor, document, GeneratorSettings(seed=4, bars=2))
    document.undo()
    conductor.generate(GeneratorSettings(seed=5, bars=None))
    play_until(qtbot, conductor, lambda: document.pattern.length > 2 * BAR)
    document.undo()
    assert [take.id for take in document.project.takes] == ["1", "2"]
    assert document.project.takes[0].result == first
    second = document.project.takes[1].result
    unbroken = played_straight(GeneratorSettings(seed=5, bars=9))
    assert list(second.notes) == [note for note in unbroken if note.start < second.length]
    assert document.pattern.length == 0


def test_a_take_that_wrote_nothing_is_not_kept(conductor, document) -> None:
    conductor.generate(GeneratorSettings(seed=5, bars=None))
    document.undo()
    assert conductor.performance.drummer is Drummer.IDLE
    assert all(take.result.notes for take in document.project.takes)


@pytest.mark.parametrize(
    ("tick", "metre", "next_one", "after"),
    [
        (0, Metre(), 0, 480),
        (1, Metre(), 480, 480),
        (1919, Metre(), 1920, 1920),
        (1500, Metre(7, 8), 1680, 1680),
        (1679, Metre(7, 8), 1680, 1680),
        (1680, Metre(7, 8), 1680, 1920),
    ],
)
def test_beats(tick: int, metre: Metre, next_one: int, after: int) -> None:
    metres = MetreMap.constant(metre)
    assert next_beat(tick, metres) == next_one
    assert beat_after(tick, metres) == after
