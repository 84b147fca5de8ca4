"""Pads are heard once: a real player plays what the window records, and every sound is counted."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from drumapp.core.pattern import Note, Pattern
from drumapp.core.timing import Range
from drumapp.playback.midi_input import MidiInput
from drumapp.playback.output_settings import MidiInputSettings
from drumapp.settings import Settings
from tests.gui.gui_fakes import make_application
from tests.gui.test_heard_music import BAR, FRAMES_A_BAR, PlayerEngine
from tests.gui.window_acts import trigger

KICK, SNARE, HAT = 36, 38, 42
FRAMES_A_TICK = FRAMES_A_BAR // BAR
LOOK_FRAMES = 384  # 8 ms at 48,000 Hz, as the window's timer has it
HELD_BACK_FRAMES = 960  # between what the player was told and what is heard


class PadEngine(PlayerEngine):
    """A player with pads, whose strokes sound at once. Times are frames of what is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.pads = MidiInput(
            MidiInputSettings("Pads"),
            tick_at=self.player.tick_at,
            post=self.player.post,
            report=self.events.append,
            follow=lambda *_: None,
        )

    def poll(self):
        events = list(self.events)
        self.events.clear()
        return events


@pytest.fixture
def engine() -> PadEngine:
    return PadEngine()


@pytest.fixture
def application(qapp, qtbot, engine: PadEngine, answers):
    made = make_application(qapp, Settings(bars=2, record_quantised=True, count_in=0), engine, answers)
    qtbot.addWidget(made.window)
    yield made
    made.close()


def play(application, engine: PadEngine, strokes: list[tuple[float, int]], until: float) -> None:
    """Let the music run for so many ticks, and strike pads on its way."""
    begun = engine.player.frame
    due = sorted(strokes)
    while (frames := begun + round(until * FRAMES_A_TICK) - engine.player.frame) > 0:
        engine.run(min(LOOK_FRAMES, frames))
        heard = engine.player.frame - HELD_BACK_FRAMES
        while due and begun + due[0][0] * FRAMES_A_TICK <= heard:
            tick, key = due.pop(0)
            engine.pads.receive([0x99, key, 100], round(begun + tick * FRAMES_A_TICK))
            engine.pads.receive([0x89, key, 0], round(begun + (tick + 5) * FRAMES_A_TICK))
        application.conductor.tick()


def heard(engine: PadEngine, key: int) -> int:
    return sum(1 for struck, _ in engine.heard if struck == key)


@pytest.mark.parametrize("tick", [430.0, 500.0, 1910.0, 3790.0, 3830.0])
def test_a_stroke_is_heard_once_a_pass_wherever_it_is_drawn_to(application, engine, tick: float) -> None:
    trigger(application, "record")
    play(application, engine, [(tick, KICK)], 3 * 2 * BAR - 100)
    assert len(application.document.pattern) == 1
    early_for_the_next_pass = tick > 2 * BAR - 60
    assert heard(engine, KICK) == 3 - early_for_the_next_pass


def test_what_is_replaced_is_heard_no_more(application, engine) -> None:
    old = Pattern.of([Note(tick, HAT, 50) for tick in range(0, 2 * BAR, 240)], length=2 * BAR)
    application.document.replace(old, "Open")
    trigger(application, "record_replace")
    trigger(application, "record")
    play(application, engine, [(BAR - 40.0, HAT), (BAR + 700.0, HAT)], 2 * BAR - 100)
    assert heard(engine, HAT) == 8 + 2, "those before, and the pads"
    play(application, engine, [], 2 * BAR)
    assert heard(engine, HAT) == 8 + 2 + 8 + 2
    assert [note.start for note in application.document.pattern.notes] == [*range(0, BAR, 240), BAR, BAR + 720]


@pytest.mark.parametrize("seed", range(4))
def test_in_any_session_each_place_sounds_once_a_pass(application, engine, seed: int) -> None:
    """Pads are struck at most once at each place, in any pass, early and late; then they are played for a pass."""
    wishes = random.Random(seed)
    loop = wishes.choice([Range(0, 2 * BAR), Range(BAR, 2 * BAR), Range(480, 1920)])
    application.document.replace(Pattern(length=2 * BAR), "Open")
    application.document.set_loop(loop, "Loop")
    places = {(wishes.randrange(loop.start, loop.stop, 240), key) for key in (KICK, SNARE, HAT) for _ in range(5)}
    strokes, passes = [], 3
    for start, key in sorted(places):
        number = wishes.randrange(passes)
        at = start - loop.start + number * loop.length + wishes.uniform(-55, 55)
        strokes.append((max(at, 0.0), key))
    trigger(application, "record")
    play(application, engine, strokes, passes * loop.length - 1)  # not yet the first beat of the next
    assert {note[:2] for note in application.document.pattern.notes} == places
    played = Counter(key for key, _ in engine.heard)
    expected = Counter()
    for (start, key), (at, _) in zip(sorted(places), strokes, strict=True):
        first = round((at - (start - loop.start)) / loop.length)
        expected[key] += passes - first
    assert played == expected
    before = len(engine.heard)
    play(application, engine, [], loop.length)
    assert len(engine.heard) - before == len(places)
