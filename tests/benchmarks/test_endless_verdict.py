"""What a receiver got is held against the document: what went wrong must not pass, what is right not be blamed."""

from __future__ import annotations

import random

import pytest

from benchmarks.endless_verdict import MS, Change, Span, Verdict, judge
from benchmarks.midi_receiver import Heard
from drumapp.core.pattern import Note

TICK_NS = 60e9 / (120 * 480)
ORIGIN = 10**12
END = ORIGIN + 120_000 * MS


def due(tick: float) -> int:
    return round(ORIGIN + tick * TICK_NS)


NOTES = [Note(tick, key, 100, 60) for tick in range(1920, 100_000, 240) for key in (36, 42)]


def played(notes: list[Note], late_ms: float = 0.3) -> list[Heard]:
    dice = random.Random(1)
    sent = []
    for note in notes:
        at = due(note.start) + round(late_ms * dice.random() * MS)
        sent.append(Heard(at, (0x99, note.pitch, note.velocity)))
        sent.append(Heard(at + 60 * MS, (0x89, note.pitch, 0)))
    return sorted(sent, key=lambda entry: entry.at_ns)


def verdict_of(
    heard: list[Heard], *changes: Change, on: Span | None = None, guess_ms: float = 40.0, later=(), **more
) -> Verdict:
    changes = (Change(ORIGIN - 10**9, (), tuple(NOTES)), *changes)
    return judge(
        changes,
        {"One": heard},
        {"One": [on or Span(ORIGIN, END)]},
        guesses=[(ORIGIN, ORIGIN + round(guess_ms * MS)), *later],
        tick_ns=TICK_NS,
        start_ns=ORIGIN,
        end_ns=END,
        **more,
    )


def kinds(verdict: Verdict) -> list[str]:
    return [finding.kind for finding in verdict.findings]


@pytest.mark.parametrize("late_ms", [0.0, 0.3, 12.0])
def test_what_is_played_right_is_not_blamed(late_ms):
    verdict = verdict_of(played(NOTES, late_ms))
    assert kinds(verdict) == []
    assert verdict.certain == verdict.heard == len(NOTES)


def test_a_missed_a_doubled_and_a_wrong_note_are_found():
    wrong = [*NOTES[:100], *NOTES[101:], Note(50_090, 38, 90, 60)]
    heard = sorted([*played(wrong), *played(NOTES[200:201])], key=lambda entry: entry.at_ns)
    verdict = verdict_of(heard)
    assert sorted(kinds(verdict)) == ["extra", "extra", "missed", "stuck"]  # struck twice before it was let go


def test_a_note_that_is_never_let_go_is_stuck():
    heard = played(NOTES)
    last = max(place for place, entry in enumerate(heard) if entry.is_release)
    assert kinds(verdict_of(heard[:last] + heard[last + 1 :])) == ["stuck"]


def test_a_note_that_sounds_through_a_pause_is_stuck():
    heard = played(NOTES[:20])
    heard[-1] = Heard(heard[-1].at_ns + 11_000 * MS, heard[-1].message)
    assert "stuck" in kinds(verdict_of(heard))


def test_erased_in_time_it_must_not_come_and_erased_too_late_it_must():
    note = NOTES[100]
    erased = Change(due(note.start) - 500 * MS, (note,), ())
    assert kinds(verdict_of(played(NOTES), erased)) == ["extra"]
    assert kinds(verdict_of(played([n for n in NOTES if n != note]), erased)) == []
    heard_before = Change(due(note.start) + 500 * MS, (note,), ())
    assert kinds(verdict_of(played(NOTES), heard_before)) == []
    assert kinds(verdict_of(played([n for n in NOTES if n != note]), heard_before)) == ["missed"]


def test_two_strokes_of_one_drum_that_come_early_one_after_the_other_are_both_found():
    flam = [Note(50_090, 38, 90, 60), Note(50_099, 38, 90, 60)]
    drawn = Change(due(50_090) - 3_000 * MS, (), tuple(flam))
    # By so much a period of the server may be early; the second is nearest to the first note.
    strokes = [
        Heard(due(note.start) + round(ms * MS), (0x99, note.pitch, note.velocity))
        for note, ms in zip(flam, (-7.4, -5.6), strict=True)
    ]
    heard = sorted([*played(NOTES), *strokes], key=lambda entry: entry.at_ns)
    assert "missed" not in kinds(verdict_of(heard, drawn))
    assert "extra" not in kinds(verdict_of(heard, drawn))
    assert "missed" in kinds(verdict_of([entry for entry in heard if entry != strokes[1]], drawn))


def test_an_edit_at_the_last_moment_leaves_both_open():
    note = NOTES[100]
    for moment_ms in (-60, 0, 60):
        edit = Change(due(note.start) + moment_ms * MS, (note,), ())
        for notes in (NOTES, [n for n in NOTES if n != note]):
            assert kinds(verdict_of(played(notes), edit)) == []


def test_made_louder_it_is_one_note_still():
    note = NOTES[100]
    louder = note._replace(velocity=120)
    change = Change(due(note.start) - 5_000 * MS, (note,), (louder,))
    assert kinds(verdict_of(played([louder if n == note else n for n in NOTES]), change)) == []


def test_nothing_is_due_while_the_output_is_off_and_little_around_the_switch():
    on = Span(due(20_000), due(60_000))
    inside = [note for note in NOTES if 20_000 <= note.start <= 60_000]
    assert kinds(verdict_of(played(inside), on=on)) == []
    assert "missed" in kinds(verdict_of(played(inside[:-40]), on=on))
    assert "extra" in kinds(verdict_of(played(NOTES), on=on))


def test_music_that_moved_is_told_and_its_notes_are_not_missed():
    moved = [
        Heard(entry.at_ns + (60 * MS if entry.at_ns > due(50_000) else 0), entry.message) for entry in played(NOTES)
    ]
    assert kinds(verdict_of(moved)) == ["moved"]


def test_music_that_waited_for_long_is_found_again():
    waited = [
        Heard(entry.at_ns + (900 * MS if entry.at_ns > due(50_000) else 0), entry.message) for entry in played(NOTES)
    ]
    later = [(due(50_000) + 950 * MS, ORIGIN + 930 * MS)]
    verdict = verdict_of(waited, later=later)
    assert kinds(verdict) == ["moved"]
    assert "+900" in verdict.findings[0].words


def test_a_drawn_note_sounds_at_once():
    stroke = [Heard(due(50_077), (0x99, 49, 100)), Heard(due(50_077) + 250 * MS, (0x89, 49, 0))]
    heard = sorted([*played(NOTES), *stroke], key=lambda entry: entry.at_ns)
    assert kinds(verdict_of(heard)) == ["extra"]
    assert kinds(verdict_of(heard, auditions=[(due(50_077) - 8 * MS, 49)])) == []


def test_a_finding_says_what_was_done_before():
    note = NOTES[100]
    heard = played([n for n in NOTES if n != note])
    (finding,) = verdict_of(heard, events=[(due(note.start) - 300 * MS, "device null")]).findings
    assert "300 ms after device null" in finding.words
